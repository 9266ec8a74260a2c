package reports_test

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench/result"
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
		"A difference from pipe-eof of ":               checked(t, "", "spin"),
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
