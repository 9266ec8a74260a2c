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
// under each placement and that with the most children, of those under which something
// can be said where there are any, and counts the others.
func Verdict(run Run) []string {
	chosen, further := spokenOf(run)
	var all []string
	for _, g := range chosen {
		all = append(all, "On "+g.where()+", "+g.judgement().sentences())
	}
	if further > 0 {
		all = append(all, fmt.Sprintf("%s of conditions with %s: see the tables.", plural(further, "further set"), word(run.Baseline)))
	}
	return all
}

// spokenOf chooses the sets of conditions that a report speaks of, and counts those
// of which it might have spoken as well.
func spokenOf(run Run) (chosen []group, further int) {
	var judged []group
	for _, g := range groups(run) {
		if _, ok := g.own(); ok && g.headline() {
			judged = append(judged, g)
		}
	}
	if len(judged) <= fewVerdicts {
		return judged, 0
	}
	chosen = principal(orAll(slices.DeleteFunc(slices.Clone(judged), func(g group) bool { return g.judgement().cost() == "" }), judged))
	return chosen, len(judged) - len(chosen)
}

// orAll is some of all, or all where there are none.
func orAll(some, all []group) []group {
	if len(some) == 0 {
		return all
	}
	return some
}

// fewVerdicts is how many sets of conditions each have a sentence.
const fewVerdicts = 4

// judgement compares the baseline, which the group has, with its peers: by the
// first release of a child, or by the last of a group that was released together.
func (g group) judgement() judgement {
	own, _ := g.own()
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
	j.byRatio = j.wantsRatios()
	return j
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

	// byRatio is set where the fastest is found by the ratios to the baseline and
	// not by the medians, of which some are missing.
	byRatio bool
}

func (j judgement) name() string { return word(j.baseline) }

func (j judgement) sentences() string {
	if j.own.Summary.N == 0 {
		return j.name() + " has no valid " + j.what + ", so nothing can be said of it."
	}
	head := fmt.Sprintf("the median %s by %s takes %s", j.what, j.name(), figure(j.own))
	if math.IsNaN(j.own.Summary.P50) {
		head = fmt.Sprintf("%s has %s, too few for a median with an interval", j.name(), few(j.own.Summary.N, j.what))
		if j.own.Summary.N >= stat.Need(0.5, stat.Confidence) {
			head = fmt.Sprintf("%s has %s, which depend on each other too much for a median with an interval", j.name(), few(j.own.Summary.N, j.what))
		}
		if !j.byRatio {
			return head + ", so nothing can be said of it."
		}
		head += ", but it is compared round by round"
	}
	rival, ok := j.fastest(func(s Series) bool { return s.Blocking })
	switch {
	case !ok && j.byRatio:
		head += "; no other blocking primitive is compared with it."
	case !ok:
		head += "; no other blocking primitive has a median to compare it with."
	default:
		head += j.againstBlocking(rival) + j.standing()
	}
	return head + j.againstAll()
}

// wantsRatios reports whether the fastest has to be found by the ratios, since a
// median has no interval of a series that is compared all the same.
func (j judgement) wantsRatios() bool {
	return slices.ContainsFunc(j.peers, func(s Series) bool {
		return compared(s) && (math.IsNaN(j.own.Summary.P50) || math.IsNaN(s.Summary.P50))
	})
}

// compared reports whether there is a ratio of a series, with an interval.
func compared(s Series) bool { return s.Against != nil && s.Against.RatioInterval.Known() }

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

// fastest is the peer with the least median among those that are wanted, or, where
// not all have one, with the least ratio.
func (j judgement) fastest(want func(Series) bool) (best Series, ok bool) {
	for _, s := range j.peers {
		if !want(s) || !j.ranks(s) {
			continue
		}
		if !ok || j.less(s, best) {
			best, ok = s, true
		}
	}
	return best, ok
}

// ranks reports whether a peer has what the fastest is found by.
func (j judgement) ranks(s Series) bool {
	if j.byRatio {
		return compared(s)
	}
	return !math.IsNaN(s.Summary.P50)
}

func (j judgement) less(a, b Series) bool {
	if j.byRatio {
		return a.Against.Ratio < b.Against.Ratio
	}
	return a.Summary.P50 < b.Summary.P50
}

// takes names a peer with its median, where that has an interval: "futex, the
// next, takes 13.9us (95 % interval 13.3-14.3us)", "futex is the next by its ratio".
func (j judgement) takes(s Series, what string) string {
	if j.byRatio {
		what += " by its ratio"
	}
	if math.IsNaN(s.Summary.P50) {
		return word(s.Primitive) + " is " + what
	}
	return word(s.Primitive) + ", " + what + ", takes " + figure(s)
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
	switch is(rival) {
	case stat.Slower:
		rest, next := ", the least of the blocking primitives", "the next"
		if math.IsNaN(j.own.Summary.P50) {
			rest = " and takes the least of the blocking primitives"
		}
		switch {
		case !j.least():
			rest, next = " and takes less than the fastest other blocking primitive", "which that is"
		case !j.own.Blocking:
			rest, next = " and takes less than any that blocks", "the fastest of those"
		}
		return fmt.Sprintf("%s: %s, %s.", rest, j.takes(rival, next), longer(rival.Against))
	case stat.Faster:
		return fmt.Sprintf("; %s, so that %s takes %s.", j.takes(rival, "the fastest blocking primitive"), j.name(), longer(rival.Against))
	case stat.Same:
		return fmt.Sprintf("; %s: the same to within %s (%s times, %s).",
			j.takes(rival, "the fastest other blocking primitive"), percent(j.threshold), multiple(rival.Against.Ratio), ratioSpan(rival.Against.RatioInterval))
	}
	return fmt.Sprintf("; %s. %s", j.takes(rival, "the fastest other blocking primitive"), j.undecided(rival))
}

// least reports whether every other primitive that blocks, of those that rank, is
// told to be slower.
func (j judgement) least() bool {
	return !slices.ContainsFunc(j.peers, func(s Series) bool { return s.Blocking && j.ranks(s) && is(s) != stat.Slower })
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
	within := s.Against.RatioInterval
	return fmt.Sprintf("%s takes between %s and %s times as long, so this run names no winner of the two by more than %s; it would have told a difference of %s in about four such runs of five.",
		j.name(), multiple(1/within.Hi), multiple(1/within.Lo), percent(j.threshold), percent(s.Against.Seen))
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
		if s.Blocking && j.ranks(s) {
			count[is(s)]++
		}
	}
	which := "with a median"
	if j.byRatio {
		which = "that are compared"
	}
	return fmt.Sprintf(" Of the other blocking primitives %s, %s faster than %s, %s slower, %s the same, and %s too close to tell.",
		which, some(count[stat.Faster]), j.name(), some(count[stat.Slower]), some(count[stat.Same]), some(count[stat.Inconclusive]))
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
	spinning, ok := j.fastest(func(s Series) bool { return !s.Blocking })
	best, _ := j.fastest(func(Series) bool { return true })
	if !ok || best.Blocking && j.beaten(best) {
		return ""
	}
	switch is(spinning) {
	case stat.Slower:
		took := "takes " + longer(spinning.Against)
		if !math.IsNaN(spinning.Summary.P50) {
			took = "takes " + figure(spinning)
		}
		return fmt.Sprintf(" Not even %s, the fastest that spins, is as fast: it %s.", word(spinning.Primitive), took)
	case stat.Faster:
		but := " but "
		if math.IsNaN(spinning.Summary.P50) {
			but = ", which "
		}
		return " " + j.first(spinning, "The fastest of all") + but + fmt.Sprintf("%s: %s takes %s.", busy(spinning), j.name(), longer(spinning.Against))
	case stat.Same:
		return fmt.Sprintf(" The fastest that spins, %s, takes as long to within %s, and %s.", word(spinning.Primitive), percent(j.threshold), busy(spinning))
	}
	return fmt.Sprintf(" %s. %s", j.first(spinning, "The fastest that spins"), j.undecided(spinning))
}

// first begins a sentence on a peer: "The fastest of all, spin, takes 125ns (95 %
// interval 124-127ns)", "The fastest of all by its ratio is spin".
func (j judgement) first(s Series, what string) string {
	if j.byRatio {
		what += " by its ratio"
	}
	if math.IsNaN(s.Summary.P50) {
		return what + " is " + word(s.Primitive)
	}
	return what + ", " + word(s.Primitive) + ", takes " + figure(s)
}

// beaten reports whether a peer seems to be faster than the baseline.
func (j judgement) beaten(by Series) bool {
	if j.byRatio {
		return by.Against.Ratio < 1
	}
	return by.Summary.P50 < j.own.Summary.P50
}

// longer says how many times as long the slower of a series and its baseline
// takes, with where that lies.
func longer(a *Against) string {
	ratio, iv := a.Ratio, a.RatioInterval
	if ratio < 1 {
		ratio, iv = 1/ratio, stat.Interval{Lo: 1 / iv.Hi, Hi: 1 / iv.Lo}
	}
	return fmt.Sprintf("%s times as long (%s)", multiple(ratio), ratioSpan(iv))
}

// busy says what the spinning costs.
func busy(s Series) string {
	if math.IsNaN(s.WaitCPUShare) {
		return "spins while it waits"
	}
	return "burned " + burned(s.WaitCPUShare) + " of CPU time for each second of its wait"
}
