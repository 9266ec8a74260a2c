package reports

import (
	"bytes"
	"slices"
	"strings"
)

// markdownMatrix writes a matrix, and folded away what its columns are and its cells
// come from.
func markdownMatrix(out *bytes.Buffer, run Run, m *Matrix) {
	grid := m.grid(run)
	markdownTable(out, grid.title, grid.worded(), append(grid.notes, m.shortened(false)...))
	folded(out, "What the columns are", func() {
		markdownTable(out, m.heads().title, m.heads().markdown(), nil)
	})
	folded(out, "Every cell, explained", func() {
		all, _ := m.explained()
		details, _ := m.details(all)
		markdownTable(out, details.title, details.withoutDashes().markdown(), nil)
	})
}

// worded is the table in Markdown with what is dangerous in bold.
func (s sheet) worded() string {
	safe := s
	safe.rows = make([][]string, len(s.rows))
	for i, row := range s.rows {
		safe.rows[i] = make([]string, len(row))
		for at, text := range row {
			safe.rows[i][at] = prose(text)
			if strings.HasPrefix(text, "!") {
				safe.rows[i][at] = "**!" + prose(text[1:]) + "**"
			}
		}
		safe.rows[i][0] = code(row[0])
	}
	safe.columns = slices.Clone(s.columns)
	for i := range safe.columns {
		safe.columns[i].name = prose(safe.columns[i].name)
	}
	return safe.writer().RenderMarkdown()
}
