package plot

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Ratios are what a forest plot is drawn from.
type Ratios struct {
	Title     string  // the quantity
	Host      string  // where it was measured; empty where rows are of several hosts
	Placement string  // which CPUs the two sides ran on, and further conditions
	Baseline  string  // what the ratios are to
	Threshold float64 // the share by which two may differ and are the same
	Rows      []Ratio // drawn in this order, from the top; those under a heading stand together
	Notes     []string
}

// A Ratio is one row of a forest plot.
type Ratio struct {
	Heading string // what the row is one of: a family, or a primitive of which there is a row for each host; empty for none
	Name    string
	Verdict Verdict

	// Ratio is how many times as long as the baseline it takes, between Lo and
	// Hi. What is not known is NaN.
	Ratio, Lo, Hi float64

	N      int    // samples
	Rounds int    // in which both were measured
	Why    string // why there is no ratio, or no interval of it; empty where there are
}

// A Verdict is what the interval of a ratio says. It is written as it is; one of
// another name is drawn like Inconclusive.
type Verdict string

// The verdicts.
const (
	Faster       Verdict = "faster"
	Slower       Verdict = "slower"
	Same         Verdict = "same"
	Inconclusive Verdict = "inconclusive"
	Baseline     Verdict = "baseline" // of the row that the others are held against
)

const (
	forestRow      = 34 * px
	closeForestRow = 24 * px
	forestRoom     = 312 * px // of the columns beside the axis
	maxRatios      = 112      // rows of one picture

	// An axis of ratios reaches as far as the row that differs most, unless that
	// is so many times as far as the middle one does.
	tooFar = 6

	// leastReach is how far it reaches to each side at the least, in widths of
	// the shaded band and in decades.
	leastReachBands   = 2.5
	leastReachDecades = 0.01
)

// ends is where the axis of a forest ends, and whether a row goes on beyond it.
type ends struct {
	low, high float64 // powers of ten
	cut       bool
}

// Forest draws for each row the ratio to the baseline with its interval, on a
// logarithmic axis on which half as long and twice as long are equally far from
// 1. The band around 1 is what makes no difference. What a row amounts to is told
// by the shape of its marker, by its colour and in words beside it.
//
// A ratio far from all others would make the axis too coarse for those: it is an
// arrow at the edge, with its figure.
func Forest(f Ratios) (*Drawing, error) {
	if len(f.Rows) == 0 {
		return nil, fmt.Errorf("plot forest: %w", ErrEmpty)
	}
	f, left := f.clean()
	reach := f.reach()
	notes := []string{
		"Marker: how many times as long as " + f.Baseline + " it takes. Bar: its interval. Shaded: less than " + strconv.FormatFloat(100*f.Threshold, 'g', 3, 64) +
			" % from 1, which makes no difference. n: valid samples. rounds: those with values of both.",
	}
	if reach.cut {
		notes = append(notes, "An arrow goes on beyond the axis, which it would make too coarse for all others.")
	}
	notes = slices.Concat(notes, f.withoutBars(), f.Notes)
	if left > 0 {
		notes = append(notes, fmt.Sprintf("%d more rows are not drawn.", left))
	}
	notes = wrapped(notes)
	ch := f.chart()
	height := header + line + axisRoom + f.row()*vg.Length(len(f.Rows)) + edge + line*vg.Length(len(notes)) + 6*px
	return &Drawing{"forest", height, func(c draw.Canvas, th theme) { f.paint(frame(c, ch, th, notes), ch, reach, th) }}, nil
}

// clean returns a copy that is safe to draw, and how many rows do not fit.
func (f Ratios) clean() (_ Ratios, left int) {
	f.Title, f.Host, f.Placement, f.Baseline = Clean(f.Title, 80), Clean(f.Host, 40), Clean(f.Placement, 80), Clean(f.Baseline, 32)
	if !(f.Threshold >= 0 && f.Threshold < 1e3) {
		f.Threshold = 0
	}
	left = max(0, len(f.Rows)-maxRatios)
	f.Rows = slices.Clone(f.Rows[:len(f.Rows)-left])
	for i, r := range f.Rows {
		r.Heading, r.Name, r.Why = Clean(r.Heading, 32), Clean(r.Name, 32), Clean(r.Why, 120)
		r.Verdict = Verdict(Clean(string(r.Verdict), 16))
		if !finite(r.Ratio) || r.Ratio <= 0 {
			r.Ratio, r.Lo, r.Hi = math.NaN(), math.NaN(), math.NaN()
		}
		if math.IsNaN(r.Lo) || math.IsNaN(r.Hi) {
			r.Lo, r.Hi = math.NaN(), math.NaN()
		}
		r.Lo, r.Hi = min(r.Lo, r.Hi), max(r.Lo, r.Hi)
		f.Rows[i] = r
	}
	return f, left
}

// chart is the rows as the names of a chart, which has bands for families.
func (f Ratios) chart() Chart {
	ch := Chart{Title: f.Title, Host: f.Host, Placement: f.Placement}
	for _, r := range f.Rows {
		ch.Series = append(ch.Series, Series{Name: r.Name, Family: r.Heading})
	}
	return ch
}

func (f Ratios) row() vg.Length {
	if len(f.Rows) > Few {
		return closeForestRow
	}
	return forestRow
}

// withoutBars says why ratios have no interval: once for each reason, since it is
// mostly the same for all.
func (f Ratios) withoutBars() []string {
	var reasons []string
	names := make(map[string][]string)
	for _, r := range f.Rows {
		if math.IsNaN(r.Ratio) || r.known() {
			continue
		}
		why := r.why()
		if names[why] == nil {
			reasons = append(reasons, why)
		}
		names[why] = append(names[why], r.Name)
	}
	for i, why := range reasons {
		who := strings.Join(names[why], ", ")
		if n := len(names[why]); n > Few {
			who = fmt.Sprintf("%d rows", n)
		}
		reasons[i] = "No bar, no verdict: " + why + " (" + who + ")."
	}
	return reasons
}

// band is how far the shade reaches to each side of 1, in decades.
func (f Ratios) band() float64 { return math.Log10(1 + f.Threshold) }

// logs are the places of a row on the axis, infinite for an end that is beyond
// every axis; none for a row without a ratio.
func (r Ratio) logs() []float64 {
	switch {
	case math.IsNaN(r.Ratio):
		return nil
	case math.IsNaN(r.Lo):
		return []float64{math.Log10(r.Ratio)}
	}
	return []float64{math.Log10(r.Ratio), math.Log10(max(r.Lo, 0)), math.Log10(r.Hi)}
}

// reach is where the axis ends.
func (f Ratios) reach() ends {
	var far []float64
	for _, r := range f.Rows {
		most := math.NaN()
		for _, at := range r.logs() {
			if !math.IsInf(at, 0) && !(math.Abs(at) <= most) {
				most = math.Abs(at)
			}
		}
		if !math.IsNaN(most) && r.Verdict != Baseline {
			far = append(far, most)
		}
	}
	slices.Sort(far)
	least := max(leastReachBands*f.band(), leastReachDecades)
	limit := math.MaxFloat64
	if len(far) > 2 {
		limit = max(tooFar*far[(len(far)-1)/2], least)
	}
	e := ends{low: -least, high: least}
	for _, r := range f.Rows {
		for _, at := range r.logs() {
			if math.Abs(at) > limit {
				e.cut = true
				continue
			}
			e.low, e.high = min(e.low, at), max(e.high, at)
		}
	}
	margin := 0.04 * (e.high - e.low)
	e.low, e.high = e.low-margin, e.high+margin
	return e
}

// paint draws axes and rows into c.
func (f Ratios) paint(c draw.Canvas, ch Chart, e ends, th theme) {
	p := axes(th)
	p.X.Min, p.X.Max = e.low, e.high
	p.X.Tick.Marker = fineTicks{wide: decadeTicks{8, tickRatio}, label: func(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) + "x" }}
	p.Y.Min, p.Y.Max = -0.5, float64(len(f.Rows))-0.5
	p.Y.Tick.Marker = rowNames(ch.Series)
	p.Y.Tick.Length, p.Y.Width = 0, 0
	dress(&p.Y.Tick.Label, th.ink, sizeText)
	p.X.Label.Text = " "
	page := c
	c = draw.Crop(c, ch.familyRoom(), -forestRoom, 0, -line)
	data := p.DataCanvas(c)
	paintBands(page, data, p, ch, th)
	x, y := p.Transforms(&data)
	fill(data, over(th.color(5), th.paper, 0.25), x(max(-f.band(), e.low)), data.Min.Y, x(min(f.band(), e.high)), data.Max.Y)
	grid := plotter.NewGrid()
	grid.Vertical, grid.Horizontal = gridLine(th), draw.LineStyle{}
	p.Add(grid)
	p.Draw(c)
	stroke(data, draw.LineStyle{Color: th.faint, Width: px}, x(0), data.Min.Y, x(0), data.Max.Y)
	f.paintDirections(data, c.Min.Y, th)
	if len(f.Rows) > Few {
		repeatTicks(data, p, th)
	}
	columns := forestColumns(data)
	columns.head(data, th)
	for i, r := range f.Rows {
		middle := y(row(i, ch.Series))
		r.paint(data, x, middle, x(min(f.band(), e.high)), th)
		columns.paint(data, r, middle-4*px, th)
	}
}

// paintDirections names the axis, and what each way on it is.
func (f Ratios) paintDirections(data draw.Canvas, y vg.Length, th theme) {
	faster(data, y, th)
	slower := letters(th.color(1), sizeText, true)
	slower.XAlign = draw.XRight
	data.FillText(slower, vg.Point{X: data.Max.X, Y: y + 3*px}, "slower →")
	name := fit("times as long as "+f.Baseline+" (log)", sizeText, data.Max.X-data.Min.X-140*px)
	middle := letters(th.ink, sizeText, false)
	middle.XAlign = draw.XCenter
	data.FillText(middle, vg.Point{X: (data.Min.X + data.Max.X) / 2, Y: y + 3*px}, name)
}

// columns are where the figures beside the axis stand: their right ends, but for
// the verdict's left.
type columns struct{ ratio, verdict, n, rounds vg.Length }

func forestColumns(data draw.Canvas) columns {
	x := data.Max.X
	return columns{x + 62*px, x + 92*px, x + 246*px, x + forestRoom - 2*px}
}

func (k columns) head(data draw.Canvas, th theme) {
	y := data.Max.Y + 4*px
	writeRight(data, "ratio", k.ratio, y, sizeNote, th.faint)
	write(data, "verdict", k.verdict, y, sizeNote, th.faint, false)
	writeRight(data, "n", k.n, y, sizeNote, th.faint)
	writeRight(data, "rounds", k.rounds, y, sizeNote, th.faint)
}

// paint writes the figures of a row, the verdict after its marker.
func (k columns) paint(data draw.Canvas, r Ratio, y vg.Length, th theme) {
	ratio, verdict, rounds := "-", "-", "-"
	if !math.IsNaN(r.Ratio) {
		ratio = Multiple(r.Ratio) + "x"
	}
	if r.Rounds > 0 {
		rounds = Count(r.Rounds)
	}
	if r.known() {
		verdict = string(r.Verdict)
		r.Verdict.paint(data, vg.Point{X: k.verdict - 10*px, Y: y + 4*px}, 4*px, th)
	}
	writeRight(data, ratio, k.ratio, y, sizeText, th.ink)
	write(data, verdict, k.verdict, y, sizeText, th.ink, false)
	writeRight(data, Count(r.N), k.n, y, sizeText, th.faint)
	writeRight(data, rounds, k.rounds, y, sizeText, th.faint)
}

// known reports whether there is a verdict.
func (r Ratio) known() bool { return r.Verdict == Baseline || !math.IsNaN(r.Lo) }

// paint draws interval and marker, or says why there are none, beside the shaded
// band if there is room.
func (r Ratio) paint(data draw.Canvas, x func(float64) vg.Length, middle, band vg.Length, th theme) {
	if math.IsNaN(r.Ratio) {
		why := fit(r.why(), sizeNote, data.Max.X-data.Min.X-16*px)
		style := letters(th.faint, sizeNote, false)
		at := band + 8*px
		if at+style.Width(why) > data.Max.X {
			at = data.Min.X + 8*px
		}
		write(data, why, at, middle-4*px, sizeNote, th.faint, false)
		return
	}
	ink := r.Verdict.ink(th)
	at := x(math.Log10(r.Ratio))
	if r.known() && r.Verdict != Baseline {
		lo, hi := max(x(math.Log10(max(r.Lo, 1e-300))), data.Min.X), min(x(math.Log10(min(r.Hi, 1e300))), data.Max.X)
		bar := draw.LineStyle{Color: ink, Width: 2 * px}
		if lo < hi {
			stroke(data, bar, lo, middle, hi, middle)
		}
		for _, end := range []vg.Length{lo, hi} {
			if end > data.Min.X && end < data.Max.X {
				stroke(data, bar, end, middle-4*px, end, middle+4*px)
			}
		}
		if r.Lo <= 0 || x(math.Log10(r.Lo)) < data.Min.X {
			paintPointer(data, ink, data.Min.X, middle, -1)
		}
		if x(math.Log10(r.Hi)) > data.Max.X {
			paintPointer(data, ink, data.Max.X, middle, 1)
		}
	}
	label := Multiple(r.Ratio) + "x"
	if r.Lo < 1 && r.Hi > 1 {
		label = "" // it would stand on the bar
	}
	switch {
	case at < data.Min.X:
		r.paintBeyond(data, ink, data.Min.X, middle, -1, label, band, th)
	case at > data.Max.X:
		r.paintBeyond(data, ink, data.Max.X, middle, 1, label, band, th)
	default:
		r.Verdict.paint(data, vg.Point{X: at, Y: middle}, 5*px, th)
	}
}

// why is what stands in place of a ratio.
func (r Ratio) why() string {
	switch {
	case r.Why != "":
		return r.Why
	case r.N == 0:
		return "no valid samples"
	}
	return "not compared"
}

// paintBeyond stands for a ratio that is not on the axis. Its label is beside the
// arrow or, where that is on the shade, behind it.
func (r Ratio) paintBeyond(data draw.Canvas, ink color.Color, x, middle, side vg.Length, label string, band vg.Length, th theme) {
	stroke(data, draw.LineStyle{Color: ink, Width: 2 * px}, x-side*22*px, middle, x, middle)
	paintPointer(data, ink, x, middle, side)
	if side < 0 {
		style := letters(th.ink, sizeNote, false)
		at := x + 28*px
		if at+style.Width(label) > band-8*px {
			at = max(at, band+6*px)
		}
		write(data, label, at, middle-4*px, sizeNote, th.ink, false)
		return
	}
	writeRight(data, label, x-28*px, middle-4*px, sizeNote, th.ink)
}

// paintPointer is the head of an arrow that points out of the axis.
func paintPointer(c draw.Canvas, ink color.Color, x, middle, side vg.Length) {
	c.FillPolygon(ink, []vg.Point{{X: x, Y: middle}, {X: x - side*8*px, Y: middle + 5*px}, {X: x - side*8*px, Y: middle - 5*px}})
}

// ink is the colour of a verdict.
func (v Verdict) ink(th theme) color.RGBA {
	switch v {
	case Faster:
		return th.color(2)
	case Slower:
		return th.color(1)
	case Same:
		return th.color(0)
	case Baseline:
		return th.ink
	}
	return th.faint
}

// paint draws the marker of a verdict: what is faster points to the faster end,
// what is slower to the slower, what is not known is hollow.
func (v Verdict) paint(c draw.Canvas, at vg.Point, radius vg.Length, th theme) {
	ink := v.ink(th)
	switch v {
	case Faster, Slower:
		tip := radius * 1.25
		if v == Faster {
			tip = -tip
		}
		c.FillPolygon(ink, []vg.Point{{X: at.X + tip, Y: at.Y}, {X: at.X - tip*0.8, Y: at.Y + radius*1.15}, {X: at.X - tip*0.8, Y: at.Y - radius*1.15}})
	case Same:
		c.DrawGlyphNoClip(draw.GlyphStyle{Color: ink, Radius: radius * 0.9, Shape: draw.BoxGlyph{}}, at)
	case Baseline:
		stroke(c, draw.LineStyle{Color: ink, Width: 2.5 * px}, at.X, at.Y-1.4*radius, at.X, at.Y+1.4*radius)
	default:
		c.DrawGlyphNoClip(draw.GlyphStyle{Color: th.paper, Radius: radius, Shape: draw.CircleGlyph{}}, at)
		c.DrawGlyphNoClip(draw.GlyphStyle{Color: ink, Radius: radius, Shape: draw.RingGlyph{}}, at)
	}
}

// tickRatio writes a round ratio: "0.05x", "20x".
func tickRatio(multiple float64, power int) string {
	return strconv.FormatFloat(multiple*math.Pow10(power), 'g', 3, 64) + "x"
}
