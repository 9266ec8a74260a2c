package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

type (
	pageMatrix struct {
		ID, Title      string
		Narrow         bool // a wide window has room for all columns
		Crowded        bool // its words are short ones
		Columns        []string
		Families       [][]pageMatrixRow
		Notes          []string
		Heads, Details pageSheet
		Figures        []pageFigure
	}

	pageMatrixRow struct {
		Name    string
		Subject bool
		Cells   []pageMatrixCell
	}

	// A pageMatrixCell leads to the row of the details that explains it.
	pageMatrixCell struct {
		Class, Link string
		Lines       []string
	}
)

// fewColumns is how many of a matrix a window of the usual width holds.
const fewColumns = 25

// matrix makes a matrix of words, each leading to why it is so.
func (m *maker) matrix(id string, run Run, of *Matrix) pageMatrix {
	grid := of.grid(run)
	out := pageMatrix{ID: id, Title: of.title(), Crowded: of.crowded(), Notes: grid.notes, Narrow: len(of.Columns) <= fewColumns}
	out.Notes = append(out.Notes, of.shortened(of.crowded())...)
	for _, c := range grid.columns[1:] {
		out.Columns = append(out.Columns, c.name)
	}
	all, explains := of.explained()
	for i, primitive := range of.Primitives {
		row := pageMatrixRow{Name: word(primitive), Subject: primitive == usualBaseline}
		for at, c := range of.Columns {
			row.Cells = append(row.Cells, pageMatrixCell{
				Class: strings.ReplaceAll(string(of.classOf(primitive, c)), " ", "-"),
				Link:  fmt.Sprintf("%s-why%d", id, explains[matrixPlace{primitive: primitive, column: c.Name}]+1),
				Lines: of.pageLines(primitive, c, grid.rows[i][at+1]),
			})
		}
		if i == 0 || of.Family(primitive) != of.Family(of.Primitives[i-1]) {
			out.Families = append(out.Families, nil)
		}
		last := len(out.Families) - 1
		out.Families[last] = append(out.Families[last], row)
	}
	heads := of.heads()
	out.Heads = tableOf(id+"-columns", heads, "")
	details, explanations := of.details(all)
	out.Details = tableOf(id+"-why", details, "")
	for i, e := range explanations {
		if i == 0 || e != explanations[i-1] {
			out.Details.Rows[i].ID = fmt.Sprintf("%s-why%d", id, e+1)
		}
	}
	d := of.drawing(run)
	out.Figures = []pageFigure{m.figure(d.title, d.title, d.alt, func() (*plot.Drawing, error) { return d.draw(lookOf(run, m.styles)) })}
	return out
}

// pageLines are what stands in a cell of the page: its words, short ones where there are
// many columns.
func (m *Matrix) pageLines(primitive string, c MatrixColumn, words string) []string {
	b := m.main(primitive, c)
	if !m.crowded() {
		lines := strings.Split(words, ", ")
		if name := errorOf(b); name != "" { // stands below, so that columns are as wide as words
			before, after, _ := strings.Cut(words, " "+name)
			lines = []string{before + after, name}
		}
		return lines
	}
	lines := shortLines(b)
	lines[0] = classMark(c.ClassOf(b)) + lines[0]
	return lines
}

// crowded tells that there is no room for whole words.
func (m *Matrix) crowded() bool { return len(m.Columns) > 14 }

// drawing is the matrix as a picture.
func (m *Matrix) drawing(run Run) *drawing {
	return &drawing{
		name: m.Name, title: m.title(), alt: m.alt(),
		draw: func(l look) (*plot.Drawing, error) { return plot.HeatMap(m.heat(l.host)) },
	}
}

// heat is the matrix as a plot takes it.
func (m *Matrix) heat(host string) plot.Heat {
	h := plot.Heat{Title: m.title(), Host: host, Subtitle: plural(m.Header.Plan.Trials, "trial") + " a cell"}
	for _, c := range m.Columns {
		h.Columns = append(h.Columns, c.Name)
	}
	for _, primitive := range m.Primitives {
		row := plot.HeatRow{Name: primitive, Family: familyName(m.Family(primitive)), Reference: primitive == usualBaseline}
		for _, c := range m.Columns {
			b := m.main(primitive, c)
			cell := plot.HeatCell{Tone: toneOf(c.ClassOf(b)), Mark: classMark(c.ClassOf(b)), Lines: shortLines(b)}
			if m.odd(primitive, c) {
				cell.Star = "*"
			}
			cell.Long = strings.Split(splitWords(b), ", ")
			if name := errorOf(b); name != "" {
				cell.Long = append(cell.Long, name)
			}
			row.Cells = append(row.Cells, cell)
		}
		h.Rows = append(h.Rows, row)
	}
	h.Short, h.Notes = m.shortWords(), []string{"Cells: " + classMeaning}
	if m.Name == result.MatrixIsolation {
		h.Notes = append(h.Notes, "Cells are of the parent releasing the child by what it made before the clone. *: in another way it is otherwise.")
	}
	if text := m.incomplete(); text != "" {
		h.Notes = append(h.Notes, text)
	}
	return h
}

// shortLines are the outcomes of a cell in short words, a line for each.
func shortLines(b *result.Behaviour) (lines []string) {
	all := counts(b)
	for _, n := range all {
		text := n.short
		if len(all) > 1 {
			text = plot.Count(n.n) + " " + text
		}
		lines = append(lines, text)
	}
	return lines
}

// shortened explains the words of cells that are short ones: where there is little
// room, all that have one, or else what is unavailable.
func (m *Matrix) shortened(crowded bool) []string {
	switch {
	case crowded && m.shortWords() != "":
		return []string{m.shortWords()}
	case !crowded && m.has(result.OutcomeUnavailable):
		w := wordOf(result.OutcomeUnavailable)
		return []string{w.short + ": " + w.said + "."}
	}
	return nil
}

// has tells whether a cell of the matrix came to an outcome.
func (m *Matrix) has(outcome string) bool {
	for _, primitive := range m.Primitives {
		for _, c := range m.Columns {
			if slices.ContainsFunc(counts(m.main(primitive, c)), func(n count) bool { return n.outcome == outcome }) {
				return true
			}
		}
	}
	return false
}

// shortWords explains the short words that the matrix has.
func (m *Matrix) shortWords() string {
	var words []string
	for _, w := range outcomeWords {
		if m.has(w.outcome) && w.short != w.said {
			words = append(words, w.short+" is "+w.said)
		}
	}
	if words == nil {
		return ""
	}
	return "In short words, " + joined(words...) + "."
}

func toneOf(c Class) plot.Tone {
	switch c {
	case ClassSound:
		return plot.ToneGood
	case ClassUnsafe:
		return plot.ToneBad
	case ClassNeutral:
		return plot.ToneNeutral
	}
	return plot.ToneNone
}

// alt says in words what the picture of a matrix shows: how many cells of each class
// there are, and under which columns the dangerous ones.
func (m *Matrix) alt() string {
	classes := make(map[Class]int)
	var bad []string
	for _, c := range m.Columns {
		n := 0
		for _, primitive := range m.Primitives {
			class := m.classOf(primitive, c)
			classes[class]++
			n += yes(class == ClassUnsafe)
		}
		if n > 0 {
			bad = append(bad, fmt.Sprintf("%s %s", word(c.Name), plot.Count(n)))
		}
	}
	var parts []string
	for _, class := range []Class{ClassSound, ClassNeutral, ClassUnsafe, ClassUnavailable, ClassUntried} {
		if classes[class] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", plot.Count(classes[class]), class))
		}
	}
	text := fmt.Sprintf("%s: %s by %s. Cells: %s.", m.title(), plural(len(m.Primitives), "primitive"), plural(len(m.Columns), "column"), joined(parts...))
	if bad != nil {
		text += " Unsafe under " + joined(firstOf(bad, 12)...) + "."
	}
	return text
}

// contentsOf lists the matrices of a run for its table of contents.
func contentsOf(all []pageMatrix) (links []pageLink) {
	for _, m := range all {
		links = append(links, pageLink{m.ID, m.Title})
	}
	return slices.Clip(links)
}
