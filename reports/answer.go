package reports

import (
	"fmt"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
)

// Answer says in a few sentences what a reader came for: what a first release by the
// baseline costs against the fastest other primitive that blocks, under each set
// of conditions that Verdict speaks of, and what the run's scorecard says for and
// against it. Where there is none it says that the record cannot weigh that. It is
// empty where there is neither a comparison nor a scorecard.
func Answer(run Run) []string { return answer(run, ScorecardOf(run)) }

// answer is Answer by the scorecard of the run, nil for none.
func answer(run Run, card *Scorecard) []string {
	lines := costs(run)
	switch {
	case card != nil:
		return append(lines, card.words(run)...)
	case lines != nil && run.Baseline == usualBaseline:
		lines = append(lines, "What it gives in return, one close that frees every reader, and that the kernel makes for a parent that dies (pipe(7)), is no matter of latency and is not in this record: nsbench faults --out DIR finds it out.")
	}
	return lines
}

// costs is the sentence on latencies.
func costs(run Run) []string {
	chosen, _ := spokenOf(run)
	var parts []string
	for _, g := range chosen {
		j := g.judgement()
		cost := j.cost()
		switch {
		case cost == "": // which the verdict gives the reason of
		case parts == nil:
			parts = append(parts, fmt.Sprintf("On %s, %s by %s takes %s", g.where(), j.one(), word(run.Baseline), cost))
		case g.children > 1:
			parts = append(parts, fmt.Sprintf("on %s, %s takes %s", g.where(), j.one(), cost))
		default:
			parts = append(parts, fmt.Sprintf("on %s, %s", g.where(), cost))
		}
	}
	if parts == nil {
		return nil
	}
	return []string{strings.Join(parts, "; ") + "."}
}

// one is what is compared, with its article.
func (j judgement) one() string {
	if j.children > 1 {
		return "the " + j.what
	}
	return "a " + j.what
}

// cost compares with the fastest that blocks: "1.24 times as long (1.21-1.27) as by
// eventfd, the fastest that blocks".
func (j judgement) cost() string {
	rival, ok := j.fastest(func(s Series) bool { return s.Blocking })
	if !ok || !compared(rival) {
		return ""
	}
	name, within := word(rival.Primitive), rival.Against.RatioInterval
	fastest := "the fastest that blocks"
	if j.own.Blocking {
		fastest = "the fastest other that blocks"
	}
	switch is(rival) {
	case stat.Faster:
		return fmt.Sprintf("%s as by %s, the fastest that blocks", longer(rival.Against), name)
	case stat.Slower:
		less := "less than by " + name
		if j.least() {
			less = "the least of all, less than by " + name
		}
		return fmt.Sprintf("%s, %s, which takes %s", less, fastest, longer(rival.Against))
	case stat.Same:
		return fmt.Sprintf("as long as by %s, %s, to within %s", name, fastest, percent(j.threshold))
	}
	return fmt.Sprintf("between %s and %s times as long as by %s, %s, too close for a winner",
		multiple(1/within.Hi), multiple(1/within.Lo), name, fastest)
}
