package reports

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// How wide a matrix is on a terminal: forty primitives by two dozen faults are to be
// seen at once in 80 columns. To write words into the cells lost: it takes three parts
// one below the other, and a row is not seen as one any more.
const (
	matrixName  = 14 // the longest name of a primitive that there is
	fewestCells = 4  // in a part, however narrow the terminal
	mostReasons = 6
)

// tableMatrix writes a matrix for a terminal: cells of letters, and what they mean.
func tableMatrix(out *bytes.Buffer, run Run, m *Matrix, opt TableOptions) {
	out.WriteString("\n")
	heading(out, m.title(), opt)
	g := matrixGrid{m: m, opt: opt, name: width("primitive")}
	for _, primitive := range m.Primitives {
		g.name = min(max(g.name, width(word(primitive))), matrixName)
	}
	for i, part := range g.parts() {
		if i > 0 {
			out.WriteString("\n")
		}
		g.write(out, part)
	}
	if g.lettered() {
		g.legend(out)
	}
	for _, text := range m.tableNotes(run) {
		paragraph(out, "  ", text, opt)
	}
}

// A matrixGrid lays a matrix out for a terminal.
type matrixGrid struct {
	m    *Matrix
	opt  TableOptions
	name int // columns of the names of primitives
}

// room is how wide a line may be.
func (g matrixGrid) room() int { return cmp.Or(max(g.opt.Width, 0), lineWidth(g.opt)) }

// cell is what stands in a place, and its shade.
func (g matrixGrid) cell(primitive string, c MatrixColumn) (string, shade) {
	as := shadeOfClass(g.m.classOf(primitive, c))
	if g.m.Name == result.MatrixFaults {
		return codeOf(c, g.m.Cell(primitive, c.Name)), as
	}
	var letters strings.Builder
	for _, way := range ways {
		b := g.m.Way(primitive, c.Name, way)
		letters.WriteString(codeOf(c, b)[:1])
		if class := c.ClassOf(b); class == ClassUnsafe || class == ClassNeutral && as != shadeBad {
			as = shadeOfClass(class)
		}
	}
	return letters.String(), as
}

func shadeOfClass(c Class) shade {
	switch c {
	case ClassSound:
		return shadeGood
	case ClassUnsafe:
		return shadeBad
	case ClassNeutral:
		return shadeDoubt
	}
	return shadeFaint
}

// least is how wide a cell is.
func (g matrixGrid) least() int {
	if g.m.Name == result.MatrixIsolation {
		return len(ways)
	}
	return 2
}

// lettered tells whether the columns have letters for their names, for which there is
// no room.
func (g matrixGrid) lettered() bool {
	total := g.name
	for _, c := range g.m.Columns {
		total += 1 + max(width(word(c.Name)), g.least())
	}
	return total > g.room()
}

// head is the name of a column, or its letter: a to z, and then aa, ab.
func (g matrixGrid) head(at int) string {
	if !g.lettered() {
		return word(g.m.Columns[at].Name)
	}
	letter := string(rune('a' + at%26))
	if more := at / 26; more > 0 {
		letter = string(rune('a'+(more-1)%26)) + letter
	}
	return letter
}

func (g matrixGrid) width(at int) int { return max(g.least(), width(g.head(at))) }

// parts are the columns that stand side by side, by their places.
func (g matrixGrid) parts() (all [][]int) {
	var part []int
	used := g.name
	for at := range g.m.Columns {
		if wide := 1 + g.width(at); used+wide > g.room() && len(part) >= fewestCells {
			all, part, used = append(all, part), nil, g.name
		}
		part, used = append(part, at), used+1+g.width(at)
	}
	return append(all, part)
}

// write writes a part: a line of names, and a line for each primitive, families being
// apart.
func (g matrixGrid) write(out *bytes.Buffer, part []int) {
	heads, wide := []string{padded("primitive", g.name)}, g.name
	for _, at := range part {
		heads = append(heads, padded(g.head(at), g.width(at)))
		wide += 1 + g.width(at)
	}
	out.WriteString(trimmed(heads) + "\n" + strings.Repeat("-", wide) + "\n")
	for i, primitive := range g.m.Primitives {
		if i > 0 && g.m.Family(primitive) != g.m.Family(g.m.Primitives[i-1]) && len(g.m.Primitives) > plot.Few {
			out.WriteString("\n")
		}
		name := padded(plot.Clean(primitive, g.name), g.name)
		if primitive == usualBaseline {
			name = g.opt.ink(shadeStrong, name)
		}
		cells := []string{name}
		for _, at := range part {
			text, as := g.cell(primitive, g.m.Columns[at])
			cells = append(cells, g.opt.ink(as, padded(text, g.width(at))))
		}
		out.WriteString(trimmed(cells) + "\n")
	}
}

// trimmed is a line of cells.
func trimmed(cells []string) string { return strings.TrimRight(strings.Join(cells, " "), " ") }

// padded fills a text up with spaces.
func padded(s string, to int) string { return s + strings.Repeat(" ", max(to-width(s), 0)) }

// legend says which letter is which column, in as many columns as there is room for.
func (g matrixGrid) legend(out *bytes.Buffer) {
	texts, wide := make([]string, len(g.m.Columns)), 0
	for at, c := range g.m.Columns {
		texts[at] = plot.Clean(padded(g.head(at), 2)+" "+word(c.Name), max(g.room()-2, 8))
		wide = max(wide, width(texts[at])+2)
	}
	across := max((lineWidth(g.opt)-2)/wide, 1)
	down := (len(texts) + across - 1) / across
	out.WriteString("\n")
	for row := range down {
		cells := []string{" "}
		for at := row; at < len(texts); at += down {
			cells = append(cells, padded(texts[at], wide-1))
		}
		out.WriteString(trimmed(cells) + "\n")
	}
}

// tableNotes are what a reader of the letters must know.
func (m *Matrix) tableNotes(run Run) []string {
	used := make(map[string]bool)
	for _, primitive := range m.Primitives {
		for _, c := range m.Columns {
			if len(m.tried(primitive, c.Name)) == 0 || m.main(primitive, c) == nil {
				used[""] = true
			}
			for _, b := range m.tried(primitive, c.Name) {
				for _, n := range counts(b) {
					used[n.outcome] = true
				}
			}
		}
	}
	var letters []string
	for _, w := range outcomeWords {
		if used[w.outcome] {
			letters = append(letters, w.letter+" "+w.said)
		}
	}
	text := joined(letters...) + ". In upper case: dangerous in one trial at least."
	if m.Name == result.MatrixIsolation {
		text += " Four letters: down, down by name, up, up by name. " + wayMeaning
	} else {
		text += " + sound in each trial, * the trials do not agree, without a mark neither sound nor dangerous."
	}
	notes := []string{text}
	if splits := m.splits(); splits != nil {
		notes = append(notes, "Trials that do not agree: "+strings.Join(firstOf(splits, 12), "; ")+".")
	}
	if reasons := m.reasons(); reasons != nil {
		notes = append(notes, "Unavailable: "+strings.Join(firstOf(reasons, mostReasons), "; ")+".")
	}
	notes = append(notes, m.remarks(run)...)
	return append(notes, "Each cell is explained in report.html, and by --format markdown or json.")
}

// firstOf are the first of a list, and how many are left.
func firstOf(list []string, most int) []string {
	if len(list) <= most {
		return list
	}
	return append(list[:most:most], fmt.Sprintf("and %s more", plot.Count(len(list)-most)))
}
