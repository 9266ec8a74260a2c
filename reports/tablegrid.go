package reports

import (
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/nsbench/nsbench/reports/plot"
)

// A grid is the tables of all groups of a run for a terminal. They have the same
// columns, which are as wide in each, so that the eye finds a figure where it was
// in the table before.
type grid struct {
	kept   []tableColumn
	opt    TableOptions
	groups []gridGroup

	figures, widths []int // by column, of the widest figure and of the widest cell
}

// A gridGroup is the table of one group.
type gridGroup struct {
	group
	rows  [][]gridCell // by series
	notes []note
	marks []string // of the notes
}

// A gridCell is a cell with the marks of the notes on it.
type gridCell struct {
	tableCell
	marks string
}

// fitting is the tables of a run in the columns with which they are no wider than the
// terminal. Columns of dashes go before any that holds a figure, and names are cut
// where nothing else is left to go.
func fitting(run Run, opt TableOptions) *grid {
	kept := tableColumns(run, opt)
	steps := sacrifices(run, opt)
	for _, name := range slices.Backward(dashes(run, kept)) {
		steps = slices.Insert(steps, 0, drop(name))
	}
	g := gridOf(run, kept, opt, wordLimit)
	for ; len(steps) > 0 && !g.fits(); steps = steps[1:] {
		kept = steps[0](kept)
		g = gridOf(run, kept, opt, wordLimit)
	}
	for limit := wordLimit; limit > shortestName && !g.fits(); limit -= 4 {
		g = gridOf(run, kept, opt, limit-4)
	}
	return g
}

// shortestName is how many characters of a name are left at least.
const shortestName = 8

func gridOf(run Run, kept []tableColumn, opt TableOptions, limit int) *grid {
	out := &grid{kept: kept, opt: opt, figures: make([]int, len(kept)), widths: make([]int, len(kept))}
	for at, c := range kept {
		out.figures[at] = width(c.head.figure)
	}
	for _, g := range groups(run) {
		out.groups = append(out.groups, out.group(g, limit))
	}
	for at, c := range kept {
		for _, g := range out.groups {
			for _, row := range g.rows {
				out.widths[at] = max(out.widths[at], width(row[at].plain(out.figures[at])))
			}
		}
		out.widths[at] = max(out.widths[at], width(gridCell{tableCell: c.head}.plain(out.figures[at])))
	}
	return out
}

// group makes the cells of a group, and takes note of how wide its figures are.
func (g *grid) group(of group, limit int) gridGroup {
	out := gridGroup{group: of, rows: make([][]gridCell, len(of.series)), notes: footnotes(of)}
	out.marks = marks(out.notes)
	for i, s := range of.series {
		out.rows[i] = make([]gridCell, len(g.kept))
		for at, c := range g.kept {
			cell := c.cell(of, s)
			g.figures[at] = max(g.figures[at], width(cell.figure))
			out.rows[i][at] = gridCell{tableCell: cell}
		}
		name := &out.rows[i][0]
		name.rest = plot.Clean(name.rest, limit)
		if g.headed(of) {
			name.rest = "  " + name.rest
		}
		if s.Primitive == of.baseline {
			name.as = shadeStrong
		}
	}
	for n, mark := range out.marks {
		if mark == "" {
			continue
		}
		at := markedAt(g.kept, out.notes[n].at)
		for _, i := range out.notes[n].about {
			out.rows[i][at].marks += mark
		}
	}
	return out
}

// headed tells whether the families of a group are headings: of so many series that
// nobody takes them in as one list, and of which no column says it.
func (g *grid) headed(of group) bool {
	return of.crowded() && placeOf(g.kept, columnFamily) < 0
}

func (g *grid) fits() bool {
	if g.opt.Width <= 0 {
		return true
	}
	total := (len(g.widths) - 1) * width(between)
	for _, w := range g.widths {
		total += w
	}
	return total <= g.opt.Width
}

// between stands between columns.
const between = "  "

// lines is the table of a group: a line of names, one of dashes, and one for each
// series. Families are a column and, where there are many series, a blank line
// apart; without the column each has its name above.
func (g *grid) lines(of gridGroup) []string {
	t := table.NewWriter()
	t.SetStyle(plainStyle())
	head := make(table.Row, len(g.kept))
	configs := make([]table.ColumnConfig, len(g.kept))
	for at, c := range g.kept {
		head[at] = gridCell{tableCell: c.head}.plain(g.figures[at])
		configs[at] = table.ColumnConfig{Number: at + 1, WidthMin: g.widths[at]}
	}
	t.SetColumnConfigs(configs)
	t.AppendHeader(head)
	for _, cells := range of.rows {
		row := make(table.Row, len(cells))
		for at, cell := range cells {
			row[at] = cell.inked(g.figures[at], g.opt)
		}
		t.AppendRow(row)
	}
	lines := strings.Split(t.Render(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return g.parted(of, lines)
}

// headLines is how many lines of a table stand above its first series.
const headLines = 2

// parted sets the families of a group apart.
func (g *grid) parted(of gridGroup, lines []string) []string {
	out, rest := slices.Clone(lines[:headLines]), lines[headLines:]
	for i, f := range of.families() {
		switch {
		case g.headed(of.group):
			out = append(out, text.Snip(f.name, lineWidth(g.opt), "..."))
		case i > 0 && of.crowded():
			out = append(out, "")
		}
		out, rest = append(out, rest[:len(f.series)]...), rest[len(f.series):]
	}
	return out
}

// plain is the cell where figures take so much.
func (c gridCell) plain(figures int) string { return c.inked(figures, TableOptions{}) }

// inked is the same with its colours.
func (c gridCell) inked(figures int, opt TableOptions) string {
	said := c.rest
	if c.figure != "" && c.rest != "" {
		said = c.figure + " " + c.rest
	} else if c.figure != "" {
		said = c.figure
	}
	indent := 0
	if figures > 0 {
		indent = figures - width(c.figure)
		if c.figure == "" {
			indent++
		}
	}
	out := strings.Repeat(" ", indent) + opt.ink(c.as, said)
	if c.marks != "" {
		out += " " + opt.ink(shadeDoubt, c.marks)
	}
	return out
}

// leftOut names the columns that did not fit.
func (g *grid) leftOut(run Run) []string {
	var names []string
	for _, c := range tableColumns(run, g.opt) {
		headings := c.name == columnFamily && slices.ContainsFunc(groups(run), group.crowded)
		if !headings && placeOf(g.kept, c.name) < 0 {
			names = append(names, c.name)
		}
	}
	if names == nil {
		return nil
	}
	return []string{"Left out for want of width: " + joined(names...) + "."}
}

// width is how many columns a text takes on a terminal.
func width(s string) int { return text.StringWidthWithoutEscSequences(s) }

// plainStyle has columns apart by two spaces and a line under the header, in
// characters that every locale has.
func plainStyle() table.Style {
	style := table.StyleDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", ""
	style.Box.MiddleVertical, style.Box.MiddleSeparator = between, "--"
	style.Format.Header = text.FormatDefault
	style.Options = table.Options{SeparateColumns: true, SeparateHeader: true}
	return style
}
