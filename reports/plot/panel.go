package plot

import (
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	panelColumns = 2
	panelHeight  = 292 * px // with its title
	panelTitle   = 30 * px
	panelGap     = 22 * px
	panelLegend  = 128 * px
	panelRow     = 30 * px // of the legend

	// ghostPoints is how many quantiles a curve in the background takes.
	ghostPoints = 120

	// maxPanels keeps the picture of a size that viewers accept. Families
	// beyond them share the last panel.
	maxPanels = 12
)

// panelsOf lists what gets axes of its own.
func panelsOf(ch Chart) []family {
	all := ch.families()
	if len(all) <= maxPanels {
		return all
	}
	last := &all[maxPanels-1]
	last.name = "further families"
	for _, f := range all[maxPanels:] {
		last.series = append(last.series, f.series...)
	}
	return all[:maxPanels]
}

// paneled draws curves in small multiples: a panel for each family, which
// shows its series in colour, all others as a grey background, and the
// reference. All panels have the same axes, so a curve can be followed from one
// to the next.
//
// Forty curves on one pair of axes cannot be told apart whatever their colours,
// and only the best of each family would hide the worst.
func (f form) paneled(ch Chart, panels []family, left int) *Drawing {
	notes := []string{f.notes[0], f.notes[1] + leftOut(left), "Grey, for comparison: the curves of all other panels."}
	if ref, ok := ch.reference(); ok {
		notes[2] = "For comparison in every panel: " + ref.Name + ", and in grey the curves of all other panels."
	}
	height := header + line + edge + line*vg.Length(len(notes)) + 6*px
	for _, h := range panelHeights(panels, ch) {
		height += h
	}
	return &Drawing{f.name, height, func(c draw.Canvas, th theme) { f.paintPanels(frame(c, ch, th, notes), ch, panels, th) }}
}

// panelHeights is the height of each row of panels: that of the longest legend
// in it, if that needs more than the axes.
func panelHeights(panels []family, ch Chart) []vg.Length {
	heights := make([]vg.Length, (len(panels)+panelColumns-1)/panelColumns)
	for i, f := range panels {
		need := panelTitle + panelRow*vg.Length(len(inPanel(f, ch))) + panelGap
		heights[i/panelColumns] = max(heights[i/panelColumns], panelHeight, need)
	}
	return heights
}

// inPanel lists the series that a panel shows in colour.
func inPanel(f family, ch Chart) []Series {
	ref, ok := ch.reference()
	if !ok {
		return f.series
	}
	for _, s := range f.series {
		if s.Reference {
			return f.series
		}
	}
	return append(slices.Clip(f.series), ref)
}

// paintPanels draws the panels from left to right and from the top.
func (f form) paintPanels(c draw.Canvas, ch Chart, panels []family, th theme) {
	top := c.Max.Y
	write(c, f.y+" over the "+f.x, c.Min.X, top-12*px, sizeText, th.ink, false)
	writeGood(c, f.good, c.Max.X, top-12*px, th)
	top -= line
	each := (c.Max.X - c.Min.X + panelGap) / panelColumns
	for i, height := range panelHeights(panels, ch) {
		for j := range min(panelColumns, len(panels)-i*panelColumns) {
			left := c.Min.X + each*vg.Length(j)
			at := vg.Rectangle{Min: vg.Point{X: left, Y: top - height}, Max: vg.Point{X: left + each - panelGap, Y: top}}
			f.paintPanel(draw.Canvas{Canvas: c.Canvas, Rectangle: at}, panels[i*panelColumns+j], ch, th)
		}
		top -= height
	}
}

// paintPanel draws one family.
func (f form) paintPanel(c draw.Canvas, panel family, ch Chart, th theme) {
	shown := inPanel(panel, ch)
	p := f.axes(ch, th)
	for i, s := range ch.Series {
		if own := i >= panel.first && i < panel.first+len(panel.series); !own && !s.Reference {
			p.Add(f.ghost(s, th))
		}
	}
	for i := range shown { // the first last, on top
		p.Add(f.curve(shown[len(shown)-1-i], th, 1.6*px, 3*px))
	}
	write(c, fit(panel.name, sizeText, c.Max.X-c.Min.X-panelLegend), c.Min.X, c.Max.Y-22*px, sizeText, th.ink, true)
	c = draw.Crop(c, 0, -panelLegend, 8*px, -panelTitle)
	p.Draw(c)
	f.paintPanelLegend(p.DataCanvas(c), shown, th)
}

// paintPanelLegend lists the series of a panel to its right.
func (f form) paintPanelLegend(data draw.Canvas, shown []Series, th theme) {
	x := data.Max.X + 10*px
	for i, s := range shown {
		y := data.Max.Y - panelRow*vg.Length(i) - 10*px
		mid := vg.Point{X: x + 11*px, Y: y + 4*px}
		stroke(data, th.line(s.Style, 1.6*px), x, mid.Y, x+22*px, mid.Y)
		data.DrawGlyphNoClip(th.marker(s.Style, 3*px), mid)
		write(data, fit(s.Name, sizeNote, panelLegend-38*px), x+28*px, y, sizeNote, th.ink, false)
		write(data, f.count(s), x+28*px, y-13*px, sizeNote, th.faint, false)
	}
}

// A ghost draws a series as background.
type ghost struct {
	Series
	theme theme
}

var _ plot.Plotter = ghost{}

// Plot draws the line from end to end.
func (s ghost) Plot(c draw.Canvas, p *plot.Plot) {
	if len(s.Values) == 0 {
		return
	}
	end := stretch(1 - 1/float64(len(s.Values)))
	style := draw.LineStyle{Color: s.theme.ghost, Width: 0.8 * px}
	c.StrokeLines(style, points(placed(c, p, s.Series), 0, end, p.X.Max, ghostPoints))
}
