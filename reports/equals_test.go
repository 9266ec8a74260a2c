package reports_test

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports"
)

// checked is a run of pipe-eof, itself once more, and others, compared with a
// baseline.
func checked(t *testing.T, baseline string, others ...string) *reports.Report {
	all := under(usual(), append([]string{"pipe-eof", "pipe-eof"}, others...)...)
	all[1].SelfCheck = true
	rep := gather(t, lived(t, 40, result.Plan{Stages: 1, Block: 10, Baseline: "pipe-eof", Threshold: 0.02, Series: all}))
	rep.Compare(baseline, math.NaN())
	return rep
}

// oneLine is what is written, as one line.
func oneLine(t *testing.T, rep *reports.Report, write func(io.Writer, *reports.Report) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out, rep); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func tableOf(t *testing.T, rep *reports.Report) string {
	t.Helper()
	return oneLine(t, rep, func(w io.Writer, rep *reports.Report) error { return reports.Table(w, rep, reports.TableOptions{}) })
}

// A self check is of the baseline that it was made of: against another it is a
// series like any other.
func TestSelfCheckIsOfItsBaseline(t *testing.T) {
	if got := tableOf(t, checked(t, "", "futex")); !strings.Contains(got, "Self check: pipe-eof against itself ") {
		t.Errorf("no self check in %s", got)
	}
	got := tableOf(t, checked(t, "futex", "futex"))
	if strings.Contains(got, "itself") || strings.Contains(got, "equals") {
		t.Errorf("calls series equal that are not: %s", got)
	}
	if !strings.Contains(got, "pipe-eof (again)) ") {
		t.Errorf("leaves the series out of what would have been told: %s", got)
	}
}

// What a run would have told is said wherever something is compared.
func TestSmallestDifference(t *testing.T) {
	const told = " would have been told in about four such runs of five."
	for want, rep := range map[string]*reports.Report{
		"A difference from pipe-eof of ":                             checked(t, "", "spin"),
		" Where neither faster nor slower is told, a difference of ": checked(t, "pipe-eof (again)", "spin"),
	} {
		if got := tableOf(t, rep); !strings.Contains(got, want) || !strings.Contains(got, told) {
			t.Errorf("does not say %q: %s", want, got)
		}
	}
	if got := tableOf(t, checked(t, "")); !strings.Contains(got, "(pipe-eof (again))"+told) {
		t.Errorf("only with itself: %s", got)
	}
}

// What a script would have to look for in the plan and the prose is told of each
// run by itself.
func TestJSONOfRuns(t *testing.T) {
	rep := checked(t, "", "futex")
	run := &rep.Runs[0]
	run.Header.Plan.Precision, run.Header.Plan.MaxTimeNS, run.Header.Plan.Iterations = 0.01, 5e9, 400
	run.End.Stopped = result.StoppedMaxTime
	got := oneLine(t, rep, reports.JSON)
	for _, want := range []string{
		`"stopped": "max-time", "iterations": 400, "precision": 0.01, "max_time_ns": 5000000000, "confidence": 0.95, "baseline": "pipe-eof", "threshold": 0.02,`,
		`"self_checks": [ { "primitive": "pipe-eof (again)",`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("does not say %s: %s", want, got[len(got)-3000:])
		}
	}
	if got := oneLine(t, checked(t, "futex", "futex"), reports.JSON); !strings.Contains(got, `"self_checks": []`) {
		t.Error("a self check of another baseline")
	}
}

// Equals that are told apart are a warning, of the series that shows it.
func TestJSONWarnsOfEqualsApart(t *testing.T) {
	rep := checked(t, "", "futex")
	const warning = `"self check: slower than itself: they are equals, so do not believe differences of that size in this run"`
	if got := oneLine(t, rep, reports.JSON); strings.Contains(got, warning) {
		t.Error("warns of a self check that finds nothing")
	}
	for _, s := range rep.Runs[0].Series {
		if s.SelfCheck {
			s.Against.Verdict = stat.Slower
		}
	}
	if got := oneLine(t, rep, reports.JSON); strings.Count(got, warning) != 1 {
		t.Error("does not warn")
	}
}

// Between two runs no ratio is taken round by round, so that none is to be trusted
// for that.
func TestJSONOfChangesHasTheirRemedies(t *testing.T) {
	old, now := before(t), after(t)
	old.Series[0].Summary.Warnings = []stat.Warning{{Kind: stat.DoubtDependent, Text: "all are one"}}
	var out bytes.Buffer
	if err := changesOf(t, old, now).JSON(&out); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "all are one: the intervals allow for it") || strings.Contains(got, "round by round") {
		t.Error(got)
	}
	if !strings.Contains(out.String(), `"why": "no interval: it takes `) {
		t.Error("a ratio is missing for no reason")
	}
}
