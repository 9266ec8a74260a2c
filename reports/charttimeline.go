package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

func measured(s Series) bool { return s.Summary.N > 0 }

func hasTimeline(_ Run, g group) bool { return slices.ContainsFunc(g.series, measured) }

// drawTimeline draws the samples of a group in time order.
func drawTimeline(run Run, g group, styles map[string]int) (*plot.Drawing, error) {
	k := plot.Course{
		Title: quantityOf(g) + " in time order, " + moment(g.kind, g.stage),
		Host:  word(run.Header.Environment.Host), Placement: g.where(),
	}
	for _, s := range g.series {
		t := plot.Track{
			Name: s.Primitive, Family: familyName(s.Family), Style: styles[s.Primitive],
			Values: s.Release.Ordered(), Sorted: s.Release.Sorted(), Ends: s.Release.Ends(), Drift: math.NaN(), Firm: s.firm,
		}
		if drifts(s) {
			t.Drift = s.Summary.Drift.Ratio
		}
		k.Tracks = append(k.Tracks, t)
	}
	return plot.Timeline(k)
}

// drifts reports whether a series is told to drift.
func drifts(s Series) bool {
	return slices.ContainsFunc(s.Summary.Warnings, func(w stat.Warning) bool { return w.Kind == stat.DoubtDrift })
}

// timelineWords says which series drift, and how far samples lie from the median.
func timelineWords(_ Run, g group) string {
	var drift []string
	for _, s := range g.series {
		if drifts(s) {
			drift = append(drift, word(s.Primitive)+" "+multiple(s.Summary.Drift.Ratio)+" times")
		}
	}
	told := "No series is told to drift"
	if drift != nil {
		told = "Drift, the second half's median over the first's: " + joined(drift...)
	}
	return fmt.Sprintf("%s of each series over the rounds of the run, %s. %s.%s", quantityOf(g), g.title(), told, slowest(g))
}

// slowest names the slowest sample of a group.
func slowest(g group) string {
	var most Series
	for _, s := range g.series {
		if measured(s) && (most.Primitive == "" || s.Summary.Max > most.Summary.Max) {
			most = s
		}
	}
	if most.Primitive == "" {
		return ""
	}
	return fmt.Sprintf(" The slowest sample of all is one of %s: %s.", word(most.Primitive), plot.Time(most.Summary.Max))
}

// parts is in how many a run is cut for the table of its course.
const parts = 10

// timelineNumbers is the median of each tenth of a series, and its slowest sample.
func timelineNumbers(g group) sheet {
	out := sheet{columns: []sheetColumn{{name: "primitive", label: true}}}
	for i := range parts {
		out.columns = append(out.columns, sheetColumn{name: fmt.Sprintf("%d0%%", i+1)})
	}
	out.columns = append(out.columns, sheetColumn{name: "max"})
	for _, s := range g.series {
		row := []string{word(s.Primitive)}
		all := s.Release.Ordered()
		for i := range parts {
			part := slices.Clone(all[len(all)*i/parts : len(all)*(i+1)/parts])
			if len(part) == 0 {
				row = append(row, "-")
				continue
			}
			slices.Sort(part)
			row = append(row, plot.Time(stat.Quantile(part, 0.5)))
		}
		out.rows = append(out.rows, append(row, plot.Time(s.Summary.Max)))
	}
	out.notes = []string{"Medians of the tenths of a series, in time order."}
	return out
}
