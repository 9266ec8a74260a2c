package plot

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	curveHeight = 560 * px
	legendRoom  = 190 * px
	legendRow   = 34 * px

	// curvePoints is how many quantiles a curve over the whole axis is drawn
	// through, evenly on the stretched axis and so densely in the tail.
	curvePoints = 400
)

// A form is a kind of picture whose series are curves on one pair of axes, or on
// the pairs of several panels.
type form struct {
	name  string   // for errors
	x, y  string   // what the axes are of
	good  string   // which way is the good one
	notes []string // how to read it, the second of which may be continued

	axes  func(ch Chart, th theme) *plot.Plot
	curve func(s Series, th theme, weight, marker vg.Length) plot.Plotter
	ghost func(s Series, th theme) plot.Plotter // as background
	count func(s Series) string                 // of samples, for the legend
}

var percentileForm = form{
	name: "percentiles",
	x:    "percentile of the releases (tail stretched)",
	y:    "latency in ns, us, ms (logarithmic)",
	good: "↓ faster",
	notes: []string{
		"Thick: enough samples for a 95 % interval. Thin: too few, or too dependent. A curve ends at 1-1/n. n: valid samples.",
		"At x, that percentage of the releases were at least as fast as the curve.",
	},
	axes: percentileAxes,
	curve: func(s Series, th theme, weight, marker vg.Length) plot.Plotter {
		return curve{Series: s, theme: th, weight: weight, marker: marker}
	},
	ghost: func(s Series, th theme) plot.Plotter { return ghost{Series: s, theme: th} },
	count: legendCount,
}

// Percentiles draws each series as a curve of latency over percentile, with
// the tail stretched. A curve ends at the quantile 1-1/n, beyond which a
// sample of n says nothing, and it is thin from Series.Firm on. More than Few
// series of several families are drawn in a panel for each family, all with the
// same axes.
func Percentiles(ch Chart) (*Drawing, error) { return percentileForm.draw(ch) }

// draw lays a chart out in the form.
func (f form) draw(ch Chart) (*Drawing, error) {
	if len(ch.Series) == 0 {
		return nil, fmt.Errorf("plot %s: %w", f.name, ErrEmpty)
	}
	ch, left := ch.clean()
	if panels := panelsOf(ch); len(ch.Series) > Few && len(panels) > 1 {
		return f.paneled(ch, panels, left), nil
	}
	notes := []string{f.notes[0], f.notes[1] + leftOut(left)}
	height := max(curveHeight, header+legendRow*vg.Length(len(ch.Series)+1)+edge+line*vg.Length(len(notes)))
	return &Drawing{f.name, height, func(c draw.Canvas, th theme) { f.paint(frame(c, ch, th, notes), ch, th) }}, nil
}

// paint draws axes, curves and the legend into c.
func (f form) paint(c draw.Canvas, ch Chart, th theme) {
	p := f.axes(ch, th)
	p.X.Label.Text = f.x
	for _, s := range ch.Series {
		p.Add(f.curve(s, th, 2.2*px, 4*px))
	}
	c = draw.Crop(c, 0, -legendRoom, 0, -line)
	p.Draw(c)
	data := p.DataCanvas(c)
	write(data, f.y, c.Min.X, c.Max.Y+4*px, sizeText, th.ink, false)
	writeGood(data, f.good, data.Max.X, c.Max.Y+4*px, th)
	f.paintLegend(data, ch.Series, th)
}

// percentileAxes is a plot without curves whose axes hold all series.
func percentileAxes(ch Chart, th theme) *plot.Plot {
	p := axes(th)
	p.X.Min, p.X.Max = 0, deepest(ch.Series)
	p.X.Tick.Marker = percentileTicks{}
	p.Y.Min, p.Y.Max = span(ch.Series)
	p.Y.Tick.Marker = timeTicks(9)
	grid := plotter.NewGrid()
	grid.Vertical, grid.Horizontal = gridLine(th), gridLine(th)
	p.Add(grid)
	return p
}

// deepest is where the axis of percentiles ends: with the longest curve, and
// at 99 at least.
func deepest(series []Series) float64 {
	reach := stretch(0.99)
	for _, s := range series {
		if n := len(s.Values); n > 1 {
			reach = max(reach, stretch(1-1/float64(n)))
		}
	}
	return reach
}

// paintLegend lists the series in the right margin with line and marker.
func (f form) paintLegend(data draw.Canvas, series []Series, th theme) {
	x := data.Max.X + 16*px
	for i, s := range series {
		y := data.Max.Y - legendRow*vg.Length(i) - 12*px
		mid := vg.Point{X: x + 18*px, Y: y + 4*px}
		stroke(data, th.line(s.Style, 2*px), x, mid.Y, x+36*px, mid.Y)
		data.DrawGlyphNoClip(th.marker(s.Style, 4*px), mid)
		write(data, fit(s.Name, sizeText, legendRoom-62*px), x+44*px, y, sizeText, th.ink, false)
		write(data, f.count(s), x+44*px, y-14*px, sizeNote, th.faint, false)
	}
}

// legendCount says how many samples a curve is drawn from.
func legendCount(s Series) string {
	if len(s.Values) == 0 {
		return "no valid samples"
	}
	return "n = " + Count(len(s.Values))
}

// A curve draws one series.
type curve struct {
	Series
	theme  theme
	weight vg.Length // width of the line where it is firm
	marker vg.Length // radius
}

var _ plot.Plotter = curve{}

// Plot draws the line and a marker at each labelled percentile it reaches.
func (s curve) Plot(c draw.Canvas, p *plot.Plot) {
	if len(s.Values) == 0 {
		return
	}
	place := placed(c, p, s.Series)
	end := stretch(1 - 1/float64(len(s.Values)))
	firm := min(end, stretch(min(s.Firm, 0.9999999)))
	c.StrokeLines(s.theme.line(s.Style, s.weight), points(place, 0, firm, p.X.Max, curvePoints))
	c.StrokeLines(s.theme.line(s.Style, 0.9*px), points(place, firm, end, p.X.Max, curvePoints))
	for _, q := range percentiles {
		if at := stretch(q.q); at <= end+1e-9 {
			c.DrawGlyphNoClip(s.theme.marker(s.Style, s.marker), place(at))
		}
	}
}

// placed tells where on the page a series is at a place on the stretched axis.
func placed(c draw.Canvas, p *plot.Plot, s Series) func(at float64) vg.Point {
	x, y := p.Transforms(&c)
	return func(at float64) vg.Point {
		return vg.Point{X: x(at), Y: y(log10(quantile(s.Values, unstretch(at))))}
	}
}

// points follows a curve from one place on the stretched axis to another,
// whole being the length of the axis, which takes the given number of points.
func points(place func(float64) vg.Point, from, to, whole float64, number int) []vg.Point {
	if to <= from {
		return nil
	}
	steps := max(1, int(float64(number)*(to-from)/whole))
	line := make([]vg.Point, steps+1)
	for i := range line {
		line[i] = place(from + (to-from)*float64(i)/float64(steps))
	}
	return line
}
