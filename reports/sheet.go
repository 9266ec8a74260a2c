package reports

import (
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/nsbench/nsbench/reports/plot"
)

// A sheet is a table besides those of the groups: along an axis, of groups of
// children, of what a child's life consists of. Its texts are fit to be shown.
type sheet struct {
	title   string
	columns []sheetColumn
	rows    [][]string
	notes   []string
	drawing *drawing // of the same figures, nil for none
	tight   bool     // its columns stand close

	classes [][]string // of the cells, as a page shades them, whose drawing is then folded away; nil for none
}

// A sheetColumn is one column of a sheet.
type sheetColumn struct {
	name  string
	label bool   // says what the row is of: to the left, and on each part of a table that is split
	glued bool   // stays with the column before it
	text  bool   // words of the record: to the left, wrapped, and not on each part
	spare int    // above 0 for one that a narrow terminal goes without, the greatest first
	about string // what it is, of a scorecard
}

// sheets lists the tables of a run besides those of its groups.
func sheets(run Run) []sheet { return slices.Concat(leading(run), following(run)) }

// leading are those that answer what a plan of several values asks, and follow
// straight on the verdict in a page.
func leading(run Run) []sheet { return explained(slices.Concat(sweeps(run), fanSheets(run))) }

// following are those of what else a run tells.
func following(run Run) []sheet {
	return explained(slices.Concat(quantileSheets(run), lifeSheets(lives(run)), namespaceSheets(run)))
}

// briefSheets is the same for a terminal, on which nobody scrolls forty rows
// for the sake of a few, and whose end is read first.
func briefSheets(run Run) []sheet {
	return slices.Concat(explained(slices.Concat(lifeSheets(brief(lives(run))), namespaceSheets(run))), leading(run))
}

// explained leaves a note only where it stands for the first time.
func explained(all []sheet) []sheet {
	seen := make(map[string]bool)
	for i, s := range all {
		all[i].notes = slices.DeleteFunc(slices.Clone(s.notes), func(note string) bool {
			known := seen[note]
			seen[note] = true
			return known
		})
	}
	return all
}

// withoutDashes is the sheet but for figures that no row has.
func (s sheet) withoutDashes() sheet {
	for at, c := range slices.Backward(s.columns) {
		if c.label || slices.ContainsFunc(s.rows, func(row []string) bool { return row[at] != "-" }) {
			continue
		}
		s = s.drop(at)
	}
	return s
}

// drop is the sheet without one of its columns.
func (s sheet) drop(at int) sheet {
	s.columns = slices.Delete(slices.Clone(s.columns), at, at+1)
	s.rows = slices.Clone(s.rows)
	for i, row := range s.rows {
		s.rows[i] = slices.Delete(slices.Clone(row), at, at+1)
	}
	return s
}

// beside is the sheet with the columns of another, which has as many rows, to the
// right.
func (s sheet) beside(other sheet) sheet {
	s.columns = slices.Concat(s.columns, other.columns)
	s.rows = slices.Clone(s.rows)
	for i, row := range s.rows {
		s.rows[i] = slices.Concat(row, other.rows[i])
	}
	return s
}

// pick is the sheet with the given of its columns.
func (s sheet) pick(kept []int) sheet {
	from := s
	s.columns, s.rows = nil, make([][]string, len(from.rows))
	for _, at := range kept {
		s.columns = append(s.columns, from.columns[at])
		for i, row := range from.rows {
			s.rows[i] = append(s.rows[i], row[at])
		}
	}
	return s
}

// fitted is the sheet as parts that are no wider than the terminal. First it
// goes without what can be spared, and a note says so; then it is split.
func (s sheet) fitted(width int) []sheet {
	if width <= 0 {
		return []sheet{s}
	}
	var gone []string
	for s.width() > width {
		at := s.mostSpare()
		if at < 0 {
			break
		}
		gone = append(gone, s.columns[at].name)
		s = s.drop(at)
	}
	if gone != nil {
		s.notes = append(slices.Clone(s.notes), "Left out for want of width: "+joined(gone...)+".")
	}
	for limit := wordLimit; limit >= 8 && s.least() > width; limit -= 4 {
		s = s.cut(limit)
	}
	return s.split(width)
}

// least is how wide the widest part is that cannot be split any more.
func (s sheet) least() int {
	width := 0
	for _, part := range s.split(0) {
		width = max(width, part.width())
	}
	return width
}

// cut shortens labels and the names of columns.
func (s sheet) cut(limit int) sheet {
	s.columns, s.rows = slices.Clone(s.columns), slices.Clone(s.rows)
	for i := range s.columns {
		s.columns[i].name = plot.Clean(s.columns[i].name, limit)
	}
	for i, row := range s.rows {
		s.rows[i] = slices.Clone(row)
		for at, c := range s.columns {
			if c.label {
				s.rows[i][at] = plot.Clean(row[at], limit)
			}
		}
	}
	return s
}

// mostSpare is the column that goes first, below 0 if none may.
func (s sheet) mostSpare() int {
	most, spare := -1, 0
	for at, c := range s.columns {
		if c.spare > spare {
			most, spare = at, c.spare
		}
	}
	return most
}

// split cuts the sheet between columns where it is too wide, the labels being on
// each part. A part has at least one figure, however narrow the terminal.
func (s sheet) split(width int) []sheet {
	var labels, part []int
	for at, c := range s.columns {
		if c.label {
			labels = append(labels, at)
		}
	}
	var parts []sheet
	for at := 0; at < len(s.columns); {
		if s.columns[at].label {
			at++
			continue
		}
		unit := []int{at}
		for at++; at < len(s.columns) && s.columns[at].glued; at++ {
			unit = append(unit, at)
		}
		if len(part) > 0 && s.pick(slices.Concat(labels, part, unit)).width() > width {
			parts, part = append(parts, s.pick(slices.Concat(labels, part))), nil
		}
		part = append(part, unit...)
	}
	return append(parts, s.pick(slices.Concat(labels, part)))
}

// lines is the table in characters.
func (s sheet) lines() []string {
	lines := strings.Split(s.writer().Render(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return lines
}

// wrapped breaks the texts of a sheet so that its columns share a width, each being
// wide enough for a word.
func (s sheet) wrapped(width int) sheet {
	room, texts := width, 0
	for at, c := range s.columns {
		if c.text {
			texts++
			room -= columnGap
			continue
		}
		wide := text.StringWidth(c.name)
		for _, row := range s.rows {
			wide = max(wide, text.StringWidth(row[at]))
		}
		room -= wide
	}
	if width <= 0 || texts == 0 || s.width() <= width {
		return s
	}
	share := max(room/texts, leastText)
	s.rows = slices.Clone(s.rows)
	for i, row := range s.rows {
		s.rows[i] = slices.Clone(row)
		for at, c := range s.columns {
			if c.text {
				s.rows[i][at] = strings.TrimRight(text.WrapSoft(row[at], share), "\n ")
			}
		}
	}
	return s
}

const (
	columnGap = 2  // between columns, see plainStyle
	leastText = 16 // a column of texts is no narrower
)

func (s sheet) width() int {
	width := 0
	for _, line := range s.lines() {
		width = max(width, text.StringWidth(line))
	}
	return width
}

// writer holds the rows, with figures to the right.
func (s sheet) writer() table.Writer {
	t := table.NewWriter()
	style := plainStyle()
	if s.tight {
		style.Box.MiddleVertical, style.Box.MiddleSeparator = " ", "-"
	}
	t.SetStyle(style)
	var configs []table.ColumnConfig
	head := make([]string, len(s.columns))
	for i, c := range s.columns {
		head[i] = c.name
		if !c.label && !c.text {
			configs = append(configs, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	t.SetColumnConfigs(configs)
	t.AppendHeader(rowOf(head))
	for _, row := range s.rows {
		t.AppendRow(rowOf(row))
	}
	return t
}

// markdown is the table in GitHub's dialect. What may be a name of the record
// stands in code spans, in the head it is escaped.
func (s sheet) markdown() string {
	safe := s
	safe.columns = slices.Clone(s.columns)
	for i := range safe.columns {
		safe.columns[i].name = prose(safe.columns[i].name)
	}
	safe.rows = make([][]string, len(s.rows))
	for i, row := range s.rows {
		safe.rows[i] = slices.Clone(row)
		for at, c := range s.columns {
			if c.label || c.text {
				safe.rows[i][at] = code(row[at])
			}
		}
	}
	return safe.writer().RenderMarkdown()
}
