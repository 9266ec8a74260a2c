package reports

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// scoreTitle heads a scorecard.
const scoreTitle = "Scorecard: what there is to be said for and against each primitive"

// scoreMeaning explains the marks.
const scoreMeaning = "+ good, ! bad, without a mark neither."

// marked is the value of a score behind the mark of its judgement.
func (s Score) marked() string {
	switch s.Judgement {
	case JudgedGood:
		return "+ " + s.Value
	case JudgedBad:
		return "! " + s.Value
	}
	if s.Value == notMeasured { // of most primitives, where a run had the usual ten
		return "?"
	}
	return s.Value
}

// shortValues are values where there is little room: a hundred columns hold the card,
// and eighty, its columns close, all of it but the CPU time.
var shortValues = map[string]string{notMeasured: "?", notObtainable: "n/a", valueSplit: "*", valueImmune: "yes", "killed": "dies"}

// short is the same where there is little room.
func (s Score) short() string {
	s.Value = orElse(shortValues[s.Value], s.Value)
	return strings.Replace(s.marked(), " ", "", 1)
}

// sheet is the card as a table of words.
func (c *Scorecard) sheet() sheet {
	s := sheet{title: scoreTitle, columns: []sheetColumn{{name: "primitive", label: true}}, notes: []string{c.meaning(false)}}
	for _, col := range c.Columns {
		s.columns = append(s.columns, sheetColumn{name: col.Name})
	}
	for _, r := range c.Rows {
		row := []string{word(r.Primitive)}
		for _, score := range r.Scores {
			row = append(row, score.marked())
		}
		s.rows = append(s.rows, row)
	}
	return s
}

// meaning explains the marks and the words that the scores have.
func (c *Scorecard) meaning(short bool) string {
	split := valueSplit + ": "
	if short {
		split = shortValues[valueSplit] + " "
	}
	var more []string
	for _, word := range []struct {
		text string
		is   func(Score) bool
	}{
		{"? not measured", func(s Score) bool { return s.Value == notMeasured }},
		{"n/a unavailable", func(s Score) bool { return short && s.Value == notObtainable }},
		{"~ not told to be longer or shorter", func(s Score) bool { return strings.HasPrefix(s.Value, "~") }},
		{split + "the trials do not agree", func(s Score) bool { return s.Value == valueSplit }},
		{"loop: if the interrupted call is made again", func(s Score) bool { return s.Value == valueLoop }},
	} {
		if slices.ContainsFunc(c.Rows, func(r ScoreRow) bool { return slices.ContainsFunc(r.Scores, word.is) }) {
			more = append(more, word.text)
		}
	}
	if more == nil {
		return "Scores: " + scoreMeaning
	}
	return "Scores: " + scoreMeaning + " " + strings.Join(more, ", ") + "."
}

// heads explains the columns.
func (c *Scorecard) heads() sheet {
	s := sheet{title: "What the columns are", columns: []sheetColumn{{name: "column", label: true}, {name: "what is asked", text: true}, {name: "from", text: true}}}
	for _, col := range c.Columns {
		s.rows = append(s.rows, []string{col.Name, col.About, col.From})
	}
	return s
}

// details says of each score why it is so, of those of a column of which the same is to
// be said once.
func (c *Scorecard) details() sheet {
	s := sheet{title: "Every score, explained", columns: []sheetColumn{
		{name: "column", label: true}, {name: "primitives", text: true}, {name: "score", text: true}, {name: "judgement", text: true}, {name: "why", text: true},
	}}
	for at, col := range c.Columns {
		places, names := make(map[string]int), make(map[string][]string)
		for _, r := range c.Rows {
			score := r.Scores[at]
			key := fmt.Sprintf("%q", []string{score.Value, string(score.Judgement), score.Reason})
			if names[key] == nil {
				places[key] = len(s.rows)
				s.rows = append(s.rows, []string{col.Name, "", score.Value, string(score.Judgement), score.Reason})
			}
			names[key] = append(names[key], word(r.Primitive))
			s.rows[places[key]][1] = joined(firstOf(names[key], mostNamed)...)
		}
	}
	return s
}

// markdownScores writes one in Markdown, and folded away what it means.
func markdownScores(out *bytes.Buffer, card *Scorecard) {
	s := card.sheet()
	markdownTable(out, s.title, s.worded(), s.notes)
	folded(out, "What the scores are, and why each is so", func() {
		for _, part := range []sheet{card.heads(), card.details()} {
			markdownTable(out, part.title, part.markdown(), nil)
		}
	})
}
