package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// Verdict says for each set of conditions how the first release by the baseline
// compares with that by the fastest other primitive that blocks, and with the
// fastest of all, for or against. It names a winner only where the interval of
// their ratio lies beyond the threshold, and it says nothing of conditions under
// which the baseline was not to be measured. Where children are released together
// it is about the last of them.
//
// Of more sets of conditions than a reader keeps apart it speaks of the first
// under each placement and that with the most children, and counts the others.
func Verdict(run Run) []string {
	var judged []group
	for _, g := range groups(run) {
		if _, ok := g.own(); ok && g.headline() {
			judged = append(judged, g)
		}
	}
	chosen := judged
	if len(judged) > fewVerdicts {
		chosen = principal(judged)
	}
	var all []string
	for _, g := range chosen {
		own, _ := g.own()
		all = append(all, "On "+g.where()+", "+g.judge(own))
	}
	if more := len(judged) - len(chosen); more > 0 {
		all = append(all, fmt.Sprintf("%s of conditions with %s: see the tables.", plural(more, "further set"), word(run.Baseline)))
	}
	return all
}

// fewVerdicts is how many sets of conditions each have a sentence.
const fewVerdicts = 4

// judge compares the baseline with its peers: by the first release of a child,
// or by the last of a group that was released together.
func (g group) judge(own Series) string {
	j := judgement{group: g, own: own, what: "first release"}
	if g.children > 1 {
		j.what = fmt.Sprintf("first release of the last of %s children", plot.Count(g.children))
		j.own.Summary = own.Fan.Last
	}
	for _, s := range g.series {
		if s.Primitive == g.baseline || s.SelfCheck || s.DelayNS > 0 {
			continue // itself, and what is some primitive once more
		}
		if g.children > 1 {
			s.Summary = s.Fan.Last
		}
		j.peers = append(j.peers, s)
	}
	return j.sentences()
}

// own is the baseline's series.
func (g group) own() (own Series, ok bool) {
	at := slices.IndexFunc(g.series, func(s Series) bool { return s.Primitive == g.baseline })
	if at < 0 {
		return Series{}, false
	}
	return g.series[at], true
}

// A judgement is what is said of the baseline and its peers.
type judgement struct {
	group
	own   Series
	peers []Series
	what  string // the figures are of
}

func (j judgement) name() string { return word(j.baseline) }

func (j judgement) sentences() string {
	if j.own.Summary.N == 0 {
		return j.name() + " has no valid " + j.what + ", so nothing can be said of it."
	}
	if math.IsNaN(j.own.Summary.P50) {
		return fmt.Sprintf("%s has %s, too few for a median with an interval, so nothing can be said of it.", j.name(), few(j.own.Summary.N, j.what))
	}
	head := fmt.Sprintf("the median %s by %s takes %s", j.what, j.name(), figure(j.own))
	rival, ok := fastest(j.peers, func(s Series) bool { return s.Blocking })
	if !ok {
		head += "; no other blocking primitive has a median to compare it with."
	} else {
		head += j.againstBlocking(rival) + j.standing()
	}
	return head + j.againstAll()
}

// few counts valid samples: "3 valid first releases".
func few(n int, what string) string {
	if n != 1 {
		what = strings.Replace(what, "release", "releases", 1)
	}
	return plot.Count(n) + " valid " + what
}

// figure is a median with its interval.
func figure(s Series) string {
	return plot.Time(s.Summary.P50) + " (95 % interval " + span(s.Summary.P50Interval) + ")"
}

// fastest is the series with the least median among those that are wanted.
func fastest(peers []Series, want func(Series) bool) (best Series, ok bool) {
	for _, s := range peers {
		if !want(s) || math.IsNaN(s.Summary.P50) {
			continue
		}
		if !ok || s.Summary.P50 < best.Summary.P50 {
			best, ok = s, true
		}
	}
	return best, ok
}

// is the verdict on a peer.
func is(s Series) stat.Verdict {
	if s.Against == nil {
		return stat.Inconclusive
	}
	return s.Against.Verdict
}

// againstBlocking ends the sentence on the baseline.
func (j judgement) againstBlocking(rival Series) string {
	name := word(rival.Primitive)
	switch is(rival) {
	case stat.Slower:
		return fmt.Sprintf(", the least of the blocking primitives: %s, the next, takes %s, %s.", name, figure(rival), longer(rival.Against))
	case stat.Faster:
		return fmt.Sprintf("; %s, the fastest blocking primitive, takes %s, so that %s takes %s.", name, figure(rival), j.name(), longer(rival.Against))
	case stat.Same:
		return fmt.Sprintf("; %s, the fastest other blocking primitive, takes %s: the same to within %s (%s times, %s).",
			name, figure(rival), percent(j.threshold), multiple(rival.Against.Ratio), ratioSpan(rival.Against.RatioInterval))
	}
	return fmt.Sprintf("; %s, the fastest other blocking primitive, takes %s. %s", name, figure(rival), j.undecided(rival))
}

// undecided says why no winner is named of the baseline and a peer.
func (j judgement) undecided(s Series) string {
	switch {
	case s.Against == nil || s.Against.Why != nil:
		why := "they were not compared"
		if s.Against != nil {
			why = s.Against.Why.Error()
		}
		return "This run names no winner of the two: " + why + "."
	case !s.Against.RatioInterval.Known():
		return "This run names no winner of the two: times of nothing have no ratio."
	}
	return fmt.Sprintf("It takes between %s and %s times as long, so this run names no winner of the two by more than %s; it would have told a difference of %s in about four such runs of five.",
		multiple(s.Against.RatioInterval.Lo), multiple(s.Against.RatioInterval.Hi), percent(j.threshold), percent(s.Against.Seen))
}

// standing is a sentence on where the baseline stands among many that block,
// and nothing among few, whom a reader counts in the table. The fastest of many
// says little by itself: there is always one, and luck helped it there.
func (j judgement) standing() string {
	if len(j.peers) < plot.Few {
		return ""
	}
	count := make(map[stat.Verdict]int)
	for _, s := range j.peers {
		if s.Blocking && !math.IsNaN(s.Summary.P50) {
			count[is(s)]++
		}
	}
	return fmt.Sprintf(" Of the other blocking primitives with a median, %s faster than %s, %s slower, %s the same, and %s too close to tell.",
		some(count[stat.Faster]), j.name(), some(count[stat.Slower]), some(count[stat.Same]), some(count[stat.Inconclusive]))
}

// some is a number of things and what they are about to be: "none is", "1 is",
// "4 are".
func some(n int) string {
	switch n {
	case 0:
		return "none is"
	case 1:
		return "1 is"
	}
	return plot.Count(n) + " are"
}

// againstAll is a sentence on the fastest primitive that keeps its CPU, unless
// one that blocks was faster and has been spoken of. It is said to spin: to poll
// can also mean to sleep between two looks, and that blocks.
func (j judgement) againstAll() string {
	spinning, ok := fastest(j.peers, func(s Series) bool { return !s.Blocking })
	best, _ := fastest(j.peers, func(Series) bool { return true })
	if !ok || best.Blocking && best.Summary.P50 < j.own.Summary.P50 {
		return ""
	}
	name := word(spinning.Primitive)
	switch is(spinning) {
	case stat.Slower:
		return fmt.Sprintf(" Not even %s, the fastest that spins, is as fast: it takes %s.", name, figure(spinning))
	case stat.Faster:
		return fmt.Sprintf(" The fastest of all, %s, takes %s but %s: %s takes %s.", name, figure(spinning), busy(spinning), j.name(), longer(spinning.Against))
	case stat.Same:
		return fmt.Sprintf(" The fastest that spins, %s, takes as long to within %s, and %s.", name, percent(j.threshold), busy(spinning))
	}
	return fmt.Sprintf(" The fastest that spins, %s, takes %s. %s", name, figure(spinning), j.undecided(spinning))
}

// longer says how many times as long the slower of a series and its baseline
// takes, with where that lies.
func longer(a *Against) string {
	ratio, iv := a.Ratio, a.RatioInterval
	if ratio < 1 {
		ratio, iv = 1/ratio, stat.Interval{Lo: 1 / iv.Hi, Hi: 1 / iv.Lo}
	}
	return fmt.Sprintf("%s times as long (%s)", times(ratio), ratioSpan(iv))
}

// busy says what the spinning costs.
func busy(s Series) string {
	if math.IsNaN(s.WaitCPUShare) {
		return "spins while it waits"
	}
	return "burned " + burned(s.WaitCPUShare) + " of CPU time for each second of its wait"
}
