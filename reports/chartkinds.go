package reports

import (
	"fmt"
	"math"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// A chartKind is one way to draw a group.
type chartKind struct {
	name, title string // the end of a file's name; what is drawn, in short

	// applies reports whether there is something to draw.
	applies func(run Run, g group) bool

	draw func(run Run, g group, styles map[string]int) (*plot.Drawing, error)

	// alt says in words what is seen.
	alt func(run Run, g group) string

	numbers func(g group) sheet // what is drawn, as a table
	live    string              // the chart of a page's script that shows the same, empty for none
	against bool                // it depends on the baseline
}

// chartKinds are in the order in which a page shows them.
var chartKinds = []chartKind{
	ofSamples("violins", "Distributions", plot.Violins, percentileNumbers, ""),
	{"forest", "Ratios to the baseline", hasForest, drawForest, forestWords, forestNumbers, "", true},
	ofSamples("percentiles", "Percentiles", plot.Percentiles, percentileNumbers, "percentiles"),
	ofSamples("ecdf", "Cumulative distributions", plot.ECDF, shareNumbers, "ecdf"),
	{"tradeoff", "Latency against CPU time", hasTradeoff, drawTradeoff, tradeoffWords, tradeoffNumbers, "", false},
	{"timeline", "Samples in time order", hasTimeline, drawTimeline, timelineWords, timelineNumbers, "", false},
}

// mostDrawn is how many groups of a run are drawn, and how many other tables.
// A plan of thousands would draw for hours what nobody looks through; the tables
// have all of them.
const mostDrawn = 48

// undrawn says how many groups a report has no pictures of.
func undrawn(run Run) []string {
	n := len(groups(run)) - mostDrawn
	if n <= 0 {
		return nil
	}
	return []string{fmt.Sprintf("Drawn are the first %d sets of conditions and stages; %s further have tables alone.", mostDrawn, plot.Count(n))}
}

// chartKindsOf are the kinds that tell something of a group.
func chartKindsOf(run Run, g group) []chartKind {
	var all []chartKind
	for _, k := range chartKinds {
		if k.applies(run, g) {
			all = append(all, k)
		}
	}
	return all
}

// ofSamples is one that is drawn from the samples as they are.
func ofSamples(name, title string, draw func(plot.Chart) (*plot.Drawing, error), numbers func(group) sheet, live string) chartKind {
	return chartKind{
		name: name, title: title, numbers: numbers, live: live,
		applies: func(Run, group) bool { return true },
		draw: func(run Run, g group, styles map[string]int) (*plot.Drawing, error) {
			return draw(chart(run, g, styles))
		},
		alt: func(_ Run, g group) string { return mediansIn(title, g) },
	}
}

// chart is the numbers of a group as the plots take them.
func chart(run Run, g group, styles map[string]int) plot.Chart {
	ch := plot.Chart{
		Title:     quantityOf(g) + ", " + moment(g.kind, g.stage),
		Host:      word(run.Header.Environment.Host),
		Placement: g.where(),
	}
	for _, s := range g.series {
		ch.Series = append(ch.Series, plot.Series{
			Name: s.Primitive, Family: familyName(s.Family), Reference: s.Primitive == g.baseline,
			Style: styles[s.Primitive], Values: s.Release.Sorted(), Firm: s.firm,
		})
	}
	return ch
}

// quantityOf names what the figures of a group are.
func quantityOf(g group) string {
	if g.kind == KindEarly {
		return "Arming to going on"
	}
	return "Release latency"
}

// firmOf is the highest of the usual quantiles up to which a sample has an interval
// at each. Where values depend on each other, that is less far than their number
// promises.
func firmOf(s *stat.Sample) float64 {
	reached := 0.0
	for _, q := range []float64{0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999} {
		if s.N() < stat.Need(q, stat.Confidence) {
			break
		}
		if _, ok := s.Interval(q, stat.Confidence); !ok {
			break
		}
		reached = q
	}
	return reached
}

// mediansIn names what a picture shows and the medians in it: of a crowd, the
// extremes of each family, since nobody listens to forty numbers, and the table
// beside the picture has them all.
func mediansIn(title string, g group) string {
	var medians []string
	for i, f := range g.families() {
		if i == 12 {
			medians = append(medians, "and more")
			break
		}
		medians = append(medians, mediansOf(f, g.crowded()))
	}
	return fmt.Sprintf("%s of %s, %s. Medians: %s.", title, strings.ToLower(quantityOf(g)), g.title(), strings.Join(medians, "; "))
}

// mediansOf lists the medians of a family, or only the first and the last.
func mediansOf(f family, crowded bool) string {
	series, between := f.series, ", "
	if crowded && len(series) > 2 {
		slowest := series[0] // those without a median are last
		for _, s := range series {
			if !math.IsNaN(s.Summary.P50) {
				slowest = s
			}
		}
		series, between = []Series{series[0], slowest}, " to "
	}
	parts := make([]string, len(series))
	for i, s := range series {
		parts[i] = word(s.Primitive) + " " + plot.Time(s.Summary.P50)
	}
	return f.name + ": " + strings.Join(parts, between)
}
