package reports_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports"
)

// A dash is told of with the series that it takes most, and why.
func TestNeedsAreNamed(t *testing.T) {
	rep := gather(t, crowded(t, around("pipe-eof", 2000, 20), around("futex", 1000, 20)))
	all := rep.Runs[0].Series
	for i := range all {
		all[i].Summary.Short = []stat.Shortfall{{Quantile: 0.9, Need: 36}, {Quantile: 0.99, Need: map[string]int{"pipe-eof": 368, "futex": 490}[all[i].Primitive]}}
	}
	const want = "-: too few valid samples for a 95 % interval: p90 needs 36, p99 needs 368 (pipe-eof) to 490 (futex). " +
		"It is more than 368 for p99 where values depend on each other."
	if got := tableOf(t, rep); !strings.Contains(got, want) {
		t.Errorf("does not say %q: %s", want, got)
	}
	all[0].Summary.Short = nil
	name := all[1].Primitive
	if want, got := fmt.Sprintf("p90 needs 36 (%s)", name), tableOf(t, rep); !strings.Contains(got, want) {
		t.Errorf("does not say %q: %s", want, got)
	}
}

// Series that are not compared are told of with the reason, together.
func TestWhyNothingIsCompared(t *testing.T) {
	rep := gather(t, crowded(t, around("pipe-eof", 2000, 20), around("futex", 1000, 7), around("eventfd", 1000, 7),
		crowd{"flock", make([]int64, 20)}, crowd{primitive: "fifo"}))
	const want = "No x: a time that is not above 0 has no ratio (flock); too few rounds with values of both: 7, and it takes 8 (futex, eventfd)."
	if got := tableOf(t, rep); !strings.Contains(got, want) {
		t.Errorf("does not say %q: %s", want, got)
	}
}

// A baseline that was not measured is named, once for all of a run, and else where
// it is missing.
func TestMissingBaselineIsNamed(t *testing.T) {
	const (
		inRun = "pipe-eof, the baseline, was not measured in this run, so nothing is compared: --baseline NAME compares with another."
		here  = "pipe-eof, the baseline, was not measured here, so nothing is compared: --baseline NAME compares with another."
	)
	part := planned(1, "pipe-eof", "futex", "futex", "eventfd")
	part.Plan.Series[2].Placement, part.Plan.Series[3].Placement = "same-cpu", "same-cpu"
	for want, record := range map[string][]byte{
		inRun: crowded(t, around("futex", 1000, 20), around("eventfd", 900, 20)),
		here:  encode(t, part, one(0, 1), one(1, 1), one(2, 1), one(3, 1)),
		"":    crowded(t, around("futex", 1000, 20)),
	} {
		rep := gather(t, record)
		for name, write := range map[string]func(io.Writer, *reports.Report) error{
			"table":    func(w io.Writer, rep *reports.Report) error { return reports.Table(w, rep, reports.TableOptions{}) },
			"markdown": reports.Markdown, "html": reports.HTML,
		} {
			if got := oneLine(t, rep, write); strings.Count(got, ", the baseline, ") != min(len(want), 1) || !strings.Contains(got, want) {
				t.Errorf("%s does not say %q once: %s", name, want, got[:min(len(got), 5000)])
			}
		}
	}
	rep := gather(t, crowded(t, around("pipe-eof", 1000, 20), around("futex", 900, 20)))
	rep.Compare("spin", 0.1)
	if got := tableOf(t, rep); !strings.Contains(got, "spin, the baseline, was not measured in this run") {
		t.Errorf("nothing of another baseline: %s", got)
	}
}

// Only those columns are explained that a table has, and a terminal is told where
// the tables are that it has not.
func TestQuantilesAreExplainedIfShown(t *testing.T) {
	for want, n := range map[string]int{"p10 to p90: the quantiles as multiples": 200, "p50: the quantile as a multiple": 20} {
		rep := gather(t, crowded(t, around("pipe-eof", 2000, n), around("futex", 1000, n)))
		got := oneLine(t, rep, reports.Markdown)
		if !strings.Contains(got, want) || !strings.Contains(got, "difference: half of the pairs") {
			t.Errorf("of %d: no %q in %s", n, want, got)
		}
		if !strings.Contains(tableOf(t, rep), "Cliff's delta and the ratio at each quantile are in report.html") {
			t.Error("the table does not say where the rest is")
		}
	}
}
