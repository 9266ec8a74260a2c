package plot

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/recorder"
)

// Inks are the colours of the SVGs of one page, each a pair: what it is on light
// paper and what on dark. A drawing names them by class, so that one SVG serves
// both pages, and a style sheet says what they are: a page whose policy forbids
// inline styles can have it.
type Inks struct {
	pairs []inkPair
	known map[inkPair]int
}

type inkPair struct{ light, dark color.RGBA }

// class is the name of a pair.
func (k *Inks) class(p inkPair) string {
	at, ok := k.known[p]
	if !ok {
		if k.known == nil {
			k.known = make(map[inkPair]int)
		}
		at = len(k.pairs)
		k.known[p], k.pairs = at, append(k.pairs, p)
	}
	return "i" + strconv.Itoa(at)
}

// CSS is the style sheet of all drawings so far: light, and dark on a screen
// that prefers it.
func (k *Inks) CSS() string {
	var light, dark strings.Builder
	for i, p := range k.pairs {
		fmt.Fprintf(&light, ".i%d{color:%s}\n", i, hex(p.light))
		fmt.Fprintf(&dark, ".i%d{color:%s}\n", i, hex(p.dark))
	}
	return light.String() + "@media screen and (prefers-color-scheme:dark){\n" + dark.String() + "}\n"
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// errPaint is a mistake of a chart: what it paints depends on the colours of
// the page by more than these.
var errPaint = errors.New("the light and the dark drawing differ in shape")

// errTurned is a mistake of a chart, too: only text is turned.
var errTurned = errors.New("a turned path is not known")

// SVG returns the drawing as an element for a page, with label for those who do
// not see it, its colours being added to inks. Letters are text, in the
// reader's fonts: those measured with have the widths of Arial.
//
// gonum's own SVG puts every colour into a style attribute, which the policy of
// a page has to forbid, holds one theme, and spends three times the bytes.
func (d *Drawing) SVG(label string, inks *Inks) ([]byte, error) {
	var light, dark recorder.Canvas
	if err := errors.Join(d.paintOn(&light, themeOf(false)), d.paintOn(&dark, themeOf(true))); err != nil {
		return nil, err
	}
	out := svgWriter{height: d.height, inks: inks}
	out.raw(`<svg class="plot" role="img" aria-label="` + html.EscapeString(label) + `" viewBox="0 0 ` +
		short(width) + " " + short(d.height) + `" width="` + short(width) + `" height="` + short(d.height) + `">`)
	if err := out.all(light.Actions, dark.Actions); err != nil {
		return nil, fmt.Errorf("plot %s: svg: %w", d.what, err)
	}
	out.raw("</svg>")
	return out.buf.Bytes(), nil
}

// A svgWriter turns what was painted on both pages into elements.
type svgWriter struct {
	buf    bytes.Buffer
	height vg.Length
	inks   *Inks
	now    svgState
	saved  []svgState
}

// A svgState is how the next thing is painted.
type svgState struct {
	ink    inkPair
	width  vg.Length
	dashes []vg.Length
	offset vg.Length
	turn   float64 // of text, counter-clockwise
}

func (w *svgWriter) raw(s string) { w.buf.WriteString(s) }

func (w *svgWriter) all(light, dark []recorder.Action) error {
	if len(light) != len(dark) {
		return errPaint
	}
	for i, action := range light {
		if err := w.one(action, dark[i]); err != nil {
			return err
		}
	}
	return nil
}

// one writes an action, or keeps what it sets.
func (w *svgWriter) one(light, dark recorder.Action) error {
	switch a := light.(type) {
	case *recorder.SetColor:
		b, ok := dark.(*recorder.SetColor)
		if !ok {
			return errPaint
		}
		w.now.ink = inkPair{opaque(a.Color), opaque(b.Color)}
	case *recorder.SetLineWidth:
		w.now.width = a.Width
	case *recorder.SetLineDash:
		w.now.dashes, w.now.offset = a.Dashes, a.Offsets
	case *recorder.Push:
		w.saved = append(w.saved, w.now)
	case *recorder.Pop:
		last := len(w.saved) - 1
		w.now, w.saved = w.saved[last], w.saved[:last]
	case *recorder.Rotate:
		w.now.turn += a.Angle
	case *recorder.FillString:
		w.text(a)
	case *recorder.Fill:
		if w.now.turn != 0 {
			return errTurned
		}
		w.raw(`<path class="` + w.inks.class(w.now.ink) + `" d="` + w.path(a.Path) + `"/>`)
	case *recorder.Stroke:
		if w.now.turn != 0 {
			return errTurned
		}
		w.stroke(a.Path)
	default: // no chart stretches or pastes
		return fmt.Errorf("%T is not known", light)
	}
	return nil
}

func (w *svgWriter) stroke(path vg.Path) {
	if w.now.width <= 0 {
		return
	}
	w.raw(`<path class="l ` + w.inks.class(w.now.ink) + `" stroke-width="` + short(w.now.width) + `"`)
	if len(w.now.dashes) > 0 {
		parts := make([]string, len(w.now.dashes))
		for i, d := range w.now.dashes {
			parts[i] = short(d)
		}
		w.raw(` stroke-dasharray="` + strings.Join(parts, " ") + `"`)
		if w.now.offset != 0 {
			w.raw(` stroke-dashoffset="` + short(w.now.offset) + `"`)
		}
	}
	w.raw(` d="` + w.path(path) + `"/>`)
}

func (w *svgWriter) text(a *recorder.FillString) {
	// What is turned is placed on turned axes.
	sin, cos := math.Sincos(w.now.turn)
	x, y := a.Point.X*vg.Length(cos)-a.Point.Y*vg.Length(sin), a.Point.X*vg.Length(sin)+a.Point.Y*vg.Length(cos)
	right, down := short(x), short(w.height-y)
	w.raw(`<text class="` + w.inks.class(w.now.ink) + `" x="` + right + `" y="` + down + `" font-size="` + short(a.Size) + `"`)
	if a.Font.Weight > 0 {
		w.raw(` font-weight="bold"`)
	}
	if w.now.turn != 0 {
		w.raw(fmt.Sprintf(` transform="rotate(%.0f %s %s)"`, -w.now.turn*180/math.Pi, right, down))
	}
	w.raw(">" + html.EscapeString(a.String) + "</text>")
}

// path writes a path in tenths of a pixel, each point as the way from the one
// before. Points that the eye would not miss are left out of straight parts.
func (w *svgWriter) path(path vg.Path) string {
	p := svgPath{height: w.height}
	for _, comp := range path {
		switch comp.Type {
		case vg.MoveComp:
			p.flush()
			p.add(p.place(comp.Pos))
		case vg.LineComp:
			p.add(p.place(comp.Pos))
		case vg.ArcComp:
			p.arc(comp)
		case vg.CurveComp:
			p.add(p.place(comp.Pos)) // no chart has any
		case vg.CloseComp:
			p.flush()
			p.out, p.last = append(p.out, 'z'), p.first
		}
	}
	p.flush()
	return string(p.out)
}

// A spot is a place in tenths of a pixel, from the top left corner.
type spot struct{ x, y int }

// A svgPath is one path under way.
type svgPath struct {
	height vg.Length
	points []spot // lines that are not written yet, from the first
	last   spot   // where the pen is
	first  spot   // where the part under way began, and a closed one ends
	out    []byte
}

func (p *svgPath) place(at vg.Point) spot {
	return spot{tenths(at.X), tenths(p.height - at.Y)}
}

// tenths of a pixel. What is no place on any page is at its far end: no chart
// paints there, and a path that cannot be read would take the others with it.
func tenths(l vg.Length) int {
	at := math.Round(float64(l/px) * 10)
	if math.IsNaN(at) {
		at = farAway
	}
	return int(min(max(at, -farAway), farAway))
}

// farAway is a hundred thousand pixels.
const farAway = 1e6

// add goes on to a point, if it is another.
func (p *svgPath) add(at spot) {
	if n := len(p.points); n == 0 || p.points[n-1] != at {
		p.points = append(p.points, at)
	}
}

// flush writes the lines.
func (p *svgPath) flush() {
	kept := simple(p.points)
	p.points = p.points[:0]
	for i, at := range kept {
		switch {
		case i == 0 && len(p.out) > 0 && at == p.last:
			continue // goes on where an arc ended
		case i == 0:
			p.out, p.first = pair(append(p.out, 'M'), at), at
		default:
			p.out = pair(append(p.out, 'l'), spot{at.x - p.last.x, at.y - p.last.y})
		}
		p.last = at
	}
}

// arc writes a part of a circle, or all of it in two halves: an arc that ends
// where it begins is none.
func (p *svgPath) arc(comp vg.PathComp) {
	on := func(angle float64) spot {
		sin, cos := math.Sincos(angle)
		return p.place(vg.Point{X: comp.Pos.X + comp.Radius*vg.Length(cos), Y: comp.Pos.Y + comp.Radius*vg.Length(sin)})
	}
	p.add(on(comp.Start))
	p.flush()
	radius := short(comp.Radius)
	for _, part := range []float64{0.5, 1} {
		end := on(comp.Start + part*comp.Angle)
		sweep := "0 0 0 " // counter-clockwise, up being up
		if comp.Angle < 0 {
			sweep = "0 0 1 "
		}
		p.out = pair(append(p.out, "a"+radius+" "+radius+" "+sweep...), spot{end.x - p.last.x, end.y - p.last.y})
		p.last = end
	}
}

// pair appends two numbers with as little between them as can be read.
func pair(out []byte, at spot) []byte {
	out = appendTenths(out, at.x)
	if at.y >= 0 {
		out = append(out, ' ') // a sign sets apart, too
	}
	return appendTenths(out, at.y)
}

// appendTenths writes n tenths without noughts that say nothing: 12, -3.5, .4.
func appendTenths(out []byte, n int) []byte {
	if n < 0 {
		out, n = append(out, '-'), -n
	}
	if n >= 10 || n == 0 {
		out = strconv.AppendInt(out, int64(n/10), 10)
	}
	if n%10 != 0 {
		out = append(out, '.', byte('0'+n%10))
	}
	return out
}

// short is a length in pixels of the page.
func short(l vg.Length) string { return string(appendTenths(nil, tenths(l))) }

// opaque is a colour as charts have them.
func opaque(c color.Color) color.RGBA {
	if c == nil {
		return color.RGBA{A: 0xff}
	}
	return color.RGBAModel.Convert(c).(color.RGBA)
}
