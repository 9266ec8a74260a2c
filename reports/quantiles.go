package reports

import (
	"fmt"
	"math"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// quantileSheets is a table for each group of how the series differ from the
// baseline besides their middles: whether by a factor that is the same from the
// fastest release to the tail, or in the tail alone.
func quantileSheets(run Run) []sheet {
	var all []sheet
	for _, g := range groups(run) {
		s := quantileSheet(g)
		if len(s.rows) > 0 {
			all = append(all, s)
		}
	}
	return all
}

// shown are the quantiles of the shift function that a table has room for. All of
// them are in the JSON.
var shown = []float64{0.1, 0.5, 0.9, 0.99, 0.999}

func quantileSheet(g group) sheet {
	out := sheet{
		title: fmt.Sprintf("Against %s by quantile, %s", word(g.baseline), g.title()),
		columns: []sheetColumn{
			{name: "primitive", label: true}, {name: "difference"}, {name: "95% of it", glued: true, spare: 2}, {name: "delta"}, {name: "95% of it", glued: true, spare: 1},
		},
	}
	for _, q := range shown {
		out.columns = append(out.columns, sheetColumn{name: stat.QuantileName(q)})
	}
	for _, s := range g.series {
		if s.Against == nil || s.Against.Why != nil {
			continue
		}
		a := s.Against
		row := []string{word(s.Primitive), difference(a.Shift), differences(a.ShiftInterval), delta(a.Delta), delta(a.DeltaInterval.Lo) + " to " + delta(a.DeltaInterval.Hi)}
		for _, q := range shown {
			row = append(row, quantileCell(a.Quantiles, q))
		}
		out.rows = append(out.rows, row)
	}
	out = out.withoutDashes()
	out.notes = quantileNotes(out.columns)
	return out
}

// quantileNotes explain the columns that there are.
func quantileNotes(columns []sheetColumn) []string {
	var all, quantiles []string
	for _, c := range columns {
		switch {
		case c.label || c.glued:
		case c.name == "difference":
			all = append(all, "difference: half of the pairs of each round differ by more (Hodges and Lehmann).")
		case c.name == "delta":
			all = append(all, "delta: how much likelier a release is to take longer than one by the baseline than less (Cliff), from -1 to 1.")
		default:
			quantiles = append(quantiles, c.name)
		}
	}
	switch len(quantiles) {
	case 0:
		return all
	case 1:
		return append(all, quantiles[0]+": the quantile as a multiple of the baseline's, and where it lies.")
	}
	return append(all, quantiles[0]+" to "+quantiles[len(quantiles)-1]+": the quantiles as multiples of the baseline's, and where they lie.")
}

// quantileCell is the ratio at a quantile and its interval. Without one there is
// no ratio either.
func quantileCell(all []stat.QuantileRatio, q float64) string {
	for _, r := range all {
		if r.Q == q && r.Interval.Known() {
			return multiple(r.Ratio) + " (" + ratioSpan(r.Interval) + ")"
		}
	}
	return "-"
}

// difference writes a time with its sign: "+1.20us", "-310ns".
func difference(ns float64) string {
	switch {
	case ns < 0:
		return "-" + plot.Time(-ns)
	case math.IsNaN(ns):
		return "-"
	}
	return "+" + plot.Time(ns)
}

func differences(iv stat.Interval) string {
	if !iv.Known() {
		return "-"
	}
	return difference(iv.Lo) + " to " + difference(iv.Hi)
}

// delta writes Cliff's.
func delta(d float64) string {
	if math.IsNaN(d) {
		return "-"
	}
	return fmt.Sprintf("%+.2f", d)
}
