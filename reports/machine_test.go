package reports_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// The names that scripts rely on. To change one is to break somebody's script.
func TestJSONNames(t *testing.T) {
	var out bytes.Buffer
	if err := reports.JSON(&out, gather(t, open(t, "small.jsonl"))); err != nil {
		t.Fatal(err)
	}
	var value struct {
		Series      []map[string]any
		Environment map[string]any
		Runs        []map[string]any
	}
	if err := json.Unmarshal(out.Bytes(), &value); err != nil {
		t.Fatal(err)
	}
	stable := []string{
		"primitive", "family", "launcher", "namespaces", "placement", "hold_ns", "stage", "n", "invalid",
		"min_ns", "p50_ns", "p50_lo_ns", "p50_hi_ns", "p90_ns", "p99_ns", "p99.9_ns", "max_ns", "wait_cpu_share", "warnings",
	}
	added := []string{
		"run", "blocking", "invalid_reasons", "signal_p50_ns", "clone_p50_ns", "startup_p50_ns",
		"kind", "children", "load", "load_nice", "cpu_quota", "idle", "sched", "hold_p50_ns", "prepare_p50_ns", "arm_p50_ns",
		"exec_p50_ns", "exit_p50_ns", "reap_p50_ns", "cycle_p50_ns", "throttled_ns", "throttled_share", "drain_p50_ns",
		"self_check", "delay_ns", "p90_lo_ns", "p90_hi_ns", "p99_lo_ns", "p99_hi_ns", "p99.9_lo_ns", "p99.9_hi_ns",
		"mean_ns", "stddev_ns", "dependence", "drift", "modes", "against",
	}
	want := slices.Sorted(slices.Values(append(stable, added...)))
	for _, s := range value.Series {
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(s))); diff != "" {
			t.Errorf("members (-want +got):\n%s", diff)
		}
		if s["stage"] != "first" && s["stage"] != "later" || s["kind"] != "held" {
			t.Errorf("stage %v, kind %v", s["stage"], s["kind"])
		}
		if s["n"] == 0.0 && (s["p50_ns"] != nil || s["min_ns"] != nil) {
			t.Errorf("figures of no samples: %v", s)
		}
	}
	if value.Environment["host"] != "bench-two" || len(value.Runs) != 1 {
		t.Errorf("environment %v, %d runs", value.Environment, len(value.Runs))
	}
}

func TestJSONOfNothingHasLists(t *testing.T) {
	var out bytes.Buffer
	if err := reports.JSON(&out, &reports.Report{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), `"series": []`) || !strings.Contains(out.String(), `"runs": []`) {
		t.Errorf("%s", out.String())
	}
}

func rows(t *testing.T, record []byte) (head []string, all []map[string]string) {
	t.Helper()
	var out bytes.Buffer
	if err := reports.CSV(&out, bytes.NewReader(record), nil); err != nil && !isTorn(err) {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		row := make(map[string]string)
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		all = append(all, row)
	}
	return lines[0], all
}

// Every sample of the record has its line, and the valid ones are those that
// the figures are made of.
func TestCSVAgreesWithTheFigures(t *testing.T) {
	record := open(t, "run.jsonl")
	run := gather(t, record).Runs[0]
	head, all := rows(t, record)
	want := []string{"primitive", "launcher", "namespaces", "placement", "round", "stage", "hold_ns", "release_ns", "signal_ns", "valid"}
	if diff := cmp.Diff(want, head[:len(want)]); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if len(all) != run.End.Samples {
		t.Errorf("%d lines, the record counts %d samples", len(all), run.End.Samples)
	}
	valid, reasons := map[string]int{}, map[string]int{}
	for _, row := range all {
		if row["valid"] == "true" {
			valid[row["primitive"]+" "+row["stage"]]++
		}
		reasons[row["reason"]]++
	}
	for _, s := range run.Series {
		if got := valid[s.Primitive+" "+s.Stage]; got != s.Summary.N {
			t.Errorf("%s, %s: %d valid lines, n is %d", s.Primitive, s.Stage, got, s.Summary.N)
		}
	}
	if reasons["warm-up"] == 0 || reasons["not-blocked"] == 0 {
		t.Errorf("reasons %v", reasons)
	}
}

// A reader that keeps to RFC 4180 gets every sample, in as many fields as there
// are names, and texts as they were, whatever separators are in them.
func TestCSVQuotesNames(t *testing.T) {
	names := []string{`a,b`, `say "when"`, `"`, `,`, `;|`, `ü, ""`}
	head := planned(1, names...)
	for i := range head.Plan.Series {
		head.Plan.Series[i].Launcher = names[len(names)-1-i]
	}
	records := []result.Record{head}
	for i := range names {
		b := one(i, 5)
		b.Invalid = []result.Mark{{Sample: 0, Reason: `"no", he said`}}
		records = append(records, b)
	}
	_, all := rows(t, encode(t, records...))
	if len(all) != len(names) {
		t.Fatalf("%d lines for %d samples", len(all), len(names))
	}
	for i, row := range all {
		if row["primitive"] != names[i] || row["launcher"] != names[len(names)-1-i] || row["reason"] != `"no", he said` || row["release_ns"] != "5" {
			t.Errorf("%d: %q", i, row)
		}
	}
}

// No text of a record makes a line more or less.
func TestHostileCSVHasALineASample(t *testing.T) {
	record := hostile(t)
	want := 0
	for line := range bytes.SplitSeq(record, []byte("\n")) {
		if _, columns, ok := bytes.Cut(line, []byte(`"release_ns":[`)); ok {
			values, _, _ := bytes.Cut(columns, []byte("]"))
			want += 1 + bytes.Count(values, []byte(","))
		}
	}
	if _, all := rows(t, record); len(all) != want || want == 0 {
		t.Errorf("%d lines, the record holds %d samples", len(all), want)
	}
}

// The shape that benchstat reads.
var benchLine = regexp.MustCompile(`^BenchmarkRelease(/[a-z]+=[^/ =]+)+(-[0-9]+)? ([0-9]+) [0-9]+(\.5)? ns/op$`)

// Each round of a series has a line a stage, and all valid samples are in one.
func TestBenchfmt(t *testing.T) {
	record := open(t, "run.jsonl")
	var out bytes.Buffer
	if err := reports.Benchfmt(&out, bytes.NewReader(record), nil); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	medians, samples := 0, 0
	for _, line := range lines {
		if strings.HasPrefix(line, "Benchmark") {
			parts := benchLine.FindStringSubmatch(line)
			if parts == nil {
				t.Fatalf("line %q", line)
			}
			n, _ := strconv.Atoi(parts[3])
			medians, samples = medians+1, samples+n
		}
	}
	want := 0
	for _, s := range gather(t, record).Runs[0].Series {
		want += s.Summary.N
	}
	if lines, wanted := medians, (rounds-1)*len(behaviours)*stages; lines != wanted || samples != want {
		t.Errorf("%d lines of %d samples, want %d of %d", lines, samples, wanted, want)
	}
	for _, line := range []string{
		"goos: linux", "cpu: AMD EPYC 9R14", "launcher: clone", "hold: 200us", "Unit ns/op better=lower assume=nothing",
		"# host: bench-one", "# kernel: 6.18.2 #1 SMP PREEMPT_DYNAMIC",
	} {
		if !slices.Contains(lines, line) {
			t.Errorf("no line %q", line)
		}
	}
	if !strings.Contains(out.String(), "\nBenchmarkRelease/primitive=pipe-eof/ns=uts+ipc/placement=cross-cpu/stage=first-2 10 ") {
		t.Error("no line of pipe-eof")
	}
}

// Of an even number of samples the median lies between two of them, and what is
// early, later, not valid or a warm-up is not among them.
func TestBenchfmtTakesMedians(t *testing.T) {
	head := planned(2, "a")
	block := one(0, 7, 100, 9, 200, 11, 300, 1, 50)
	block.Stage = []int64{1, 2, 1, 2, 1, 2, 1, 1}
	block.HoldNS[6] = -1
	block.Invalid = []result.Mark{{Sample: 7, Reason: result.ReasonMoved}}
	even, warm := one(0, 4, 7), one(0, 5)
	even.Stage[1] = 1
	warm.Warmup = true
	for _, b := range []*result.Block{block, even} {
		b.CloneNS, b.StartupNS, b.CycleNS = make([]int64, len(b.Stage)), make([]int64, len(b.Stage)), make([]int64, len(b.Stage))
	}
	var out bytes.Buffer
	if err := reports.Benchfmt(&out, bytes.NewReader(encode(t, head, block, even, warm)), nil); err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(out.String(), "\n\n")
	name := "BenchmarkRelease/primitive=a/ns=uts/placement=cross-cpu/stage="
	want := name + "first-2 3 9 ns/op\n" + name + "first-2 2 5.5 ns/op\n" + name + "first/kind=early-2 1 0 ns/op\n" + name + "later-2 3 200 ns/op\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBenchfmtNamesWhatVaries(t *testing.T) {
	head := planned(1, "a", "a")
	head.Plan.Series[1].Launcher = "vm"
	head.Plan.Series[1].HoldNS = 0
	head.Environment.CPUs = 1
	var out bytes.Buffer
	if err := reports.Benchfmt(&out, bytes.NewReader(encode(t, head, one(0, 5), one(1, 6))), nil); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"BenchmarkRelease/primitive=a/ns=uts/placement=cross-cpu/launcher=clone/hold=1.00us/stage=first 1 5 ns/op\n",
		"BenchmarkRelease/primitive=a/ns=uts/placement=cross-cpu/launcher=vm/hold=0ns/stage=first 1 6 ns/op\n",
		"\nlauncher:\n", "\nhold:\n",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("no %q in\n%s", line, out.String())
		}
	}
}

// A torn record gives all of its other samples and an error that says so.
func TestStreamsTellOfTornLines(t *testing.T) {
	record := append(encode(t, planned(1, "a"), one(0, 5)), `{"kind":"blo`...)
	for name, write := range map[string]func(*bytes.Buffer) error{
		"csv":   func(out *bytes.Buffer) error { return reports.CSV(out, bytes.NewReader(record), nil) },
		"bench": func(out *bytes.Buffer) error { return reports.Benchfmt(out, bytes.NewReader(record), nil) },
	} {
		var out bytes.Buffer
		err := write(&out)
		if !isTorn(err) || !strings.Contains(fmt.Sprint(err), "line 3") {
			t.Errorf("%s: error %v, want ErrTorn at line 3", name, err)
		}
		if !strings.Contains(out.String(), "5") {
			t.Errorf("%s: the sample is missing: %q", name, out.String())
		}
	}
}

func TestStreamsRefuseBadLines(t *testing.T) {
	record := string(encode(t, planned(1, "a"))) + "nonsense\n"
	for name, err := range map[string]error{
		"csv":   reports.CSV(&bytes.Buffer{}, strings.NewReader(record), nil),
		"bench": reports.Benchfmt(&bytes.Buffer{}, strings.NewReader(record), nil),
	} {
		if err == nil || isTorn(err) || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
