package reports

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// sheets are the table of what differs between the hosts, and one of each set of
// conditions that they have in common.
//
// A figure of all hosts stands together, and not all figures of one: it is the
// host that a row is read along, and where a terminal is too narrow for all of it
// a part has one figure of several hosts.
func (h *hosts) sheets() []sheet {
	all := []sheet{h.factSheet()}
	for _, s := range h.sets {
		all = append(all, h.sheet(s))
	}
	all[0].notes = append(all[0].notes, h.apart()...)
	return explained(all)
}

// The figures of a host in a table, by what their columns are called.
const (
	hostRatio = "ratio"
	hostTimes = columnTimes
)

func (h *hosts) sheet(s hostSet) sheet {
	out := sheet{title: fmt.Sprintf("%s side by side, %s", capital(h.noun()+"s"), s.title()), columns: []sheetColumn{{name: "primitive", label: true}}}
	figures := []struct {
		name string
		cell func(g group, f hostFigure) string
		from int // the first host of the set that has it
	}{
		{"p50", func(_ group, f hostFigure) string { return within(f.summary()) }, 0},
		{hostRatio, func(_ group, f hostFigure) string { return toFirst(f.ratio, h.terms.Threshold) }, 1},
		{hostTimes, timesOwn, 0},
		{"p99", func(_ group, f hostFigure) string { return plot.Time(f.summary().P99) }, 0},
		{columnBurned, func(_ group, f hostFigure) string { return burned(f.WaitCPUShare) }, 0},
	}
	out.rows = make([][]string, len(s.rows))
	for i, row := range s.rows {
		out.rows[i] = []string{word(row.primitive)}
	}
	for _, figure := range figures {
		part := sheet{rows: make([][]string, len(s.rows))}
		known := false
		for k := figure.from; k < len(s.runs); k++ {
			part.columns = append(part.columns, sheetColumn{name: s.figureName(figure.name, k) + " " + h.label(s, k)})
			for i, row := range s.rows {
				cell := "-"
				if f := row.figures[k]; f.there() {
					cell = figure.cell(s.groups[k], f)
				}
				part.rows[i] = append(part.rows[i], cell)
				known = known || cell != "-"
			}
		}
		if known { // a host that lacks what another has keeps its column of dashes
			out = out.beside(part)
		}
	}
	out.drawing = h.drawing(s)
	out.notes = slices.Concat(h.missing(s), h.shortfalls(s), h.uncompared(s), h.doubts(s), h.legend(s, out))
	return out
}

// figureName heads the column of a figure of the k-th host: a multiple says of what it
// is one, unless all are of one baseline.
func (s hostSet) figureName(name string, k int) string {
	if name == hostTimes && slices.ContainsFunc(s.groups, func(g group) bool { return g.baseline != s.groups[0].baseline }) {
		return name + " " + plot.Clean(s.groups[k].baseline, suffixLimit)
	}
	return name
}

// label names the k-th host of a set.
func (h *hosts) label(s hostSet, k int) string { return h.labels[s.runs[k]] }

// toFirst is a ratio between hosts with its interval and what that says.
func toFirst(r stat.QuantileRatio, threshold float64) string {
	if !r.Interval.Known() {
		return "-"
	}
	return fmt.Sprintf("%s (%s) %s", multiple(r.Ratio), ratioSpan(r.Interval), r.Verdict(threshold))
}

// timesOwn is the multiple of the host's own baseline, likewise.
func timesOwn(g group, f hostFigure) string {
	switch {
	case f.Primitive == g.baseline:
		return "baseline"
	case !compared(f.Series):
		return "-"
	}
	return fmt.Sprintf("%s (%s) %s", multiple(f.Against.Ratio), ratioSpan(f.Against.RatioInterval), f.Against.Verdict)
}

// missing says why hosts have no figure of a primitive. A record does not say what
// its host would not run: a primitive that was left out for that is not in the plan.
func (h *hosts) missing(s hostSet) []string {
	var all []string
	for k := range s.runs {
		var unplanned, unmeasured, worthless []string
		for _, row := range s.rows {
			f := row.figures[k]
			switch name := word(row.primitive); {
			case !f.there():
				unplanned = append(unplanned, name)
			case f.summary().N == 0 && f.InvalidTotal() == 0:
				unmeasured = append(unmeasured, name)
			case f.summary().N == 0:
				worthless = append(worthless, fmt.Sprintf("%s (%s)", name, reasons(f.Series)))
			}
		}
		for _, why := range []struct {
			text  string
			names []string
		}{
			{"not in the plan, or left out of it where the host did not allow it", unplanned},
			{"nothing was measured", unmeasured},
			{"no valid sample", worthless},
		} {
			if why.names != nil {
				all = append(all, fmt.Sprintf("- on %s: %s: %s.", h.label(s, k), why.text, joined(why.names...)))
			}
		}
	}
	return all
}

// shortfalls says how many samples the dashes of a set stand for.
func (h *hosts) shortfalls(s hostSet) []string {
	var own, ratios []need
	for _, row := range s.rows {
		for _, f := range row.figures {
			if !f.there() || f.summary().N == 0 {
				continue
			}
			for _, short := range f.summary().Short {
				if short.Quantile == 0.5 || short.Quantile == 0.99 {
					own = append(own, need{short.Quantile, row.primitive, short.Need})
				}
			}
			if n := f.judged().Need(0.5, h.terms.Each()); n > f.judged().N() && row.hosts() > 1 {
				ratios = append(ratios, need{0.5, row.primitive, n})
			}
		}
	}
	var all []string
	if own != nil {
		all = append(all, tooFew+needs(own, len(s.rows), stat.Confidence, ""))
	}
	if ratios != nil {
		all = append(all, fmt.Sprintf("- as a %s: too few valid samples for an interval: %s", hostRatio, needs(ratios, len(s.rows), h.terms.Each(), " in each run")))
	}
	return all
}

// reasons counts the samples that a series lost: "not-blocked 400".
func reasons(s Series) string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(s.Invalid)) {
		parts = append(parts, word(reason)+" "+plot.Count(s.Invalid[reason]))
	}
	return joined(parts...)
}

// uncompared says where multiples of the baseline cannot be held against each other,
// or are missing.
func (h *hosts) uncompared(s hostSet) []string {
	var all, with []string
	alike, without := true, []string{}
	for k, g := range s.groups {
		alike = alike && g.baseline == s.groups[0].baseline
		with = append(with, h.label(s, k)+" with "+word(g.baseline))
		if _, ok := g.own(); !ok {
			without = append(without, h.label(s, k))
		}
	}
	if !alike {
		all = append(all, fmt.Sprintf("%s are not of one baseline, and cannot be compared with each other: %s. --baseline NAME compares with one.", hostTimes, joined(with...)))
	}
	if len(without) > 0 {
		all = append(all, fmt.Sprintf("No %s: the baseline was not measured here on %s.", hostTimes, joined(without...)))
	}
	if h.anyPairOf(s, func(a, b group) bool { return a.threshold != b.threshold }) {
		var parts []string
		for k, g := range s.groups {
			parts = append(parts, h.label(s, k)+" "+percent(g.threshold))
		}
		all = append(all, fmt.Sprintf("Words on %s hold it against thresholds that differ: %s.", hostTimes, joined(parts...)))
	}
	return all
}

func (h *hosts) anyPairOf(s hostSet, differ func(a, b group) bool) bool {
	return slices.ContainsFunc(s.groups, func(g group) bool { return differ(s.groups[0], g) })
}

// doubts names the series whose figures are in doubt, host by host. What is so
// stands with each run.
func (h *hosts) doubts(s hostSet) []string {
	var all []string
	for k, g := range s.groups {
		var parts []string
		for _, one := range g.series {
			var kinds []string
			for _, w := range one.summary().Warnings {
				if at := slices.IndexFunc(doubtful, func(d doubtKind) bool { return d.doubt == w.Kind }); at >= 0 {
					kinds = append(kinds, doubtful[at].brief)
				}
			}
			if kinds != nil {
				parts = append(parts, fmt.Sprintf("%s (%s)", word(one.Primitive), joined(kinds...)))
			}
		}
		if parts != nil {
			all = append(all, fmt.Sprintf("In doubt on %s, for which see its run: %s.", h.label(s, k), joined(parts...)))
		}
	}
	return all
}

// legend explains the columns that a table has.
func (h *hosts) legend(s hostSet, of sheet) []string {
	has := func(figure string) bool {
		return slices.ContainsFunc(of.columns, func(c sheetColumn) bool { return strings.HasPrefix(c.name, figure+" ") })
	}
	var all []string
	if s.children > 1 {
		all = append(all, fmt.Sprintf("p50, %s, %s and p99 are of the last of %s children, which were released together.", hostRatio, hostTimes, plot.Count(s.children)))
	}
	if name, ok := s.baseline(); ok && has(hostTimes) {
		all = append(all, fmt.Sprintf("%s: how many times as long as %s on the same %s, taken round by round. What a host does to all alike is not in it, so this is what to compare across %ss; "+
			"the intervals of one run hold at once with %g %% confidence, those of another by themselves.", hostTimes, word(name), h.noun(), h.noun(), 100*stat.Confidence))
	}
	if has(hostRatio) {
		all = append(all, fmt.Sprintf("%s: the median as a multiple of that on %s. Its interval is made of those of the two medians, which takes the runs for independent, and all %s hold at once "+
			"with %g %% confidence (Bonferroni). %s", hostRatio, h.label(s, 0), plot.Count(h.terms.Comparisons), 100*stat.Confidence, h.caveat()))
	}
	return all
}

// caveat is what no interval between hosts holds.
func (h *hosts) caveat() string {
	if h.noun() == "run" {
		return twoRuns
	}
	return "Hosts differ in everything at once, kernel, CPU, settings and neighbours: it tells of these hosts on those days, and not of why."
}

// apart says what is on one host only, and, where nothing is in common, what keeps
// the hosts apart.
func (h *hosts) apart() []string {
	var all []string
	for _, only := range h.alone {
		texts := keysOf(only.series)
		if more := len(texts) - fewAlone; more > 0 {
			texts = append(texts[:fewAlone:fewAlone], plural(more, "further set")+" of conditions")
		}
		all = append(all, fmt.Sprintf("Not compared, for no other %s has them: on %s %s.", h.noun(), h.labels[only.run], strings.Join(texts, "; ")))
	}
	if len(h.sets) > 0 {
		return all
	}
	var parts []string
	values := make([][]Facet, len(h.runs))
	for i, run := range h.runs {
		values[i] = valuesOf(run.Series)
	}
	for at, f := range facets {
		seen, common := make(map[string]bool), false
		var texts []string
		for i := range h.runs {
			for _, v := range values[i][at].Values {
				common = common || seen[v]
				seen[v] = true
			}
			texts = append(texts, fmt.Sprintf("%s on %s", orElse(joined(values[i][at].Values...), "none"), h.labels[i]))
		}
		if !common && len(seen) > 0 {
			parts = append(parts, f.name+": "+joined(texts...))
		}
	}
	if parts == nil {
		parts = []string{"no series of one agrees with one of another in all of its axes"}
	}
	return append(all, "What keeps them apart: "+strings.Join(parts, "; ")+".")
}

// fewAlone is how many sets of conditions of one host only are spelled out.
const fewAlone = 4
