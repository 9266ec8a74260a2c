package plot

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Stack is what stacked bars are drawn from: times that follow each other.
type Stack struct {
	Title     string // the quantity
	Host      string
	Placement string

	Conditions string   // in place of the placement, where there is none
	Parts      []string // names of the parts, in the order in which they follow
	Bars       []Bar    // drawn in this order, from the top
	Notes      []string // on how to read it, below the axes
}

// A Bar is one row of a Stack.
type Bar struct {
	Name  string
	Parts []float64 // ns, one for each name; what is not finite or not above zero is not drawn
	N     int       // samples
}

const (
	barRow      = 34 * px
	closeBarRow = 24 * px
	barFill     = 0.72 // of a row
	swatch      = 14 * px
	hatchStep   = 5 * px

	// longestPart is 30 years, so that whatever a record says can be added up.
	longestPart = 1e18 // ns
)

// Bars draws each bar as its parts one behind the other on a linear axis, on
// which alone lengths add up. Parts are told apart by colour, by every other one
// being hatched, and by their order, which is that of the legend above; one that
// has room for it is labelled with its time.
func Bars(s Stack) (*Drawing, error) {
	if len(s.Bars) == 0 {
		return nil, fmt.Errorf("plot bars: %w", ErrEmpty)
	}
	s, left := s.clean()
	notes := slices.Clone(s.Notes)
	reach, cut := s.reach()
	if cut {
		notes = append(notes, "A bar with an arrow goes on beyond the axis, which a few long ones would make too short for all others.")
	}
	if left > 0 {
		notes = append(notes, fmt.Sprintf("%d more bars are not drawn.", left))
	}
	notes = wrapped(notes)
	height := header + 2*line + axisRoom + s.row()*vg.Length(len(s.Bars)) + edge + line*vg.Length(len(notes)) + 6*px
	ch := Chart{Title: s.Title, Host: s.Host, Placement: s.Placement, Conditions: s.Conditions}
	return &Drawing{"bars", height, func(c draw.Canvas, th theme) { paintBars(frame(c, ch, th, notes), s, reach, th) }}, nil
}

// clean returns a copy that is safe to draw, and how many bars do not fit.
func (s Stack) clean() (_ Stack, left int) {
	s.Title, s.Host, s.Placement = Clean(s.Title, 80), Clean(s.Host, 40), Clean(s.Placement, 80)
	s.Conditions = Clean(s.Conditions, 80)
	left = max(0, len(s.Bars)-maxSeries)
	s.Bars = slices.Clone(s.Bars[:len(s.Bars)-left])
	for i, b := range s.Bars {
		parts := make([]float64, len(s.Parts))
		for j := range min(len(parts), len(b.Parts)) {
			if v := b.Parts[j]; finite(v) && v > 0 {
				parts[j] = min(v, longestPart)
			}
		}
		s.Bars[i] = Bar{Name: Clean(b.Name, 40), Parts: parts, N: b.N}
	}
	return s, left
}

func (s Stack) row() vg.Length {
	if len(s.Bars) > Few {
		return closeBarRow
	}
	return barRow
}

func (b Bar) sum() float64 {
	sum := 0.0
	for _, v := range b.Parts {
		sum += v
	}
	return sum
}

// The axis of bars reaches to the longest, unless that is so many times as long
// as the middle one. It then reaches a little further than the longest of the
// others.
const (
	tooLong     = 4
	beyondReach = 1.25
)

// reach is where the axis ends, and whether bars are cut there.
func (s Stack) reach() (end float64, cut bool) {
	var sums []float64
	for _, b := range s.Bars {
		sums = append(sums, b.sum())
	}
	slices.Sort(sums)
	longest, middle := sums[len(sums)-1], sums[(len(sums)-1)/2]
	if longest < 1 {
		return 1, false
	}
	if len(sums) < 3 || !(middle > 0) || longest <= tooLong*middle {
		return longest * 1.02, false
	}
	for _, sum := range sums {
		if sum <= tooLong*middle {
			end = sum * beyondReach
		}
	}
	return end, true
}

// paintBars draws legend, axes and rows into c.
func paintBars(c draw.Canvas, s Stack, reach float64, th theme) {
	p := axes(th)
	p.X.Min, p.X.Max = 0, reach
	p.X.Tick.Marker = evenTicks{most: 7}
	p.X.Label.Text = "time in ns, us, ms, one part after the other (linear)"
	p.Y.Min, p.Y.Max = -0.5, float64(len(s.Bars))-0.5
	p.Y.Tick.Length, p.Y.Width = 0, 0
	var names plot.ConstantTicks
	for i, b := range s.Bars {
		names = append(names, plot.Tick{Value: float64(len(s.Bars) - 1 - i), Label: fit(b.Name, sizeText, 1.6*nameRoom)})
	}
	p.Y.Tick.Marker = names
	dress(&p.Y.Tick.Label, th.ink, sizeText)
	grid := plotter.NewGrid()
	grid.Vertical, grid.Horizontal = gridLine(th), draw.LineStyle{}
	p.Add(grid)
	paintParts(c, s.Parts, th)
	c = draw.Crop(c, 0, -figureRoom, 0, -2*line)
	p.Draw(c)
	data := p.DataCanvas(c)
	write(data, "← shorter", data.Min.X, c.Min.Y+3*px, sizeText, th.color(2), true)
	x, y := p.Transforms(&data)
	sum, count := data.Max.X+66*px, data.Max.X+figureRoom-4*px
	writeRight(data, "sum", sum, data.Max.Y+4*px, sizeNote, th.faint)
	writeRight(data, "n", count, data.Max.Y+4*px, sizeNote, th.faint)
	for i, b := range s.Bars {
		middle := y(float64(len(s.Bars) - 1 - i))
		half := s.row() * barFill / 2
		from := 0.0
		for j, v := range b.Parts {
			if v > 0 && from < reach {
				paintPart(data, th, j, x(from), x(min(from+v, reach)), middle-half, middle+half, Time(v))
			}
			from += v
		}
		if from > reach {
			paintArrow(data, th, data.Max.X, middle, half)
		}
		total := "-"
		if from > 0 {
			total = Time(from)
		}
		writeRight(data, total, sum, middle-4*px, sizeText, th.ink)
		writeRight(data, Count(b.N), count, middle-4*px, sizeText, th.faint)
	}
}

// paintArrow ends a bar that goes on.
func paintArrow(c draw.Canvas, th theme, x, middle, half vg.Length) {
	c.FillPolygon(th.paper, []vg.Point{{X: x - half, Y: middle + half}, {X: x + px, Y: middle + half}, {X: x + px, Y: middle - half}, {X: x - half, Y: middle - half}, {X: x, Y: middle}})
	arrow := draw.LineStyle{Color: th.ink, Width: 1.5 * px}
	stroke(c, arrow, x-half, middle+half, x, middle)
	stroke(c, arrow, x-half, middle-half, x, middle)
}

// paintParts lists the names of the parts in one line above the axes.
func paintParts(c draw.Canvas, parts []string, th theme) {
	x, y := c.Min.X, c.Max.Y-16*px
	for i, name := range parts {
		paintPart(c, th, i, x, x+1.6*swatch, y-2*px, y+swatch-4*px, "")
		x += 1.6*swatch + 6*px
		write(c, name, x, y, sizeText, th.ink, false)
		style := letters(th.ink, sizeText, false)
		x += style.Width(name) + 18*px
	}
}

// paintPart fills one part, hatches every other, and labels what has room.
func paintPart(c draw.Canvas, th theme, number int, x0, x1, y0, y1 vg.Length, label string) {
	ink := th.color(number)
	body := over(ink, th.paper, 0.55)
	if number%2 == 1 {
		body = over(ink, th.paper, 0.22)
	}
	fill(c, body, x0, y0, x1, y1)
	if number%2 == 1 {
		hatch(c, draw.LineStyle{Color: over(ink, th.paper, 0.6), Width: px}, x0, x1, y0, y1)
	}
	stroke(c, draw.LineStyle{Color: th.paper, Width: 1.5 * px}, x1, y0, x1, y1)
	style := letters(th.ink, sizeNote, false)
	if w := style.Width(label); label != "" && w+8*px < x1-x0 {
		middle := (x0 + x1) / 2
		if number%2 == 1 {
			fill(c, over(ink, th.paper, 0.22), middle-w/2-3*px, (y0+y1)/2-8*px, middle+w/2+3*px, (y0+y1)/2+8*px)
		}
		write(c, label, middle-w/2, (y0+y1)/2-4*px, sizeNote, th.ink, false)
	}
}

// hatch draws slanted lines over a rectangle.
func hatch(c draw.Canvas, style draw.LineStyle, x0, x1, y0, y1 vg.Length) {
	height := y1 - y0
	for at := x0 - height + hatchStep; at < x1; at += hatchStep {
		left, right := max(at, x0), min(at+height, x1)
		if right > left {
			stroke(c, style, left, y0+(left-at), right, y0+(right-at))
		}
	}
}

// evenTicks labels a linear axis of time at round times.
type evenTicks struct{ most int }

var _ plot.Ticker = evenTicks{}

// Ticks lists the marks from low to high.
func (t evenTicks) Ticks(low, high float64) []plot.Tick {
	step := roundStep((high - low) / float64(t.most))
	var ticks []plot.Tick
	for i := 0; float64(i)*step <= high; i++ {
		tick := plot.Tick{Value: float64(i) * step, Label: "0"}
		if i > 0 {
			tick.Label = evenTime(float64(i) * step)
		}
		ticks = append(ticks, tick)
	}
	return ticks
}

// evenTime writes a round time without the noughts of Time: "150us", "1.5ms".
func evenTime(ns float64) string {
	for _, u := range units {
		if v := ns / u.ns; v >= 0.9995 || u.ns == 1 {
			return fmt.Sprintf("%.4g%s", v, u.name)
		}
	}
	return ""
}
