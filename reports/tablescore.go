package reports

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/reports/plot"
)

// tableScores writes a scorecard for a terminal: its families apart, and below it what
// each of the columns is that it has room for, a line for each. In one paragraph they
// are not found.
func tableScores(out *bytes.Buffer, card *Scorecard, opt TableOptions) {
	s := card.brief()
	out.WriteString("\n")
	heading(out, s.title, opt)
	s.tight = opt.Width > 0 && s.width() > opt.Width
	parts := s.fitted(opt.Width)
	wide := 0
	for i, part := range parts {
		if i > 0 {
			out.WriteString("\n")
		}
		card.write(out, part, opt)
		for _, c := range part.columns {
			if !c.label {
				wide = max(wide, width(c.name))
			}
		}
	}
	paragraph(out, "  ", card.meaning(true), opt)
	for _, part := range parts {
		for _, c := range part.columns {
			if !c.label {
				paragraph(out, "  "+padded(c.name, wide)+"  ", c.about, opt)
			}
		}
	}
	for _, note := range parts[0].notes {
		paragraph(out, "  ", note, opt)
	}
}

// brief is the card for a terminal. Columns in which nothing is known stand in a note.
func (c *Scorecard) brief() sheet {
	s := sheet{title: scoreTitle, columns: []sheetColumn{{name: "primitive", label: true}}}
	var unknown []string
	for at, col := range c.Columns {
		if !c.measured(at) {
			unknown = append(unknown, col.Name)
			continue
		}
		s.columns = append(s.columns, sheetColumn{name: col.Short, spare: col.spare, about: col.Long + " (" + col.From + ")"})
	}
	for _, r := range c.Rows {
		row := []string{word(r.Primitive)}
		for at, score := range r.Scores {
			if c.measured(at) {
				row = append(row, score.short())
			}
		}
		s.rows = append(s.rows, row)
	}
	if unknown != nil {
		s.notes = append(s.notes, "Not measured: "+joined(unknown...)+".")
	}
	return s
}

// write writes a part of the card. Its lines are those of head and rule, and one for
// each primitive.
func (c *Scorecard) write(out *bytes.Buffer, part sheet, opt TableOptions) {
	lines := part.lines()
	head := len(lines) - len(part.rows)
	for i, line := range lines {
		if at := i - head; at >= 0 {
			if at > 0 && c.Rows[at].Family != c.Rows[at-1].Family && len(c.Rows) > plot.Few {
				out.WriteString("\n")
			}
			line = inked(line, part.rows[at][0], c.Rows[at].Primitive == c.subject, opt)
		}
		out.WriteString(line + "\n")
	}
}

// verdictWords finds the scores that are good or bad in a line of the card.
var verdictWords = regexp.MustCompile(`[+!]\S+`)

// inked is the line of a primitive in shades that say what its marks say.
func inked(line, name string, subject bool, opt TableOptions) string {
	scores, found := strings.CutPrefix(line, name)
	if !found {
		return line
	}
	scores = verdictWords.ReplaceAllStringFunc(scores, func(s string) string {
		if s[0] == '!' {
			return opt.ink(shadeBad, s)
		}
		return opt.ink(shadeGood, s)
	})
	if subject {
		name = opt.ink(shadeStrong, name)
	}
	return name + scores
}

// measured tells whether anything was measured of a column.
func (c *Scorecard) measured(at int) bool {
	return slices.ContainsFunc(c.Rows, func(r ScoreRow) bool { return r.Scores[at].Value != notMeasured })
}
