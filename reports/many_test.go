package reports_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// A kin is a made-up family: names with median first releases in ns.
type kin struct {
	family  string
	members []member
}

type member struct {
	primitive string
	median    int64
}

// catalogue is as large as a whole catalogue of primitives. Two of its members
// have no median: one gets no blocks, the other no valid sample.
var catalogue = []kin{
	{"pipe", []member{{"pipe-eof", 24000}, {"pipe-byte", 25100}, {"pipe-poll", 26500}, {"fifo", 27500}}},
	{"eventfd", []member{{"eventfd", 23900}, {"eventfd-epoll", 26800}, {"barrier", 27900}}},
	{"signal", []member{{"sigwait", 26000}, {"sigsuspend", 25500}, {"sigqueue", 26300}, {"signalfd", 28000}, {"pidfd-signal", 26100}, {"sigstop", 31000}}},
	{"memory", []member{{"spin", 141}, {"spin-pause", 160}, {"spin-yield", 430}, {"poll-sleep", 82000}, {"futex", 22500}, {"futex-waitv", 25100}, {"futex-spin", 14800}}},
	{"socket", []member{{"unix-stream", 28900}, {"unix-eof", 27700}, {"unix-dgram", 28100}, {"unix-seqpacket", 28300}, {"unix-abstract", 29000}, {"unix-path", 29100}, {"tcp-loopback", 41000}}},
	{"file", []member{{"flock", 27000}, {"ofd-lock", 27400}, {"inotify", 33000}, {"file-poll", 86000}}},
	{"ipc", []member{{"sysv-sem", 24700}, {"sysv-msg", 25600}, {"posix-mq", 26000}}},
	{"other", []member{{"ptrace", 52000}, {"cgroup-freeze", 71000}, {"seccomp-notify", 34000}, {"userfaultfd", 39000}, {"io-uring", 30500}, {"pidfd-exit", 160000}}},
}

const (
	manyRounds = 20
	manyBlock  = 20
	unmeasured = "posix-mq"
	worthless  = "cgroup-freeze"
)

func spins(primitive string) bool {
	return slices.Contains([]string{"spin", "spin-pause", "spin-yield", "futex-spin"}, primitive)
}

// many makes a run of the whole catalogue, of one stage. It draws in integers,
// so that it is the same to the nanosecond on every architecture and needs no
// file.
func many(t *testing.T) []byte {
	rng := rand.New(rand.NewPCG(11, 12))
	head := header()
	head.Command = []string{"nsbench", "run", "--primitives", "all", "--iterations", "400"}
	head.Plan = result.Plan{Iterations: manyRounds * manyBlock, Stages: 1, Block: manyBlock}
	var medians []int64
	for _, k := range catalogue {
		for _, m := range k.members {
			medians = append(medians, m.median)
			head.Plan.Series = append(head.Plan.Series, result.Series{
				Primitive: m.primitive, Family: k.family, Blocking: !spins(m.primitive),
				Launcher: "clone", Namespaces: []string{"uts", "ipc"}, Placement: "cross-cpu", HoldNS: 200000,
			})
		}
	}
	records, blocks := []result.Record{head}, 0
	for round := range manyRounds {
		for place, series := range rng.Perm(len(medians)) {
			if head.Plan.Series[series].Primitive == unmeasured {
				continue
			}
			b := drawn(rng, head.Plan.Series[series], medians[series])
			b.Round, b.Place, b.Series = round, place, series
			records = append(records, b)
			blocks++
		}
	}
	records = append(records, end(blocks, blocks*manyBlock))
	return encode(t, records...)
}

// drawn is one block.
func drawn(rng *rand.Rand, s result.Series, median int64) *result.Block {
	b := &result.Block{}
	for i := range manyBlock {
		var normal int64 // of a deviation of 1000
		for range 12 {
			normal += rng.Int64N(1000)
		}
		release := median + median*(normal-5994)/7000
		if rng.IntN(80) == 0 {
			release += rng.Int64N(400000)
		}
		used := int64(4200)
		if !s.Blocking {
			used = 190000
		}
		switch {
		case s.Primitive == worthless:
			b.Invalid = append(b.Invalid, result.Mark{Sample: i, Reason: result.ReasonOutcome, Detail: "failed"})
		case s.Blocking && rng.IntN(90) == 0:
			b.Invalid = append(b.Invalid, result.Mark{Sample: i, Reason: result.ReasonNotBlocked})
		case rng.IntN(1500) == 0:
			b.Invalid = append(b.Invalid, result.Mark{Sample: i, Reason: result.ReasonClock})
		}
		sample := one(0, release)
		b.Stage, b.HoldNS, b.ReleaseNS = append(b.Stage, 1), append(b.HoldNS, 200000), append(b.ReleaseNS, release)
		b.SignalNS, b.WaitCPUNS = append(b.SignalNS, 1900), append(b.WaitCPUNS, used)
		b.Voluntary, b.Involuntary = append(b.Voluntary, 1), append(b.Involuntary, 0)
		b.ParentCPU, b.ChildCPU = append(b.ParentCPU, 0), append(b.ChildCPU, 1)
		b.CloneNS, b.StartupNS, b.CycleNS = append(b.CloneNS, sample.CloneNS...), append(b.StartupNS, sample.StartupNS...), append(b.CycleNS, sample.CycleNS...)
	}
	return b
}

// manyOutputs keeps what was made of the whole catalogue: its pictures take
// time, and several tests look at it.
var manyOutputs = make(map[string]string)

func manyOutput(t *testing.T, kind string) string {
	t.Helper()
	if _, done := manyOutputs[kind]; !done {
		var out bytes.Buffer
		if err := outputs[kind](&out, many(t)); err != nil {
			t.Fatal(err)
		}
		manyOutputs[kind] = out.String()
	}
	return manyOutputs[kind]
}

// oddFamilies has one without a name and one that would colour a terminal.
var oddFamilies = []string{"socket", "", "\x1b[31mred\x07\u202e", "memory"}

// interleaved is a record whose plan names the families in turns, one of them
// empty and one of them not fit for a terminal, at two stages and under two
// placements, and whose medians are drawn.
func interleaved(t *testing.T, seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	head := planned(2)
	for i := range 30 + rng.IntN(15) {
		head.Plan.Series = append(head.Plan.Series, result.Series{
			Primitive: fmt.Sprintf("p%02d", i), Family: oddFamilies[rng.IntN(len(oddFamilies))], Blocking: true,
			Launcher: "clone", Placement: []string{"cross-cpu", "same-cpu"}[rng.IntN(2)], HoldNS: 1000,
		})
	}
	head.Plan.Series[0].Primitive = "pipe-eof"
	records := []result.Record{head}
	for i := range head.Plan.Series {
		if i%11 == 3 {
			continue // NaN goes last
		}
		for range 6 {
			records = append(records, one(i, 1000+rng.Int64N(50000), 1000+rng.Int64N(50000)))
		}
	}
	return encode(t, records...)
}

// Whatever the order of the plan: every series is there once at each stage,
// families are in one piece and in the order in which the plan first names
// them, and within a family medians ascend.
func TestOrderByFamily(t *testing.T) {
	records := map[string][]byte{"many": many(t), "run": open(t, "run.jsonl")}
	for seed := range uint64(20) {
		records[fmt.Sprint("interleaved ", seed)] = interleaved(t, seed)
	}
	for name, record := range records {
		t.Run(name, func(t *testing.T) {
			run := gather(t, record).Runs[0]
			families, seen := firstNamed(run), make(map[string]bool)
			first := make(map[string]float64)
			for i, s := range run.Series {
				who := fmt.Sprint(s.Primitive, s.Placement, s.Stage)
				if seen[who] {
					t.Errorf("%s twice", who)
				}
				seen[who] = true
				if s.Stage == reports.StageFirst {
					first[s.Primitive] = s.Summary.P50
				}
				if i == 0 {
					continue
				}
				before := run.Series[i-1]
				if before.Placement != s.Placement || before.Stage != s.Stage {
					continue
				}
				a, b := slices.Index(families, before.Family), slices.Index(families, s.Family)
				if a > b || a == b && !ascends(first[before.Primitive], first[s.Primitive]) {
					t.Errorf("%s of %q at %v stands before %s of %q at %v",
						before.Primitive, before.Family, first[before.Primitive], s.Primitive, s.Family, first[s.Primitive])
				}
			}
			if want := len(run.Header.Plan.Series) * run.Header.Plan.Stages; len(seen) != want {
				t.Errorf("%d series and stages, want %d", len(seen), want)
			}
		})
	}
}

func firstNamed(run reports.Run) []string {
	var families []string
	for _, s := range run.Header.Plan.Series {
		if !slices.Contains(families, s.Family) {
			families = append(families, s.Family)
		}
	}
	return families
}

// ascends tells whether a may stand before b, NaN being last.
func ascends(a, b float64) bool { return math.IsNaN(b) || !math.IsNaN(a) && a <= b }

// The orders of table, Markdown, page and JSON are one, and each shows every
// series once.
func TestReportsShareOneOrder(t *testing.T) {
	var want []string
	for _, s := range gather(t, many(t)).Runs[0].Series {
		want = append(want, s.Primitive)
	}
	if len(want) != 40 {
		t.Fatalf("%d series, want 40", len(want))
	}
	for kind, row := range map[string]string{
		"table.txt":     `(?m)^([a-z-]+) +[a-z]+ +[0-9,]+ `,
		"table-120.txt": `(?m)^  ([a-z-]+) {2,}[-0-9]`,
		"table-40.txt":  `(?m)^  ([a-z-]+) {2,}[-0-9]`,
		"md":            "(?m)^\\| `([a-z-]+)` \\| `[a-z]+` ",
		"html":          `<tr id="[a-z0-9-]+"[^>]*><th scope="row">([a-z-]+)</th>`,
		"json":          `"primitive": "([a-z-]+)"`,
	} {
		text := manyOutput(t, kind)
		if kind == "json" {
			text = seriesOnly(t, text)
		}
		text, _, _ = strings.Cut(text, "Against pipe-eof by quantile") // which has most of them again
		text, _, _ = strings.Cut(text, "Times are release latencies")
		var got []string
		for _, match := range regexp.MustCompile(row).FindAllStringSubmatch(text, -1) {
			got = append(got, match[1])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

// seriesOnly is the member "series" of a report: plans stand in it, too.
func seriesOnly(t *testing.T, report string) string {
	t.Helper()
	var value struct{ Series json.RawMessage }
	if err := json.Unmarshal([]byte(report), &value); err != nil {
		t.Fatal(err)
	}
	return string(value.Series)
}

// A terminal so narrow that the column of families goes has their names above
// them, each once.
func TestNarrowTableNamesFamilies(t *testing.T) {
	for _, width := range []int{20, 30, 40, 50, 60, 70} {
		var out bytes.Buffer
		if err := tabled(width)(&out, many(t)); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "primitive       family") {
			continue
		}
		lines := strings.Split(out.String(), "\n")
		for _, k := range catalogue {
			at := slices.Index(lines, k.family)
			if at < 0 || !strings.HasPrefix(lines[at+1], "  ") {
				t.Errorf("width %d: no heading %s", width, k.family)
			}
		}
	}
}

// What a record calls its families reaches nobody's terminal as it is, and an
// empty name is told.
func TestHostileFamilies(t *testing.T) {
	head := planned(1)
	records := []result.Record{head}
	for i := range 12 {
		s := planned(1, fmt.Sprint("p", i)).Plan.Series[0]
		s.Family = oddFamilies[i%len(oddFamilies)]
		head.Plan.Series = append(head.Plan.Series, s)
		records = append(records, one(i, int64(1000+i)))
	}
	record := encode(t, records...)
	for kind, write := range outputs {
		var out bytes.Buffer
		if err := write(&out, record); err != nil && !isTorn(err) {
			t.Fatal(err)
		}
		if n := len(picture.FindAllString(out.String(), -1)); kind == "html" && n < 4 {
			t.Errorf("%d pictures", n)
		}
		text := out.String()
		if strings.ContainsAny(text, "\x1b\x07\u202e") {
			t.Errorf("%s: a control character came through", kind)
		}
		if kind == "csv" || kind == "bench.txt" || kind == "hgrm" || kind == "cells.csv" || strings.HasSuffix(kind, "json") {
			continue // they name no family, or as it is
		}
		for _, name := range []string{"none", "?[31mred??"} {
			if !strings.Contains(strings.ReplaceAll(text, "&#63;", "?"), name) {
				t.Errorf("%s: no family %q", kind, name)
			}
		}
	}
}

// Every sample that was left out is told of below the table, by name.
func TestNotesDropNothing(t *testing.T) {
	lines := strings.Split(manyOutput(t, "md"), "\n")
	for _, s := range gather(t, many(t)).Runs[0].Series {
		for reason, n := range s.Invalid {
			item := regexp.MustCompile(fmt.Sprintf(`[:,] %s %d[,.]`, regexp.QuoteMeta(s.Primitive), n))
			if !slices.ContainsFunc(lines, func(line string) bool {
				return strings.HasPrefix(line, "* Left out as "+reason+", of 400 samples") && item.MatchString(line)
			}) {
				t.Errorf("nothing on %d %s of %s", n, reason, s.Primitive)
			}
		}
	}
	for _, note := range []string{"* Nothing was measured: " + unmeasured + ".", "* No valid sample: " + worthless + "."} {
		if !slices.Contains(lines, note) {
			t.Errorf("no line %q", note)
		}
	}
	notes := 0
	for _, line := range lines {
		if strings.HasPrefix(line, "* Left out") {
			notes++
		}
	}
	if notes != 3 {
		t.Errorf("%d lines on samples left out, want one for each of 3 reasons", notes)
	}
}

// Totals that differ stand with each series.
func TestNotesTellTotalsApart(t *testing.T) {
	marked := func(series int, release ...int64) *result.Block {
		b := one(series, release...)
		b.Invalid = []result.Mark{{Sample: 0, Reason: result.ReasonNotBlocked}}
		return b
	}
	var out bytes.Buffer
	head := planned(1, "a", "b", "c")
	if err := outputs["md"](&out, encode(t, head, marked(0, 1), one(0, 2), marked(1, 3), marked(1, 4), one(1, 5), one(2, 6))); err != nil {
		t.Fatal(err)
	}
	if want := "* Left out as not-blocked: b 2 of 3, a 1 of 2.\n"; !strings.Contains(out.String(), want) {
		t.Errorf("no %q in\n%s", want, out.String())
	}
}

// A figure that depends on pipe-eof is there if pipe-eof is, and its doubt
// with it.
func TestRatioToTheBaseline(t *testing.T) {
	records := func(primitives ...string) []byte {
		all := []result.Record{planned(1, primitives...)}
		for i := range primitives {
			for k := range 20 {
				b := one(i, []int64{1000, 7000, 1010, 1000000}[i]+int64(k%5))
				b.Round = k
				all = append(all, b)
			}
		}
		return encode(t, all...)
	}
	var out bytes.Buffer
	if err := outputs["md"](&out, records("futex", "pipe-eof", "eventfd", "sigwait")); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{"`futex` .* \\| 0.14 \\| 0.14-0.14 \\| faster \\|", "`pipe-eof` .* \\| 1 \\| - \\| baseline \\|", "`sigwait` .* \\| 143 \\| 143-143 \\| slower \\|"} {
		if !regexp.MustCompile(row).MatchString(out.String()) {
			t.Errorf("no row %s in\n%s", row, out.String())
		}
	}
	out.Reset()
	if err := outputs["md"](&out, records("pipe-eof", "sigwait", "eventfd")); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile("`eventfd` .* \\| ~1.01 \\| 1.01-1.01 \\| same \\|").MatchString(out.String()) {
		t.Errorf("the same without ~:\n%s", out.String())
	}
	out.Reset()
	if err := outputs["md"](&out, records("futex", "sigwait")); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), " x ") || strings.Contains(out.String(), "times as long") {
		t.Errorf("a ratio to nothing:\n%s", out.String())
	}
}
