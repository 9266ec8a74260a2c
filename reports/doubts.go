package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// doubtful are the doubts about figures that a group is told of, a line each, with
// what each series has to say of it. Samples that are too few are told of where
// their dashes are.
var doubtful = []struct {
	doubt stat.Doubt
	head  string
	says  func(stat.Summary) string
}{
	{stat.DoubtDrift, "Drift, the second half's median over the first's", func(s stat.Summary) string { return multiple(s.Drift.Ratio) }},
	{stat.DoubtModes, "Several modes", modesOf},
	{stat.DoubtTies, "Values that equal the median", func(s stat.Summary) string { return percent(s.Tied) }},
	{stat.DoubtDependent, "Values that depend on each other, and so many independent ones tell as much", func(s stat.Summary) string {
		return plot.Count(int(float64(s.N) / s.Dependence.Factor))
	}},
}

// doubts is a line for each doubt about figures of a group, and what to do about it.
func doubts(g group, remedy func(stat.Doubt) string) []string {
	var lines []string
	for _, d := range doubtful {
		var parts []string
		for _, s := range g.series {
			if slices.ContainsFunc(s.Summary.Warnings, func(w stat.Warning) bool { return w.Kind == d.doubt }) {
				parts = append(parts, word(s.Primitive)+" "+d.says(s.Summary))
			}
		}
		if parts != nil {
			lines = append(lines, d.head+": "+joined(parts...)+". "+capital(remedy(d.doubt))+".")
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

// differencesSeen says what differences the run could have found where it found
// none, and what it found between equals.
func differencesSeen(g group) []string {
	var least, most Series
	var lines []string
	for _, s := range g.series {
		if s.Against == nil || !s.Against.RatioInterval.Known() {
			continue
		}
		if s.SelfCheck {
			lines = append(lines, selfCheck(g, s))
			continue
		}
		if s.Against.Verdict != stat.Same && s.Against.Verdict != stat.Inconclusive {
			continue // it was seen
		}
		if least.Against == nil || s.Against.Seen < least.Against.Seen {
			least = s
		}
		if most.Against == nil || s.Against.Seen > most.Against.Seen {
			most = s
		}
	}
	if least.Against == nil {
		return lines
	}
	text := fmt.Sprintf("Where no difference from %s was found, one of %s (%s)", word(g.baseline), percent(least.Against.Seen), word(least.Primitive))
	if most.Primitive != least.Primitive {
		text += fmt.Sprintf(" to %s (%s)", percent(most.Against.Seen), word(most.Primitive))
	}
	return append(lines, text+" would have been, in four such runs of five. More --iterations see smaller ones.")
}

// selfCheck says what the run found between the baseline and itself.
func selfCheck(g group, s Series) string {
	text := fmt.Sprintf("Self check: %s against itself %s times (%s): %s.", word(g.baseline), multiple(s.Against.Ratio), ratioSpan(s.Against.RatioInterval), s.Against.Verdict)
	if s.Against.Verdict == stat.Faster || s.Against.Verdict == stat.Slower {
		text += " They are equals, so do not believe differences of that size in this run."
	}
	return text
}

// capital begins a sentence.
func capital(s string) string {
	if s == "" {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
