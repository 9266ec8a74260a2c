package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/reports/plot"
)

// lifeTable is the series whose children's lives may be set side by side: under
// conditions that differ in launcher and namespaces at most, which are what the
// life of a child depends on.
type lifeTable struct {
	conditions
	vary   variety // besides launcher and namespaces
	labels variety // launcher and namespaces, as far as they differ
	series []Series
	whole  int    // how many series there are, of which those here are some
	lead   string // the primitive that stands for the others
}

// lives lists what a run tells of its children's lives. A record that is from
// before it was told has none.
func lives(run Run) []lifeTable {
	vary := varietyOf(run.Header.Plan)
	labels := slices.DeleteFunc(slices.Clone(vary), func(a axis) bool { return a.name != axisLauncher && a.name != axisNamespaces })
	var all []lifeTable
	seen := make(map[identity]bool)
	for _, s := range run.Series {
		id := identity{conditions: conditionsOf(s.Series), family: s.Family, primitive: s.Primitive}
		if s.Stage != StageFirst || seen[id] {
			continue
		}
		seen[id] = true
		c := id.conditions
		c.launcher, c.namespaces = "", ""
		at := slices.IndexFunc(all, func(t lifeTable) bool { return t.conditions == c })
		if at < 0 {
			at = len(all)
			all = append(all, lifeTable{conditions: c, vary: vary.without(axisLauncher, axisNamespaces), labels: labels})
		}
		all[at].series = append(all[at].series, s)
	}
	all = slices.DeleteFunc(all, func(t lifeTable) bool { return !slices.ContainsFunc(t.series, Series.toldLife) })
	for i := range all {
		all[i].whole, all[i].lead = len(all[i].series), leadOf(run, all[i].series)
	}
	return all
}

// toldLife tells whether there is more of a child's life than its start.
func (s Series) toldLife() bool {
	return !math.IsNaN(s.PrepareP50) || !math.IsNaN(s.ExecP50) || !math.IsNaN(s.ExitP50) || !math.IsNaN(s.ReapP50)
}

// leadOf is the primitive that stands for the others: the baseline where it was
// measured, else the first.
func leadOf(run Run, all []Series) string {
	for _, s := range all {
		if s.Primitive == run.Baseline {
			return run.Baseline
		}
	}
	return all[0].Primitive
}

func (t lifeTable) where() string { return t.vary.where(t.conditions) }

// brief lists of many tables the first of each placement, and of more than a few
// rows those of the primitive that leads, and where launcher and namespaces are the
// same those with the shortest and the longest cycle: a life is the launcher's and the
// namespaces' first of all, and other rows would say the same.
func brief(all []lifeTable) []lifeTable {
	if len(all) > fewVerdicts {
		seen := make(map[string]bool)
		all = slices.DeleteFunc(slices.Clone(all), func(t lifeTable) bool {
			known := seen[t.placement]
			seen[t.placement] = true
			return known
		})
	}
	all = slices.Clone(all)
	for i, t := range all {
		shortest, longest := t.extremes()
		switch {
		case len(t.labels) > 0:
			shortest, longest = -1, -1
		case len(t.series) <= fewLives:
			continue
		}
		all[i].series = nil
		for at, s := range t.series {
			if s.Primitive == t.lead || at == shortest || at == longest {
				all[i].series = append(all[i].series, s)
			}
		}
	}
	return all
}

// fewLives is how many rows of lives a terminal shows, where there are no more.
const fewLives = 4

// extremes are the series with the shortest and the longest median cycle, below
// 0 where none has any.
func (t lifeTable) extremes() (shortest, longest int) {
	shortest, longest = -1, -1
	for at, s := range t.series {
		if math.IsNaN(s.CycleP50) {
			continue
		}
		if shortest < 0 || s.CycleP50 < t.series[shortest].CycleP50 {
			shortest = at
		}
		if longest < 0 || s.CycleP50 > t.series[longest].CycleP50 {
			longest = at
		}
	}
	return shortest, longest
}

// A span of a child's life.
type lifeSpan struct {
	name  string
	spare int // see sheetColumn
	of    func(Series) float64
}

// lifeSpans are in the order in which they are lived. The hold is among them and
// in no picture: how long it is was chosen.
var lifeSpans = []lifeSpan{
	{"prepare", 2, func(s Series) float64 { return s.PrepareP50 }},
	{"clone", 0, func(s Series) float64 { return s.CloneP50 }},
	{spanArmed, 0, func(s Series) float64 { return s.ArmP50 }},
	{spanHold, 6, func(s Series) float64 { return s.HoldP50 }},
	{"release", 0, func(s Series) float64 { return s.Summary.P50 }},
	{"exec", 0, func(s Series) float64 { return s.ExecP50 }},
	{"exit", 0, func(s Series) float64 { return s.ExitP50 }},
	{"reap", 3, func(s Series) float64 { return s.ReapP50 }},
}

const (
	spanHold  = "hold"
	spanArmed = "to armed"
)

// ahead is what stands for the time from the clone's end to the child's arming where
// most had armed before.
const ahead = "ahead"

// toArmed is a cell of that time.
func toArmed(s Series) string {
	if s.Ahead {
		return ahead
	}
	return plot.Time(s.ArmP50)
}

// aheadNote explains the word where some series has it.
func aheadNote(all []Series) string {
	if !slices.ContainsFunc(all, func(s Series) bool { return s.Ahead }) {
		return ""
	}
	return " " + ahead + ": half of the children and more had armed before the clone returned to the parent."
}

// lifeSheets are the tables of lives.
func lifeSheets(all []lifeTable) []sheet {
	var sheets []sheet
	for _, t := range all {
		sheets = append(sheets, t.sheet())
	}
	return sheets
}

func (t lifeTable) sheet() sheet {
	out := sheet{title: "Where a child's life goes, " + t.where()}
	for _, a := range t.labels {
		out.columns = append(out.columns, sheetColumn{name: a.name, label: true})
	}
	out.columns = append(out.columns, sheetColumn{name: "primitive", label: true})
	for _, l := range lifeSpans {
		out.columns = append(out.columns, sheetColumn{name: l.name, spare: l.spare})
	}
	out.columns = append(out.columns, sheetColumn{name: "cycle", spare: 1}, sheetColumn{name: "drain", spare: 4}, sheetColumn{name: "throttled", spare: 5})
	for _, s := range t.series {
		row := t.labelsOf(s)
		row = append(row, word(s.Primitive))
		for _, l := range lifeSpans {
			if l.name == spanArmed {
				row = append(row, toArmed(s))
				continue
			}
			row = append(row, plot.Time(l.of(s)))
		}
		out.rows = append(out.rows, append(row, plot.Time(s.CycleP50), plot.Time(s.DrainP50), percent(s.ThrottledShare)))
	}
	out = out.withoutDashes()
	out.notes = append(out.notes, t.explained(out))
	if hidden := t.whole - len(t.series); hidden > 0 {
		shown := word(t.lead)
		if len(t.labels) == 0 {
			shown += ", the shortest cycle and the longest"
		}
		out.notes = append(out.notes, fmt.Sprintf("Shown: %s. The page and Markdown have %s more.", shown, plural(hidden, "line")))
	}
	out.drawing = t.drawing()
	return out
}

// labelsOf names launcher and namespaces of a series, as far as they differ.
func (t lifeTable) labelsOf(s Series) []string {
	var all []string
	for _, a := range t.labels {
		all = append(all, a.value(conditionsOf(s.Series)))
	}
	return all
}

// explained says what the columns are.
func (t lifeTable) explained(s sheet) string {
	has := func(name string) bool {
		return slices.ContainsFunc(s.columns, func(c sheetColumn) bool { return c.name == name })
	}
	note := "Medians. prepare: making its gates. clone: what starting it cost the parent. to armed: from then until it waits. "
	if has("exec") {
		note += "exec: from its release until the payload executes. exit: from then to its end. "
	} else {
		note += "exit: from its release to its end. "
	}
	note += "reap: from then until the parent has reaped it. cycle: all of it, the hold included."
	if has("drain") {
		note += " drain: after a block, until its namespaces were gone."
	}
	if has("throttled") {
		note += " throttled: the share of its life in which the quota kept it from running."
	}
	return note + aheadNote(t.series)
}

// namespaceSheets are tables of what each set of namespaces costs to create,
// where a run has several. The cost is the clone's and hardly the primitive's,
// so that one stands for all.
func namespaceSheets(run Run) []sheet {
	vary := varietyOf(run.Header.Plan)
	if !vary.has(axisNamespaces) {
		return nil
	}
	var sheets []sheet
	for _, t := range sameButNamespaces(run, vary) {
		sheets = append(sheets, t.namespaces())
	}
	return sheets
}

// sameButNamespaces groups the series of the primitives that lead by all but the
// namespaces.
func sameButNamespaces(run Run, vary variety) []lifeTable {
	lead := leadOf(run, run.Series)
	var all []lifeTable
	seen := make(map[conditions]bool)
	for _, s := range run.Series {
		c := conditionsOf(s.Series)
		if s.Stage != StageFirst || s.Primitive != lead || seen[c] {
			continue
		}
		seen[c] = true
		c.namespaces = ""
		at := slices.IndexFunc(all, func(t lifeTable) bool { return t.conditions == c })
		if at < 0 {
			at = len(all)
			all = append(all, lifeTable{conditions: c, vary: vary.without(axisNamespaces), lead: lead})
		}
		all[at].series = append(all[at].series, s)
	}
	return all
}

func (t lifeTable) namespaces() sheet {
	out := sheet{
		title: fmt.Sprintf("What namespaces cost, %s: children of %s", t.where(), word(t.lead)),
		columns: []sheetColumn{
			{name: axisNamespaces, label: true}, {name: "children", spare: 3}, {name: "clone"}, {name: "95% of clone", spare: 1}, {name: columnTimes, glued: true},
			{name: spanArmed}, {name: "exit"}, {name: "reap", spare: 2}, {name: "drain"},
		},
		notes: []string{"Medians. clone: what starting a child cost the parent, and x its multiple of that in the first line, with ~ where the intervals overlap." + aheadNote(t.series)},
	}
	first := t.series[0]
	for i, s := range t.series {
		x := "-"
		switch {
		case i == 0:
			x = "1"
		case !(first.CloneP50 > 0) || math.IsNaN(s.CloneP50):
		case first.CloneInterval.Apart(s.CloneInterval):
			x = multiple(s.CloneP50 / first.CloneP50)
		default:
			x = "~" + multiple(s.CloneP50/first.CloneP50)
		}
		out.rows = append(out.rows, []string{
			word(namespaces(s.Series)), plot.Count(s.Lives), plot.Time(s.CloneP50), span(s.CloneInterval), x,
			toArmed(s), plot.Time(s.ExitP50), plot.Time(s.ReapP50), plot.Time(s.DrainP50),
		})
	}
	return out.withoutDashes()
}

// drawing is the lives as bars: of each primitive, or where launcher or
// namespaces differ, of one primitive under each.
func (t lifeTable) drawing() *drawing {
	title := "Where a child's life goes"
	if len(t.labels) > 0 {
		title += ", children of " + word(t.lead)
	}
	stack := plot.Stack{Title: title, Placement: t.where(), Notes: []string{
		"Parts are medians over the children of a series. The hold is left out: how long it is was chosen.",
		"prepare: making the gates. to armed: from the clone's end until the child waits. reap: from its end until it is reaped.",
	}}
	var said, unknown []string
	spans := slices.DeleteFunc(slices.Clone(lifeSpans), func(l lifeSpan) bool {
		return l.name == spanHold || !slices.ContainsFunc(t.series, func(s Series) bool { return !math.IsNaN(l.of(s)) })
	})
	for _, l := range spans {
		stack.Parts = append(stack.Parts, l.name)
	}
	for _, s := range t.series {
		bar := plot.Bar{Name: s.Primitive, N: s.Lives}
		if len(t.labels) > 0 {
			if s.Primitive != t.lead {
				continue
			}
			bar.Name = joined(t.labelsOf(s)...)
		}
		sum := 0.0
		for _, l := range spans {
			ns := l.of(s)
			bar.Parts = append(bar.Parts, ns)
			if !math.IsNaN(ns) {
				sum += ns
			}
		}
		if math.IsNaN(s.Summary.P50) && s.Summary.N > 0 {
			unknown = append(unknown, word(bar.Name))
		}
		stack.Bars = append(stack.Bars, bar)
		if len(said) < 12 {
			said = append(said, word(bar.Name)+" "+plot.Time(sum))
		}
	}
	sums := "Sums of medians"
	if unknown != nil {
		sums += ", without the release of " + joined(unknown...)
		stack.Notes = append(stack.Notes, "Too few samples for the median of the release, which is not in the bar: "+joined(unknown...)+".")
	}
	return &drawing{
		name: "life-" + slug(t.where()), title: title + ", " + t.where(),
		alt: fmt.Sprintf("%s, %s, as stacked bars without the hold. %s: %s.", title, t.where(), sums, strings.Join(said, "; ")),
		draw: func(l look) (*plot.Drawing, error) {
			stack := stack // each drawing has its own
			stack.Host = l.host
			return plot.Bars(stack)
		},
	}
}
