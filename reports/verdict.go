package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// subject is the primitive that the verdict is about: the one that is widely
// preferred, and whose preference is the question.
const subject = "pipe-eof"

// Verdict says for each set of conditions how the median first release by
// pipe-eof compares with that of the fastest other primitive that blocks, and
// with the fastest of all, for or against. It names a winner only where the
// intervals of the two medians lie apart, and it says nothing of conditions
// under which pipe-eof was not to be measured. Where children are released
// together it is about the last of them.
//
// Of more sets of conditions than a reader keeps apart it speaks of the first
// under each placement and that with the most children, and counts the others.
func Verdict(run Run) []string {
	var judged []group
	for _, g := range groups(run) {
		if _, ok := g.subject(); ok && g.headline() {
			judged = append(judged, g)
		}
	}
	chosen := judged
	if len(judged) > fewVerdicts {
		chosen = principal(judged)
	}
	var all []string
	for _, g := range chosen {
		own, _ := g.subject()
		all = append(all, "On "+g.where()+", "+g.judge(own))
	}
	if more := len(judged) - len(chosen); more > 0 {
		all = append(all, fmt.Sprintf("%s of conditions with %s: see the tables.", plural(more, "further set"), subject))
	}
	return all
}

// fewVerdicts is how many sets of conditions each have a sentence.
const fewVerdicts = 4

// judge compares the subject with its peers: by the first release of a child,
// or by the last of a group that was released together.
func (g group) judge(own Series) string {
	if g.children == 1 {
		return judge("first release", own, g.series)
	}
	last := func(s Series) Series {
		s.Summary = s.Fan.Last
		return s
	}
	peers := make([]Series, len(g.series))
	for i, s := range g.series {
		peers[i] = last(s)
	}
	return judge(fmt.Sprintf("first release of the last of %s children", plot.Count(g.children)), last(own), peers)
}

// subject is the series of the group that the verdict is about.
func (g group) subject() (own Series, ok bool) {
	at := slices.IndexFunc(g.series, func(s Series) bool { return s.Primitive == subject })
	if at < 0 {
		return Series{}, false
	}
	return g.series[at], true
}

// judge compares the subject with its peers. What is the thing that the figures
// are of.
func judge(what string, own Series, peers []Series) string {
	if own.Summary.N == 0 {
		return subject + " has no valid " + what + ", so nothing can be said of it."
	}
	if math.IsNaN(own.Summary.P50) {
		return fmt.Sprintf("%s has %s, too few for a median with an interval, so nothing can be said of it.", subject, few(own.Summary.N, what))
	}
	head := fmt.Sprintf("the median %s by %s takes %s", what, subject, figure(own))
	rival, ok := fastest(peers, func(s Series) bool { return s.Blocking })
	if !ok {
		head += "; no other blocking primitive has a median to compare it with."
	} else {
		head += againstBlocking(own, rival) + standing(own, peers)
	}
	return head + againstAll(own, peers)
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

// fastest is the series with the least median among those other than the
// subject that are wanted.
func fastest(peers []Series, want func(Series) bool) (best Series, ok bool) {
	for _, s := range peers {
		if s.Primitive == subject || !want(s) || math.IsNaN(s.Summary.P50) {
			continue
		}
		if !ok || s.Summary.P50 < best.Summary.P50 {
			best, ok = s, true
		}
	}
	return best, ok
}

// apart tells whether two intervals have no value in common.
func apart(a, b stat.Interval) bool { return a.Hi < b.Lo || b.Hi < a.Lo }

// againstBlocking ends the sentence on the subject.
func againstBlocking(own, rival Series) string {
	name := word(rival.Primitive)
	switch {
	case !apart(own.Summary.P50Interval, rival.Summary.P50Interval):
		return fmt.Sprintf("; %s, the fastest other blocking primitive, takes %s. The intervals overlap, so this run names no winner of the two.", name, figure(rival))
	case own.Summary.P50 < rival.Summary.P50:
		return fmt.Sprintf(", the least of the blocking primitives: %s, the next, takes %s, %s.", name, figure(rival), ratio(rival, own))
	}
	return fmt.Sprintf("; %s, the fastest blocking primitive, takes %s, so that %s takes %s.", name, figure(rival), subject, ratio(own, rival))
}

// standing is a sentence on where the subject stands among many that block,
// and nothing among few, whom a reader counts in the table. The fastest of many
// says little by itself: there is always one, and luck helped it there.
func standing(own Series, peers []Series) string {
	if len(peers) <= plot.Few {
		return ""
	}
	var faster, slower, equal int
	for _, s := range peers {
		switch {
		case s.Primitive == subject || !s.Blocking || math.IsNaN(s.Summary.P50):
		case !apart(own.Summary.P50Interval, s.Summary.P50Interval):
			equal++
		case s.Summary.P50 < own.Summary.P50:
			faster++
		default:
			slower++
		}
	}
	return fmt.Sprintf(" Of the other blocking primitives with a median, %s faster than %s, %s slower, and %s too close to tell.",
		some(faster), subject, some(slower), some(equal))
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
func againstAll(own Series, peers []Series) string {
	spinning, ok := fastest(peers, func(s Series) bool { return !s.Blocking })
	best, _ := fastest(peers, func(Series) bool { return true })
	if !ok || best.Blocking && best.Summary.P50 < own.Summary.P50 {
		return ""
	}
	name := word(spinning.Primitive)
	switch {
	case !apart(own.Summary.P50Interval, spinning.Summary.P50Interval):
		return fmt.Sprintf(" The fastest that spins, %s, takes %s: the intervals overlap.", name, figure(spinning))
	case own.Summary.P50 < spinning.Summary.P50:
		return fmt.Sprintf(" Not even %s, the fastest that spins, is as fast: it takes %s.", name, figure(spinning))
	}
	return fmt.Sprintf(" The fastest of all, %s, takes %s but %s: %s takes %s.", name, figure(spinning), busy(spinning), subject, ratio(own, spinning))
}

// ratio says how much longer the slower takes, without a number where the
// faster takes no time that the clock could see.
func ratio(slower, faster Series) string {
	if faster.Summary.P50 <= 0 {
		return "longer"
	}
	return times(slower.Summary.P50/faster.Summary.P50) + " times as long"
}

// busy says what the spinning costs.
func busy(s Series) string {
	if math.IsNaN(s.WaitCPUShare) {
		return "spins while it waits"
	}
	return "burned " + burned(s.WaitCPUShare) + " of CPU time for each second of its wait"
}
