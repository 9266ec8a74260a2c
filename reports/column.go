package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// A column is one figure of every series, under one name in every report. Most
// need the series alone, but a ratio needs what it is taken to.
type column struct {
	name string
	cell func(g group, s Series) string
}

// The columns that are spoken of by name.
const (
	columnFamily  = "family"
	columnCount   = "n"
	columnInvalid = "invalid"
	columnMedian  = "p50"
	columnTimes   = "x"
	columnWithin  = "95% of x"
	columnVerdict = "verdict"
	columnBurned  = "cpu/s"
)

// columns are the figures, in the order in which they are shown. The primitive
// comes first and each line names its family, so that a line that was searched
// for says all by itself.
var columns = []column{
	{"primitive", func(_ group, s Series) string { return word(s.Primitive) }},
	{columnFamily, func(_ group, s Series) string { return familyName(s.Family) }},
	{columnCount, func(_ group, s Series) string { return plot.Count(s.Summary.N) }},
	{columnInvalid, func(_ group, s Series) string { return plot.Count(s.InvalidTotal()) }},
	{"min", func(_ group, s Series) string { return plot.Time(s.Summary.Min) }},
	{columnMedian, func(_ group, s Series) string { return plot.Time(s.Summary.P50) }},
	{"95% of p50", func(_ group, s Series) string { return span(s.Summary.P50Interval) }},
	{columnTimes, timesBaseline},
	{columnWithin, timesWithin},
	{columnVerdict, verdictOf},
	{columnBurned, func(_ group, s Series) string { return burned(s.WaitCPUShare) }},
	{"p90", func(_ group, s Series) string { return plot.Time(s.Summary.P90) }},
	{"p99", func(_ group, s Series) string { return plot.Time(s.Summary.P99) }},
	{"p99.9", func(_ group, s Series) string { return plot.Time(s.Summary.P999) }},
	{"max", func(_ group, s Series) string { return plot.Time(s.Summary.Max) }},
}

// timesBaseline is the series as a multiple of the baseline. It shows at a glance
// where a series stands among forty that are ordered by family.
//
// A rank would, too, and lost: it turns medians that cannot be told apart into
// a first, a second and a third, and is another number at the next run. The
// ratio lasts, and where it is not beyond the threshold it says so.
func timesBaseline(g group, s Series) string {
	switch {
	case s.Primitive == g.baseline:
		return "1"
	case s.Against == nil || math.IsNaN(s.Against.Ratio):
		return "-"
	case s.Against.Verdict == stat.Faster || s.Against.Verdict == stat.Slower:
		return multiple(s.Against.Ratio)
	}
	return "~" + multiple(s.Against.Ratio)
}

// timesWithin is where that ratio lies.
func timesWithin(_ group, s Series) string {
	if s.Against == nil || !s.Against.RatioInterval.Known() {
		return "-"
	}
	return ratioSpan(s.Against.RatioInterval)
}

// verdictOf is what the interval of the ratio says.
func verdictOf(g group, s Series) string {
	switch {
	case s.Primitive == g.baseline:
		return "baseline"
	case s.Against == nil || s.Against.Why != nil:
		return "-"
	}
	return string(s.Against.Verdict)
}

// columnsOf lists the columns of a run: all of them, but nothing on a baseline
// that was not measured.
func columnsOf(run Run) []column {
	if run.Comparisons > 0 {
		return slices.Clone(columns)
	}
	return without(without(without(columns, columnTimes), columnWithin), columnVerdict)
}

// without copies columns but the one of the given name.
func without(all []column, name string) []column {
	return slices.DeleteFunc(slices.Clone(all), func(c column) bool { return c.name == name })
}

// has tells whether there is a column of the given name.
func has(all []column, name string) bool {
	return slices.ContainsFunc(all, func(c column) bool { return c.name == name })
}

// legend explains the columns of a run, in sentences.
func legend(run Run) []string {
	meaning := inOrder + " 95% of p50: where the median lies with 95 % confidence. "
	if has(columnsOf(run), columnTimes) {
		meaning += fmt.Sprintf("%s, with ~ where it is not told to be faster or slower by more than %s. %s ", ratioMeans(run), percent(run.Threshold), atOnce)
	}
	lines := []string{
		whatIsTimed(run),
		meaning + "invalid: samples left out of the figures.",
		burnedMeans(run),
	}
	return append(lines, notCompared(run)...)
}

// The parts of a legend.
const (
	inOrder = "Groups and families are in the order of the plan, the primitives of a family in that of the median first release."
	atOnce  = "All intervals of " + columnTimes + " in this run hold at once with 95 % confidence."
)

func whatIsTimed(run Run) string {
	text := "Times are release latencies: from just before the parent's release operation to just after the child's wait returned."
	if slices.ContainsFunc(run.Series, func(s Series) bool { return s.Kind == KindEarly }) {
		text += " Where the release came before the wait (early), they run from the child's arming to its going on through the open gate."
	}
	return text
}

func ratioMeans(run Run) string {
	return fmt.Sprintf("%s: how many times as long as %s a release takes, half of the pairs of each round taking longer (Hodges and Lehmann)", columnTimes, word(run.Baseline))
}

func burnedMeans(run Run) string {
	return "cpu/s: CPU time that the child burned for each second of its wait." + shortHolds(run)
}

// notCompared says of a whole run that it lacks the baseline.
func notCompared(run Run) []string {
	if slices.ContainsFunc(groups(run), func(g group) bool { return !g.compares && len(g.series) > 1 }) {
		return []string{baselineMissing(run.Baseline, "in this run")}
	}
	return nil
}

// longHold is a hold in which going to sleep and waking up, of some 10 us of CPU
// time, are less than a thousandth.
const longHold = 10_000_000

// shortHolds says what the CPU time of short waits consists of: a share at one
// hold is not that at another.
func shortHolds(run Run) string {
	shortest, short := shortestHold(run)
	if !short {
		return ""
	}
	return fmt.Sprintf(" At a hold around %s most of a sleeper's is going to sleep and waking up, once a wait however long: a wait costs cpu/s times its hold and latency.",
		plot.Time(shortest))
}

// shortestHold is the shortest hold of a run in ns, and whether going to sleep and
// waking up count for something beside it.
func shortestHold(run Run) (ns float64, short bool) {
	shortest := int64(math.MaxInt64)
	for _, s := range run.Header.Plan.Series {
		if s.HoldNS > 0 {
			shortest = min(shortest, s.HoldNS)
		}
	}
	return float64(shortest), shortest < longHold
}
