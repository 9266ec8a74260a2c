package plot

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The size of a row of a violin chart, and of the columns beside it.
const (
	rowHeight   = 46 * px
	closeHeight = 30 * px // of a row where there are many
	familyRoom  = 84 * px // at least
	nameRoom    = 150 * px

	mostFamilyRoom = 140 * px
	figureRoom     = 140 * px
	axisRoom       = 46 * px
	halfViolin     = 0.42  // of a row
	leastDrawn     = 0.004 // of the greatest density: less is thinner than the thin line
	quartileBar    = 5 * px

	// fewSamples is how many samples an outline takes.
	fewSamples = 20
)

// Violins draws the distribution of each series as a violin on its own row:
// the outline is the density of the samples on the axis of time, every violin
// scaled to the same greatest width; a bar spans the middle half, a tick the
// median, a thin line everything from the fastest to the slowest. Median and
// number of samples stand beside it. Families are bands with their names to the
// left, and a dashed line marks the median of the reference in every row. The
// picture grows with the number of series.
//
// Violins and not boxes, because a latency often has two modes, and a box
// describes the gap between them as the centre.
func Violins(ch Chart) (*Drawing, error) {
	if len(ch.Series) == 0 {
		return nil, fmt.Errorf("plot violins: %w", ErrEmpty)
	}
	ch, left := ch.clean()
	notes := []string{
		"Outline: density of the samples, each scaled to the same greatest width. Bar: middle half. Tick: median (p50).",
		"Thin line: fastest to slowest. Rings: single samples, where there are under 20. n: valid samples." + leftOut(left),
	}
	if ref, ok := ch.reference(); ok {
		notes = append(notes, "Dashed line: the median of "+ref.Name+".")
	}
	if slices.ContainsFunc(ch.Series, func(s Series) bool { return len(s.Values) > 0 && !s.bearsMedian() }) {
		notes = append(notes, "p50 is a dash where there are too few samples for its 95 % interval; the tick is then that of these samples alone.")
	}
	height := header + ch.topRoom() + axisRoom + ch.rowHeight()*vg.Length(len(ch.Series)) + edge + line*vg.Length(len(notes)) + 6*px
	shapes := ch.shapes()
	return &Drawing{"violins", height, func(c draw.Canvas, th theme) { paintViolins(frame(c, ch, th, notes), ch, shapes, th) }}, nil
}

// shapes are the densities of the series over the axis of the chart, nil for one
// of few samples.
func (c Chart) shapes() [][]float64 {
	low, high := span(c.Series)
	all := make([][]float64, len(c.Series))
	for i, s := range c.Series {
		if len(s.Values) >= fewSamples {
			all[i] = density(s.Values, low, high)
		}
	}
	return all
}

// leftOut says how many series a chart had no room for.
func leftOut(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" %d more series are not drawn.", n)
}

// paintViolins draws axes and rows into c.
func paintViolins(c draw.Canvas, ch Chart, shapes [][]float64, th theme) {
	p := axes(th)
	p.X.Min, p.X.Max = span(ch.Series)
	p.X.Tick.Marker = timeTicks(9)
	p.X.Label.Text = "latency in ns, us, ms (logarithmic)"
	p.Y.Min, p.Y.Max = -0.5, float64(len(ch.Series))-0.5
	p.Y.Tick.Marker = rowNames(ch.Series)
	p.Y.Tick.Length, p.Y.Width = 0, 0
	dress(&p.Y.Tick.Label, th.ink, sizeText)
	grid := plotter.NewGrid()
	grid.Vertical, grid.Horizontal = gridLine(th), draw.LineStyle{}
	p.Add(grid)
	if ref, ok := ch.reference(); ok {
		p.Add(plumb{at: quantile(ref.Values, 0.5), theme: th})
	}
	for i, s := range ch.Series {
		p.Add(violin{Series: s, shape: shapes[i], row: row(i, ch.Series), tick: 0.2 * ch.rowHeight(), theme: th})
	}
	page := c
	c = draw.Crop(c, ch.familyRoom(), -figureRoom, 0, -ch.topRoom())
	data := p.DataCanvas(c)
	paintBands(page, data, p, ch, th)
	p.Draw(c)
	faster(data, c.Min.Y, th)
	paintFigures(data, p, ch, th)
	if ch.topRoom() > 0 {
		repeatTicks(data, p, th)
	}
}

// topRoom is what the labels of the axis take above many rows.
func (c Chart) topRoom() vg.Length {
	if len(c.Series) > Few {
		return line
	}
	return 0
}

// rowHeight is that of one violin.
func (c Chart) rowHeight() vg.Length {
	if len(c.Series) > Few {
		return closeHeight
	}
	return rowHeight
}

// repeatTicks labels the axis of time on top, too: a picture of forty rows is
// taller than a screen.
func repeatTicks(data draw.Canvas, p *plot.Plot, th theme) {
	x, _ := p.Transforms(&data)
	style := letters(th.faint, sizeNote, false)
	style.XAlign = draw.XCenter
	for _, tick := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		data.FillText(style, vg.Point{X: x(tick.Value), Y: data.Max.Y + 4*px}, tick.Label)
	}
}

// A plumb is a dashed line through all rows.
type plumb struct {
	at    float64 // ns
	theme theme
}

var _ plot.Plotter = plumb{}

// Plot draws the line.
func (l plumb) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	style := draw.LineStyle{Color: l.theme.faint, Width: px, Dashes: []vg.Length{4 * px, 3 * px}}
	stroke(c, style, x(log10(l.at)), c.Min.Y, x(log10(l.at)), c.Max.Y)
}

// row is the height on the axis of the series at i: the first is on top.
func row(i int, series []Series) float64 { return float64(len(series) - 1 - i) }

// rowNames labels the rows.
func rowNames(series []Series) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for i, s := range series {
		ticks = append(ticks, plot.Tick{Value: row(i, series), Label: fit(s.Name, sizeText, nameRoom)})
	}
	return ticks
}

// faster points to the good end of a horizontal axis of time.
func faster(data draw.Canvas, y vg.Length, th theme) {
	write(data, "← faster", data.Min.X, y+3*px, sizeText, th.color(2), true)
}

// bearsMedian tells whether a series has a median to be written. It has a tick in
// any case, which is that of the samples.
func (s Series) bearsMedian() bool { return len(s.Values) > 0 && s.Firm >= 0.5 }

// paintFigures writes median and number of samples beside each row.
func paintFigures(data draw.Canvas, p *plot.Plot, ch Chart, th theme) {
	median, count := data.Max.X+66*px, data.Max.X+figureRoom-4*px
	writeRight(data, "p50", median, data.Max.Y+4*px, sizeNote, th.faint)
	writeRight(data, "n", count, data.Max.Y+4*px, sizeNote, th.faint)
	_, place := p.Transforms(&data)
	for i, s := range ch.Series {
		y := place(row(i, ch.Series)) - 4*px
		p50 := "-"
		if s.bearsMedian() {
			p50 = Time(quantile(s.Values, 0.5))
		}
		writeRight(data, p50, median, y, sizeText, th.ink)
		writeRight(data, Count(len(s.Values)), count, y, sizeText, th.faint)
	}
}

// A violin draws one row.
type violin struct {
	Series
	shape []float64 // density, nil for few samples
	row   float64
	tick  vg.Length // half the height of the median's
	theme theme
}

var _ plot.Plotter = violin{}

// Plot draws the violin, or says that there is nothing to draw.
func (v violin) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	if len(v.Values) == 0 {
		write(c, "no valid samples", c.Min.X+8*px, y(v.row)-4*px, sizeText, v.theme.faint, false)
		return
	}
	at := func(q float64) vg.Length { return x(log10(quantile(v.Values, q))) }
	middle, ink := y(v.row), v.theme.color(v.Style)
	if v.shape == nil {
		v.paintDots(c, p)
	} else {
		v.paintBody(c, p)
	}
	stroke(c, draw.LineStyle{Color: ink, Width: 1.2 * px}, at(0), middle, at(1), middle)
	if len(v.Values) >= fewSamples {
		stroke(c, draw.LineStyle{Color: ink, Width: quartileBar}, at(0.25), middle, at(0.75), middle)
	}
	stroke(c, draw.LineStyle{Color: v.theme.paper, Width: 4.5 * px}, at(0.5), middle-v.tick, at(0.5), middle+v.tick)
	stroke(c, draw.LineStyle{Color: v.theme.ink, Width: 2.5 * px}, at(0.5), middle-v.tick, at(0.5), middle+v.tick)
}

// paintDots draws each of a few samples by itself: an outline around them
// would be of our making.
func (v violin) paintDots(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	dot := draw.GlyphStyle{Color: v.theme.color(v.Style), Radius: 4 * px, Shape: draw.RingGlyph{}}
	for _, value := range v.Values {
		c.DrawGlyphNoClip(dot, vg.Point{X: x(log10(value)), Y: y(v.row)})
	}
}

// paintBody fills and outlines the density. The outline ends where the
// samples end: a kernel reaches further, where nothing was measured.
func (v violin) paintBody(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	low, high := p.X.Min, p.X.Max
	shape := v.shape
	first := cell(log10(v.Values[0]), low, high)
	last := cell(log10(v.Values[len(v.Values)-1]), low, high)
	for _, body := range bodies(shape, max(0, first-1), min(cells-1, last+1)) {
		outline := make([]vg.Point, 0, 2*len(body))
		for i := range 2 * len(body) {
			at, side := body[min(i, 2*len(body)-1-i)], halfViolin
			if i >= len(body) {
				side = -halfViolin
			}
			place := low + (float64(at)+0.5)/cells*(high-low)
			outline = append(outline, vg.Point{X: x(place), Y: y(v.row + side*shape[at])})
		}
		ink := v.theme.color(v.Style)
		c.FillPolygon(over(ink, v.theme.paper, 0.35), outline)
		c.StrokeLines(draw.LineStyle{Color: ink, Width: px}, append(outline, outline[0]))
	}
}

// bodies splits the cells from first to last into stretches where the density
// can be seen. Between them only the thin line is drawn, so that two modes
// with nothing between look like two.
func bodies(shape []float64, first, last int) [][]int {
	var all [][]int
	var body []int
	for i := first; i <= last; i++ {
		if shape[i] >= leastDrawn {
			body = append(body, i)
			continue
		}
		if body != nil {
			all, body = append(all, body), nil
		}
	}
	if body != nil {
		all = append(all, body)
	}
	return all
}
