package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

// This file has the sentences that a scorecard comes to: what its subject is preferred
// for, and where it is the wrong choice, with the nearest primitive that is not. Each
// clause depends on the scores of its columns and on nothing else. What is not known is
// not spoken of but to say what to run.

// praises are what is said for a primitive that is good in a column.
var praises = []struct{ key, text string }{
	{ScoreFrees, "frees every waiter by one operation"},
	{ScoreNamespaces, "works in every namespace"},
	{ScoreExec, "survives an execve"},
	{ScoreCPU, "leaves the CPU to others while it waits"},
	{ScoreDeath, "fails closed when the parent dies"},
	{ScoreLeak, "is immune to a leaked end"},
	{ScoreLeakedDeath, "fails closed when an end has leaked and then the parent dies"},
	{ScoreInterruption, "outlasts a handled signal without a loop"},
	{ScoreDescriptors, "has no descriptor open"},
}

// A hole is a column in which not to be good makes a primitive the wrong choice.
type hole struct {
	key, closes string
	says        func(primitive string, s Score) string
}

var holes = []hole{
	{ScoreDeath, "fails closed", saysDeath},
	{ScoreLeak, "is immune", saysLeak},
}

// saysDeath says what a parent's death does to a child.
func saysDeath(name string, s Score) string {
	head := "Where the parent may die before it releases, " + name
	switch {
	case s.Judgement == JudgedBad && s.Split:
		return head + " is the wrong choice: the child then may go on as if it had been released"
	case s.Judgement == JudgedBad:
		return head + " is the wrong choice: the child takes that death for its release"
	case s.Split:
		return head + " does not always come to the same"
	case s.hurt == result.OutcomeHung:
		return head + " leaves a child that does not learn of it and waits for ever"
	}
	return head + " leaves a child that ends without knowing why"
}

// saysLeak says what a leaked end does to a release.
func saysLeak(name string, s Score) string {
	holds, spoils, lets := "holds", "spoils", "lets"
	if s.Split {
		holds, spoils, lets = "can hold", "can spoil", "can let"
	}
	switch s.hurt {
	case outcomeEarly:
		return fmt.Sprintf("A leaked end %s the child of %s go before its release", lets, name)
	case result.OutcomeHung:
		return fmt.Sprintf("A leaked end %s a release by %s back", holds, name)
	}
	return fmt.Sprintf("A leaked end %s a release by %s", spoils, name)
}

// words are the sentences, none where the subject is not on the card.
func (c *Scorecard) words(run Run) (all []string) {
	own, ok := c.row(c.subject)
	if !ok {
		return nil
	}
	if text := c.praise(own); text != "" {
		all = append(all, text)
	}
	named := ""
	for _, h := range holes {
		at := c.at(h.key)
		s := own.Scores[at]
		if s.Judgement != JudgedBad && s.Judgement != JudgedNeutral {
			continue
		}
		text := h.says(word(c.subject), s) + " (" + decapital(strings.TrimSuffix(s.Reason, ".")) + ")"
		alternative, ok := c.nearest(run, own, at)
		switch {
		case !ok:
			text += "; no other primitive of this record is known to be one that " + h.closes + "."
		case alternative.Primitive == named:
			text += "; " + word(named) + " " + h.closes + " here, too."
		default:
			named = alternative.Primitive
			text += "; the nearest that " + h.closes + " is " + c.introduced(run, own, alternative) + "."
		}
		all = append(all, text)
	}
	for _, text := range []string{c.faults(own), c.unknown(own)} {
		if text != "" {
			all = append(all, text)
		}
	}
	return all
}

// praise is a sentence on what speaks for a primitive, and what it costs besides time.
func (c *Scorecard) praise(own ScoreRow) string {
	var good []string
	for _, p := range praises {
		if own.Scores[c.at(p.key)].Judgement == JudgedGood {
			good = append(good, p.text)
		}
	}
	if good == nil {
		return ""
	}
	text := fmt.Sprintf("In favour of %s: it %s", word(own.Primitive), listing(good))
	var price []string
	if s := own.Scores[c.at(ScoreDescriptors)]; s.Judgement == JudgedNeutral && !s.Split {
		price = append(price, orElse(map[string]string{"1": "a descriptor"}[s.Value], s.Value+" descriptors"))
	}
	if s := own.Scores[c.at(ScoreInterruption)]; s.Value == valueLoop {
		price = append(price, "a loop around its wait, which a handled signal interrupts")
	}
	if price != nil {
		text += "; it takes " + listing(price)
	}
	return text + "."
}

// faults is a sentence on where else a primitive is bad.
func (c *Scorecard) faults(own ScoreRow) string {
	var bad []string
	for i, col := range c.Columns {
		s := own.Scores[i]
		told := slices.ContainsFunc(holes, func(h hole) bool { return h.key == col.Key })
		if s.Judgement == JudgedBad && !told && col.Key != ScoreLatency {
			bad = append(bad, fmt.Sprintf("%s (%s)", col.Name, decapital(strings.TrimSuffix(s.Reason, "."))))
		}
	}
	if bad == nil {
		return ""
	}
	return "Against " + word(own.Primitive) + " besides: " + strings.Join(bad, "; ") + "."
}

// unknown is a sentence on what was not measured, and what finds it out.
func (c *Scorecard) unknown(own ScoreRow) string {
	var names, commands []string
	for i, col := range c.Columns {
		s := own.Scores[i]
		if s.Judgement != JudgedUnknown || s.Value != notMeasured {
			continue
		}
		names = append(names, col.Name)
		command := "nsbench faults --out DIR"
		switch col.Key {
		case ScoreLatency, ScoreCPU:
			command = "nsbench run --out DIR"
			names[len(names)-1] = map[string]string{ScoreLatency: "release latency", ScoreCPU: "CPU time"}[col.Key]
		case ScoreNamespaces:
			command = "nsbench isolation --out DIR"
		}
		if !slices.Contains(commands, command) {
			commands = append(commands, command)
		}
	}
	if names == nil {
		return ""
	}
	slices.Sort(commands)
	return fmt.Sprintf("Not measured of %s: %s; %s %s it out.", word(own.Primitive), listing(slices.Compact(names)), listing(commands),
		map[bool]string{true: "finds", false: "find"}[len(commands) == 1])
}

// nearest is the primitive that closes a hole: of those that are good in its column the
// one that is bad in the fewest columns in which the subject is not, then the one that is
// less good in the fewest, and then the one with the shortest release: ratios that no
// run tells apart are not to decide before what each is known to lack.
func (c *Scorecard) nearest(run Run, own ScoreRow, at int) (best ScoreRow, ok bool) {
	var all []ScoreRow
	for _, r := range c.Rows {
		if r.Primitive != own.Primitive && r.Scores[at].Judgement == JudgedGood {
			all = append(all, r)
		}
	}
	if all == nil {
		return ScoreRow{}, false
	}
	ratio := func(r ScoreRow) float64 {
		if a := c.against(run, r.Primitive); a != nil && !math.IsNaN(a.Ratio) {
			return a.Ratio
		}
		return math.Inf(1)
	}
	return slices.MinFunc(all, func(a, b ScoreRow) int { // of equals the first
		return cmp.Or(
			len(c.losses(own, a, true))-len(c.losses(own, b, true)),
			len(c.losses(own, a, false))-len(c.losses(own, b, false)),
			cmp.Compare(ratio(a), ratio(b)),
		)
	}), true
}

// losses are the columns in which another primitive is judged to be less good, or only
// those in which it is bad, release latencies left out.
func (c *Scorecard) losses(own, other ScoreRow, bad bool) (all []int) {
	rank := []Judgement{JudgedBad, JudgedNeutral, JudgedGood}
	for i, col := range c.Columns {
		mine, its := slices.Index(rank, own.Scores[i].Judgement), slices.Index(rank, other.Scores[i].Judgement)
		if col.Key != ScoreLatency && its >= 0 && its < mine && (!bad || its == 0) {
			all = append(all, i)
		}
	}
	return all
}

// against is how a primitive compares with the subject in the first table of releases
// that the card judges by, nil where it does not.
func (c *Scorecard) against(run Run, primitive string) *Against {
	chosen := scored(run, groups(run))
	if len(chosen) == 0 {
		return nil
	}
	at := slices.IndexFunc(chosen[0].series, func(s Series) bool { return isItself(s, primitive) })
	if at < 0 || !compared(chosen[0].series[at]) {
		return nil
	}
	return chosen[0].series[at].Against
}

// introduced names a primitive, says what it does, what it takes, and what it gives up.
func (c *Scorecard) introduced(run Run, own, other ScoreRow) string {
	text := word(other.Primitive)
	if idea := sentence(c.ideas[other.Primitive]); idea != "" {
		text += ": " + idea
	}
	if a := c.against(run, other.Primitive); a != nil {
		where := scored(run, groups(run))[0].where()
		text += fmt.Sprintf("; on %s its release takes %s times as long as by %s (%s)", where, multiple(a.Ratio), word(own.Primitive), ratioSpan(a.RatioInterval))
	}
	var less []string
	for _, i := range c.losses(own, other, false) {
		less = append(less, lessGood(c.Columns[i], other.Scores[i]))
	}
	if less != nil {
		text += ", but it " + listing(less)
	}
	return text
}

// lessGood is what is to be said of a primitive that is less good in a column.
func lessGood(col ScoreColumn, s Score) string {
	does := map[string]string{
		ScoreCPU:         "burns " + s.Value + " of CPU time for each second of its wait",
		ScoreDescriptors: "has descriptors open (" + s.Value + ")",
		ScoreFrees:       "frees one child and no more",
		ScoreNamespaces:  "does not arrive in every namespace (" + s.Value + ")",
		ScoreExec:        "does not survive an execve",
		ScoreInterruption: map[bool]string{
			true: "needs a loop around its wait, which a handled signal interrupts", false: "does not outlast a handled signal",
		}[s.Value == valueLoop],
	}[col.Key]
	if does == "" || s.Split {
		return "is less good in " + col.Name + " (" + s.Value + ")"
	}
	return does
}

// decapital is a sentence within another.
func decapital(s string) string {
	if s == "" || s[0] < 'A' || s[0] > 'Z' || len(s) > 1 && s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	return string(s[0]-'A'+'a') + s[1:]
}
