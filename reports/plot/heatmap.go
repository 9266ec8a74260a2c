package plot

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Heat is what a heat map is drawn from: a table whose cells are words, on a ground
// that says what to think of them.
type Heat struct {
	Title, Host string
	Subtitle    string // further conditions
	Columns     []string
	Rows        []HeatRow // from the top; those of a family stand together
	Short       string    // what the short words stand for, a note where they are drawn
	Notes       []string
}

// A HeatRow has a cell for each column; those that it lacks are empty.
type HeatRow struct {
	Name, Family string
	Reference    bool
	Cells        []HeatCell
}

// A HeatCell is words, a line for each, and a mark before the first: what the ground
// says it says, too. The long ones are drawn where all cells have room for theirs.
type HeatCell struct {
	Tone        Tone
	Mark, Star  string // the star stands behind the first line
	Lines, Long []string
}

// A Tone is what to think of a cell.
type Tone int

// The tones.
const (
	ToneNone Tone = iota // nothing: there is nothing
	ToneGood
	ToneNeutral
	ToneBad
	ToneDoubt // not good, and not the worst
)

const (
	heatRow      = 22 * px
	heatLine     = 10 * px
	heatGap      = px // between cells
	widestCell   = 96 * px
	familyGap    = 5 * px  // between families
	mostHeatRows = 64      // of one picture
	mostHeatCols = 30      // likewise
	mostLines    = 2       // of a cell
	sizeCell     = 10 * px // of its words
	sizeSplit    = 8.5 * px
	sizeLeast    = 7 * px

	mostHeadLines = 3
	sizeHead      = 10 * px // of turned names of columns
	headTurn      = math.Pi / 4
	headSlope     = math.Sqrt2 / 2 // of a length along a turned name, across and up
)

// HeatMap draws a table of words on coloured ground, one row a name and one column
// each.
func HeatMap(h Heat) (*Drawing, error) {
	if len(h.Rows) == 0 || len(h.Columns) == 0 {
		return nil, fmt.Errorf("plot heat map: %w", ErrEmpty)
	}
	h, rows, columns := h.clean()
	notes := slices.Clone(h.Notes)
	if h.roomy() {
		h.lengthen()
	} else if h.Short != "" {
		notes = append([]string{h.Short}, notes...)
	}
	if rows+columns > 0 {
		notes = append(notes, fmt.Sprintf("%d more rows and %d more columns are not drawn.", rows, columns))
	}
	notes = wrapped(notes)
	tall := h.heights()
	height := header + h.headRoom() + edge + line*vg.Length(len(notes)) + 6*px
	for _, t := range tall {
		height += t
	}
	height += familyGap * vg.Length(len(h.breaks()))
	ch := Chart{Title: h.Title, Host: h.Host, Conditions: h.Subtitle}
	return &Drawing{"heat map", height, func(c draw.Canvas, th theme) { h.paint(frame(c, ch, th, notes), tall, th) }}, nil
}

// clean returns a copy that is safe to draw, and how many rows and columns do not fit.
func (h Heat) clean() (_ Heat, rows, columns int) {
	h.Title, h.Host, h.Subtitle = Clean(h.Title, 80), Clean(h.Host, 40), Clean(h.Subtitle, 80)
	rows, columns = max(0, len(h.Rows)-mostHeatRows), max(0, len(h.Columns)-mostHeatCols)
	h.Rows, h.Columns = slices.Clone(h.Rows[:len(h.Rows)-rows]), slices.Clone(h.Columns[:len(h.Columns)-columns])
	for i := range h.Columns {
		h.Columns[i] = Clean(h.Columns[i], 24)
	}
	for i, r := range h.Rows {
		r.Name, r.Family = Clean(r.Name, 20), Clean(r.Family, 32)
		r.Cells = slices.Clone(r.Cells[:min(len(r.Cells), len(h.Columns))])
		for k, c := range r.Cells {
			c.Mark, c.Star = Clean(c.Mark, 2), Clean(c.Star, 2)
			c.Lines, c.Long = clipped(c.Lines), clipped(c.Long)
			r.Cells[k] = c
		}
		h.Rows[i] = r
	}
	return h, rows, columns
}

// clipped are the lines of a cell, as many as it holds.
func clipped(lines []string) []string {
	lines = slices.Clone(lines)
	if more := len(lines) - mostLines; more > 0 {
		lines = append(lines[:mostLines-1], fmt.Sprintf("+%d more", more+1))
	}
	for i, s := range lines {
		lines[i] = Clean(s, 40)
	}
	return lines
}

// roomy tells whether all long words fit.
func (h Heat) roomy() bool {
	for _, r := range h.Rows {
		for _, c := range r.Cells {
			if c.Lines = c.Long; c.size(h.cell()) < sizeLeast {
				return false
			}
		}
	}
	return true
}

// lengthen takes the long words.
func (h Heat) lengthen() {
	for _, r := range h.Rows {
		for k, c := range r.Cells {
			r.Cells[k].Lines = c.Long
		}
	}
}

// heights are those of the rows: a row is as tall as its cell of most lines.
func (h Heat) heights() []vg.Length {
	all := make([]vg.Length, len(h.Rows))
	for i, r := range h.Rows {
		all[i] = heatRow
		for _, c := range r.Cells {
			if len(c.Lines) > 1 {
				all[i] = heatRow + heatLine*vg.Length(len(c.Lines)-1)/2
			}
		}
	}
	return all
}

// breaks are the rows before which another family begins.
func (h Heat) breaks() (all []int) {
	for i := 1; i < len(h.Rows); i++ {
		if h.Rows[i].Family != h.Rows[i-1].Family {
			all = append(all, i)
		}
	}
	return all
}

// names is how wide the names of rows are.
func (h Heat) names() vg.Length {
	wide := vg.Length(0)
	for _, r := range h.Rows {
		wide = max(wide, letters(color.Black, sizeNote, r.Reference).Width(r.Name))
	}
	return wide + 8*px
}

// upright is how wide a column is that has its name above it.
func (h Heat) upright() vg.Length {
	return min((width-2*edge-h.names())/vg.Length(len(h.Columns)), widestCell)
}

// cell is how wide a column is. Turned names reach over the next columns, and so far
// into the margin that they stay on the page.
func (h Heat) cell() vg.Length {
	wide := h.upright()
	if h.heads() != nil {
		return wide
	}
	style := letters(color.Black, sizeHead, false)
	for i, name := range h.Columns {
		reach := (style.Width(name) + sizeHead) * headSlope
		wide = min(wide, (width-edge-6*px-h.names()-reach)/(vg.Length(i)+0.5))
	}
	return wide
}

// heads are the names of columns, each in the lines that it takes where it is broken
// behind its own dashes alone. There are none where a name does not fit so: then all
// are turned, for a word broken anywhere else is not the name that a reader looks for.
func (h Heat) heads() [][]string {
	style, room := letters(color.Black, sizeSplit, false), h.upright()-2*px
	all := make([][]string, len(h.Columns))
	for i, name := range h.Columns {
		now := ""
		for _, part := range parted(name) {
			if style.Width(part) > room {
				return nil
			}
			if now != "" && style.Width(now+part) > room {
				all[i], now = append(all[i], now), ""
			}
			now += part
		}
		if all[i] = append(all[i], now); len(all[i]) > mostHeadLines {
			return nil
		}
	}
	return all
}

// parted parts a name behind its dashes.
func parted(name string) (all []string) {
	from := 0
	for i, r := range name {
		if (r == '-' || r == '+' || r == ' ') && i+1 < len(name) {
			all, from = append(all, name[from:i+1]), i+1
		}
	}
	return append(all, name[from:])
}

// headRoom is how tall the names of columns are.
func (h Heat) headRoom() vg.Length {
	all, most := h.heads(), 1
	if all == nil {
		long := vg.Length(0)
		for _, name := range h.Columns {
			long = max(long, letters(color.Black, sizeHead, false).Width(name))
		}
		return long*headSlope + sizeHead + 6*px
	}
	for _, lines := range all {
		most = max(most, len(lines))
	}
	return heatLine*vg.Length(most) + 6*px
}

// paintHeads writes the names of columns.
func (h Heat) paintHeads(c draw.Canvas, left vg.Length, th theme) {
	wide, bottom, all := h.cell(), c.Max.Y-h.headRoom()+5*px, h.heads()
	for k, name := range h.Columns {
		middle := left + wide*(vg.Length(k)+0.5)
		if all == nil {
			writeTurned(c, name, middle+sizeHead*headSlope/3, bottom, headTurn, sizeHead, th.ink)
			continue
		}
		for i, s := range all[k] {
			writeCentre(c, s, middle, bottom+heatLine*vg.Length(len(all[k])-1-i), sizeSplit, th.ink, false)
		}
	}
}

func (h Heat) paint(c draw.Canvas, tall []vg.Length, th theme) {
	left, wide, sizes := c.Min.X+h.names(), h.cell(), h.sizes()
	h.paintHeads(c, left, th)
	top, breaks := c.Max.Y-h.headRoom(), h.breaks()
	for i, r := range h.Rows {
		if slices.Contains(breaks, i) {
			top -= familyGap
		}
		bottom := top - tall[i]
		write(c, r.Name, c.Min.X, (top+bottom)/2-4*px, sizeNote, th.ink, r.Reference)
		for k, cell := range r.Cells {
			x := left + wide*vg.Length(k)
			fill(c, cell.Tone.ground(th), x, bottom+heatGap, x+wide-heatGap, top)
			cell.paint(c, x, x+wide-heatGap, (top+bottom+heatGap)/2, sizes[len(cell.Lines) > 1], th)
		}
		top = bottom
	}
}

// size is that of the letters with which a cell fits into a column: less than can be read
// where it does not.
func (cell HeatCell) size(room vg.Length) vg.Length {
	size := sizeCell
	if len(cell.Lines) > 1 {
		size = sizeSplit
	}
	for i, s := range cell.Lines {
		if wide := letters(color.Black, size, cell.Tone == ToneBad).Width(cell.said(i, s)); wide > room-3*px {
			size *= (room - 3*px) / wide
		}
	}
	return size
}

// sizes are those of the letters of all cells of one line, and of all of several: those
// of equal words would otherwise differ by what they are said of.
func (h Heat) sizes() map[bool]vg.Length {
	least := map[bool]vg.Length{false: sizeCell, true: sizeSplit}
	for _, r := range h.Rows {
		for _, c := range r.Cells {
			several := len(c.Lines) > 1
			least[several] = max(min(least[several], c.size(h.cell()-heatGap)), sizeLeast)
		}
	}
	return least
}

// said is the line of a cell at i, with the mark.
func (cell HeatCell) said(i int, s string) string {
	if i > 0 {
		return s
	}
	return cell.Mark + s + cell.Star
}

// paint writes the words of a cell around its middle.
func (cell HeatCell) paint(c draw.Canvas, left, right, middle, size vg.Length, th theme) {
	ink := th.ink
	if cell.Tone == ToneNone {
		ink = th.faint
	}
	for i, s := range cell.Lines {
		y := middle - 3.5*px - heatLine*(vg.Length(i)-vg.Length(len(cell.Lines)-1)/2)
		// A word that reaches into the gap is better than one that is cut.
		writeCentre(c, fit(cell.said(i, s), size, right-left+2*heatGap), (left+right)/2, y, size, ink, cell.Tone == ToneBad)
	}
}

// ground is the colour behind the words of a tone, on which they are to be read.
func (t Tone) ground(th theme) color.RGBA {
	switch t {
	case ToneGood:
		return over(th.color(2), th.paper, 0.22)
	case ToneBad:
		return over(th.color(1), th.paper, 0.5)
	case ToneDoubt:
		return over(th.color(4), th.paper, 0.35)
	case ToneNeutral:
		return over(th.ink, th.paper, 0.12)
	}
	return th.paper
}

// writeCentre puts text on the page around x.
func writeCentre(c draw.Canvas, s string, x, y, size vg.Length, ink color.Color, bold bool) {
	style := letters(ink, size, bold)
	style.XAlign = draw.XCenter
	c.FillText(style, vg.Point{X: x, Y: y}, s)
}

// writeTurned puts text on the page that rises from x and y by an angle.
func writeTurned(c draw.Canvas, s string, x, y vg.Length, angle float64, size vg.Length, ink color.Color) {
	style := letters(ink, size, false)
	style.Rotation = angle
	c.FillText(style, vg.Point{X: x, Y: y}, s)
}
