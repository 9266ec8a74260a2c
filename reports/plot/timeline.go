package plot

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Course is what samples in time order are drawn from.
type Course struct {
	Title     string // the quantity
	Host      string
	Placement string
	Tracks    []Track // drawn in this order, from the top; those of a family stand together
	Notes     []string
}

// A Track is the samples of one name in the order in which they were measured.
type Track struct {
	Name, Family string
	Style        int // as that of a Series

	// Values are latencies in nanoseconds, and Sorted the same in ascending
	// order. Those that are not finite are left out.
	Values, Sorted []float64

	// Ends are how many values there were at the end of each round. Values
	// behind the last end are not drawn. Without any all are one round.
	Ends []int

	// Firm is the highest quantile that the values are enough for, as that of a
	// Series.
	Firm float64

	// Drift is the second half's median as a multiple of the first's, NaN where
	// it is not told to be another.
	Drift float64
}

const (
	trackRow      = 64 * px
	closeTrackRow = 36 * px
	scaleRoom     = 54 * px // of the labels of a row's scale

	// A track is thinned to at most so many stretches, and to fewer if one of the
	// longest track would have fewer values than that, but not below the least.
	mostStretches  = 160
	closeStretches = 100 // where there are many tracks
	leastStretches = 60
	perStretch     = 10

	// A row reaches as far up and down from its median as the 1st and the 99th
	// percentile of the middle one of all tracks, within these bounds. Others go
	// beyond their row's edge.
	leastReached, mostReached = 0.15, 0.7 // decades
)

// A spell is the values of one stretch of a run's time.
type spell struct {
	at                 float64 // its middle, as a share of the time
	least, median, top float64 // powers of ten of a nanosecond
}

// A trace is a track as it is drawn, and all that depends on the number of its
// samples.
type trace struct {
	Track
	middle    float64 // power of ten of its median
	stretches []spell // those that have values
	dots      []dot   // instead of them, if there are few values
}

// A dot is one value.
type dot struct{ at, level float64 }

// Timeline draws each track in a row of its own over the rounds of the run, so
// that drift and steps are seen: the median of each short stretch as a line in the
// shade of everything from its fastest to its slowest sample. Rows have one
// scale, and each is about its own median: on axes of one range for all, a spin
// of 100 ns beside a sleeper of 20 us would leave either a flat line. A sample
// that is too far off for its row is a mark at the row's edge: none vanishes.
func Timeline(k Course) (*Drawing, error) {
	if len(k.Tracks) == 0 {
		return nil, fmt.Errorf("plot timeline: %w", ErrEmpty)
	}
	k, left := k.clean()
	t := tracesOf(k)
	notes := []string{t.marked() + " Every row has the same logarithmic scale about its own median, the dashed line; its ends are labelled. " +
		"Marks at the edge of a row: samples beyond it, up to max. n: valid samples."}
	if t.drifts() {
		notes = append(notes, "drift: the second half's median as a multiple of the first's, where they differ.")
	}
	notes = append(notes, k.Notes...)
	if left > 0 {
		notes = append(notes, fmt.Sprintf("%d more series are not drawn.", left))
	}
	notes = wrapped(notes)
	ch := k.chart()
	height := header + line + axisRoom + t.row()*vg.Length(len(t.all)) + edge + line*vg.Length(len(notes)) + 6*px
	return &Drawing{"timeline", height, func(c draw.Canvas, th theme) { t.paint(frame(c, ch, th, notes), ch, th) }}, nil
}

// clean returns a copy that is safe to draw, and how many tracks do not fit.
func (k Course) clean() (_ Course, left int) {
	k.Title, k.Host, k.Placement = Clean(k.Title, 80), Clean(k.Host, 40), Clean(k.Placement, 80)
	left = max(0, len(k.Tracks)-maxSeries)
	k.Tracks = slices.Clone(k.Tracks[:len(k.Tracks)-left])
	for i, t := range k.Tracks {
		t.Name, t.Family, t.Sorted = Clean(t.Name, 32), Clean(t.Family, 32), drawable(t.Sorted)
		if t.Ends == nil {
			t.Ends = []int{len(t.Values)}
		}
		k.Tracks[i] = t
	}
	return k, left
}

// chart is the tracks as the names of a chart, which has bands for families.
func (k Course) chart() Chart {
	ch := Chart{Title: k.Title, Host: k.Host, Placement: k.Placement}
	for _, t := range k.Tracks {
		ch.Series = append(ch.Series, Series{Name: t.Name, Family: t.Family})
	}
	return ch
}

// traces are the tracks of a picture with what they have in common.
type traces struct {
	all      []trace
	rounds   int
	parts    int     // stretches of the whole time
	up, down float64 // how far a row reaches from its median, in decades
}

// tracesOf thins the tracks, which is all of the work that grows with samples.
func tracesOf(k Course) traces {
	t := traces{rounds: 1, parts: leastStretches}
	most := mostStretches
	if len(k.Tracks) > Few {
		most = closeStretches
	}
	var above, below []float64
	for _, track := range k.Tracks {
		t.rounds = max(t.rounds, len(track.Ends))
		t.parts = max(t.parts, min(len(track.Values)/perStretch, most))
		if len(track.Sorted) > 0 {
			middle := log10(quantile(track.Sorted, 0.5))
			above = append(above, log10(quantile(track.Sorted, 0.99))-middle)
			below = append(below, middle-log10(quantile(track.Sorted, 0.01)))
		}
	}
	t.up, t.down = reached(above), reached(below)
	for _, track := range k.Tracks {
		t.all = append(t.all, t.trace(track))
	}
	return t
}

// reached is how far rows reach to a side.
func reached(far []float64) float64 {
	if len(far) == 0 {
		return leastReached
	}
	slices.Sort(far)
	return 1.1 * min(max(far[len(far)/2], leastReached), mostReached)
}

// trace thins one track.
func (t traces) trace(track Track) trace {
	out := trace{Track: track}
	if len(track.Sorted) == 0 {
		return out
	}
	out.middle = log10(quantile(track.Sorted, 0.5))
	few := len(track.Sorted) < 2*t.parts
	var part []float64
	now := 0
	flush := func() {
		if len(part) > 0 {
			at := (float64(now) + 0.5) / float64(t.parts)
			out.stretches = append(out.stretches, spell{at, log10(slices.Min(part)), log10(middleOf(part)), log10(slices.Max(part))})
		}
		part = part[:0]
	}
	start := 0
	for round, end := range track.Ends {
		for i, v := range track.Values[start:end] {
			if !finite(v) {
				continue
			}
			at := (float64(round) + (float64(i)+0.5)/float64(end-start)) / float64(t.rounds)
			if few {
				out.dots = append(out.dots, dot{at, log10(v)})
				continue
			}
			if which := min(int(at*float64(t.parts)), t.parts-1); which != now {
				flush()
				now = which
			}
			part = append(part, v)
		}
		start = end
	}
	flush()
	return out
}

// middleOf finds the upper median and moves the values about (Hoare, "Algorithm
// 65: Find", Communications of the ACM 4, 1961), in a time that grows with their
// number and no faster.
func middleOf(values []float64) float64 {
	k := len(values) / 2
	low, high := 0, len(values)-1
	for low < high {
		pivot := values[(low+high)/2]
		i, j := low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return values[k]
		}
	}
	return values[k]
}

func (t traces) row() vg.Length {
	if len(t.all) > Few {
		return closeTrackRow
	}
	return trackRow
}

// marked says what is drawn in the rows.
func (t traces) marked() string {
	var parts []string
	if slices.ContainsFunc(t.all, func(one trace) bool { return one.stretches != nil }) {
		parts = append(parts, fmt.Sprintf("Line: medians of %d equal stretches of the run. Shade: fastest to slowest in each.", t.parts))
	}
	if slices.ContainsFunc(t.all, func(one trace) bool { return one.dots != nil }) {
		parts = append(parts, "Dots: single samples, of series that have few.")
	}
	return strings.Join(parts, " ")
}

// drifts reports whether any track is told to.
func (t traces) drifts() bool {
	return slices.ContainsFunc(t.all, func(one trace) bool { return finite(one.Drift) })
}

// figures are the columns beside the rows, each with its width.
func (t traces) figures() []trackFigure {
	all := []trackFigure{
		{"p50", 60 * px, func(r trace) string {
			if r.Firm < 0.5 {
				return "-"
			}
			return Time(quantile(r.Sorted, 0.5))
		}},
		{"max", 66 * px, func(r trace) string { return Time(r.Sorted[len(r.Sorted)-1]) }},
	}
	if t.drifts() {
		all = append(all, trackFigure{"drift", 56 * px, func(r trace) string {
			if !finite(r.Drift) {
				return "-"
			}
			return Multiple(r.Drift) + "x"
		}})
	}
	return append(all, trackFigure{"n", 82 * px, func(r trace) string { return Count(len(r.Sorted)) }})
}

type trackFigure struct {
	name string
	room vg.Length
	of   func(trace) string
}

// paint draws axes and rows into c.
func (t traces) paint(c draw.Canvas, ch Chart, th theme) {
	p := axes(th)
	p.X.Min, p.X.Max = 0, float64(t.rounds)
	p.X.Tick.Marker = roundTicks{most: 8}
	p.X.Label.Text = "rounds of the run, in time order"
	p.Y.Min, p.Y.Max = -0.5, float64(len(t.all))-0.5
	p.Y.Tick.Marker = plot.ConstantTicks{}
	p.Y.Tick.Length, p.Y.Width = 0, 0
	grid := plotter.NewGrid()
	grid.Vertical, grid.Horizontal = gridLine(th), draw.LineStyle{}
	p.Add(grid)
	figures := t.figures()
	room, names := vg.Length(0), vg.Length(0)
	for _, f := range figures {
		room += f.room
	}
	style := letters(th.ink, sizeText, false)
	for _, one := range t.all {
		names = max(names, style.Width(fit(one.Name, sizeText, nameRoom)))
	}
	page := c
	c = draw.Crop(c, ch.familyRoom()+names+scaleRoom, -room, 0, -line)
	data := p.DataCanvas(c)
	paintBands(page, data, p, ch, th)
	p.Draw(c)
	writeGood(data, "in each row: ↓ faster", data.Max.X, data.Max.Y+4*px, th)
	right := data.Max.X
	for _, f := range figures {
		right += f.room
		writeRight(data, f.name, right, data.Max.Y+4*px, sizeNote, th.faint)
	}
	_, y := p.Transforms(&data)
	for i, one := range t.all {
		middle := y(row(i, ch.Series))
		box := data
		box.Min.Y, box.Max.Y = middle-t.row()/2+2*px, middle+t.row()/2-2*px
		writeRight(data, fit(one.Name, sizeText, nameRoom), data.Min.X-scaleRoom, middle-4*px, sizeText, th.ink)
		if len(one.Sorted) == 0 {
			write(data, "no valid samples", data.Min.X+8*px, middle-4*px, sizeText, th.faint, false)
			continue
		}
		right := data.Max.X
		for _, f := range figures {
			right += f.room
			writeRight(data, fit(f.of(one), sizeText, f.room-6*px), right, middle-4*px, sizeText, th.ink)
		}
		if len(one.dots)+len(one.stretches) == 0 {
			write(data, "no valid samples in a round", data.Min.X+8*px, middle-4*px, sizeText, th.faint, false)
			continue
		}
		t.paintTrace(box, one, th)
	}
}

// paintTrace draws one row into its box.
func (t traces) paintTrace(c draw.Canvas, one trace, th theme) {
	x := func(share float64) vg.Length { return c.Min.X + vg.Length(share)*(c.Max.X-c.Min.X) }
	y := func(level float64) vg.Length {
		share := (level - one.middle + t.down) / (t.up + t.down)
		return c.Min.Y + vg.Length(min(max(share, 0), 1))*(c.Max.Y-c.Min.Y)
	}
	stroke(c, gridLine(th), c.Min.X, c.Min.Y-2*px, c.Max.X, c.Min.Y-2*px)
	writeRight(c, edgeTime(one.middle+t.up), c.Min.X-5*px, c.Max.Y-9*px, sizeScale, th.faint)
	writeRight(c, edgeTime(one.middle-t.down), c.Min.X-5*px, c.Min.Y, sizeScale, th.faint)
	ink := th.color(one.Style)
	half := 0.5 / float64(t.parts)
	for _, part := range one.parts(2 * half) {
		first, last := part[0], part[len(part)-1] // once more at the ends of their stretches
		first.at, last.at = first.at-half, last.at+half
		part = slices.Concat([]spell{first}, part, []spell{last})
		outline := make([]vg.Point, 0, 2*len(part))
		middle := make([]vg.Point, 0, len(part))
		for _, s := range part {
			outline = append(outline, vg.Point{X: x(s.at), Y: y(s.top)})
			middle = append(middle, vg.Point{X: x(s.at), Y: y(s.median)})
		}
		for _, s := range slices.Backward(part) {
			outline = append(outline, vg.Point{X: x(s.at), Y: y(s.least)})
		}
		c.FillPolygon(over(ink, th.paper, 0.32), outline)
		c.StrokeLines(draw.LineStyle{Color: ink, Width: 1.3 * px}, middle)
	}
	stroke(c, draw.LineStyle{Color: th.faint, Width: 0.8 * px, Dashes: []vg.Length{4 * px, 3 * px}}, c.Min.X, y(one.middle), c.Max.X, y(one.middle))
	var dots, beyond vg.Path
	for _, d := range one.dots {
		dash(&dots, x(d.at), y(d.level))
		t.mark(&beyond, one, x(d.at), d.level, d.level, c)
	}
	for _, s := range one.stretches {
		t.mark(&beyond, one, x(s.at), s.least, s.top, c)
	}
	strokePath(c, ink, 2.4*px, dots)
	strokePath(c, th.ink, 2*px, beyond)
}

// sizeScale is the type of the labels of a row's scale.
const sizeScale = 10 * px

// edgeTime labels the end of a row's scale. Below a nanosecond there is no time.
func edgeTime(level float64) string {
	if level < 0 {
		return ""
	}
	return Time(math.Pow(10, level))
}

// mark adds a dash at the edge of a row for what lies beyond it.
func (t traces) mark(path *vg.Path, one trace, x vg.Length, least, top float64, c draw.Canvas) {
	if top > one.middle+t.up {
		dash(path, x, c.Max.Y)
	}
	if least < one.middle-t.down {
		dash(path, x, c.Min.Y)
	}
}

// dash adds a short level stroke to a path. Many are one path: an element for
// each would make a page a hundred times as large.
func dash(path *vg.Path, x, y vg.Length) {
	path.Move(vg.Point{X: x - 1.2*px, Y: y})
	path.Line(vg.Point{X: x + 1.2*px, Y: y})
}

// strokePath draws a path unless it is empty.
func strokePath(c draw.Canvas, ink color.Color, width vg.Length, path vg.Path) {
	if len(path) == 0 {
		return
	}
	c.SetLineStyle(draw.LineStyle{Color: ink, Width: width})
	c.Stroke(path)
}

// parts splits the stretches where some have no values between them.
func (r trace) parts(width float64) [][]spell {
	var all [][]spell
	for i, s := range r.stretches {
		if i == 0 || s.at-r.stretches[i-1].at > 1.5*width {
			all = append(all, nil)
		}
		last := &all[len(all)-1]
		*last = append(*last, s)
	}
	return all
}

// roundTicks labels an axis of rounds.
type roundTicks struct{ most int }

var _ plot.Ticker = roundTicks{}

// Ticks lists the marks from low to high.
func (t roundTicks) Ticks(low, high float64) []plot.Tick {
	step := max(roundStep((high-low)/float64(t.most)), 1)
	var ticks []plot.Tick
	for at := low; at <= high; at += step {
		ticks = append(ticks, plot.Tick{Value: at, Label: strconv.Itoa(int(at))})
	}
	return ticks
}
