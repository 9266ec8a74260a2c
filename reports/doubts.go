package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// A doubtKind is how series are told of that have one kind of doubt.
type doubtKind struct {
	doubt stat.Doubt
	brief string // in two words, where what is so stands elsewhere
	head  string
	says  func([]Series) string
}

// doubtful are the doubts about figures that a group is told of, a line each, with
// what each series has to say of it. Samples that are too few are told of where
// their dashes are.
var doubtful = []doubtKind{
	{stat.DoubtDrift, "drift", "Drift, the second half's median over the first's", each(func(s stat.Summary) string { return multiple(s.Drift.Ratio) })},
	{stat.DoubtModes, "several modes", "Several modes", each(modesOf)},
	{stat.DoubtTies, "ties", "Values that equal the median, being as coarse as the clock", each(func(s stat.Summary) string { return percent(s.Tied) })},
	{stat.DoubtDependent, "dependent values", "Dependent values", worth},
	{stat.DoubtUnseen, "dependence unseen", "Values too few to show how they depend on each other, which intervals take for independent", each(func(s stat.Summary) string { return plot.Count(s.N) })},
}

// each lists series with what there is to say of each.
func each(says func(stat.Summary) string) func([]Series) string {
	return func(all []Series) string {
		parts := make([]string, len(all))
		for i, s := range all {
			parts[i] = word(s.Primitive) + " " + says(s.Summary)
		}
		return joined(parts...)
	}
}

// worth says how many independent values those of series are worth: "1,500 of
// posix-mq tell as much as 103 independent ones, of futex as 120".
func worth(all []Series) string {
	parts := make([]string, len(all))
	for i, s := range all {
		d, as := s.Summary.Dependence, "as"
		if !d.Settled {
			as = "as at most" // the factor is too small
		}
		count := plot.Count(int(float64(s.Summary.N) / d.Factor))
		switch {
		case i == 0:
			parts[i] = fmt.Sprintf("%s of %s tell as much %s %s independent ones", plot.Count(s.Summary.N), word(s.Primitive), as, count)
		case s.Summary.N == all[i-1].Summary.N:
			parts[i] = fmt.Sprintf("of %s %s %s", word(s.Primitive), as, count)
		default:
			parts[i] = fmt.Sprintf("%s of %s %s %s", plot.Count(s.Summary.N), word(s.Primitive), as, count)
		}
	}
	return joined(parts...)
}

// doubts is a line for each doubt about figures of a group, and what to do about it.
func doubts(g group, remedy func(stat.Doubt) string) []note {
	var lines []note
	for _, d := range doubtful {
		var some []Series
		var about []int
		for i, s := range g.series {
			if slices.ContainsFunc(s.Summary.Warnings, func(w stat.Warning) bool { return w.Kind == d.doubt }) {
				some, about = append(some, s), append(about, i)
			}
		}
		if some != nil {
			lines = append(lines, note{d.head + ": " + d.says(some) + ". " + capital(remedy(d.doubt)) + ".", about, columnMedian})
		}
	}
	return lines
}

// modesOf lists where values gather and how many of them.
func modesOf(s stat.Summary) string {
	var parts []string
	for _, m := range s.Modes {
		parts = append(parts, fmt.Sprintf("%s at %s", percent(m.Share), plot.Time(m.At)))
	}
	return strings.Join(parts, " and ")
}

// differencesSeen says what differences the run would have told, of those that it
// told of none where there are any, and what it found between equals.
func differencesSeen(g group) []note {
	var lines []note
	var twins, decided, undecided []Series
	var about []int
	for i, s := range g.series {
		switch {
		case s.Against == nil || !s.Against.RatioInterval.Known():
		case g.twin(s):
			lines, twins = append(lines, note{selfCheck(g, s), []int{i}, columnTimes}), append(twins, s)
		case s.Against.Verdict == stat.Faster || s.Against.Verdict == stat.Slower:
			decided = append(decided, s)
		default:
			undecided, about = append(undecided, s), append(about, i)
		}
	}
	told := "A difference from " + word(g.baseline)
	switch {
	case undecided != nil:
		return append(lines, note{"Where neither faster nor slower is told, a difference" + seen(undecided), about, columnTimes})
	case decided != nil:
		return append(lines, note{text: told + seen(decided)})
	case twins != nil:
		return append(lines, note{text: told + seen(twins)})
	}
	return lines
}

// seen goes on to say how great a difference would have been told.
func seen(all []Series) string {
	by := func(a, b Series) int { return ascending(a.Against.Seen, b.Against.Seen) }
	least, most := slices.MinFunc(all, by), slices.MaxFunc(all, by)
	text := fmt.Sprintf(" of %s (%s)", percent(least.Against.Seen), word(least.Primitive))
	if percent(most.Against.Seen) != percent(least.Against.Seen) {
		text += fmt.Sprintf(" to %s (%s)", percent(most.Against.Seen), word(most.Primitive))
	}
	return text + " would have been told in about four such runs of five. More --iterations tell smaller ones."
}

// twin reports whether a series is the baseline once more. The self check of
// another baseline than that which is compared with is a series like any other.
func (g group) twin(s Series) bool { return isTwin(s, g.baseline) }

func isTwin(s Series, baseline string) bool {
	return s.SelfCheck && s.Primitive == result.Series{Primitive: baseline, SelfCheck: true}.Label()
}

// selfCheck says what the run found between the baseline and itself.
func selfCheck(g group, s Series) string {
	text := fmt.Sprintf("Self check: %s against itself %s times (%s): %s.", word(g.baseline), multiple(s.Against.Ratio), ratioSpan(s.Against.RatioInterval), s.Against.Verdict)
	if doubt := selfDoubt(s); doubt != "" {
		text += " " + capital(doubt) + "."
	}
	return text
}

// selfDoubt is what a self check says against its run; empty for nothing.
func selfDoubt(twin Series) string {
	if v := twin.Against.Verdict; v != stat.Faster && v != stat.Slower {
		return ""
	}
	return "they are equals, so do not believe differences of that size in this run"
}

// capital begins a sentence.
func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
