package reports

import (
	"fmt"
	"math"
	"slices"

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
// under which pipe-eof was not to be measured.
func Verdict(run Run) []string {
	var all []string
	for _, g := range groups(run) {
		if g.stage != StageFirst {
			continue
		}
		at := slices.IndexFunc(g.series, func(s Series) bool { return s.Primitive == subject })
		if at >= 0 {
			all = append(all, "On "+g.where()+", "+judge(g.series[at], g.series))
		}
	}
	return all
}

// judge compares the subject with its peers.
func judge(own Series, peers []Series) string {
	if own.Summary.N == 0 {
		return subject + " has no valid first release, so nothing can be said of it."
	}
	if math.IsNaN(own.Summary.P50) {
		return fmt.Sprintf("%s has %s, too few for a median with an interval, so nothing can be said of it.", subject, plural(own.Summary.N, "valid first release"))
	}
	head := fmt.Sprintf("the median first release by %s takes %s", subject, figure(own))
	rival, ok := fastest(peers, func(s Series) bool { return s.Blocking })
	if !ok {
		head += "; no other blocking primitive has a median to compare it with."
	} else {
		head += againstBlocking(own, rival)
	}
	return head + againstAll(own, peers)
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

// againstAll is a sentence on the fastest primitive that keeps its CPU, unless
// one that blocks was faster and has been spoken of.
func againstAll(own Series, peers []Series) string {
	polling, ok := fastest(peers, func(s Series) bool { return !s.Blocking })
	best, _ := fastest(peers, func(Series) bool { return true })
	if !ok || best.Blocking && best.Summary.P50 < own.Summary.P50 {
		return ""
	}
	name := word(polling.Primitive)
	switch {
	case !apart(own.Summary.P50Interval, polling.Summary.P50Interval):
		return fmt.Sprintf(" The fastest that polls, %s, takes %s: the intervals overlap.", name, figure(polling))
	case own.Summary.P50 < polling.Summary.P50:
		return fmt.Sprintf(" Not even %s, the fastest that polls, is as fast: it takes %s.", name, figure(polling))
	}
	return fmt.Sprintf(" The fastest of all, %s, takes %s but %s: %s takes %s.", name, figure(polling), busy(polling), subject, ratio(own, polling))
}

// ratio says how much longer the slower takes, without a number where the
// faster takes no time that the clock could see.
func ratio(slower, faster Series) string {
	if faster.Summary.P50 <= 0 {
		return "longer"
	}
	return times(slower.Summary.P50/faster.Summary.P50) + " times as long"
}

// busy says what the polling costs.
func busy(s Series) string {
	if math.IsNaN(s.WaitCPUShare) {
		return "polls while it waits"
	}
	return "used " + percent(s.WaitCPUShare) + " of a CPU while it waited"
}
