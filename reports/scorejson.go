package reports

import (
	"math"

	"github.com/nsbench/nsbench/bench/result"
)

// The names of these members are stable; scripts rely on them.
type (
	jsonScorecard struct {
		Run       int               `json:"run"` // index into runs
		Sentences []string          `json:"sentences"`
		Columns   []jsonScoreColumn `json:"columns"`
		Rows      []jsonScoreRow    `json:"rows"`
	}

	jsonScoreColumn struct {
		Key   string `json:"key"`
		Where string `json:"where,omitempty"` // of a release latency: the conditions
		Name  string `json:"name"`
		About string `json:"about"`
		From  string `json:"from"`
	}

	jsonScoreRow struct {
		Primitive string      `json:"primitive"`
		Family    string      `json:"family"`
		Scores    []jsonScore `json:"scores"` // in the order of the columns
	}

	jsonScore struct {
		Key       string      `json:"key"`
		Value     string      `json:"value"`
		Judgement Judgement   `json:"judgement"` // "good", "neutral", "bad" or "not known"
		Split     bool        `json:"split"`     // trials do not agree
		Reason    string      `json:"reason"`
		Ratio     number      `json:"ratio"` // of a release latency, to that of the fastest that blocks; else null
		RatioLo   number      `json:"ratio_lo"`
		RatioHi   number      `json:"ratio_hi"`
		Data      []jsonDatum `json:"data"` // what it comes from
	}

	// A cell of a matrix, or else of the series under some conditions.
	jsonDatum struct {
		Matrix    string `json:"matrix,omitempty"`
		Fault     string `json:"fault,omitempty"`
		Namespace string `json:"namespace,omitempty"`
		Series    string `json:"series,omitempty"` // title of the table of releases
	}
)

// jsonOfScorecards has one for each run that has a matrix.
func jsonOfScorecards(rep *Report) (all []jsonScorecard) {
	for i, run := range rep.Runs {
		card := ScorecardOf(run)
		if card == nil {
			continue
		}
		out := jsonScorecard{Run: i, Sentences: listed(card.words(run)), Columns: []jsonScoreColumn{}, Rows: []jsonScoreRow{}}
		for _, c := range card.Columns {
			out.Columns = append(out.Columns, jsonScoreColumn{c.Key, c.Where, c.Name, c.About, c.From})
		}
		tables := groups(run)
		for _, r := range card.Rows {
			row := jsonScoreRow{Primitive: r.Primitive, Family: r.Family}
			for at, s := range r.Scores {
				row.Scores = append(row.Scores, s.json(card.Columns[at].Key, tables))
			}
			out.Rows = append(out.Rows, row)
		}
		all = append(all, out)
	}
	return all
}

func (s Score) json(key string, tables []group) jsonScore {
	none := number(math.NaN())
	out := jsonScore{Key: key, Value: s.Value, Judgement: s.Judgement, Split: s.Split, Reason: s.Reason, Ratio: none, RatioLo: none, RatioHi: none, Data: []jsonDatum{}}
	if a := s.Against; a != nil {
		out.Ratio, out.RatioLo, out.RatioHi = number(a.Ratio), number(a.RatioInterval.Lo), number(a.RatioInterval.Hi)
	}
	for _, d := range s.data {
		switch d.matrix {
		case result.MatrixFaults:
			out.Data = append(out.Data, jsonDatum{Matrix: d.matrix, Fault: d.column})
		case result.MatrixIsolation:
			out.Data = append(out.Data, jsonDatum{Matrix: d.matrix, Namespace: d.column})
		default:
			out.Data = append(out.Data, jsonDatum{Series: tables[d.group].title()})
		}
	}
	return out
}
