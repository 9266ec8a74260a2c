package reports

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// notes lists what a reader of a group's figures must know, as texts.
func notes(g group) []string { return texts(footnotes(g)) }

// footnotes lists what a reader of a group's figures must know of single series:
// which have no figure and why, which lost samples, and how many samples a
// dash stands for.
//
// Those of all series come first, the others in the order of the first that they
// are about, so that their marks in a table are met in order.
//
// It is a line for each thing to be known and not one for each series: forty
// lines that differ in a name and a number are not read. No series is left out
// of its line, however long that becomes.
func footnotes(g group) []note {
	all := gaps(g)
	if text := shortfalls(g); text != "" {
		all = append(all, note{text: text})
	}
	if text, about := uncompared(g); text != "" {
		all = append(all, note{text, about, columnTimes})
	}
	if _, ok := g.own(); !ok && g.compares && len(g.series) > 1 {
		all = append(all, note{text: baselineMissing(g.baseline, "here")})
	}
	if g.children > 1 {
		all = append(all, note{text: fmt.Sprintf("%s children were held at a time and released together: their latencies depend on each other. See the table of fan-out.", plot.Count(g.children))})
	}
	all = append(all, doubts(g, stat.Doubt.Remedy)...)
	all = append(all, differencesSeen(g)...)
	if text := throttled(g); text != "" {
		all = append(all, note{text: text})
	}
	slices.SortStableFunc(all, func(a, b note) int { return cmp.Compare(a.first(), b.first()) })
	return all
}

// gaps says what was not measured and what was left out.
func gaps(g group) []note {
	var all []note
	if names, about := named(g, func(s Series) bool { return s.Summary.N == 0 && s.InvalidTotal() == 0 }); about != nil {
		all = append(all, note{"Nothing was measured: " + names + ".", about, columnMedian})
	}
	if names, about := named(g, func(s Series) bool { return s.Summary.N == 0 && s.InvalidTotal() > 0 }); about != nil {
		all = append(all, note{"No valid sample: " + names + ".", about, columnMedian})
	}
	return append(all, losses(g)...)
}

// throttled says for how much of their lives a quota kept the children from
// running, from the least to the most.
func throttled(g group) string {
	var least, most Series
	for _, s := range g.series {
		if math.IsNaN(s.ThrottledShare) {
			continue
		}
		if least.Primitive == "" || s.ThrottledShare < least.ThrottledShare {
			least = s
		}
		if most.Primitive == "" || s.ThrottledShare > most.ThrottledShare {
			most = s
		}
	}
	switch {
	case most.Primitive == "":
		return ""
	case least.Primitive == most.Primitive:
		return fmt.Sprintf("The quota kept the children from running for %s of their lives.", percent(most.ThrottledShare))
	}
	return fmt.Sprintf("The quota kept children from running for %s (%s) to %s (%s) of their lives.",
		percent(least.ThrottledShare), word(least.Primitive), percent(most.ThrottledShare), word(most.Primitive))
}

// named lists the primitives of a group that are meant, and where they stand.
func named(g group, meant func(Series) bool) (names string, about []int) {
	var all []string
	for i, s := range g.series {
		if meant(s) {
			all, about = append(all, word(s.Primitive)), append(about, i)
		}
	}
	return joined(all...), about
}

// A loss is the samples that one series lost for one reason.
type loss struct {
	primitive   string
	at          int // in the group
	lost, total int // total counts the samples of the series, valid or not
}

// losses is a line for each reason for which samples were left out, the most
// frequent reason first.
func losses(g group) []note {
	byReason, sum := make(map[string][]loss), make(map[string]int)
	for i, s := range g.series {
		for reason, n := range s.Invalid {
			byReason[reason] = append(byReason[reason], loss{s.Primitive, i, n, s.Summary.N + s.InvalidTotal()})
			sum[reason] += n
		}
	}
	reasons := slices.SortedFunc(maps.Keys(sum), func(a, b string) int {
		return cmp.Or(sum[b]-sum[a], strings.Compare(a, b))
	})
	lines := make([]note, len(reasons))
	for i, reason := range reasons {
		lines[i] = note{text: lossLine(reason, byReason[reason]), at: columnCount}
		for _, l := range byReason[reason] {
			lines[i].about = append(lines[i].about, l.at)
		}
	}
	return lines
}

// lossLine names the series that lost samples, the greatest loss first:
// "Left out as not-blocked, of 400 samples each: sigwait 12, futex 3." Where
// the totals differ each has its own: "sigwait 12 of 400, futex 3 of 392".
func lossLine(reason string, all []loss) string {
	slices.SortStableFunc(all, func(a, b loss) int { return b.lost - a.lost })
	alike := !slices.ContainsFunc(all, func(l loss) bool { return l.total != all[0].total })
	parts := make([]string, len(all))
	for i, l := range all {
		parts[i] = word(l.primitive) + " " + plot.Count(l.lost)
		if !alike {
			parts[i] += " of " + plot.Count(l.total)
		}
	}
	head := "Left out as " + word(reason)
	switch {
	case alike && len(all) > 1:
		head += fmt.Sprintf(", of %s each", plural(all[0].total, "sample"))
	case alike:
		head += ", of " + plural(all[0].total, "sample")
	}
	return head + ": " + joined(parts...) + "."
}

// shortfalls says how many samples the dashes of a group stand for. A series
// without any has a note of its own.
func shortfalls(g group) string {
	var all []need
	for _, s := range g.series {
		for _, short := range s.Summary.Short {
			if s.Summary.N > 0 {
				all = append(all, need{short.Quantile, s.Primitive, short.Need})
			}
		}
	}
	if all == nil {
		return ""
	}
	return tooFew + needs(all, len(g.series), stat.Confidence, "")
}

// tooFew is what a dash stands for that needs follow.
const tooFew = "-: too few valid samples for a 95 % interval: "

// A need is how many valid samples a figure of a series would take.
type need struct {
	quantile  float64
	primitive string
	samples   int
}

// medianNeed is what a median would have taken that a sample is too small for, none
// where it has one or there is no sample at all.
func medianNeed(sum stat.Summary, of string) []need {
	for _, short := range sum.Short {
		if short.Quantile == 0.5 && sum.N > 0 {
			return []need{{short.Quantile, of, short.Need}}
		}
	}
	return nil
}

// needs lists for each quantile how many samples of series it takes, of so many
// series in all, and says where they are more than independent ones would be: "p99
// needs 368 (spin) to 490 (futex), p99.9 needs 3,688. ...". A number is named
// unless it is that of several.
func needs(all []need, series int, confidence float64, where string) string {
	by := make(map[float64][]need)
	for _, n := range all {
		by[n.quantile] = append(by[n.quantile], n)
	}
	var parts, dependent []string
	for _, q := range slices.Sorted(maps.Keys(by)) {
		less := func(a, b need) int { return a.samples - b.samples }
		least, most := slices.MinFunc(by[q], less), slices.MaxFunc(by[q], less)
		text := stat.QuantileName(q) + " needs " + plot.Count(least.samples)
		if least.samples < most.samples || len(by[q]) == 1 && series > 1 {
			text += " (" + word(least.primitive) + ")"
		}
		if least.samples < most.samples {
			text += fmt.Sprintf(" to %s (%s)", plot.Count(most.samples), word(most.primitive))
		}
		parts = append(parts, text+where)
		if independent := stat.Need(q, confidence); most.samples > independent {
			dependent = append(dependent, plot.Count(independent)+" for "+stat.QuantileName(q))
		}
	}
	text := joined(parts...) + "."
	if dependent != nil {
		text += " It is more than " + joined(dependent...) + " where values depend on each other."
	}
	return text
}

// uncompared says why a ratio and its verdict are dashes. A series without any
// sample has a note of its own.
func uncompared(g group) (text string, about []int) {
	by := make(map[string][]string)
	places := make(map[string]int)
	for i, s := range g.series {
		if s.Against == nil || s.Summary.N == 0 || compared(s) {
			continue
		}
		why := uncomparedWhy(s)
		appear(places, why)
		by[why], about = append(by[why], word(s.Primitive)), append(about, i)
	}
	if len(by) == 0 {
		return "", nil
	}
	parts := make([]string, len(by))
	for why, at := range places {
		parts[at] = fmt.Sprintf("%s (%s)", why, joined(by[why]...))
	}
	return "No " + columnTimes + ": " + strings.Join(parts, "; ") + ".", about
}

// uncomparedWhy is why a series that was held against the baseline has no ratio.
func uncomparedWhy(s Series) string {
	if s.Against.Why != nil {
		return s.Against.Why.Error()
	}
	return "a time that is not above 0 has no ratio"
}

// baselineMissing says that series stand beside each other and are not compared,
// for want of the baseline.
func baselineMissing(baseline, where string) string {
	return fmt.Sprintf("%s, the baseline, was not measured %s, so nothing is compared: --baseline NAME compares with another.", word(baseline), where)
}
