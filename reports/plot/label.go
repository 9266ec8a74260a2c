package plot

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A labelling finds places for the names of points, so that none lies on another,
// on a marker or on the line that leads to another. Each takes the nearest place
// that is free when its turn comes, which makes it the same each time; the search
// for the best of all places is worth its time for maps, not for forty names.
type labelling struct {
	bounds vg.Rectangle   // of all labels
	marks  []vg.Rectangle // markers
	taken  []vg.Rectangle // other labels
	leads  [][2]vg.Point
	lines  [][2]vg.Point // of the chart, on which a label may stand if it must
	placed []placedLabel
}

// A placedLabel is where a name stands.
type placedLabel struct {
	text string
	bold bool
	box  vg.Rectangle
	lead *[2]vg.Point // nil where the name stands beside its point
}

// How labels are tried: around a point in circles, and to the sides of it first.
const (
	labelGap     = 9 * px // between a point and a name beside it
	labelHeight  = 15 * px
	labelStep    = 9 * px
	labelCircles = 60
	labelAngles  = 32
	leadFrom     = 16 * px // a name farther off than that gets a line
)

// obstacle keeps labels off a marker.
func (l *labelling) obstacle(at vg.Point, radius vg.Length) {
	l.marks = append(l.marks, vg.Rectangle{Min: vg.Point{X: at.X - radius, Y: at.Y - radius}, Max: vg.Point{X: at.X + radius, Y: at.Y + radius}})
}

// line keeps labels off a line as far as there are other places.
func (l *labelling) line(points []vg.Point) {
	for i := range max(len(points)-1, 0) {
		l.lines = append(l.lines, [2]vg.Point{points[i], points[i+1]})
	}
}

// add finds a place for a name. Where there is none, the name stands beside its
// point, on whatever is there.
func (l *labelling) add(at vg.Point, text string, bold bool) {
	style := letters(nil, sizeText, bold)
	size := vg.Point{X: style.Width(text) + 4*px, Y: labelHeight}
	for effort := range maxEffort {
		for circle := range labelCircles {
			for i := range labelAngles {
				// the right, then what is nearest to it, then the left
				turn := (i + 1) / 2
				if i%2 == 0 {
					turn = -turn
				}
				box := beside(at, size, 2*math.Pi*float64(turn)/labelAngles, labelGap+labelStep*vg.Length(circle))
				if lead := leadOf(at, box); l.free(at, box, lead, effort) {
					l.keep(placedLabel{text: text, bold: bold, box: box, lead: lead})
					return
				}
			}
		}
	}
	l.keep(placedLabel{text: text, bold: bold, box: beside(at, size, 0, labelGap)})
}

func (l *labelling) keep(p placedLabel) {
	l.taken = append(l.taken, p.box)
	if p.lead != nil {
		l.leads = append(l.leads, *p.lead)
	}
	l.placed = append(l.placed, p)
}

// beside is a box of a size in a direction from a point, so far from it that there
// is a gap.
func beside(at, size vg.Point, angle float64, gap vg.Length) vg.Rectangle {
	sin, cos := math.Sincos(angle)
	middle := vg.Point{
		X: at.X + vg.Length(cos)*(gap+size.X/2),
		Y: at.Y + vg.Length(sin)*(gap+size.Y/2),
	}
	return vg.Rectangle{
		Min: vg.Point{X: middle.X - size.X/2, Y: middle.Y - size.Y/2},
		Max: vg.Point{X: middle.X + size.X/2, Y: middle.Y + size.Y/2},
	}
}

// leadOf is the line from a point to the nearest place of a box that is not beside
// it, nil for one that is.
func leadOf(at vg.Point, box vg.Rectangle) *[2]vg.Point {
	to := vg.Point{X: min(max(at.X, box.Min.X), box.Max.X), Y: min(max(at.Y, box.Min.Y), box.Max.Y)}
	if math.Hypot(float64(to.X-at.X), float64(to.Y-at.Y)) <= float64(leadFrom) {
		return nil
	}
	return &[2]vg.Point{at, to}
}

// maxEffort is how often places are tried, with less asked of them each time.
const maxEffort = 3

// free reports whether a label may stand in a place. It is on no other and on no
// marker. At the first effort it is on no line of the chart either, and its own
// line on no marker; until the second, its line crosses no label and no other such
// line. A line that does is thin, and drawn below the labels.
func (l *labelling) free(at vg.Point, box vg.Rectangle, lead *[2]vg.Point, effort int) bool {
	if box.Min.X < l.bounds.Min.X || box.Max.X > l.bounds.Max.X || box.Min.Y < l.bounds.Min.Y || box.Max.Y > l.bounds.Max.Y {
		return false
	}
	for _, other := range l.taken {
		if overlap(box, other) || effort < 2 && lead != nil && crosses(*lead, other) {
			return false
		}
	}
	for _, other := range l.marks {
		if overlap(box, other) || effort < 1 && lead != nil && !inside(at, other) && crosses(*lead, other) {
			return false
		}
	}
	for _, other := range l.leads {
		if effort < 2 && (crosses(other, box) || lead != nil && meet(*lead, other)) {
			return false
		}
	}
	return effort > 0 || !slices.ContainsFunc(l.lines, func(other [2]vg.Point) bool { return crosses(other, box) })
}

func overlap(a, b vg.Rectangle) bool {
	return a.Min.X < b.Max.X && b.Min.X < a.Max.X && a.Min.Y < b.Max.Y && b.Min.Y < a.Max.Y
}

func inside(at vg.Point, box vg.Rectangle) bool {
	return at.X >= box.Min.X && at.X <= box.Max.X && at.Y >= box.Min.Y && at.Y <= box.Max.Y
}

// crosses reports whether a line goes through a box (Liang and Barsky, "A New
// Concept and Method for Line Clipping", ACM Transactions on Graphics 3, 1984).
func crosses(line [2]vg.Point, box vg.Rectangle) bool {
	from, to := 0.0, 1.0
	dx, dy := line[1].X-line[0].X, line[1].Y-line[0].Y
	for _, side := range [4][2]vg.Length{
		{-dx, line[0].X - box.Min.X}, {dx, box.Max.X - line[0].X}, {-dy, line[0].Y - box.Min.Y}, {dy, box.Max.Y - line[0].Y},
	} {
		switch along := float64(side[1] / side[0]); {
		case side[0] == 0 && side[1] < 0:
			return false
		case side[0] < 0:
			from = max(from, along)
		case side[0] > 0:
			to = min(to, along)
		}
	}
	return from < to
}

// meet reports whether two lines cross.
func meet(a, b [2]vg.Point) bool {
	side := func(l [2]vg.Point, p vg.Point) float64 {
		return float64((l[1].X-l[0].X)*(p.Y-l[0].Y) - (l[1].Y-l[0].Y)*(p.X-l[0].X))
	}
	return side(a, b[0])*side(a, b[1]) < 0 && side(b, a[0])*side(b, a[1]) < 0
}

// paint writes the names, and lines to those that had to move.
func (l *labelling) paint(c draw.Canvas, th theme) {
	for _, p := range l.placed {
		if p.lead != nil {
			stroke(c, draw.LineStyle{Color: th.faint, Width: 0.7 * px}, p.lead[0].X, p.lead[0].Y, p.lead[1].X, p.lead[1].Y)
		}
	}
	for _, p := range l.placed {
		write(c, p.text, p.box.Min.X+2*px, p.box.Min.Y+4*px, sizeText, th.ink, p.bold)
	}
}
