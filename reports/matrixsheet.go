package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// heads explains the columns of a matrix.
func (m *Matrix) heads() sheet {
	s := sheet{title: "The faults", columns: []sheetColumn{{name: "fault", label: true}, {name: "what is done", text: true}, {name: "outcome of", text: true}, {name: "sound", text: true}, {name: "dangerous", text: true}}}
	if m.Name == result.MatrixIsolation {
		s = sheet{title: "The sets of namespaces", columns: []sheetColumn{{name: "namespaces", label: true}, {name: "what is so there", text: true}}}
	}
	for _, c := range m.Columns {
		row := []string{word(c.Name), orElse(sentence(c.About), "-")}
		if m.Name == result.MatrixFaults {
			row = append(row, "the "+c.Of, outcomesIn(c.Sound), outcomesIn(c.Unsafe))
		}
		s.rows = append(s.rows, row)
	}
	return s
}

func outcomesIn(list []string) string {
	said := make([]string, len(list))
	for i, outcome := range list {
		said[i] = wordOf(outcome).said
	}
	return orElse(joined(said...), "-")
}

// grid is the matrix as a table of words.
func (m *Matrix) grid(run Run) sheet {
	s := sheet{title: m.title(), columns: []sheetColumn{{name: "primitive", label: true}}, notes: m.gridNotes(run)}
	for _, c := range m.Columns {
		s.columns = append(s.columns, sheetColumn{name: word(c.Name)})
	}
	for _, primitive := range m.Primitives {
		row := []string{word(primitive)}
		for _, c := range m.Columns {
			row = append(row, m.cellWords(primitive, c))
		}
		s.rows = append(s.rows, row)
	}
	return s
}

// cellWords are what stands in a place of the matrix: mark, words, and of what failed
// its error.
func (m *Matrix) cellWords(primitive string, c MatrixColumn) string {
	b := m.main(primitive, c)
	text := splitWords(b)
	if text == wordOf(result.OutcomeUnavailable).said {
		text = wordOf(result.OutcomeUnavailable).short
	}
	if name := errorOf(b); name != "" {
		text += " " + name
	}
	if mark := classMark(c.ClassOf(b)); mark != "" {
		text = mark + " " + text
	}
	if m.odd(primitive, c) {
		text += " *"
	}
	return text
}

// errorOf is the error or the signal of a cell whose trials all came to one outcome,
// empty where there is none or they had several.
func errorOf(b *result.Behaviour) string {
	if b == nil || len(counts(b)) > 1 || len(b.Results) == 0 {
		return ""
	}
	name := b.Results[0].Errno + b.Results[0].Signal
	for _, r := range b.Results {
		if r.Errno+r.Signal != name {
			return ""
		}
	}
	return word(name)
}

func (m *Matrix) gridNotes(run Run) []string {
	notes := append(m.remarks(run), "Cells: "+classMeaning)
	if m.Name == result.MatrixIsolation {
		notes = append(notes, "A cell is of the primitive as it stands: the parent releases the child, by what was made before the clone. A star: in another way it is otherwise. "+wayMeaning)
	}
	return notes
}

// An explanation is all that is known of the cells of a column of which the same is to
// be said: a row for each thing that trials came to, without the names of the cells.
type explanation struct {
	column     MatrixColumn
	primitives []string
	rows       [][]string
}

// explained goes through all cells, column by column, and says for each which explanation
// is its. Eight hundred rows of which most say the same are not read.
func (m *Matrix) explained() (all []*explanation, of map[matrixPlace]int) {
	of = make(map[matrixPlace]int)
	for _, c := range m.Columns {
		var own []*explanation
		known := make(map[string]*explanation)
		is := make(map[string]*explanation) // by primitive
		for _, primitive := range m.Primitives {
			rows := m.rowsOf(primitive, c)
			key := fmt.Sprintf("%q", rows)
			e := known[key]
			if e == nil {
				e = &explanation{column: c, rows: rows}
				known[key], own = e, append(own, e)
			}
			e.primitives, is[primitive] = append(e.primitives, word(primitive)), e
		}
		slices.SortStableFunc(own, func(a, b *explanation) int { // what most have last: "the other 30"
			return yes(len(a.primitives) > len(m.Primitives)/2) - yes(len(b.primitives) > len(m.Primitives)/2)
		})
		for primitive, e := range is {
			of[matrixPlace{primitive: primitive, column: c.Name}] = len(all) + slices.Index(own, e)
		}
		all = append(all, own...)
	}
	return all, of
}

// rowsOf is what is known of a cell. Ways of which there is the same to be said share
// their rows.
func (m *Matrix) rowsOf(primitive string, c MatrixColumn) (rows [][]string) {
	for _, b := range m.tried(primitive, c.Name) {
		for _, row := range c.detail(b) {
			rows = addWay(rows, wayNames[b.Way], row)
		}
	}
	if rows == nil {
		rows = [][]string{append([]string{"-"}, c.detail(nil)[0]...)}
	}
	if m.Name == result.MatrixFaults {
		for i := range rows {
			rows[i] = rows[i][1:] // there are no ways
		}
	}
	return rows
}

// details is every cell with all that is known of it. Of each row it says of which
// explanation it is.
func (m *Matrix) details(all []*explanation) (_ sheet, of []int) {
	s := sheet{title: "Every cell, explained", columns: []sheetColumn{{name: m.columnNoun(), label: true}, {name: "primitives", text: true}}}
	names := []string{"class", "outcome", "trials", "error", "at", "why", "note"}
	if m.Name == result.MatrixIsolation {
		names = append([]string{"way"}, names...)
	}
	for _, name := range names {
		s.columns = append(s.columns, sheetColumn{name: name, text: true})
	}
	for i, e := range all {
		who := e.who(len(m.Primitives))
		for _, row := range e.rows {
			s.rows, of = append(s.rows, slices.Concat([]string{word(e.column.Name), who}, row)), append(of, i)
		}
	}
	return s, of
}

// who names the primitives of an explanation, and counts them where most have it.
func (e *explanation) who(all int) string {
	switch n := len(e.primitives); {
	case n == all && n > 1:
		return "all " + plot.Count(n)
	case n > all/2 && n > plot.Few:
		return "the other " + plot.Count(n)
	}
	return joined(firstOf(e.primitives, mostNamed)...)
}

// mostNamed is how many primitives a row names.
const mostNamed = 60

func (m *Matrix) columnNoun() string {
	if m.Name == result.MatrixIsolation {
		return "namespaces"
	}
	return "fault"
}

// addWay adds a row of a way to those of a cell, or the way to a row that says the same.
func addWay(said [][]string, way string, row []string) [][]string {
	for _, other := range said {
		if slices.Equal(other[1:], row) {
			other[0] = joined(other[0], way)
			return said
		}
	}
	return append(said, append([]string{way}, row...))
}

// detail is what is known of a behaviour: class, outcome, trials, error, operation, reason
// with its source, and notes.
func (c MatrixColumn) detail(b *result.Behaviour) (rows [][]string) {
	class := string(c.ClassOf(b))
	if b == nil {
		return [][]string{{class, "-", "-", "-", "-", "The run ended before it.", "-"}}
	}
	if len(b.Results) == 0 {
		return [][]string{{class, wordOf(b.Outcome).said, "0", "-", "-", orElse(sentence(b.Reason), "-"), "-"}}
	}
	for i, r := range b.Results {
		if i == mostResults {
			rows = append(rows, []string{class, fmt.Sprintf("and %s more", plot.Count(len(b.Results)-i)), "-", "-", "-", "-", "see the record"})
			break
		}
		note := sentence(r.Note)
		if i == 0 {
			note = both(note, latencyNote(b))
		}
		why := sentence(r.Why)
		if r.Source != "" {
			why = strings.TrimSpace(why + " See " + word(r.Source) + ".")
		}
		rows = append(rows, []string{
			class, wordOf(outcomeOf(r)).said, fmt.Sprintf("%s of %s", plot.Count(r.N), plot.Count(b.Trials)),
			orElse(word(r.Errno+r.Signal), "-"), orElse(sentence(r.At), "-"), orElse(why, "-"), orElse(note, "-"),
		})
	}
	return rows
}

// mostResults is how many distinct things of a cell are listed. Trials that all differ
// differ in what nobody reads one by one.
const mostResults = 8

// both joins two texts, either of which may be missing.
func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}
