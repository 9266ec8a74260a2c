package plot

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Lanes is what a handshake is drawn from: what several processes did and how they let
// each other go on, from left to right on a linear axis of time.
type Lanes struct {
	Title, Host string
	Subtitle    string   // further conditions
	Names       []string // of the lanes, from the top
	Total       float64  // ns, where the axis ends
	Bars        []LaneBar
	Arrows      []LaneArrow
	Ends        []LaneEnd
	Path        []LanePart // what the total follows from: the critical path
}

// A LanePart is a part of the critical path, which lies in a lane for a while, in ns.
type LanePart struct {
	Lane     int
	From, To float64
}

// A LaneBar is what a lane was busy with, or waited for, in ns.
type LaneBar struct {
	Lane     int
	From, To float64
	Kind     LaneKind
	Name     string
}

// A LaneKind is what a bar of a lane stands for.
type LaneKind int

// The kinds of bars.
const (
	LaneWork LaneKind = iota
	LaneClone
	LaneWait
)

// A LaneArrow is how one lane let another go on: from the begin of its call to the
// moment at which the other went on, in ns.
type LaneArrow struct {
	From, To   int
	Begin, End float64
	Number     int // of a stage, from 1
	Name       string
	Clone      bool // the other came to be by it
	Early      bool // nobody waited for it yet
}

// A LaneEnd is where a lane ends, or where it executes another program.
type LaneEnd struct {
	Lane     int
	At       float64 // ns
	Executes bool
}

const (
	laneRow    = 62 * px
	laneBar    = 24 * px
	laneThread = 2 * px // of a lane that is there and does nothing that has a name
	mostLanes  = 12
	mostArrows = 64
)

// laneSpan is from when to when a lane is there.
type laneSpan struct{ from, to float64 }

// DrawLanes draws a handshake, on an axis from which long times without an event are cut. Bars say what they are by colour, by the hatching of waits
// and by their names where there is room; stages are numbered in their order, and
// their names stand below.
func DrawLanes(l Lanes) (*Drawing, error) {
	if len(l.Names) == 0 || !(l.Total > 0) || math.IsInf(l.Total, 0) {
		return nil, fmt.Errorf("plot lanes: %w", ErrEmpty)
	}
	l, left := l.clean()
	notes := []string{"Arrows lead from a release, or a clone, to the other's going on; a dashed one was early: nobody waited for it yet. The line below the lanes is the critical path, from which the total follows."}
	if scaleOf(l).cuts() {
		notes = append(notes, "Where the lanes are parted a time in which nothing else happens is drawn shorter than it is: how long it is stands below, in bold.")
	}
	if stages := l.stages(); stages != "" {
		notes = append(notes, "Stages: "+stages+".")
	}
	if left > 0 {
		notes = append(notes, fmt.Sprintf("%d more processes are not drawn.", left))
	}
	notes = wrapped(notes)
	height := header + 2*line + axisRoom + laneRow*vg.Length(len(l.Names)) + edge + line*vg.Length(len(notes)) + 6*px
	ch := Chart{Title: l.Title, Host: l.Host, Conditions: l.Subtitle}
	return &Drawing{"lanes", height, func(c draw.Canvas, th theme) { l.paint(frame(c, ch, th, notes), th) }}, nil
}

// clean returns a copy that is safe to draw, and how many lanes do not fit.
func (l Lanes) clean() (_ Lanes, left int) {
	l.Title, l.Host, l.Subtitle = Clean(l.Title, 80), Clean(l.Host, 40), Clean(l.Subtitle, 80)
	left = max(0, len(l.Names)-mostLanes)
	l.Names = slices.Clone(l.Names[:len(l.Names)-left])
	for i := range l.Names {
		l.Names[i] = Clean(l.Names[i], 16)
	}
	within := func(lane int, times ...float64) bool {
		return lane >= 0 && lane < len(l.Names) && !slices.ContainsFunc(times, func(t float64) bool { return !(t >= 0 && t <= l.Total) })
	}
	l.Bars = slices.DeleteFunc(slices.Clone(l.Bars), func(b LaneBar) bool { return !within(b.Lane, b.From, b.To) || b.To < b.From })
	l.Arrows = slices.DeleteFunc(slices.Clone(l.Arrows), func(a LaneArrow) bool { return !within(a.From, a.Begin) || !within(a.To, a.End) })
	l.Arrows = l.Arrows[:min(len(l.Arrows), mostArrows)]
	l.Ends = slices.DeleteFunc(slices.Clone(l.Ends), func(e LaneEnd) bool { return !within(e.Lane, e.At) })
	l.Path = slices.DeleteFunc(slices.Clone(l.Path), func(p LanePart) bool { return !within(p.Lane, p.From, p.To) })
	for i := range l.Bars {
		l.Bars[i].Name = Clean(l.Bars[i].Name, 24)
	}
	for i := range l.Arrows {
		l.Arrows[i].Name = Clean(l.Arrows[i].Name, 24)
	}
	return l, left
}

// stages names the stages by their numbers.
func (l Lanes) stages() string {
	text := ""
	for _, a := range l.Arrows {
		if a.Number == 0 {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", a.Number, a.Name)
	}
	return text
}

// spans are from when to when the lanes are there.
func (l Lanes) spans() []laneSpan {
	all := make([]laneSpan, len(l.Names))
	for i := range all {
		all[i] = laneSpan{0, l.Total}
	}
	for _, a := range l.Arrows {
		if a.Clone {
			all[a.To].from = a.End
		}
	}
	for _, e := range l.Ends {
		all[e.Lane].to = max(e.At, all[e.Lane].from)
	}
	return all
}

func (l Lanes) paint(c draw.Canvas, th theme) {
	l.legend(c, th)
	c = draw.Crop(c, 0, 0, 0, -2*line)
	names := vg.Length(0)
	for _, name := range l.Names {
		names = max(names, letters(color.Black, sizeText, true).Width(name))
	}
	left, right := c.Min.X+names+14*px, c.Max.X-16*px
	bottom := c.Min.Y + axisRoom
	scale := scaleOf(l)
	x := func(ns float64) vg.Length { return left + (right-left)*vg.Length(scale.place(ns)) }
	y := func(lane int) vg.Length { return bottom + laneRow*(vg.Length(len(l.Names)-lane)-0.5) }
	scale.paintTicks(c, x, bottom, th)
	write(c, "← shorter", left, bottom-38*px, sizeText, th.color(2), true)
	writeRight(c, "time since the first stamp, "+Time(l.Total)+" in all (linear)", right, bottom-38*px, sizeText, th.ink)
	for i, s := range l.spans() {
		write(c, l.Names[i], c.Min.X, y(i)-4*px, sizeText, th.ink, true)
		stroke(c, draw.LineStyle{Color: th.ghost, Width: laneThread}, x(s.from), y(i), x(s.to), y(i))
	}
	for _, b := range l.Bars {
		b.paint(c, x(b.From), max(x(b.To), x(b.From)+px), y(b.Lane), th)
	}
	scale.paintCuts(c, x, bottom, th)
	for _, b := range l.Bars {
		b.label(c, x(b.From), x(b.To), y(b.Lane), th)
	}
	for _, p := range l.Path {
		below := y(p.Lane) - laneBar/2 - 5*px
		stroke(c, draw.LineStyle{Color: th.ink, Width: 2.5 * px}, x(p.From), below, x(p.To), below)
	}
	for _, e := range l.Ends {
		e.paint(c, x(e.At), y(e.Lane), th)
	}
	for _, a := range l.Arrows {
		a.paint(c, x(a.Begin), y(a.From), x(a.End), y(a.To), th)
	}
	l.paintNumbers(c, x, y, th)
}

// legend says what the bars are, in one line above the lanes.
func (l Lanes) legend(c draw.Canvas, th theme) {
	x, y := c.Min.X, c.Max.Y-16*px
	for _, kind := range []struct {
		kind LaneKind
		name string
	}{{LaneWork, "work"}, {LaneClone, "clone"}, {LaneWait, "waits"}} {
		LaneBar{Kind: kind.kind}.paint(c, x, x+1.6*swatch, y+5*px, th)
		x += 1.6*swatch + 6*px
		write(c, kind.name, x, y, sizeText, th.ink, false)
		x += letters(th.ink, sizeText, false).Width(kind.name) + 18*px
	}
	for _, end := range []struct {
		executes bool
		name     string
	}{{true, "executes the payload"}, {false, "exits"}} {
		LaneEnd{Executes: end.executes}.paint(c, x+6*px, y+5*px, th)
		x += 24 * px
		write(c, end.name, x, y, sizeText, th.ink, false)
		x += letters(th.ink, sizeText, false).Width(end.name) + 18*px
	}
}

// ink is the colour of a kind of bar.
func (k LaneKind) ink(th theme) color.RGBA {
	switch k {
	case LaneClone:
		return th.color(1)
	case LaneWait:
		return th.faint
	}
	return th.color(2)
}

// paint fills a bar, and hatches it where it is a wait.
func (b LaneBar) paint(c draw.Canvas, x0, x1, middle vg.Length, th theme) {
	half, ink := laneBar/2, b.Kind.ink(th)
	ground := over(ink, th.paper, 0.5)
	if b.Kind == LaneWait {
		half, ground = laneBar/4, over(ink, th.paper, 0.16)
	}
	fill(c, ground, x0, middle-half, x1, middle+half)
	if b.Kind == LaneWait {
		hatch(c, draw.LineStyle{Color: over(ink, th.paper, 0.55), Width: px}, x0, x1, middle-half, middle+half)
	} else {
		stroke(c, draw.LineStyle{Color: over(ink, th.paper, 0.9), Width: px}, x0, middle-half, x0, middle+half)
	}
}

// label names a bar that has room for it.
func (b LaneBar) label(c draw.Canvas, x0, x1, middle vg.Length, th theme) {
	if b.Kind == LaneWait || b.Name == "" {
		return
	}
	if wide := letters(th.ink, sizeNote, false).Width(b.Name); wide+6*px < x1-x0 {
		writeCentre(c, b.Name, (x0+x1)/2, middle-4*px, sizeNote, th.ink, false)
	}
}

// paint marks an end: a bar across the lane, or a triangle where the payload begins.
func (e LaneEnd) paint(c draw.Canvas, x, y vg.Length, th theme) {
	if e.Executes {
		c.FillPolygon(th.ink, []vg.Point{{X: x, Y: y + 9*px}, {X: x + 11*px, Y: y}, {X: x, Y: y - 9*px}})
		return
	}
	stroke(c, draw.LineStyle{Color: th.ink, Width: 3 * px}, x, y-9*px, x, y+9*px)
}

// paint draws an arrow from one lane to another.
func (a LaneArrow) paint(c draw.Canvas, x0, y0, x1, y1 vg.Length, th theme) {
	style := draw.LineStyle{Color: th.color(0), Width: 1.8 * px}
	if a.Clone {
		style.Color = th.color(1)
	}
	if a.Early {
		style.Dashes = []vg.Length{4 * px, 3 * px}
	}
	stroke(c, style, x0, y0, x1, y1)
	length := vg.Length(math.Hypot(float64(x1-x0), float64(y1-y0)))
	if length == 0 {
		return
	}
	dx, dy := (x1-x0)/length, (y1-y0)/length
	tip, back, side := vg.Point{X: x1, Y: y1}, 9*px, 3.6*px
	c.FillPolygon(style.Color, []vg.Point{
		tip, {X: x1 - dx*back - dy*side, Y: y1 - dy*back + dx*side}, {X: x1 - dx*back + dy*side, Y: y1 - dy*back - dx*side},
	})
}

// paintNumbers writes the numbers of stages beside their arrows, where none lies on
// another.
func (l Lanes) paintNumbers(c draw.Canvas, x func(float64) vg.Length, y func(int) vg.Length, th theme) {
	var taken []vg.Rectangle
	for _, a := range l.Arrows {
		if a.Number == 0 {
			continue
		}
		text := fmt.Sprint(a.Number)
		wide := letters(th.ink, sizeNote, true).Width(text) + 4*px
		for _, along := range []vg.Length{0.5, 0.35, 0.65, 0.25, 0.75} {
			mx, my := x(a.Begin)+(x(a.End)-x(a.Begin))*along, y(a.From)+(y(a.To)-y(a.From))*along
			box := vg.Rectangle{Min: vg.Point{X: mx - wide/2, Y: my - 7*px}, Max: vg.Point{X: mx + wide/2, Y: my + 7*px}}
			if slices.ContainsFunc(taken, func(other vg.Rectangle) bool { return overlap(box, other) }) {
				continue
			}
			taken = append(taken, box)
			fill(c, th.paper, box.Min.X, box.Min.Y, box.Max.X, box.Max.Y)
			writeCentre(c, text, mx, my-4*px, sizeNote, th.ink, true)
			break
		}
	}
}
