package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// hasForest reports whether anything in a group was compared. Where nothing was,
// the notes on its table say why.
func hasForest(_ Run, g group) bool { return slices.ContainsFunc(g.series, compared) }

// drawForest draws the ratios of a group to its baseline.
func drawForest(run Run, g group, _ map[string]int) (*plot.Drawing, error) {
	f := plot.Ratios{
		Title: judgedOf(g) + " against " + word(g.baseline) + ", " + moment(g.kind, g.stage),
		Host:  word(run.Header.Environment.Host), Placement: g.where(),
		Baseline: word(g.baseline), Threshold: g.threshold,
		Notes: []string{fmt.Sprintf("All intervals of ratios in this run hold at once with %g %% confidence, round by round (Hodges and Lehmann).", 100*stat.Confidence)},
	}
	for _, s := range g.series {
		f.Rows = append(f.Rows, ratioOf(g, s))
	}
	return plot.Forest(f)
}

// judgedOf names what is compared.
func judgedOf(g group) string {
	if g.children > 1 {
		return fmt.Sprintf("Time to the last of %s children", plot.Count(g.children))
	}
	return quantityOf(g)
}

// ratioOf is a series as a row of a forest plot.
func ratioOf(g group, s Series) plot.Ratio {
	nan := math.NaN()
	r := plot.Ratio{Heading: familyName(s.Family), Name: s.Primitive, Ratio: nan, Lo: nan, Hi: nan, N: s.judged().N()}
	switch {
	case s.Primitive == g.baseline:
		r.Verdict, r.Ratio = plot.Baseline, 1
	case s.Against == nil || r.N == 0:
	default:
		a := s.Against
		r.Verdict, r.Ratio, r.Lo, r.Hi, r.Rounds = plot.Verdict(a.Verdict), a.Ratio, a.RatioInterval.Lo, a.RatioInterval.Hi, a.Rounds
		if !compared(s) {
			r.Why = uncomparedWhy(s)
		}
	}
	return r
}

// forestWords says what a forest plot shows: the ratios by what is told of them,
// and of many only how many and the extremes.
func forestWords(_ Run, g group) string {
	var parts []string
	for _, v := range []stat.Verdict{stat.Faster, stat.Slower, stat.Same, stat.Inconclusive} {
		var some []Series
		for _, s := range g.series {
			if compared(s) && s.Against.Verdict == v {
				some = append(some, s)
			}
		}
		if some != nil {
			parts = append(parts, string(v)+": "+ratiosIn(some, g.crowded()))
		}
	}
	without := 0
	for _, s := range g.series {
		without += yes(s.Primitive != g.baseline && !compared(s))
	}
	if without > 0 {
		parts = append(parts, "without an interval: "+plot.Count(without))
	}
	return fmt.Sprintf("%s as multiples of %s, %s, by more than %s. Ratios: %s.",
		judgedOf(g), word(g.baseline), g.title(), percent(g.threshold), strings.Join(parts, "; "))
}

// ratiosIn lists ratios with their intervals, from the least.
func ratiosIn(all []Series, crowded bool) string {
	slices.SortStableFunc(all, func(a, b Series) int { return ascending(a.Against.Ratio, b.Against.Ratio) })
	text := func(s Series) string {
		return fmt.Sprintf("%s %s times (%s)", word(s.Primitive), multiple(s.Against.Ratio), ratioSpan(s.Against.RatioInterval))
	}
	if last := len(all) - 1; crowded && last >= 3 {
		return fmt.Sprintf("%s, from %s to %s", plot.Count(len(all)), text(all[0]), text(all[last]))
	}
	parts := make([]string, len(all))
	for i, s := range all {
		parts[i] = text(s)
	}
	return joined(parts...)
}

// forestNumbers is the ratios to the baseline.
func forestNumbers(g group) sheet {
	out := sheet{columns: []sheetColumn{{name: "primitive", label: true}, {name: "rounds"}, {name: columnTimes}, {name: columnWithin}, {name: "would have been told"}, {name: columnVerdict}}}
	for _, s := range g.series {
		row := []string{word(s.Primitive), "-", timesBaseline(g, s), timesWithin(g, s), "-", verdictOf(g, s)}
		if compared(s) {
			row[1], row[4] = plot.Count(s.Against.Rounds), percent(s.Against.Seen)
		}
		out.rows = append(out.rows, row)
	}
	out.notes = []string{"would have been told: the difference that such a run tells in about four cases of five."}
	if text, _ := uncompared(g); text != "" {
		out.notes = append(out.notes, text)
	}
	return out
}
