package reports

import (
	"math"
	"slices"
	"sort"
	"strconv"

	"github.com/nsbench/nsbench/reports/plot"
)

// How many points a curve of a page has: enough for a screen, and few where there
// are many curves, so that a page of forty primitives can be mailed.
const (
	curvePoints      = 320
	closeCurvePoints = 160
)

// figures are numbers as a page's script reads them, with four significant digits.
// What is not finite is null.
type figures []float64

// MarshalJSON writes an array.
func (f figures) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, v := range f {
		if i > 0 {
			out = append(out, ',')
		}
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			out = append(out, "null"...)
		case v == math.Trunc(v) && math.Abs(v) < 10000:
			out = strconv.AppendInt(out, int64(v), 10)
		default:
			out = strconv.AppendFloat(out, v, 'g', 4, 64)
		}
	}
	return append(out, ']'), nil
}

// A pageCurves is what the two charts of a group show that a reader can ask.
type pageCurves struct {
	Series []pageCurve `json:"series"`

	// Reach is how far the axis of percentiles goes, and Nines the number of
	// steps to there, evenly in nines: step i is at 1 - 10^(-Reach*i/Steps).
	Reach float64 `json:"reach"`
	Steps int     `json:"steps"`

	// Times are the places at which the shares of ECDFs are given, ns.
	Times figures `json:"times"`
}

// A pageCurve is one series in both charts.
type pageCurve struct {
	Name   string  `json:"name"`
	Family string  `json:"family"`
	Light  string  `json:"light"` // colour on a light page
	Dark   string  `json:"dark"`
	Dash   figures `json:"dash"`
	N      int     `json:"n"`
	Firm   float64 `json:"firm"`  // up to which step samples are enough for an interval
	Shown  bool    `json:"shown"` // from the start

	Quantiles figures `json:"quantiles"` // at each step, as far as the sample goes, ns
	Shares    figures `json:"shares"`    // of releases that took at most each of Times
}

// curvesOf thins the samples of a group.
func curvesOf(g group, styles map[string]int) pageCurves {
	out := pageCurves{Steps: curvePoints, Reach: nines(0.99)}
	if g.crowded() {
		out.Steps = closeCurvePoints
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range g.series {
		if n := s.Release.N(); n > 1 {
			out.Reach = max(out.Reach, nines(1-1/float64(n)))
		}
		if sorted := s.Release.Sorted(); len(sorted) > 0 {
			low, high = min(low, math.Max(sorted[0], 1)), max(high, math.Max(sorted[len(sorted)-1], 1))
		}
	}
	out.Times = geometric(low, high, out.Steps)
	starters := startersOf(g)
	for _, s := range g.series {
		light, dark, dash := plot.Look(styles[s.Primitive])
		curve := pageCurve{
			Name: word(s.Primitive), Family: familyName(s.Family), Light: light, Dark: dark, Dash: dash,
			N: s.Release.N(), Firm: out.step(s.firm), Shown: slices.Contains(starters, s.Primitive),
		}
		sorted := s.Release.Sorted()
		for i := range out.Steps + 1 {
			if at := out.Reach * float64(i) / float64(out.Steps); len(sorted) > 0 && at <= nines(1-1/float64(len(sorted)))+1e-9 {
				curve.Quantiles = append(curve.Quantiles, s.Release.Quantile(1-math.Pow(10, -at)))
			}
		}
		for _, t := range out.Times {
			curve.Shares = append(curve.Shares, share(sorted, t))
		}
		out.Series = append(out.Series, curve)
	}
	return out
}

// nines is how many nines a quantile has, which is its place on a stretched axis.
func nines(q float64) float64 { return -math.Log10(1 - q) }

func (c pageCurves) step(q float64) float64 {
	return math.Min(nines(q)/c.Reach, 1) * float64(c.Steps)
}

// geometric are steps from low to high, each as many times the one before.
func geometric(low, high float64, steps int) figures {
	if low > high {
		return nil
	}
	if high < 2*low {
		low, high = low/1.5, high*1.5
	}
	all := make(figures, steps+1)
	for i := range all {
		all[i] = low * math.Pow(high/low, float64(i)/float64(steps))
	}
	return all
}

// share of a sorted sample that is at most v.
func share(sorted []float64, v float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	return float64(sort.Search(len(sorted), func(i int) bool { return sorted[i] > v })) / float64(len(sorted))
}

// startersOf are the series that charts begin with: all of them, or of a crowd
// the baseline and the first of each family, which has the least median.
func startersOf(g group) []string {
	var names []string
	for _, f := range g.families() {
		for i, s := range f.series {
			if i == 0 || !g.crowded() || s.Primitive == g.baseline {
				names = append(names, s.Primitive)
			}
		}
	}
	return names
}
