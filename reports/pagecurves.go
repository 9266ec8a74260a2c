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

// figures are numbers as a page's script reads them, with six significant digits:
// with four, those that it rounds to three would differ from those of the tables.
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
			out = strconv.AppendFloat(out, v, 'g', 6, 64)
		}
	}
	return append(out, ']'), nil
}

// A pageCurves is what the two charts of a group show that a reader can ask.
type pageCurves struct {
	Series []pageCurve `json:"series"`

	// Places are the quantiles at which the curves of percentiles are given, in
	// nines: the quantile q is at -log10(1-q).
	Places figures `json:"places"`

	// Times are the places at which ECDFs are given, ns.
	Times figures `json:"times"`
}

// A pageCurve is one series in both charts.
type pageCurve struct {
	Name  string  `json:"name"`
	Light string  `json:"light"` // colour on a light page
	Dark  string  `json:"dark"`
	Dash  figures `json:"dash"`
	N     int     `json:"n"`
	Firm  int     `json:"firm"`  // up to which of Places samples are enough for an interval
	Shown bool    `json:"shown"` // from the start

	Quantiles figures `json:"quantiles"` // at each of Places, as far as the sample goes, ns
	Within    figures `json:"within"`    // how many of N took at most each of Times
}

// curvesOf thins the samples of a group.
func curvesOf(g group, styles map[string]int) pageCurves {
	points, reach := curvePoints, nines(0.99)
	if g.crowded() {
		points = closeCurvePoints
	}
	var out pageCurves
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range g.series {
		if n := s.Release.N(); n > 1 {
			reach = max(reach, nines(1-1/float64(n)))
		}
		if sorted := s.Release.Sorted(); len(sorted) > 0 {
			low, high = min(low, math.Max(sorted[0], 1)), max(high, math.Max(sorted[len(sorted)-1], 1))
		}
	}
	if high < 2*low {
		low, high = low/1.5, high*1.5
	}
	out.Times, out.Places = timesOf(g, low, high, points), placesTo(reach, points)
	starters := startersOf(g)
	if g.crowded() {
		styles = crowdStyles(g, starters)
	}
	for _, s := range g.series {
		light, dark, dash := plot.Look(styles[s.Primitive])
		curve := pageCurve{
			Name: word(s.Primitive), Light: light, Dark: dark, Dash: dash,
			N: s.Release.N(), Firm: out.place(s.firm), Shown: slices.Contains(starters, s.Primitive),
		}
		sorted := s.Release.Sorted()
		for _, at := range out.Places {
			if len(sorted) > 0 && at <= nines(1-1/float64(len(sorted)))+1e-9 {
				curve.Quantiles = append(curve.Quantiles, s.Release.Quantile(1-math.Pow(10, -at)))
			}
		}
		for _, t := range out.Times {
			curve.Within = append(curve.Within, float64(atMost(sorted, t)))
		}
		out.Series = append(out.Series, curve)
	}
	return out
}

// nines is how many nines a quantile has, which is its place on a stretched axis.
func nines(q float64) float64 { return -math.Log10(1 - q) }

// placesTo are even steps in nines, of which those nearest to the quantiles that
// tables have are moved there: what a reader asks for is then what a table says.
func placesTo(reach float64, points int) figures {
	all := make(figures, points+1)
	for i := range all {
		all[i] = reach * float64(i) / float64(points)
	}
	for _, q := range steps {
		if at := nines(q); at <= reach {
			all[int(math.Round(at/reach*float64(points)))] = at
		}
	}
	return all
}

// place is the last of its places that is not beyond a quantile.
func (c pageCurves) place(q float64) int {
	at := nines(q)
	return max(0, sort.Search(len(c.Places), func(i int) bool { return c.Places[i] > at+1e-9 })-1)
}

// timesOf are steps from low to high, each as many times the one before, of which
// those nearest to the round times that tables have are moved there.
func timesOf(g group, low, high float64, points int) figures {
	all := geometric(low, high, points)
	for _, t := range roundTimes(g) {
		if at := math.Log(t/low) / math.Log(high/low) * float64(points); at <= float64(points) {
			all[int(math.Round(at))] = t
		}
	}
	return all
}

// geometric are steps from low to high, each as many times the one before.
func geometric(low, high float64, steps int) figures {
	if low > high {
		return nil
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
	return float64(atMost(sorted, v)) / float64(len(sorted))
}

// atMost counts what of a sorted sample is at most v.
func atMost(sorted []float64, v float64) int {
	return sort.Search(len(sorted), func(i int) bool { return sorted[i] > v })
}

// crowdStyles has the series that a chart begins with look different from each
// other. In the still pictures of a crowd each family has a panel, and the first of
// every one the same look; here they share one pair of axes.
func crowdStyles(g group, starters []string) map[string]int {
	styles := map[string]int{g.baseline: subjectStyle}
	for _, s := range g.series {
		starters = append(starters, s.Primitive)
	}
	for _, name := range starters {
		if _, known := styles[name]; !known {
			styles[name] = familyStyle(len(styles) - 1)
		}
	}
	return styles
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
