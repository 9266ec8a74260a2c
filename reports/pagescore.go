package reports

import (
	"fmt"
	"strings"
)

type (
	pageScorecard struct {
		ID, Title      string
		Columns        []string
		Families       [][]pageScoreRow
		Notes          []string
		Heads, Details pageSheet
	}

	pageScoreRow struct {
		Name    string
		Subject bool
		Cells   []pageScoreCell
	}

	// A pageScoreCell leads to what it comes from: the reasons of a cell of a matrix, or
	// a row of releases. Its link is empty where there is nothing.
	pageScoreCell struct{ Class, Link, Value, Reason string }
)

// scorecard makes the card of the run of an ID.
func (m *maker) scorecard(id string, run Run, card *Scorecard) *pageScorecard {
	s := card.sheet()
	out := &pageScorecard{ID: id + "-scorecard", Title: s.title, Notes: append(s.notes, "Each score leads to what it comes from.")}
	for _, c := range s.columns[1:] {
		out.Columns = append(out.Columns, c.name)
	}
	reasons := make(map[string]map[matrixPlace]int)
	for _, of := range run.matrices() {
		_, reasons[of.Name] = of.explained()
	}
	for i, r := range card.Rows {
		row := pageScoreRow{Name: word(r.Primitive), Subject: r.Primitive == card.subject}
		for _, score := range r.Scores {
			cell := pageScoreCell{Class: strings.ReplaceAll(string(score.Judgement), " ", "-"), Value: score.marked(), Reason: score.Reason}
			if len(score.data) > 0 {
				cell.Link = linkTo(id, r.Primitive, score.data[0], reasons)
			}
			row.Cells = append(row.Cells, cell)
		}
		if i == 0 || r.Family != card.Rows[i-1].Family {
			out.Families = append(out.Families, nil)
		}
		last := len(out.Families) - 1
		out.Families[last] = append(out.Families[last], row)
	}
	out.Heads, out.Details = tableOf(out.ID+"-columns", card.heads(), ""), tableOf(out.ID+"-why", card.details(), "")
	return out
}

// linkTo is the ID of where a score of a run comes from, empty where the page has no such.
func linkTo(id, primitive string, d datum, reasons map[string]map[matrixPlace]int) string {
	if d.matrix == "" {
		return rowID(groupID(id, d.group), d.row)
	}
	at, ok := reasons[d.matrix][matrixPlace{primitive: primitive, column: d.column}]
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s-%s-why%d", id, d.matrix, at+1)
}

// groupID is that of the table of releases at a place, and rowID that of a row of it.
func groupID(run string, at int) string { return fmt.Sprintf("%s-group%d", run, at+1) }

func rowID(group string, at int) string { return fmt.Sprintf("%s-row%d", group, at+1) }
