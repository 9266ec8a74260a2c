package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// An evidence is what the rules of a scorecard judge by.
type evidence struct {
	run       Run
	groups    []group
	latencies []latency
}

// A latency is a group of series and how they compare with the fastest of them that
// blocks.
type latency struct {
	group   group
	at      int // its place among the groups of the run
	fastest Series
	against map[string]*Against // by primitive
}

// mostLatencies is for how many sets of conditions a scorecard has release latencies.
const mostLatencies = 2

func evidenceOf(run Run) evidence {
	e := evidence{run: run, groups: groups(run)}
	for _, g := range scored(run, e.groups) {
		l := latency{group: g, at: slices.IndexFunc(e.groups, func(other group) bool { return other.setting == g.setting })}
		if l.compare() {
			e.latencies = append(e.latencies, l)
		}
	}
	return e
}

// scored chooses the sets of conditions whose release latencies are judged: of those
// that the verdict speaks of, the first with one child at a time.
func scored(run Run, all []group) []group {
	chosen, _ := spokenOf(run)
	alone := func(g group) bool { return g.children > 1 || !g.headline() }
	chosen = slices.DeleteFunc(slices.Clone(chosen), alone)
	if len(chosen) == 0 { // the baseline was not measured
		chosen = principal(slices.DeleteFunc(slices.Clone(all), alone))
	}
	return chosen[:min(len(chosen), mostLatencies)]
}

// isItself tells a series of a primitive from what is some primitive once more.
func isItself(s Series, primitive string) bool {
	return s.Primitive == primitive && !s.SelfCheck && s.DelayNS == 0
}

// compare finds the fastest that blocks, and compares all others with it. Which that is
// was seen in the same figures, so the intervals are as wide as if each had been compared
// with each. It reports whether there is one.
func (l *latency) compare() bool {
	var all []Series
	for _, s := range l.group.series {
		if isItself(s, s.Primitive) && s.Summary.N > 0 {
			all = append(all, s)
		}
	}
	found := false
	if fastest, ok := l.fastestByVerdict(); ok {
		l.fastest, found = fastest, true
	} else {
		for _, s := range all {
			if s.Blocking && (!found || s.judged().Quantile(0.5) < l.fastest.judged().Quantile(0.5)) {
				l.fastest, found = s, true
			}
		}
	}
	l.against = make(map[string]*Against)
	if !found {
		return false
	}
	made := make([]*Against, len(all))
	terms := stat.Terms{Threshold: l.group.threshold, Confidence: stat.Confidence, Comparisons: len(all) * (len(all) - 1) / 2}
	inParallel(len(all), func(i int) {
		if all[i].Primitive != l.fastest.Primitive {
			c, err := stat.Compare(all[i].judged(), l.fastest.judged(), terms)
			made[i] = &Against{Comparison: c, Why: err}
		}
	})
	for i, s := range all {
		l.against[s.Primitive] = made[i]
	}
	return true
}

// fastestByVerdict is the one that the sentences on the baseline name, or the baseline.
func (l *latency) fastestByVerdict() (Series, bool) {
	own, ok := l.group.own()
	if !ok || own.Summary.N == 0 {
		return Series{}, false
	}
	j := l.group.judgement()
	rival, ok := j.fastest(func(s Series) bool { return s.Blocking })
	switch {
	case !ok:
		return Series{}, false
	case own.Blocking && !j.beaten(rival):
		return own, true
	}
	return rival, true
}

// longestHeld is the series of a primitive at the longest hold, from a wait of a child
// that was alone with its parent, and where it stands.
func (e evidence) longestHeld(primitive string) (best group, of Series, where datum, ok bool) {
	for i, g := range e.groups {
		if !g.headline() || g.children > 1 || ok && g.hold <= best.hold {
			continue
		}
		at := slices.IndexFunc(g.series, func(s Series) bool { return isItself(s, primitive) && s.Summary.N > 0 })
		if at >= 0 {
			best, of, where, ok = g, g.series[at], datum{group: i, row: at}, true
		}
	}
	return best, of, where, ok
}

// freesInRun is whom a release freed in a run with several children at a time.
func (e evidence) freesInRun(primitive string) (Score, bool) {
	for i, g := range e.groups {
		for at, s := range g.series {
			if s.Children <= 1 || !isItself(s, primitive) || s.Fan == nil || s.Fan.Groups == 0 {
				continue
			}
			of := plural(s.Fan.Groups, "group") + " of " + plot.Count(s.Children)
			score := Score{Value: "one", Judgement: JudgedNeutral, data: []datum{{group: i, row: at}}, Reason: "In the run each child of " + of + " had an operation of its own."}
			if s.FreesAll {
				score.Value, score.Judgement, score.Reason = "all", JudgedGood, "In the run one operation released all of "+of+"."
			}
			return score, true
		}
	}
	return Score{}, false
}

// cell is that of a primitive under a fault, nil where it was not tried.
func (e evidence) cell(primitive, fault string) *result.Behaviour {
	if e.run.Faults == nil {
		return nil
	}
	return e.run.Faults.Cell(primitive, fault)
}

// A judged is the score of some cells together.
type judged struct {
	Score
	unavailable bool // what is not known could not be tried
}

// deed is what a child does, by the outcome, as the value of a score.
var deed = map[string]string{
	result.OutcomeReleased: "opens", outcomeEarly: "opens", result.OutcomeParentGone: "closed", result.OutcomeHung: "hangs",
	result.OutcomeKilled: "killed", result.OutcomeFailed: "fails",
}

// judge judges cells of the faults together: the worst counts. One that is bad is enough;
// else, where one is not known, nothing is. A cell whose trials do not agree is never
// good. One that is moot, for want of anything that could be done to the primitive, is.
func (e evidence) judge(primitive string, faults ...string) judged {
	m := e.run.Faults
	if m == nil {
		return judged{Score: unmeasured("nsbench faults")}
	}
	out := judged{Score: Score{Judgement: JudgedGood}}
	var said []string
	names := make(map[string][]string)
	worst := 0
	for _, fault := range faults {
		b := m.Cell(primitive, fault)
		column := m.column(fault)
		if rank := badness(column, b); rank > worst || out.data == nil {
			worst = rank
			out.Judgement, out.unavailable = cellJudged(column, b), b != nil && b.Outcome == result.OutcomeUnavailable
			out.Split, out.Value, out.hurt = len(counts(b)) > 1, valueOf(b), hurtBy(column, b)
			out.data = []datum{{matrix: result.MatrixFaults, column: fault}}
		}
		text := m.told(primitive, fault)
		if names[text] == nil {
			said = append(said, text)
		}
		names[text] = append(names[text], fault)
	}
	for i, text := range said {
		said[i] = listing(names[text]) + ": " + text
	}
	out.Reason = strings.Join(said, "; ") + "."
	return out
}

// column is the fault of a name, with neither sound nor dangerous outcomes if it is not
// in the plan.
func (m *Matrix) column(name string) MatrixColumn {
	at := slices.IndexFunc(m.Columns, func(c MatrixColumn) bool { return c.Name == name })
	if at < 0 {
		return MatrixColumn{Name: name}
	}
	return m.Columns[at]
}

// cellJudged is the judgement of a cell.
func cellJudged(c MatrixColumn, b *result.Behaviour) Judgement {
	j := classJudged[c.ClassOf(b)]
	switch {
	case b != nil && b.Moot:
		return JudgedGood
	case j == JudgedGood && len(counts(b)) > 1:
		return JudgedNeutral
	}
	return j
}

// badness orders cells from good to bad, of equals those whose trials agree last: what
// is so each time says more.
func badness(c MatrixColumn, b *result.Behaviour) int {
	return 2*slices.Index([]Judgement{JudgedGood, JudgedNeutral, JudgedUnknown, JudgedBad}, cellJudged(c, b)) + yes(len(counts(b)) == 1)
}

// hurtBy is the outcome that keeps a cell from being good: of those that are dangerous,
// or else of those that are not sound, that of most trials.
func hurtBy(c MatrixColumn, b *result.Behaviour) string {
	all := counts(b)
	for _, hurts := range []func(outcome string) bool{
		func(outcome string) bool { return outcome == outcomeEarly || slices.Contains(c.Unsafe, outcome) },
		func(outcome string) bool { return !slices.Contains(c.Sound, outcome) },
	} {
		if at := slices.IndexFunc(all, func(n count) bool { return hurts(n.outcome) }); at >= 0 {
			return all[at].outcome
		}
	}
	return all[0].outcome
}

// valueOf is what a cell came to, in a word.
func valueOf(b *result.Behaviour) string {
	switch {
	case b == nil:
		return notMeasured
	case b.Outcome == result.OutcomeUnavailable:
		return notObtainable
	case len(counts(b)) > 1:
		return valueSplit
	}
	return orElse(deed[counts(b)[0].outcome], b.Outcome)
}

// told is what a cell came to, in words with counts.
func (m *Matrix) told(primitive, fault string) string {
	b := m.Cell(primitive, fault)
	switch {
	case b == nil && !slices.Contains(m.Primitives, primitive):
		return "not in this record: nsbench faults --out DIR finds it out"
	case b == nil && !slices.ContainsFunc(m.Columns, func(c MatrixColumn) bool { return c.Name == fault }):
		return "not in this record: nsbench faults --out DIR finds it out"
	case b == nil:
		return "the run ended before it"
	case b.Moot:
		return "nothing that could be done to it, " + strings.TrimSuffix(sentence(b.Reason), ".")
	case b.Outcome == result.OutcomeUnavailable:
		return "unavailable, " + strings.TrimSuffix(sentence(b.Reason), ".")
	case len(counts(b)) > 1:
		return "trials do not agree, " + splitWords(b) + " of " + plot.Count(b.Trials)
	}
	return fmt.Sprintf("%s of %s %s", plot.Count(b.Trials), plural(b.Trials, "trial"), counts(b)[0].said)
}

// everywhere judges the row of a primitive in isolation, by the way in which it stands.
func (m *Matrix) everywhere(primitive string) Score {
	s := Score{Judgement: JudgedGood}
	var not, unknown []string
	kinds := make(map[string]bool)
	var why string
	for _, c := range m.Columns {
		b := m.Way(primitive, c.Name, result.WayDown)
		switch {
		case released(b):
			for _, space := range m.Header.Plan.Spaces {
				if space.Name == c.Name {
					for _, kind := range space.Namespaces {
						kinds[kind] = true
					}
				}
			}
			continue
		case b == nil || b.Outcome == result.OutcomeUnavailable:
			unknown = append(unknown, word(c.Name))
		default:
			not = append(not, word(c.Name)+" ("+splitWords(b)+errnoWord(b)+" of "+plural(b.Trials, "trial")+")")
			s.Split = s.Split || len(counts(b)) > 1
			if why == "" {
				why = c.Name
			}
		}
		if s.data == nil || why == c.Name {
			s.data = []datum{{matrix: result.MatrixIsolation, column: c.Name}}
		}
	}
	if s.data == nil && len(m.Columns) > 0 {
		s.data = []datum{{matrix: result.MatrixIsolation, column: m.Columns[len(m.Columns)-1].Name}}
	}
	arrives := len(m.Columns) - len(not) - len(unknown)
	s.Value = fmt.Sprintf("%s/%s", plot.Count(arrives), plot.Count(len(m.Columns)))
	s.Reason = fmt.Sprintf("The release arrives in %s of %s of namespaces.", plot.Count(arrives), plural(len(m.Columns), "set"))
	var missing []string
	for _, kind := range namespaceNames {
		if !kinds[kind] {
			missing = append(missing, kind)
		}
	}
	switch {
	case not != nil:
		s.Judgement = JudgedBad
		s.Reason += " Not in " + joined(firstOf(not, 4)...) + "."
	case arrives == 0:
		s.Judgement, s.Value = JudgedUnknown, notMeasured
		if b := m.Way(primitive, m.Columns[0].Name, result.WayDown); b != nil {
			s.Value, s.Reason = notObtainable, sentence(b.Reason)
		}
	case unknown != nil:
		s.Judgement = JudgedNeutral
		s.Reason += " Not known of " + joined(firstOf(unknown, 4)...) + "."
	case missing != nil:
		s.Judgement = JudgedNeutral
		s.Reason += " None of them has a new namespace of kind " + joined(missing...) + "."
	default:
		s.Value = "all"
	}
	return s
}

// errnoWord is the error of a cell, behind a space.
func errnoWord(b *result.Behaviour) string {
	if r := mainResult(b); r != nil && r.Errno+r.Signal != "" {
		return " " + word(r.Errno+r.Signal)
	}
	return ""
}

// listing names things: "a", "a and b", "a, b and c".
func listing(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
