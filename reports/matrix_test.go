package reports_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// sections are the lines of a small run of series, and of small matrices, of a host.
func seriesOf(host string) []result.Record {
	head := planned(1, "pipe-eof")
	head.Environment.Host = host
	return []result.Record{head, one(0, 5), end(1, 1)}
}

func matrixOf(host string, records []result.Record) []result.Record {
	records[0].(*result.Header).Environment.Host = host
	return records
}

// What was recorded of one host is one run, in whatever order it stands in the record.
func TestMatricesJoinTheirHost(t *testing.T) {
	tests := []struct {
		name    string
		record  []result.Record
		hosts   []string // of the runs
		series  []int
		faults  []bool
		problem string // of the first run
	}{
		{"behind", slices.Concat(seriesOf("a"), matrixOf("a", faults()), matrixOf("a", isolation())), []string{"a"}, []int{1}, []bool{true}, ""},
		{"before", slices.Concat(matrixOf("a", faults()), seriesOf("a")), []string{"a"}, []int{1}, []bool{true}, ""},
		{"alone", matrixOf("a", faults()), []string{"a"}, []int{0}, []bool{true}, ""},
		{"of another", slices.Concat(seriesOf("a"), matrixOf("b", faults())), []string{"a", "b"}, []int{1, 0}, []bool{false, true}, ""},
		{"of one of two", slices.Concat(seriesOf("a"), seriesOf("b"), matrixOf("b", faults())), []string{"a", "b"}, []int{1, 1}, []bool{false, true}, ""},
		{"of a host of two runs", slices.Concat(seriesOf("a"), seriesOf("a"), matrixOf("a", faults())), []string{"a", "a"}, []int{1, 1}, []bool{true, false}, ""},
		{"again", slices.Concat(matrixOf("a", faults()), matrixOf("a", faults())), []string{"a"}, []int{0}, []bool{true}, "The matrix of faults of 2026-03-14 16:09:26 UTC was taken again on the same host"},
		{"cut short", matrixOf("a", faults())[:50], []string{"a"}, []int{0}, []bool{true}, "The matrix of faults has no end and was cut short: it has 49 of 880 cells."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rep := gather(t, encode(t, test.record...))
			var hosts []string
			var series []int
			var with []bool
			for _, run := range rep.Runs {
				hosts, series, with = append(hosts, run.Header.Environment.Host), append(series, len(run.Series)), append(with, run.Faults != nil)
			}
			if d := cmp.Diff([]any{test.hosts, test.series, test.faults}, []any{hosts, series, with}); d != "" {
				t.Error(d)
			}
			problems := rep.Runs[0].Problems
			if (test.problem == "") != (problems == nil) || test.problem != "" && !strings.HasPrefix(problems[0], test.problem) {
				t.Errorf("problems %q, want %q", problems, test.problem)
			}
		})
	}
}

// Files are joined as the sections of one are.
func TestReportsJoin(t *testing.T) {
	rep := gather(t, encode(t, matrixOf("a", faults())...))
	if problems := rep.Join(gather(t, encode(t, seriesOf("a")...))); problems != nil || len(rep.Runs) != 1 || len(rep.Runs[0].Series) != 1 || rep.Runs[0].Faults == nil {
		t.Errorf("problems %q, %d runs", problems, len(rep.Runs))
	}
	later := matrixOf("a", faults())
	later[0].(*result.Header).Version = "later"
	if problems := rep.Join(gather(t, encode(t, later...))); len(problems) != 1 || !slices.Equal(rep.Runs[0].Problems, problems) {
		t.Errorf("problems %q, of the run %q", problems, rep.Runs[0].Problems)
	}
	if got := rep.Runs[0].Faults.Header.Version; got != "later" {
		t.Errorf("the matrix of version %q is shown", got)
	}
}

func TestInterruptedMatrix(t *testing.T) {
	record := append(matrixOf("a", isolation())[:9], &result.End{Ended: result.EndedInterrupted, Error: "no space left"})
	got := gather(t, encode(t, record...)).Runs[0].Problems
	if want := []string{"The matrix of isolation was interrupted: it has 2 of 440 cells. Error: no space left."}; !slices.Equal(got, want) {
		t.Errorf("problems %q, want %q", got, want)
	}
}

// What failed is not said to have been failed.
func TestFailedMatrix(t *testing.T) {
	record := append(matrixOf("a", faults())[:9], &result.End{Ended: result.EndedFailed, Error: "no space left"})
	got := gather(t, encode(t, record...)).Runs[0].Problems
	if len(got) != 1 || !strings.HasPrefix(got[0], "The matrix of faults failed: it has ") {
		t.Errorf("problems %q", got)
	}
}

func TestClasses(t *testing.T) {
	column := reports.MatrixColumn{Sound: []string{result.OutcomeReleased}, Unsafe: []string{result.OutcomeHung}}
	of := func(results ...result.Result) *result.Behaviour {
		return &result.Behaviour{Outcome: results[0].Outcome, Results: results}
	}
	released, failed, hung := result.Result{Outcome: result.OutcomeReleased}, result.Result{Outcome: result.OutcomeFailed}, result.Result{Outcome: result.OutcomeHung}
	early := released
	early.Early = true
	tests := []struct {
		name string
		cell *result.Behaviour
		want reports.Class
	}{
		{"all released", of(released), reports.ClassSound},
		{"all failed", of(failed), reports.ClassNeutral},
		{"some failed", of(released, failed), reports.ClassNeutral},
		{"one hung", of(released, hung), reports.ClassUnsafe},
		{"one early", of(released, early), reports.ClassUnsafe},
		{"unavailable", &result.Behaviour{Outcome: result.OutcomeUnavailable}, reports.ClassUnavailable},
		{"not run", nil, reports.ClassUntried},
	}
	for _, test := range tests {
		if got := column.ClassOf(test.cell); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestFaultsJSON(t *testing.T) {
	var out bytes.Buffer
	if err := reports.FaultsJSON(&out, gather(t, matrices(t))); err != nil {
		t.Fatal(err)
	}
	var value struct {
		Cells []struct {
			Primitive, Fault, Outcome, Class, Errno string
			Trials                                  int
			Outcomes                                map[string]int
			Early                                   bool
		}
		Environment struct{ Host string }
	}
	if err := json.Unmarshal(out.Bytes(), &value); err != nil {
		t.Fatal(err)
	}
	if len(value.Cells) != 880 || value.Environment.Host != "bench-one" {
		t.Errorf("%d cells of %q", len(value.Cells), value.Environment.Host)
	}
	for _, c := range value.Cells {
		switch {
		case c.Primitive == "pipe-eof" && c.Fault == "parent-killed":
			if c.Outcome != "released" || c.Class != "unsafe" || !c.Early || c.Trials != 20 {
				t.Errorf("%+v", c)
			}
		case c.Primitive == "sigwait" && c.Fault == "interrupted":
			if d := cmp.Diff(map[string]int{"failed": 11, "released": 9}, c.Outcomes); d != "" || c.Errno != "EINTR" {
				t.Errorf("%+v: %s", c, d)
			}
		}
	}
}

func TestIsolationJSON(t *testing.T) {
	var out bytes.Buffer
	if err := reports.IsolationJSON(&out, gather(t, matrices(t))); err != nil {
		t.Fatal(err)
	}
	var value struct {
		Cells []struct {
			Primitive, Namespace, Outcome, Errno string
			Ways                                 []struct{ Way, Outcome, Errno, Why, Source, Reason string }
		}
	}
	if err := json.Unmarshal(out.Bytes(), &value); err != nil {
		t.Fatal(err)
	}
	if len(value.Cells) != 440 {
		t.Errorf("%d cells", len(value.Cells))
	}
	for _, c := range value.Cells {
		if c.Primitive == "posix-mq" && c.Namespace == "ipc" {
			if c.Outcome != "failed" || c.Errno != "ENOENT" || len(c.Ways) != 4 || c.Ways[1].Source != "mq_overview(7)" {
				t.Errorf("%+v", c)
			}
		}
	}
}

// A record that has none of a matrix has a list of none, and one of series says nothing
// of matrices.
func TestNoMatrixJSON(t *testing.T) {
	var out bytes.Buffer
	rep := gather(t, encode(t, seriesOf("a")...))
	if err := reports.FaultsJSON(&out, rep); err != nil || !strings.HasPrefix(out.String(), "{\n  \"cells\": [],\n") {
		t.Errorf("%v: %s", err, out.String())
	}
	out.Reset()
	if err := reports.JSON(&out, rep); err != nil || strings.Contains(out.String(), "faults") {
		t.Errorf("%v: %s", err, out.String())
	}
}

// A plan of more than anybody looks at is cut, and says so.
func TestHugeMatrix(t *testing.T) {
	head := matrixHead("faults")
	for i := range 4000 {
		head.Plan.Primitives = append(head.Plan.Primitives, fmt.Sprint("p", i))
		head.Plan.Faults = append(head.Plan.Faults, result.Fault{Name: fmt.Sprint("f", i), Of: result.OfChild})
	}
	head.Plan.Ideas = slices.Repeat([]string{"an idea"}, len(head.Plan.Primitives))
	rep := gather(t, encode(t, head))
	want := []string{
		"Shown of the matrix of faults: the first 200 primitives of 4,040.", "Shown of the matrix of faults: the first 60 columns of 4,000.",
		"The matrix of faults has no end and was cut short: it has 0 of 12,000 cells.",
	}
	if d := cmp.Diff(want, rep.Runs[0].Problems); d != "" {
		t.Error(d)
	}
	for name, write := range outputs {
		if name == "csv" || name == "bench.txt" {
			continue
		}
		var out bytes.Buffer
		if err := write(&out, encode(t, head)); err != nil || out.Len() > 6<<20 {
			t.Errorf("%s: %v, %d bytes", name, err, out.Len())
		}
	}
}

// What is made of a record of matrices alone is whole: nothing in it is about releases.
func TestMatricesAlone(t *testing.T) {
	for name, write := range outputs {
		if name == "csv" || name == "bench.txt" || name == "hgrm" || name == "cells.csv" || strings.HasSuffix(name, "json") {
			continue
		}
		var out bytes.Buffer
		if err := write(&out, matrices(t)); err != nil {
			t.Fatal(err)
		}
		text := script.ReplaceAllString(out.String(), "")
		for _, of := range []string{"null gate", "baseline", "Left out", "warm-up round", "nsbench compare", "cross-cpu", "How long until"} {
			if name != "html" && strings.Contains(text, of) || name == "html" && strings.Contains(text, "<dt>"+of) {
				t.Errorf("%s speaks of %q", name, of)
			}
		}
		if !strings.Contains(text, "bench-one") || !strings.Contains(text, "loadavg") {
			t.Errorf("%s does not name the host and its doubts", name)
		}
	}
}

// Wherever a terminal ends, no line of a matrix goes beyond.
func TestMatricesFit(t *testing.T) {
	for _, width := range []int{40, 60, 80, 100} {
		var out bytes.Buffer
		if err := reports.Table(&out, gather(t, matrices(t)), reports.TableOptions{Width: width, ASCII: true}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(out.String(), "\n") {
			if len(line) > width {
				t.Errorf("%d columns of %d: %s", len(line), width, line)
			}
		}
	}
}

// The same of several hosts stands under each, and nothing is set side by side that
// cannot be compared.
func TestMatricesOfHosts(t *testing.T) {
	record := encode(t, slices.Concat(matrixOf("a", faults()), matrixOf("b", faults()))...)
	orElse := func(heading string) string {
		if heading == "" {
			return "What becomes of a primitive"
		}
		return heading
	}
	for _, kind := range []string{"table-100.txt", "md", "html"} {
		var out bytes.Buffer
		if err := outputs[kind](&out, record); err != nil {
			t.Fatal(err)
		}
		heading := map[string]string{"md": "### What becomes", "html": ">What becomes of a primitive"}[kind]
		if n := strings.Count(picture.ReplaceAllString(out.String(), ""), orElse(heading)); n < 2 {
			t.Errorf("%s: %d matrices", kind, n)
		}
		if strings.Contains(out.String(), "Side by side") {
			t.Errorf("%s sets them side by side", kind)
		}
	}
}
