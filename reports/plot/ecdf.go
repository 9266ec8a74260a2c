package plot

import (
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var ecdfForm = form{
	name: "ecdf",
	x:    "latency in ns, us, ms (logarithmic)",
	y:    "share of the releases that took at most so long",
	good: "← faster",
	notes: []string{
		"Each curve rises from the fastest sample to the slowest. Markers: quartiles, the middle one being the median.",
		"n: valid samples.",
	},
	axes: ecdfAxes,
	curve: func(s Series, th theme, weight, marker vg.Length) plot.Plotter {
		return ecdf{Series: s, theme: th, line: th.line(s.Style, weight), marker: marker, points: cells}
	},
	ghost: func(s Series, th theme) plot.Plotter {
		return ecdf{Series: s, theme: th, line: draw.LineStyle{Color: th.ghost, Width: 0.8 * px}, points: ghostPoints}
	},
	count: legendCount,
}

// ECDF draws each series as its empirical cumulative distribution: the share of
// the samples that are at most so long, over time. Unlike a violin it smooths
// nothing and has no width to choose, and unlike a curve of percentiles it shows
// the body of a distribution at the same scale everywhere: where it is steep, many
// samples are alike. More than Few series of several families are drawn in a panel
// for each family.
func ECDF(ch Chart) (*Drawing, error) { return ecdfForm.draw(ch) }

// ecdfAxes is a plot without curves whose axes hold all series.
func ecdfAxes(ch Chart, th theme) *plot.Plot {
	p := axes(th)
	p.X.Min, p.X.Max = span(ch.Series)
	p.X.Tick.Marker = timeTicks(ecdfTicks(ch))
	p.Y.Min, p.Y.Max = 0, 1
	var ticks plot.ConstantTicks
	for i := range 5 {
		ticks = append(ticks, plot.Tick{Value: 0.25 * float64(i), Label: fmt.Sprintf("%d%%", 25*i)})
	}
	p.Y.Tick.Marker = ticks
	grid := plotter.NewGrid()
	grid.Vertical, grid.Horizontal = gridLine(th), gridLine(th)
	p.Add(grid)
	return p
}

// ecdfTicks is how many labels of time have room: panels are a third as wide.
func ecdfTicks(ch Chart) int {
	if len(ch.Series) > Few {
		return 6
	}
	return 10
}

// An ecdf draws one series.
type ecdf struct {
	Series
	theme  theme
	line   draw.LineStyle
	marker vg.Length // radius; 0 for none
	points int       // that the axis takes
}

var _ plot.Plotter = ecdf{}

// Plot draws the line and a marker at each quartile.
func (s ecdf) Plot(c draw.Canvas, p *plot.Plot) {
	if len(s.Values) == 0 {
		return
	}
	x, y := p.Transforms(&c)
	var line []vg.Point
	for _, step := range s.rises(p.X.Min, p.X.Max) {
		line = append(line, vg.Point{X: x(step.at), Y: y(step.share)})
	}
	c.StrokeLines(s.line, line)
	if s.marker == 0 {
		return
	}
	for _, q := range []float64{0.25, 0.5, 0.75} {
		reached := s.Values[int(math.Ceil(q*float64(len(s.Values))))-1]
		c.DrawGlyphNoClip(s.theme.marker(s.Style, s.marker), vg.Point{X: x(log10(reached)), Y: y(q)})
	}
}

// A rise is a place on the curve: a power of ten of a nanosecond, and the share
// of the samples up to there.
type rise struct{ at, share float64 }

// rises follows the curve over an axis: step by step where there are fewer samples
// than points, and at evenly spaced places where there are more, each found by
// bisection, so that ten million samples cost no more than a thousand.
func (s ecdf) rises(low, high float64) []rise {
	n := len(s.Values)
	all := []rise{{log10(s.Values[0]), 0}}
	if n <= s.points/2 {
		for i, v := range s.Values {
			at := log10(v)
			all = append(all, rise{at, float64(i) / float64(n)}, rise{at, float64(i+1) / float64(n)})
		}
		return all
	}
	last := log10(s.Values[n-1])
	for i := range s.points + 1 {
		at := low + (high-low)*float64(i)/float64(s.points)
		if at >= all[0].at && at < last {
			all = append(all, rise{at, float64(upTo(s.Values, at)) / float64(n)})
		}
	}
	return append(all, rise{last, 1})
}

// upTo counts the values of a sorted sample that are drawn at most at a power of
// ten of a nanosecond.
func upTo(sorted []float64, at float64) int {
	if at < 0 {
		return 0
	}
	most := math.Pow(10, at)
	return sort.Search(len(sorted), func(i int) bool { return sorted[i] > most })
}
