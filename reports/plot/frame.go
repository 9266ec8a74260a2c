package plot

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The heights of what stands above and below the axes, and the margin at the
// edges.
const (
	edge   = 14 * px
	header = 62 * px
	line   = 17 * px
)

// write puts text on the page, its left end and baseline at x and y.
func write(c draw.Canvas, s string, x, y, size vg.Length, ink color.Color, bold bool) {
	c.FillText(letters(ink, size, bold), vg.Point{X: x, Y: y}, s)
}

// writeRight puts text on the page, its right end at x.
func writeRight(c draw.Canvas, s string, x, y, size vg.Length, ink color.Color) {
	style := letters(ink, size, false)
	style.XAlign = draw.XRight
	c.FillText(style, vg.Point{X: x, Y: y}, s)
}

// writeGood names the good direction of the axes, its right end at x.
func writeGood(c draw.Canvas, s string, x, y vg.Length, th theme) {
	style := letters(th.color(2), sizeText, true)
	style.XAlign = draw.XRight
	c.FillText(style, vg.Point{X: x, Y: y}, s)
}

// fit shortens s until it is no wider than room.
func fit(s string, size, room vg.Length) string {
	style := letters(color.Black, size, false)
	for limit := len([]rune(s)); limit > 4 && style.Width(s) > room; limit-- {
		s = Clean(s, limit-1)
	}
	return s
}

// frame writes what every chart carries outside its axes, the title and the
// conditions above and the notes on how to read it below, and returns the
// space in between.
func frame(c draw.Canvas, ch Chart, th theme, notes []string) draw.Canvas {
	top := c.Max.Y
	room := c.Max.X - c.Min.X - 2*edge
	write(c, fit(ch.Title, sizeTitle, room*0.95), edge, top-28*px, sizeTitle, th.ink, true)
	write(c, fit(ch.conditions(), sizeText, room), edge, top-49*px, sizeText, th.faint, false)
	for i, note := range notes {
		y := edge + line*vg.Length(len(notes)-1-i)
		write(c, note, edge, y, sizeNote, th.faint, false)
	}
	return draw.Crop(c, edge, -edge, edge+line*vg.Length(len(notes))+6*px, -header)
}

// conditions is the line below the title. A chart of several hosts names them
// in its rows.
func (c Chart) conditions() string {
	text := "Placement " + c.Placement
	if c.Conditions != "" {
		text = c.Conditions
	}
	if c.Host != "" {
		text += ", host " + c.Host
	}
	return text
}

// wrapped breaks notes into lines that fit on the page.
func wrapped(notes []string) []string {
	style := letters(color.Black, sizeNote, false)
	var lines []string
	for _, note := range notes {
		now := ""
		for word := range strings.FieldsSeq(note) {
			word = fit(word, sizeNote, width-2*edge)
			longer := strings.TrimLeft(now+" "+word, " ")
			if now != "" && style.Width(longer) > width-2*edge {
				lines, longer = append(lines, now), word
			}
			now = longer
		}
		lines = append(lines, now)
	}
	return lines
}

// axes is a plot without data whose axes wear the theme.
func axes(th theme) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Color = th.faint
		axis.Width = px
		axis.Padding = 0
		axis.Tick.Color = th.faint
		axis.Tick.Width = px
		axis.Tick.Length = 5 * px
		dress(&axis.Tick.Label, th.faint, sizeNote)
		dress(&axis.Label.TextStyle, th.ink, sizeText)
		axis.Label.Padding = 4 * px
	}
	return p
}

// gridLine is the style of the lines behind the data.
func gridLine(th theme) draw.LineStyle { return draw.LineStyle{Color: th.grid, Width: px} }

// stroke draws one straight line.
func stroke(c draw.Canvas, style draw.LineStyle, x0, y0, x1, y1 vg.Length) {
	c.StrokeLine2(style, x0, y0, x1, y1)
}

// fill colours a rectangle.
func fill(c draw.Canvas, ink color.Color, x0, y0, x1, y1 vg.Length) {
	c.FillPolygon(ink, []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}})
}
