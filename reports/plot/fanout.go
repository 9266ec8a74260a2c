package plot

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var fanForm = form{
	name: "fan-out",
	x:    "children released together (logarithmic)",
	y:    "time from the first operation in ns, us, ms (logarithmic)",
	good: "↓ faster",
	notes: []string{
		"Thick: median time to the last child of a group. Bar: its 95 % interval. n: groups.",
		"Thin, dotted: median time to the first child. No point: too few groups for a median.",
	},
	axes: fanAxes,
	curve: func(s Series, th theme, weight, marker vg.Length) plot.Plotter {
		return fan{Series: s, theme: th, weight: weight, marker: marker}
	},
	ghost: func(s Series, th theme) plot.Plotter { return fanGhost{Series: s, theme: th} },
	count: groupCount,
}

// FanOut draws for each series how long it takes until the last child of a group
// goes on, and the first, over the number of children, both axes being
// logarithmic: a primitive that costs the same for each child is a line of slope
// one, and one that frees all at once is flatter. More than Few series of several
// families are drawn in a panel for each family.
func FanOut(ch Chart) (*Drawing, error) { return fanForm.draw(ch) }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// log10 of a number of children. None at all is drawn where one is.
func (g Group) at() float64 { return math.Log10(float64(max(g.Children, 1))) }

// fanAxes is a plot without curves whose axes hold all groups.
func fanAxes(ch Chart, th theme) *plot.Plot {
	p := axes(th)
	p.X.Min, p.X.Max = groupSpan(ch.Series)
	p.X.Tick.Marker = groupTicks{series: ch.Series}
	p.Y.Min, p.Y.Max = span(fanValues(ch.Series))
	p.Y.Tick.Marker = timeTicks(9)
	grid := plotter.NewGrid()
	grid.Vertical, grid.Horizontal = gridLine(th), gridLine(th)
	p.Add(grid)
	return p
}

// fanValues are series whose values are the least and the greatest that are
// drawn, for the axis.
func fanValues(all []Series) []Series {
	out := make([]Series, len(all))
	for i, s := range all {
		for _, g := range s.Groups {
			for _, v := range []float64{g.First, g.Last, g.Lo, g.Hi} {
				if finite(v) {
					out[i].Values = append(out[i].Values, v)
				}
			}
		}
		slices.Sort(out[i].Values)
	}
	return out
}

// groupSpan is the range of the axis of children, in powers of ten.
func groupSpan(all []Series) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, s := range all {
		for _, g := range s.Groups {
			low, high = min(low, g.at()), max(high, g.at())
		}
	}
	if low > high {
		return 0, 2
	}
	margin := max(0.04*(high-low), 0.05)
	return low - margin, high + margin
}

// groupTicks labels the numbers of children that were measured, as far as they
// have room.
type groupTicks struct{ series []Series }

var _ plot.Ticker = groupTicks{}

// Ticks lists the marks from low to high.
func (t groupTicks) Ticks(low, high float64) []plot.Tick {
	var counts []int
	for _, s := range t.series {
		for _, g := range s.Groups {
			counts = append(counts, max(g.Children, 1))
		}
	}
	slices.Sort(counts)
	var ticks []plot.Tick
	for _, n := range slices.Compact(counts) {
		at := math.Log10(float64(n))
		if at < low || at > high {
			continue
		}
		tick := plot.Tick{Value: at, Label: Count(n)}
		if last := len(ticks) - 1; last >= 0 && at-ticks[last].Value < 0.07*(high-low) {
			tick.Label = ""
		}
		ticks = append(ticks, tick)
	}
	return ticks
}

// groupCount says how many groups a curve is drawn from.
func groupCount(s Series) string {
	least, most := math.MaxInt, 0
	for _, g := range s.Groups {
		if finite(g.Last) {
			least, most = min(least, g.N), max(most, g.N)
		}
	}
	switch {
	case most == 0:
		return "too few groups"
	case least == most:
		return "n = " + Count(most)
	}
	return "n = " + Count(least) + " to " + Count(most)
}

// A fan draws one series.
type fan struct {
	Series
	theme  theme
	weight vg.Length
	marker vg.Length
}

var _ plot.Plotter = fan{}

// Plot draws the line to the first child, the intervals, and the line to the last.
func (s fan) Plot(c draw.Canvas, p *plot.Plot) {
	ink := s.theme.color(s.Style)
	thin := draw.LineStyle{Color: ink, Width: 1.1 * px, Dashes: []vg.Length{1.5 * px, 2.5 * px}}
	for _, part := range fanLine(c, p, s.Groups, func(g Group) float64 { return g.First }) {
		c.StrokeLines(thin, part)
		for _, at := range part {
			c.DrawGlyphNoClip(s.theme.marker(s.Style, s.marker*0.6), at)
		}
	}
	x, y := p.Transforms(&c)
	for _, g := range s.Groups {
		if finite(g.Lo) && finite(g.Hi) {
			stroke(c, draw.LineStyle{Color: ink, Width: 1.2 * px}, x(g.at()), y(log10(g.Lo)), x(g.at()), y(log10(g.Hi)))
		}
	}
	for _, part := range fanLine(c, p, s.Groups, func(g Group) float64 { return g.Last }) {
		c.StrokeLines(s.theme.line(s.Style, s.weight), part)
		for _, at := range part {
			c.DrawGlyphNoClip(s.theme.marker(s.Style, s.marker), at)
		}
	}
}

// fanLine is the line through a figure of the groups, in the parts that those
// without the figure leave.
func fanLine(c draw.Canvas, p *plot.Plot, groups []Group, figure func(Group) float64) [][]vg.Point {
	x, y := p.Transforms(&c)
	parts := [][]vg.Point{nil}
	for _, g := range groups {
		v := figure(g)
		if !finite(v) {
			parts = append(parts, nil)
			continue
		}
		last := len(parts) - 1
		parts[last] = append(parts[last], vg.Point{X: x(g.at()), Y: y(log10(v))})
	}
	return slices.DeleteFunc(parts, func(part []vg.Point) bool { return len(part) == 0 })
}

// A fanGhost draws the line to the last child as background.
type fanGhost struct {
	Series
	theme theme
}

var _ plot.Plotter = fanGhost{}

// Plot draws the line.
func (s fanGhost) Plot(c draw.Canvas, p *plot.Plot) {
	style := draw.LineStyle{Color: s.theme.ghost, Width: 0.8 * px}
	c.StrokeLines(style, fanLine(c, p, s.Groups, func(g Group) float64 { return g.Last })...)
}
