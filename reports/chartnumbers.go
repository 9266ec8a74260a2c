package reports

import (
	"fmt"
	"math"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// steps are the quantiles in the table of a chart of percentiles.
var steps = []float64{0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 1}

// percentileNumbers is what the curves of percentiles and the violins show.
func percentileNumbers(g group) sheet {
	out := sheet{columns: []sheetColumn{{name: "primitive", label: true}, {name: "n"}}}
	for _, q := range steps {
		out.columns = append(out.columns, sheetColumn{name: quantileColumn(q)})
	}
	for _, s := range g.series {
		row := []string{word(s.Primitive), plot.Count(s.Release.N())}
		for _, q := range steps {
			row = append(row, quantileNumber(s, q))
		}
		out.rows = append(out.rows, row)
	}
	out.notes = []string{"In brackets: of the sample, which is too small for a 95 % interval of it. -: beyond the sample."}
	return out
}

func quantileColumn(q float64) string {
	switch q {
	case 0:
		return "min"
	case 1:
		return "max"
	}
	return stat.QuantileName(q)
}

// quantileNumber is a quantile of the sample as it is drawn, in brackets where the
// line is thin.
func quantileNumber(s Series, q float64) string {
	n := float64(s.Release.N())
	switch {
	case n == 0 || q < 1 && q > 1-1/n:
		return "-"
	case q > 0 && q < 1 && max(q, 1-q) > s.firm:
		return "(" + plot.Time(s.Release.Quantile(q)) + ")"
	}
	return plot.Time(s.Release.Quantile(q))
}

// mostTimes is how many columns the table of an ECDF has.
const mostTimes = 14

// shareNumbers is what the ECDFs show: which share of the releases took at most
// 1, 2, 5, 10 us and so on.
func shareNumbers(g group) sheet {
	out := sheet{columns: []sheetColumn{{name: "primitive", label: true}}}
	times := roundTimes(g)
	for _, t := range times {
		out.columns = append(out.columns, sheetColumn{name: plot.Time(t)})
	}
	for _, s := range g.series {
		row := []string{word(s.Primitive)}
		for _, t := range times {
			row = append(row, shareNumber(share(s.Release.Sorted(), t)))
		}
		out.rows = append(out.rows, row)
	}
	out.notes = []string{"Share of the valid releases that took at most so long."}
	return out
}

// shareNumber keeps 0 and 1 for none and all.
func shareNumber(v float64) string {
	switch {
	case math.IsNaN(v):
		return "-"
	case v == 0 || v == 1:
		return fmt.Sprintf("%.0f%%", 100*v)
	case v < 0.0001:
		return "<0.01%"
	case v > 0.995:
		return fmt.Sprintf("%.2f%%", math.Min(100*v, 99.99))
	}
	return percent(v)
}

// roundTimes are round times from where the first release of a group was done to
// where the last was: in 1, 2, 5, in decades, or in some of those.
func roundTimes(g group) []float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range g.series {
		if sorted := s.Release.Sorted(); len(sorted) > 0 {
			low, high = min(low, math.Max(sorted[0], 1)), max(high, math.Max(sorted[len(sorted)-1], 1))
		}
	}
	if low > high {
		return nil
	}
	times := multiples(low, high, 1, 2, 5)
	if len(times) > mostTimes {
		times = multiples(low, high, 1)
	}
	step := (len(times) + mostTimes - 1) / mostTimes
	var kept []float64
	for i, t := range times {
		if last := len(times) - 1; (last-i)%step == 0 { // the last is where every share is 1
			kept = append(kept, t)
		}
	}
	return kept
}

// multiples of the powers of ten, from low to the first that is at least high.
func multiples(low, high float64, of ...float64) []float64 {
	var all []float64
	for power := math.Floor(math.Log10(low)); power <= math.Ceil(math.Log10(high)); power++ {
		for _, m := range of {
			t := m * math.Pow(10, power)
			if n := len(all); t >= low && (n == 0 || all[n-1] < high) {
				all = append(all, t)
			}
		}
	}
	return all
}
