package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// A sweep is the groups of one placement that differ on one axis alone, in the
// order of the plan.
type sweep struct {
	axis   axis
	groups []group
}

// sweepsOf finds what a run lets a reader compare along an axis: the only one,
// besides the placement, on which its series differ. How long a wait's end takes
// by the number of children is a question of its own, see Fanout.
func sweepsOf(run Run) []sweep {
	vary := varietyOf(run.Header.Plan)
	if len(vary) != 1 || vary[0].name == axisChildren {
		return nil
	}
	var all []sweep
	for _, g := range groups(run) {
		if !g.headline() {
			continue
		}
		at := slices.IndexFunc(all, func(s sweep) bool { return s.groups[0].placement == g.placement })
		if at < 0 {
			at = len(all)
			all = append(all, sweep{axis: vary[0]})
		}
		all[at].groups = append(all[at].groups, g)
	}
	return slices.DeleteFunc(all, func(s sweep) bool { return !s.compares() })
}

// compares tells whether any primitive is under more than one of the conditions.
func (s sweep) compares() bool {
	times := make(map[identity]int)
	for _, g := range s.groups {
		for _, series := range g.series {
			if times[plain(series)]++; times[plain(series)] > 1 {
				return true
			}
		}
	}
	return false
}

// sweeps are the tables of a run along its axis.
func sweeps(run Run) []sheet {
	var all []sheet
	for _, s := range sweepsOf(run) {
		all = append(all, s.medians())
		if s.axis.name == axisHold {
			all = append(all, s.burned())
		}
	}
	return all
}

// primitives are those of all groups, in the order in which they come.
func (s sweep) primitives() []identity {
	var all []identity
	for _, g := range s.groups {
		for _, series := range g.series {
			if id := plain(series); !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

// plain tells a primitive from the others whatever the conditions.
func plain(s Series) identity { return identity{family: s.Family, primitive: s.Primitive} }

// of is the series of a primitive in a group.
func (g group) of(id identity) (s Series, ok bool) {
	at := slices.IndexFunc(g.series, func(s Series) bool { return plain(s) == id })
	if at < 0 {
		return Series{}, false
	}
	return g.series[at], true
}

func (s sweep) title() string {
	return fmt.Sprintf("By %s, %s, %s", s.axis.name, word(s.groups[0].placement), stageTitle(StageFirst))
}

// medians is the table of median first releases. Where the values of the axis
// are sets of namespaces, whose names are long, each has a row.
func (s sweep) medians() sheet {
	first := s.axis.says(s.groups[0].conditions)
	out := sheet{
		title: s.title() + ": p50",
		notes: []string{columnTimes + ": the multiple of the p50 at " + first + ", with ~ where the intervals of the two overlap."},
	}
	if text := s.shortfalls(); text != "" {
		out.notes = append(out.notes, text)
	}
	if s.axis.name == axisNamespaces {
		return s.turned(out)
	}
	out.columns = []sheetColumn{{name: "primitive", label: true}}
	for i, g := range s.groups {
		out.columns = append(out.columns, sheetColumn{name: s.axis.value(g.conditions)})
		if i > 0 {
			out.columns = append(out.columns, sheetColumn{name: columnTimes, glued: true})
		}
	}
	for _, id := range s.primitives() {
		row := []string{word(id.primitive)}
		for i, g := range s.groups {
			p50, x := s.cell(g, id)
			row = append(row, p50)
			if i > 0 {
				row = append(row, x)
			}
		}
		out.rows = append(out.rows, row)
	}
	return out
}

// shortfalls says how many samples the dashes among the medians stand for.
func (s sweep) shortfalls() string {
	var all []need
	for _, g := range s.groups {
		for _, series := range g.series {
			all = append(all, medianNeed(series.Summary, series.Primitive+", "+s.axis.says(g.conditions))...)
		}
	}
	if all == nil {
		return ""
	}
	return tooFew + needs(all, len(s.groups)*len(s.primitives()), stat.Confidence, "")
}

// turned is the same with a row for each value.
func (s sweep) turned(out sheet) sheet {
	out.columns = []sheetColumn{{name: s.axis.name, label: true}}
	all := s.primitives()
	for _, id := range all {
		out.columns = append(out.columns, sheetColumn{name: word(id.primitive)}, sheetColumn{name: columnTimes, glued: true})
	}
	for _, g := range s.groups {
		row := []string{s.axis.value(g.conditions)}
		for _, id := range all {
			p50, x := s.cell(g, id)
			row = append(row, p50, x)
		}
		out.rows = append(out.rows, row)
	}
	return out
}

// cell is the median of a primitive in a group, and how it compares with that in
// the first.
func (s sweep) cell(g group, id identity) (p50, x string) {
	here, ok := g.of(id)
	if !ok {
		return "-", "-"
	}
	p50 = plot.Time(here.Summary.P50)
	there, ok := s.groups[0].of(id)
	switch {
	case !ok || !(there.Summary.P50 > 0) || math.IsNaN(here.Summary.P50):
		return p50, "-"
	case g.conditions == s.groups[0].conditions:
		return p50, "1"
	case here.Summary.P50Interval.Apart(there.Summary.P50Interval):
		return p50, multiple(here.Summary.P50 / there.Summary.P50)
	}
	return p50, "~" + multiple(here.Summary.P50/there.Summary.P50)
}

// burned is the table of CPU time that waiting took, which depends on the hold
// as nothing else does.
func (s sweep) burned() sheet {
	out := sheet{
		title:   s.title() + ": " + columnBurned,
		notes:   []string{"The CPU time that a child burned for each second of its wait."},
		columns: []sheetColumn{{name: "primitive", label: true}},
	}
	for _, g := range s.groups {
		out.columns = append(out.columns, sheetColumn{name: s.axis.value(g.conditions)})
	}
	for _, id := range s.primitives() {
		row := []string{word(id.primitive)}
		for _, g := range s.groups {
			cell := "-"
			if here, ok := g.of(id); ok {
				cell = burned(here.WaitCPUShare)
			}
			row = append(row, cell)
		}
		out.rows = append(out.rows, row)
	}
	return out
}
