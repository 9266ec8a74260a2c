package reports

import (
	"slices"

	"github.com/nsbench/nsbench/bench/result"
)

// A Scorecard is what there is to be said for and against each primitive on one host,
// as far as it was measured there: a row for each, a score for each column.
type Scorecard struct {
	Columns []ScoreColumn
	Rows    []ScoreRow

	subject string // the primitive that its sentences are about
	ideas   map[string]string
}

// A ScoreColumn is one question to all primitives.
type ScoreColumn struct {
	Key   string // stable, for programs
	Where string // of a release latency: under which conditions
	Name  string
	Short string // the same where there is little room
	Long  string // the same in words
	About string // what is asked, and what is good and bad
	From  string // the table and the columns that the answer is of
	rule  scoreRule
	spare int // see sheetColumn
}

// A ScoreRow is the scores of a primitive, in the order of the columns.
type ScoreRow struct {
	Primitive, Family string
	Scores            []Score
}

// A Judgement is what to think of a score.
type Judgement string

// The judgements. What is not known was not measured, or could not be.
const (
	JudgedGood    Judgement = "good"
	JudgedNeutral Judgement = "neutral"
	JudgedBad     Judgement = "bad"
	JudgedUnknown Judgement = "not known"
)

// A Score answers the question of a column for a primitive.
type Score struct {
	Value     string // in a word or a number
	Judgement Judgement
	Reason    string // in words, with counts
	Split     bool   // trials do not agree

	Against *Against // of a release latency: how it compares with the fastest that blocks, nil where it does not

	data []datum
	hurt string // of a score that is not good: the outcome that makes it so
}

// A datum is where a score comes from: a cell of a matrix, or a row of a table of
// releases.
type datum struct {
	matrix, column string // the matrix is empty for a row of releases
	group, row     int    // of releases: the places of table and row
}

// fewestScores is how many columns of a scorecard must have been measured for it to
// weigh anything: fewer are no more than a part of the table that they come from.
const fewestScores = 3

// ScorecardOf judges the primitives of a run by its rules, see the rules' file. It is
// nil where the run has no matrix: what there is of releases alone stands in their
// tables. It is nil, too, where fewer than three columns were measured.
func ScorecardOf(run Run) *Scorecard {
	if run.matrices() == nil {
		return nil
	}
	e := evidenceOf(run)
	card := &Scorecard{Columns: scoreColumns(e), subject: run.Baseline, ideas: make(map[string]string)}
	for _, m := range run.matrices() {
		for i, idea := range m.Header.Plan.Ideas {
			card.ideas[m.Header.Plan.Primitives[i]] = idea
		}
	}
	for _, primitive := range e.primitives() {
		row := ScoreRow{Primitive: primitive, Family: e.family(primitive)}
		for _, c := range card.Columns {
			row.Scores = append(row.Scores, c.rule(e, primitive))
		}
		card.Rows = append(card.Rows, row)
	}
	measured := 0
	for at := range card.Columns {
		measured += yes(card.measured(at))
	}
	if measured < fewestScores {
		return nil
	}
	return card
}

// row is that of a primitive.
func (c *Scorecard) row(primitive string) (ScoreRow, bool) {
	at := slices.IndexFunc(c.Rows, func(r ScoreRow) bool { return r.Primitive == primitive })
	if at < 0 {
		return ScoreRow{}, false
	}
	return c.Rows[at], true
}

// at is the place of the first column of a key, below 0 if there is none.
func (c *Scorecard) at(key string) int {
	return slices.IndexFunc(c.Columns, func(s ScoreColumn) bool { return s.Key == key })
}

// Score is that of a primitive in the first column of a key, one of the Score constants.
func (c *Scorecard) Score(primitive, key string) (Score, bool) {
	row, ok := c.row(primitive)
	at := c.at(key)
	if !ok || at < 0 {
		return Score{}, false
	}
	return row.Scores[at], true
}

// primitives are those of the matrices and of the series, each once.
func (e evidence) primitives() (all []string) {
	add := func(name string) {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	for _, m := range e.run.matrices() {
		for _, name := range m.Primitives {
			add(name)
		}
	}
	for _, s := range e.run.Series {
		if !s.SelfCheck && s.DelayNS == 0 {
			add(s.Primitive)
		}
	}
	return all
}

func (e evidence) family(primitive string) string {
	for _, m := range e.run.matrices() {
		if family := m.Family(primitive); family != "" {
			return family
		}
	}
	for _, s := range e.run.Series {
		if s.Primitive == primitive {
			return s.Family
		}
	}
	return ""
}

// classJudged are the judgements of the classes of cells.
var classJudged = map[Class]Judgement{
	ClassSound: JudgedGood, ClassNeutral: JudgedNeutral, ClassUnsafe: JudgedBad, ClassUnavailable: JudgedUnknown, ClassUntried: JudgedUnknown,
}

// The faults that scores come from, by the names that a record has them by.
const (
	faultNone         = "none"
	faultParentKilled = "parent-killed"
	faultParentExits  = "parent-exits"
	faultOwnEndOpen   = "own-end-open"
	faultSibling      = "sibling"
	faultLeakedExec   = "leaked-exec"
	faultThirdParty   = "third-party"
	faultLeakedKilled = "leaked-killed"
	faultTwoWaiters   = "two-waiters"
	faultInterrupted  = "interrupted"
	faultOnce         = "interrupted-once"
	faultExec         = "exec"
)

// released tells whether all trials of a cell came to a release, none of them early.
func released(b *result.Behaviour) bool {
	return b != nil && len(b.Results) > 0 && !slices.ContainsFunc(b.Results, func(r result.Result) bool {
		return r.Early || r.Outcome != result.OutcomeReleased
	})
}
