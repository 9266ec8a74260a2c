package reports_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// benchstat runs the benchstat that tools/go.mod pins, in a directory. It must
// have nothing to say on stderr, where its warnings go.
func benchstat(t *testing.T, dir string, args ...string) string {
	t.Helper()
	tool := []string{"tool", "-modfile=../tools/go.mod"}
	if out, err := exec.Command("go", append(tool, "-n", "benchstat")...).CombinedOutput(); err != nil {
		why := fmt.Sprintf("benchstat cannot be built: %v: %s", err, out)
		if slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), "benchstat") {
			t.Fatal("NSBENCH_TEST_REQUIRE names it: " + why)
		}
		t.Skip(why)
	}
	for i, arg := range args {
		if strings.HasSuffix(arg, ".txt") {
			args[i] = filepath.Base(arg) + "=" + filepath.Join(dir, arg)
		}
	}
	command := exec.Command("go", append(append(tool, "benchstat"), args...)...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil || stderr.Len() > 0 {
		t.Fatalf("%v: %v: %s", command, err, stderr.Bytes())
	}
	if warned := strings.IndexAny(stdout.String(), "¹²³"); warned >= 0 {
		t.Fatalf("%v warns:\n%s", command, stdout.Bytes())
	}
	return stdout.String()
}

// edited is a record after a change to each of its lines.
func edited(t *testing.T, record []byte, edit func(plan result.Plan, line result.Record)) []byte {
	t.Helper()
	var lines []result.Record
	var plan result.Plan
	for reader := result.NewReader(bytes.NewReader(record)); ; {
		line, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return encode(t, lines...)
		}
		if err != nil {
			t.Fatal(err)
		}
		if head, ok := line.(*result.Header); ok {
			plan = head.Plan
		}
		edit(plan, line)
		lines = append(lines, line)
	}
}

// slower is a record of another host, kernel and build, on which one primitive
// takes a quarter longer.
func slower(t *testing.T, record []byte, primitive string) []byte {
	t.Helper()
	return edited(t, record, func(plan result.Plan, line result.Record) {
		switch line := line.(type) {
		case *result.Header:
			line.Environment.Host, line.Environment.Kernel, line.Version = "bench-three", "6.19.0", "0.2.0"
		case *result.Block:
			if plan.Series[line.Series].Primitive == primitive {
				for i := range line.ReleaseNS {
					line.ReleaseNS[i] += line.ReleaseNS[i] / 4
				}
			}
		}
	})
}

func exported(t *testing.T, dir, name string, record []byte, sel reports.Selection) {
	t.Helper()
	var out bytes.Buffer
	if err := reports.Benchfmt(&out, bytes.NewReader(record), sel); err != nil {
		t.Fatal(err)
	}
	save(t, filepath.Join(dir, name), out.Bytes())
}

// medianOfRounds is our own figure for a series, from the record itself: in ns,
// and of how many rounds.
func medianOfRounds(t *testing.T, record []byte, primitive string, stage int64) (ns float64, n int) {
	t.Helper()
	var medians []float64
	edited(t, record, func(plan result.Plan, line result.Record) {
		b, ok := line.(*result.Block)
		if !ok || b.Warmup || plan.Series[b.Series].Primitive != primitive {
			return
		}
		var took []float64
		for i, ns := range b.ReleaseNS {
			if b.Stage[i] == stage && !slices.ContainsFunc(b.Invalid, func(m result.Mark) bool { return m.Sample == i }) {
				took = append(took, float64(ns))
			}
		}
		medians = append(medians, between(took))
	})
	return between(medians), len(medians)
}

func between(values []float64) float64 {
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// Benchstat sets the records of two hosts, kernels and builds side by side, with
// the medians, the counts and the ratios that we find in the records.
func TestBenchstatComparesRecords(t *testing.T) {
	dir, before := t.TempDir(), open(t, "run.jsonl")
	after := slower(t, before, "pipe-eof")
	exported(t, dir, "old.txt", before, nil)
	exported(t, dir, "new.txt", after, nil)

	text := benchstat(t, dir, "old.txt", "new.txt")
	for _, want := range []string{" old.txt  ", " new.txt  ", "sec/op", "+25.0", "n=40)", "vs base"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Count(text, "goos: linux") != 1 {
		t.Errorf("more than one table:\n%s", text)
	}

	lines := figures(t, benchstat(t, dir, "-format", "csv", "old.txt", "new.txt"))
	if want := len(behaviours) * stages; len(lines) != want {
		t.Errorf("%d series, want %d", len(lines), want)
	}
	for _, b := range behaviours {
		for i, stage := range []string{"first", "later"} {
			line, ok := lines["Release/primitive="+b.primitive+"/ns=uts+ipc/placement=cross-cpu/stage="+stage+"-2"]
			if !ok {
				t.Fatalf("no line for %s, %s", b.primitive, stage)
			}
			old, n := medianOfRounds(t, before, b.primitive, int64(i+1))
			now, _ := medianOfRounds(t, after, b.primitive, int64(i+1))
			same(t, b.primitive+" old", line[1], old/1e9)
			same(t, b.primitive+" new", line[3], now/1e9)
			change, p := "~", "p=1.000"
			if b.primitive == "pipe-eof" {
				change, p = fmt.Sprintf("%+.2f%%", 100*(now/old-1)), "p=0.000"
			}
			if line[5] != change || line[6] != fmt.Sprintf("%s n=%d", p, n) {
				t.Errorf("%s, %s: %q, want %s with %s n=%d", b.primitive, stage, line[5:], change, p, n)
			}
			if interval, err := strconv.Atoi(strings.TrimSuffix(line[2], "%")); err != nil || interval < 1 || interval > 15 {
				t.Errorf("%s, %s: interval %q", b.primitive, stage, line[2])
			}
		}
	}
}

// figures are the lines of a table in CSV, by what they are of.
func figures(t *testing.T, text string) map[string][]string {
	t.Helper()
	_, table, ok := strings.Cut(text, "sec/op,CI,sec/op,CI,vs base,P\n")
	if !ok {
		t.Fatalf("no table of two columns:\n%s", text)
	}
	reader := csv.NewReader(strings.NewReader(table))
	all, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	lines := make(map[string][]string)
	for _, line := range all {
		if line[0] != "geomean" {
			lines[line[0]] = line
		}
	}
	return lines
}

func same(t *testing.T, what, text string, want float64) {
	t.Helper()
	if got, err := strconv.ParseFloat(text, 64); err != nil || math.Abs(got-want) > 1e-9*want {
		t.Errorf("%s: %s, want %v", what, text, want)
	}
}

// The runs of one record are not thrown together, and can be compared, too.
func TestBenchstatTellsRunsApart(t *testing.T) {
	dir, record := t.TempDir(), open(t, "run.jsonl")
	exported(t, dir, "both.txt", slices.Concat(record, slower(t, record, "pipe-eof")), reports.Selection{"primitive": {"pipe-eof"}})
	if text := benchstat(t, dir, "both.txt"); strings.Count(text, "geomean") != 2 {
		t.Errorf("want a table a run:\n%s", text)
	}
	text := benchstat(t, dir, "-col", "run", "both.txt")
	if strings.Count(text, "+25.00% (p=0.000 n=40)") != 2 {
		t.Errorf("want two series, each a quarter slower:\n%s", text)
	}
}

// Each axis is a key, of the name where it varies and of the configuration where
// it does not.
func TestBenchstatProjectsAxes(t *testing.T) {
	dir, record := t.TempDir(), open(t, "run.jsonl")
	exported(t, dir, "run.txt", record, nil)
	lines := figures(t, benchstat(t, dir, "-format", "csv", "-col", "/primitive", "-row", "/stage",
		"-filter", "/primitive:(pipe-eof OR spin) launcher:clone hold:200us", "run.txt"))
	for i, stage := range []string{"first", "later"} {
		base, _ := medianOfRounds(t, record, "pipe-eof", int64(i+1)) // first in the plan, though not in the first round
		other, n := medianOfRounds(t, record, "spin", int64(i+1))
		line := lines[stage]
		if line == nil || line[5] != fmt.Sprintf("%+.2f%%", 100*(other/base-1)) || line[6] != fmt.Sprintf("p=0.000 n=%d", n) {
			t.Errorf("%s: %q, medians %v and %v of %d", stage, line, base, other, n)
		}
	}
	for name, run := range axisRuns(t) {
		if name == "few" || name == "early" || name == "quota" {
			continue // too few rounds of a kind, or nothing that varies
		}
		key := "/" + name
		if name == "namespaces" {
			key = "/ns"
		}
		exported(t, dir, name+".txt", run, nil)
		out := benchstat(t, dir, "-col", key, "-row", "/primitive,/stage", "-filter", "/placement:cross-cpu", name+".txt")
		if !strings.Contains(out, "vs base") {
			t.Errorf("%s: no column to compare:\n%s", name, out)
		}
	}
}

// A series selected from a record in which more varied has the name of the same
// series in one where nothing did.
func TestBenchstatMatchesSelectedSeries(t *testing.T) {
	dir, record := t.TempDir(), open(t, "run.jsonl")
	wider := edited(t, record, func(_ result.Plan, line result.Record) {
		if head, ok := line.(*result.Header); ok {
			head.Plan.Series = append(head.Plan.Series, head.Plan.Series[0])
			head.Plan.Series[len(head.Plan.Series)-1].Launcher = "vm"
		}
	})
	exported(t, dir, "old.txt", record, nil)
	exported(t, dir, "new.txt", wider, reports.Selection{"launcher": {"clone"}})
	if n := strings.Count(benchstat(t, dir, "old.txt", "new.txt"), "p=1.000 n=40"); n != len(behaviours)*stages {
		t.Errorf("%d series matched", n)
	}
}
