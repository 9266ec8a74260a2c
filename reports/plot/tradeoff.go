package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Costs are what a trade-off is drawn from.
type Costs struct {
	Title     string // the quantities
	Host      string
	Placement string
	Points    []Cost // the first is drawn last, on top
	Notes     []string
}

// A Cost is one name's place in a trade-off.
type Cost struct {
	Name      string
	Reference bool // the others are held against it
	Style     int  // as that of a Series

	// Latency is the median in ns, between Lo and Hi. Burned is the CPU time
	// that waiting takes, in seconds for each second. What is not known is NaN.
	Latency, Lo, Hi float64
	Burned          float64

	N   int    // samples
	Why string // why there is no median or no CPU time; empty where there are
}

const (
	tradeHeight    = 400 * px // of the axes of few, if there are no others
	crowdedHeight  = 640 * px // of those of many
	overviewHeight = 360 * px // of those of all, above those of a heap
	tradeMarker    = 5 * px
)

// Tradeoff draws the latency of each name over the CPU time that it burns while
// it waits, both logarithmic: a name to the left of another is cheaper, one below
// it is faster. A heap of names that would hide each other is drawn once more,
// enlarged: most primitives sleep, and differ little in both. The Pareto front, a stepped line, runs through those that no
// other is both faster and cheaper than; whatever lies above it is beaten in
// both.
func Tradeoff(k Costs) (*Drawing, error) {
	if len(k.Points) == 0 {
		return nil, fmt.Errorf("plot trade-off: %w", ErrEmpty)
	}
	k, left := k.clean()
	drawn, undrawn := k.split()
	notes := slices.Clone(k.Notes)
	if len(drawn) > 0 {
		notes = slices.Concat([]string{
			"Marker: median latency and CPU time over all valid samples, n = " + countOf(drawn) + ". Bar: 95 % interval of the median.",
			"Stepped line: " + frontWords(drawn),
		}, notes)
	}
	if undrawn != "" {
		notes = append(notes, "Not drawn: "+undrawn+".")
	}
	if left > 0 {
		notes = append(notes, fmt.Sprintf("%d more names are not drawn.", left))
	}
	notes = wrapped(notes)
	height := header + line + tradeHeight + edge + line*vg.Length(len(notes)) + 6*px
	near := heap(drawn, planeOf(drawn))
	if near != nil {
		height += overviewHeight + 2*line
	}
	if max(len(near), len(drawn)*yes(near == nil)) > Few {
		height += crowdedHeight - tradeHeight
	}
	ch := Chart{Title: k.Title, Host: k.Host, Placement: k.Placement}
	return &Drawing{"trade-off", height, func(c draw.Canvas, th theme) { paintCosts(frame(c, ch, th, notes), drawn, th) }}, nil
}

// clean returns a copy that is safe to draw, and how many points do not fit.
func (k Costs) clean() (_ Costs, left int) {
	k.Title, k.Host, k.Placement = Clean(k.Title, 80), Clean(k.Host, 40), Clean(k.Placement, 80)
	left = max(0, len(k.Points)-maxSeries)
	k.Points = slices.Clone(k.Points[:len(k.Points)-left])
	for i, p := range k.Points {
		p.Name, p.Why = Clean(p.Name, 32), Clean(p.Why, 120)
		if !finite(p.Lo) || !finite(p.Hi) {
			p.Lo, p.Hi = math.NaN(), math.NaN()
		}
		k.Points[i] = p
	}
	return k, left
}

// split tells the points that have a place from the others, of which it says why
// they have none.
func (k Costs) split() (drawn []Cost, undrawn string) {
	var reasons []string
	names := make(map[string][]string)
	for _, p := range k.Points {
		why := p.missing()
		if why == "" {
			drawn = append(drawn, p)
			continue
		}
		if names[why] == nil {
			reasons = append(reasons, why)
		}
		names[why] = append(names[why], p.Name)
	}
	for i, why := range reasons {
		reasons[i] = strings.Join(names[why], ", ") + " (" + why + ")"
	}
	return drawn, strings.Join(reasons, "; ")
}

// missing is why a point has no place; empty if it has one.
func (p Cost) missing() string {
	switch {
	case finite(p.Latency) && finite(p.Burned) && p.Burned > 0:
		return ""
	case p.Why != "":
		return p.Why
	case p.N == 0:
		return "no valid samples"
	case !finite(p.Latency):
		return "no median"
	case p.Burned == 0:
		return "no CPU time was seen"
	}
	return "no CPU time is known"
}

// countOf is how many samples points are of: "1,500 each", "90 to 1,500".
func countOf(all []Cost) string {
	by := func(a, b Cost) int { return a.N - b.N }
	least, most := slices.MinFunc(all, by).N, slices.MaxFunc(all, by).N
	if least == most {
		return Count(most) + " each"
	}
	return Count(least) + " to " + Count(most)
}

// Front lists the points that no other is better than in both latency and CPU
// time, nor better in one and as good in the other, from the cheapest to the
// fastest. Points without a place are in no front.
func (k Costs) Front() []Cost {
	drawn, _ := k.split()
	return front(drawn)
}

func front(drawn []Cost) []Cost {
	sorted := slices.Clone(drawn)
	slices.SortStableFunc(sorted, func(a, b Cost) int {
		return cmp.Or(cmp.Compare(a.Burned, b.Burned), cmp.Compare(a.Latency, b.Latency))
	})
	var best []Cost
	for _, p := range sorted {
		last := len(best) - 1
		if last < 0 || p.Latency < best[last].Latency || p.Latency == best[last].Latency && p.Burned == best[last].Burned {
			best = append(best, p)
		}
	}
	return best
}

// frontWords names the front and says what it is.
func frontWords(drawn []Cost) string {
	best := front(drawn)
	names := make([]string, len(best))
	for i, p := range best {
		names[i] = p.Name
	}
	if len(best) == 1 {
		return "the front is " + names[0] + " alone: by these figures it is both the fastest and the cheapest."
	}
	return "the front, from the cheapest to the fastest: " + strings.Join(names, ", ") + ". By these figures, no other is both faster and cheaper than one of them."
}

// at is the place of a point on axes of powers of ten: of ns for each second, and
// of ns.
func (p Cost) at() (x, y float64) { return burnedAt(p.Burned), log10(p.Latency) }

func burnedAt(share float64) float64 { return math.Log10(share) + 9 }

// A plane is the range of both axes, in powers of ten.
type plane struct{ left, right, low, high float64 }

// planeOf is the range that holds points: a little more than what they take.
func planeOf(drawn []Cost) plane {
	v := plane{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)}
	for _, p := range drawn {
		at, height := p.at()
		v.left, v.right = min(v.left, at), max(v.right, at)
		v.low, v.high = min(v.low, height), max(v.high, height)
		if finite(p.Lo) {
			v.low, v.high = min(v.low, log10(p.Lo)), max(v.high, log10(p.Hi))
		}
	}
	if len(drawn) == 0 {
		return plane{6, 9, 3, 6}
	}
	v.left, v.right = widened(v.left, v.right, 0.07)
	v.low, v.high = widened(v.low, v.high, 0.07)
	return v
}

// leastPlane is the least that an axis of a trade-off spans, in decades.
const leastPlane = 0.05

// widened adds a margin to either end of a range.
func widened(low, high, margin float64) (from, to float64) {
	if short := leastPlane - (high - low); short > 0 {
		low, high = low-short/2, high+short/2
	}
	add := margin * (high - low)
	return low - add, high + add
}

// holds reports whether a point is in the range.
func (v plane) holds(p Cost) bool {
	at, height := p.at()
	return at >= v.left && at <= v.right && height >= v.low && height <= v.high
}

// heap lists the points of the largest heap whose names would lie on each other:
// those that are linked by steps of less than a name's room. None if there is no
// such heap, or if it is all there is: then the axes fit it as they are.
func heap(drawn []Cost, v plane) []Cost {
	const room, names = 28, 4
	of := make([]int, len(drawn)) // the heap of each point: the first point of it
	for i := range of {
		of[i] = i
	}
	near := func(a, b Cost) bool {
		ax, ay := a.at()
		bx, by := b.at()
		dx := (ax - bx) / (v.right - v.left) * float64(width/px)
		dy := (ay - by) / (v.high - v.low) * float64(overviewHeight/px)
		return math.Hypot(dx, dy) < room
	}
	for i := range drawn {
		for k := range i {
			if from, to := of[i], of[k]; from != to && near(drawn[i], drawn[k]) {
				for j := range of {
					if of[j] == from {
						of[j] = to
					}
				}
			}
		}
	}
	var largest []Cost
	for i := range drawn {
		var heap []Cost
		for j, first := range of {
			if first == i {
				heap = append(heap, drawn[j])
			}
		}
		if len(heap) > len(largest) {
			largest = heap
		}
	}
	if len(largest) < names || len(largest) == len(drawn) {
		return nil
	}
	return largest
}

// paintCosts draws the axes of all points and, if there is a heap among them,
// those of the heap below.
func paintCosts(c draw.Canvas, drawn []Cost, th theme) {
	write(c, "median latency in ns, us, ms (logarithmic)", c.Min.X, c.Max.Y-13*px, sizeText, th.ink, false)
	writeGood(c, "↓ faster", c.Max.X-8*px, c.Max.Y-13*px, th)
	c = draw.Crop(c, 0, -8*px, 0, -line)
	all := planeOf(drawn)
	if near := heap(drawn, all); near != nil {
		part := planeOf(near)
		over := draw.Crop(c, 0, 0, c.Max.Y-c.Min.Y-overviewHeight, 0)
		all.paint(over, drawn, &part, th)
		part.paint(draw.Crop(c, 0, 0, 0, -overviewHeight-2*line), drawn, nil, th)
		write(c, "the frame, enlarged", c.Min.X, c.Max.Y-overviewHeight-2*line+4*px, sizeText, th.ink, false)
		writeGood(c, "↓ faster", c.Max.X, c.Max.Y-overviewHeight-2*line+4*px, th)
		return
	}
	all.paint(c, drawn, nil, th)
}

// paint draws axes, front, points and labels into c. The labels of what lies in
// part stand elsewhere.
func (v plane) paint(c draw.Canvas, drawn []Cost, part *plane, th theme) {
	p := axes(th)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = v.left, v.right, v.low, v.high
	p.X.Tick.Marker = fineTicks{wide: decadeTicks{9, tickBurned}, label: func(ns float64) string { return evenTime(ns) + "/s" }}
	p.Y.Tick.Marker = fineTicks{wide: timeTicks(9), label: evenTime}
	p.X.Label.Text = " "
	grid := plotter.NewGrid()
	grid.Vertical, grid.Horizontal = gridLine(th), gridLine(th)
	p.Add(grid)
	p.Draw(c)
	data := p.DataCanvas(c)
	middle := letters(th.ink, sizeText, false)
	middle.XAlign = draw.XCenter
	data.FillText(middle, vg.Point{X: (data.Min.X + data.Max.X) / 2, Y: c.Min.Y + 3*px}, "CPU time burned for each second of waiting (logarithmic)")
	write(data, "← cheaper", data.Min.X, c.Min.Y+3*px, sizeText, th.color(2), true)
	if len(drawn) == 0 {
		write(data, "no name has both figures", data.Min.X+16*px, data.Max.Y-28*px, sizeText, th.faint, false)
		return
	}
	x, y := p.Transforms(&data)
	place := func(p Cost) vg.Point {
		at, height := p.at()
		return vg.Point{X: x(at), Y: y(height)}
	}
	labels := labelling{bounds: data.Rectangle}
	for _, steps := range data.ClipLinesXY(frontLine(data, front(drawn), place)) {
		data.StrokeLines(draw.LineStyle{Color: th.faint, Width: 1.6 * px, Dashes: []vg.Length{6 * px, 3 * px}}, steps)
		labels.line(steps)
	}
	var enlarged vg.Point
	if part != nil {
		frame := vg.Rectangle{Min: vg.Point{X: x(part.left), Y: y(part.low)}, Max: vg.Point{X: x(part.right), Y: y(part.high)}}
		corners := []vg.Point{frame.Min, {X: frame.Max.X, Y: frame.Min.Y}, frame.Max, {X: frame.Min.X, Y: frame.Max.Y}, frame.Min}
		data.StrokeLines(draw.LineStyle{Color: th.ink, Width: px}, corners)
		labels.taken = append(labels.taken, frame)
		enlarged = vg.Point{X: frame.Max.X, Y: (frame.Min.Y + frame.Max.Y) / 2}
	}
	for _, one := range slices.Backward(drawn) {
		if at := place(one); v.holds(one) {
			labels.line(one.paint(data, at, y, th))
			labels.obstacle(at, tradeMarker+px)
		}
	}
	if part != nil {
		labels.add(enlarged, "enlarged below", false)
	}
	for _, one := range labelled(drawn, place) {
		if v.holds(one) && (part == nil || !part.holds(one)) {
			labels.add(place(one), one.Name, one.Reference)
		}
	}
	labels.paint(data, th)
}

// paint draws the interval, if it is longer than the marker, and the marker, and
// returns the line of the interval.
func (p Cost) paint(data draw.Canvas, at vg.Point, y func(float64) vg.Length, th theme) (bar []vg.Point) {
	if finite(p.Lo) {
		lo, hi := max(y(log10(p.Lo)), data.Min.Y), min(y(log10(p.Hi)), data.Max.Y)
		if hi-lo > 2*tradeMarker {
			bar = []vg.Point{{X: at.X, Y: lo}, {X: at.X, Y: hi}}
			data.StrokeLines(draw.LineStyle{Color: th.color(p.Style), Width: 1.4 * px}, bar)
		}
	}
	data.DrawGlyphNoClip(th.marker(p.Style, tradeMarker), at)
	return bar
}

// labelled are the points in the order in which they choose the places of their
// labels: the reference, and then those with the most others around them, which
// have the fewest places to choose from.
func labelled(drawn []Cost, place func(Cost) vg.Point) []Cost {
	const around = 60 * px
	crowd := func(p Cost) (n int) {
		at := place(p)
		for _, other := range drawn {
			to := place(other)
			n += yes(math.Hypot(float64(at.X-to.X), float64(at.Y-to.Y)) < float64(around))
		}
		return n
	}
	sorted := slices.Clone(drawn)
	slices.SortStableFunc(sorted, func(a, b Cost) int {
		return cmp.Or(yes(b.Reference)-yes(a.Reference), crowd(b)-crowd(a))
	})
	return sorted
}

// frontLine is the steps: from above to the cheapest, to the right and down to
// each next, and on to the right from the fastest.
func frontLine(data draw.Canvas, best []Cost, place func(Cost) vg.Point) []vg.Point {
	first := place(best[0])
	steps := []vg.Point{{X: first.X, Y: max(data.Max.Y, first.Y)}, first}
	for _, p := range best[1:] {
		at := place(p)
		steps = append(steps, vg.Point{X: at.X, Y: steps[len(steps)-1].Y}, at)
	}
	last := steps[len(steps)-1]
	return append(steps, vg.Point{X: max(data.Max.X, last.X), Y: last.Y})
}

// tickBurned writes a round share of a second: "20ms/s".
func tickBurned(multiple float64, power int) string {
	if power < 0 {
		return strconv.FormatFloat(multiple*math.Pow10(power), 'g', 3, 64) + "ns/s"
	}
	return tickTime(multiple, power) + "/s"
}
