package reports

import (
	"fmt"
	"slices"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// A changeGroup is the changes of one set of conditions, stage and kind.
type changeGroup struct {
	group // of the old run
	now   group
	all   []Change
}

// groups splits the changes, which are in the order of the old run.
func (c *Changes) groups() []changeGroup {
	plan := c.Old.Header.Plan
	plan.Series = nil
	for _, one := range c.Series {
		plan.Series = append(plan.Series, one.Old.Series)
	}
	vary := varietyOf(plan)
	var all []changeGroup
	places := make(map[setting]int)
	for _, one := range c.Series {
		k := settingOf(one.Old)
		if _, known := places[k]; !known {
			all = append(all, changeGroup{group: group{setting: k, vary: vary}, now: group{setting: k, vary: vary}})
		}
		appear(places, k)
		g := &all[places[k]]
		g.series, g.now.series, g.all = append(g.series, one.Old), append(g.now.series, one.New), append(g.all, one)
	}
	return all
}

// sheet is the table of a group. A ratio, its interval and its verdict are one
// cell: as columns of their own they would be fifteen, of which no line of a pull
// request and no terminal is wide enough.
func (c *Changes) sheet(g changeGroup) sheet {
	s := sheet{title: g.title(), columns: []sheetColumn{{name: "primitive", label: true}, {name: "n"}, {name: "p50 old"}, {name: "p50 new"}}}
	told := c.told(g)
	for _, q := range told {
		s.columns = append(s.columns, sheetColumn{name: stat.QuantileName(q) + " new/old"})
	}
	for _, one := range g.all {
		old, now := one.Old.summary(), one.New.summary()
		row := []string{word(one.Old.Primitive), moved(old.N, now.N), within(old), within(now)}
		for _, q := range told {
			row = append(row, c.cell(c.at(one, q)))
		}
		s.rows = append(s.rows, row)
	}
	s.notes = c.notes(g)
	return s
}

// told are the quantiles that a table has: the median, of which the two runs have
// columns of their own, and those of which a series of the group has a ratio.
func (c *Changes) told(g changeGroup) []float64 {
	return slices.DeleteFunc(slices.Clone(c.Quantiles), func(q float64) bool {
		return q != 0.5 && !slices.ContainsFunc(g.all, func(one Change) bool { return c.at(one, q).Interval.Known() })
	})
}

// summary is that of what a series is compared by.
func (s Series) summary() stat.Summary {
	if s.Children > 1 && s.Fan != nil {
		return s.Fan.Last
	}
	return s.Summary
}

// moved writes two counts, once if they are one: "1,500", "1,500 -> 800".
func moved(old, now int) string {
	if old == now {
		return plot.Count(old)
	}
	return plot.Count(old) + " -> " + plot.Count(now)
}

// within is a median with its interval: "6.12us (6.07-6.20us)".
func within(s stat.Summary) string {
	if !s.P50Interval.Known() {
		return "-"
	}
	return plot.Time(s.P50) + " (" + span(s.P50Interval) + ")"
}

// cell is a ratio with its interval and what that says: "1.31 (1.22-1.41) slower".
func (c *Changes) cell(r stat.QuantileRatio) string {
	if !r.Interval.Known() {
		return "-"
	}
	return fmt.Sprintf("%s (%s) %s", multiple(r.Ratio), ratioSpan(r.Interval), r.Verdict(c.Threshold))
}

// notes lists what a reader must know of the samples of a group in either run, as
// the notes on one run do, and which figures are missing.
func (c *Changes) notes(g changeGroup) []string {
	var all []string
	if g.children > 1 {
		all = append(all, fmt.Sprintf("The figures are of the last of %s children, which were released together.", plot.Count(g.children)))
	}
	for _, side := range []struct {
		name string
		group
	}{{"Old", g.group}, {"New", g.now}} {
		for _, note := range texts(slices.Concat(gaps(side.group), doubts(side.judged(), remedyBetween))) {
			all = append(all, side.name+": "+note)
		}
	}
	if text := c.shortfalls(g); text != "" {
		all = append(all, text)
	}
	return all
}

// judged is the group with the summaries of what its series are compared by.
func (g group) judged() group {
	g.series = slices.Clone(g.series)
	for i, s := range g.series {
		g.series[i].Summary = s.summary()
	}
	return g
}

// remedyBetween is what to do about a doubt where two runs are compared: there are
// no rounds to be trusted instead.
func remedyBetween(d stat.Doubt) string {
	switch d {
	case stat.DoubtDrift:
		return "let the host come to rest, raise --warmup, and repeat both runs in turn"
	case stat.DoubtDependent:
		return "the intervals allow for it, unless it lasts for a great part of the run; raise --iterations"
	}
	return d.Remedy()
}

// shortfalls says how many samples the dashes of a group stand for.
func (c *Changes) shortfalls(g changeGroup) string {
	var all []need
	for _, q := range c.Quantiles {
		for _, one := range g.all {
			if n := c.need(one, q); n > 0 && !c.at(one, q).Interval.Known() {
				all = append(all, need{q, one.Old.Primitive, n})
			}
		}
	}
	if all == nil {
		return ""
	}
	return "-: too few valid samples for an interval: " + needs(all, len(g.all), c.terms().Each(), " in each run")
}
