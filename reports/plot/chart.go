package plot

import (
	"errors"
	"math"
	"slices"
)

// A Chart is what violins, percentiles, cumulative distributions and fan-out are
// drawn from.
type Chart struct {
	Title      string   // the quantity, such as "Release latency, first release"
	Host       string   // where it was measured
	Placement  string   // which CPUs the two sides ran on, and further conditions
	Conditions string   // in place of the placement, where there is none
	Series     []Series // drawn in this order, from the top; those of a family stand together
}

// A Series is the samples of one name.
type Series struct {
	Name string

	// Family is the kind of thing that the series is one of. Charts keep the
	// series of a family together under its name. Empty for none.
	Family string

	// Reference marks the series that all others are held against. A chart
	// has one at most.
	Reference bool

	// Style picks colour, dash and marker. The same number looks the same in
	// every chart, whatever the order of the series.
	Style int

	// Values are latencies in nanoseconds, in ascending order. Values that
	// are not finite are left out; those below one nanosecond are drawn at
	// one nanosecond, since a logarithm has no zero.
	Values []float64

	// Groups are what FanOut draws instead of Values, in ascending order of
	// their numbers of children.
	Groups []Group

	// Firm is the highest quantile, from 0 to 1, that Values are enough for.
	// A curve is drawn thin beyond it.
	Firm float64
}

// A Group is how long it took until children that were released together went
// on, over many groups of so many. A time that is not finite is not drawn.
type Group struct {
	Children    int
	N           int     // groups
	First, Last float64 // medians of the times to the first child and to the last, ns
	Lo, Hi      float64 // between which that of the last lies
}

// Few is how many series one set of axes holds before the eye loses them. Charts
// of more take another form: violins stand closer, and percentiles get axes for
// each family.
const Few = 10

// maxSeries is how many series one picture holds. More would need an image
// of a size that a viewer refuses.
const maxSeries = 48

// ErrEmpty is returned for a chart without any series. A series without
// samples is no error: it is drawn as such.
var ErrEmpty = errors.New("no series to draw")

// clean returns a copy of c that is safe to draw: names printable and short,
// values finite, not below 1 ns and not more series than fit. left is the
// number of series that did not.
func (c Chart) clean() (_ Chart, left int) {
	c.Title, c.Host, c.Placement = Clean(c.Title, 80), Clean(c.Host, 40), Clean(c.Placement, 80)
	left = max(0, len(c.Series)-maxSeries)
	c.Series = slices.Clone(c.Series[:len(c.Series)-left])
	for i := range c.Series {
		c.Series[i].Name = Clean(c.Series[i].Name, 32)
		c.Series[i].Family = Clean(c.Series[i].Family, 32)
		c.Series[i].Values = drawable(c.Series[i].Values)
	}
	return c, left
}

// drawable returns the finite values of sorted, which are in one piece: what is
// not a number sorts before all others or behind them.
func drawable(sorted []float64) []float64 {
	for len(sorted) > 0 && !finite(sorted[0]) {
		sorted = sorted[1:]
	}
	for len(sorted) > 0 && !finite(sorted[len(sorted)-1]) {
		sorted = sorted[:len(sorted)-1]
	}
	return sorted
}

// log10 is the place of a latency on an axis of time.
func log10(ns float64) float64 { return math.Log10(math.Max(1, ns)) }

// quantile interpolates linearly between order statistics: type 7 of Hyndman
// and Fan, "Sample Quantiles in Statistical Packages" (1996), the same as the
// tables use. The sample must not be empty.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	low := min(int(at), len(sorted)-1)
	high := min(low+1, len(sorted)-1)
	share := at - float64(low)
	return sorted[low]*(1-share) + sorted[high]*share
}
