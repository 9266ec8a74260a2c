package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// hasTradeoff reports whether a series of a group has both a median and a CPU
// time. Early releases ended no wait, so none was burned in it.
func hasTradeoff(_ Run, g group) bool {
	return slices.ContainsFunc(g.series, func(s Series) bool { return !math.IsNaN(s.Summary.P50) && s.WaitCPUShare > 0 })
}

// drawTradeoff draws the medians of a group over the CPU time burned.
func drawTradeoff(run Run, g group, styles map[string]int) (*plot.Drawing, error) {
	return plot.Tradeoff(costsOf(run, g, styles))
}

func costsOf(run Run, g group, styles map[string]int) plot.Costs {
	k := plot.Costs{
		Title: quantityOf(g) + " against CPU time burned, " + moment(g.kind, g.stage),
		Host:  word(run.Header.Environment.Host), Placement: g.where(),
	}
	for _, s := range g.series {
		c := plot.Cost{
			Name: s.Primitive, Reference: s.Primitive == g.baseline, Style: styles[s.Primitive],
			Latency: s.Summary.P50, Lo: s.Summary.P50Interval.Lo, Hi: s.Summary.P50Interval.Hi,
			Burned: s.WaitCPUShare, N: s.Summary.N,
		}
		switch {
		case c.N == 0 || !math.IsNaN(c.Latency):
		case c.N >= stat.Need(0.5, stat.Confidence):
			c.Why = "its samples depend on each other too much for a median"
		default:
			c.Why = "too few valid samples for a median"
		}
		k.Points = append(k.Points, c)
	}
	if hold, short := shortestHold(run); short {
		k.Notes = append(k.Notes, fmt.Sprintf("At a hold around %s most of what a sleeper burns goes into falling asleep and waking up, once a wait however long.", plot.Time(hold)))
	}
	return k
}

// mostSaid is how many members of a list are read out.
const mostSaid = 12

// tradeoffWords says who is on the front, and of a long one who is at its ends.
func tradeoffWords(run Run, g group) string {
	front := costsOf(run, g, nil).Front()
	parts := make([]string, len(front))
	for i, p := range front {
		parts[i] = fmt.Sprintf("%s %s at %s of CPU time a second", word(p.Name), plot.Time(p.Latency), burned(p.Burned))
	}
	if last := len(parts) - 1; last >= mostSaid {
		parts = []string{parts[0], plot.Count(last-1) + " between", parts[last]}
	}
	return fmt.Sprintf("Median %s over CPU time burned while waiting, %s. On the front, from the cheapest to the fastest: %s.",
		strings.ToLower(quantityOf(g)), g.title(), joined(parts...))
}

// tradeoffNumbers is what a release takes, and what the wait for it burned.
func tradeoffNumbers(g group) sheet {
	out := sheet{columns: []sheetColumn{{name: "primitive", label: true}, {name: "p50"}, {name: "95% of p50"}, {name: columnBurned}, {name: "on the front"}}}
	front := make(map[string]bool)
	for _, c := range costsOf(Run{}, g, nil).Front() {
		front[c.Name] = true
	}
	for _, s := range g.series {
		on := "no"
		switch {
		case front[s.Primitive]:
			on = "yes"
		case math.IsNaN(s.Summary.P50) || !(s.WaitCPUShare > 0):
			on = "-"
		}
		out.rows = append(out.rows, []string{word(s.Primitive), plot.Time(s.Summary.P50), span(s.Summary.P50Interval), burned(s.WaitCPUShare), on})
	}
	out.notes = []string{"on the front: no other is both faster and cheaper, by these medians; their intervals may overlap. -: without a median or a CPU time."}
	return out
}
