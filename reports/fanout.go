package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// A Fanout is how long it took until children that were released together went
// on: the first of a group, its middle one, and the last, each over all groups,
// from before the first operation that released any of them. Of a series that
// holds one child at a time, each child is a group.
type Fanout struct {
	Groups  int // that the figures are made of
	LeftOut int // groups that are not whole, or have a sample that is not valid or not from a wait

	First, Median, Last stat.Summary // ns

	last *stat.Sample // that Last is of
}

// A gatheredFan is the groups of a series at one stage.
type gatheredFan struct {
	first, middle, last inRounds
	leftOut             int
}

// groups adds the groups of a block: so many children in a row, each of which
// passed all stages.
func (s *gatheredSeries) groups(b *result.Block, reasons []string, children, stages, round int) {
	for start := 0; start < len(reasons); {
		if len(reasons)-start < children || (len(reasons)-start)/children < stages {
			s.fans[0].leftOut++
			s.fans[1].leftOut += stages - 1
			return
		}
		for stage := range stages {
			fan := &s.fans[yes(stage > 0)]
			fan.add(together(b, reasons, start, stage, children, stages), round)
		}
		start += children * stages
	}
}

// together lists how long the children of the group that begins with the sample
// at start took at a stage, ascending. It is nil for one that cannot be used.
func together(b *result.Block, reasons []string, start, stage, children, stages int) []int64 {
	all := make([]int64, children)
	for child := range all {
		i := start + child*stages + stage
		if reasons[i] != "" || result.Early(b.HoldNS[i]) || b.Stage[i] != int64(stage+1) {
			return nil
		}
		all[child] = b.ReleaseNS[i]
	}
	slices.Sort(all)
	return all
}

func (f *gatheredFan) add(all []int64, round int) {
	n := len(all)
	if n == 0 {
		f.leftOut++
		return
	}
	f.first.add(round, float64(all[0]))
	f.middle.add(round, (float64(all[(n-1)/2])+float64(all[n/2]))/2)
	f.last.add(round, float64(all[n-1]))
}

// finish summarizes the groups of a series.
func (f *gatheredFan) finish(planned result.Series, s Series, rounds int) *Fanout {
	if planned.Children <= 1 {
		return &Fanout{Groups: s.Summary.N, LeftOut: s.InvalidTotal(), First: s.Summary, Median: s.Summary, Last: s.Summary, last: s.Release}
	}
	last := f.last.sample(rounds)
	return &Fanout{
		Groups: last.N(), LeftOut: f.leftOut, last: last,
		First: f.first.sample(rounds).Summarize(), Median: f.middle.sample(rounds).Summarize(), Last: last.Summarize(),
	}
}

// A fan is the series that were released together under conditions that differ
// in nothing but the number of children, at one stage.
type fan struct {
	conditions
	stage    string
	vary     variety
	baseline string
	arms     []arm
}

// An arm is one primitive of a fan.
type arm struct {
	identity
	series []Series // with ascending numbers of children
}

// fans lists them, if the run holds several children at a time anywhere.
func fans(run Run) []fan {
	var all []fan
	vary := varietyOf(run.Header.Plan).without(axisChildren)
	for _, s := range run.Series {
		if s.Fan == nil {
			continue
		}
		c := conditionsOf(s.Series)
		c.children = 0
		at := slices.IndexFunc(all, func(f fan) bool { return f.conditions == c && f.stage == s.Stage })
		if at < 0 {
			at = len(all)
			all = append(all, fan{conditions: c, stage: s.Stage, vary: vary, baseline: run.Baseline})
		}
		all[at].add(s)
	}
	for _, f := range all {
		for _, a := range f.arms {
			slices.SortStableFunc(a.series, func(a, b Series) int { return a.Children - b.Children })
		}
	}
	return all
}

func (f *fan) add(s Series) {
	at := slices.IndexFunc(f.arms, func(a arm) bool { return a.identity == plain(s) })
	if at < 0 {
		at = len(f.arms)
		f.arms = append(f.arms, arm{identity: plain(s)})
	}
	f.arms[at].series = append(f.arms[at].series, s)
}

func (f fan) where() string { return f.vary.where(f.conditions) }

// fanSheets are the tables of fan-out.
func fanSheets(run Run) []sheet {
	var all []sheet
	for _, f := range fans(run) {
		s := f.sheet()
		s.drawing = f.drawing()
		all = append(all, s)
	}
	return all
}

func (f fan) sheet() sheet {
	out := sheet{
		title: fmt.Sprintf("Fan-out, %s, %s", f.where(), stageTitle(f.stage)),
		columns: []sheetColumn{
			{name: "primitive", label: true}, {name: "children"}, {name: "groups", spare: 3}, {name: "first"}, {name: "median", spare: 2},
			{name: "last"}, {name: "95% of last", spare: 1}, {name: "last/child"}, {name: "one for all", spare: 4},
		},
		notes: []string{"Medians over groups: from before the first operation that releases any of a group until its first, its middle and its last child went on. last/child: the last divided by the number of children. one for all: one operation releases the whole group; else each child has its own."},
	}
	var lost []string
	var short []need
	for _, a := range f.arms {
		for _, s := range a.series {
			last, n := s.Fan.Last, conditionsOf(s.Series).children
			out.rows = append(out.rows, []string{
				word(s.Primitive), plot.Count(n), plot.Count(s.Fan.Groups), plot.Time(s.Fan.First.P50), plot.Time(s.Fan.Median.P50),
				plot.Time(last.P50), span(last.P50Interval), plot.Time(last.P50 / float64(n)), oneForAll(s),
			})
			for _, sum := range []stat.Summary{s.Fan.First, s.Fan.Median, last} {
				short = append(short, medianNeed(sum, s.Primitive+" with "+childrenOf(n))...)
			}
			if s.Fan.LeftOut > 0 {
				lost = append(lost, fmt.Sprintf("%s with %s %s of %s", word(s.Primitive), childrenOf(n), plot.Count(s.Fan.LeftOut), plot.Count(s.Fan.Groups+s.Fan.LeftOut)))
			}
		}
	}
	if lost != nil {
		out.notes = append(out.notes, "Groups left out, because they are not whole or a sample in them is not valid or was early: "+strings.Join(lost, "; ")+".")
	}
	if short != nil {
		out.notes = append(out.notes, "-: too few groups for a 95 % interval: "+needs(short, len(out.rows), stat.Confidence, ""))
	}
	return out
}

// childrenOf counts children.
func childrenOf(n int) string {
	if n == 1 {
		return "1 child"
	}
	return plot.Count(n) + " children"
}

// oneForAll says whether one operation releases all children of a series.
func oneForAll(s Series) string {
	if s.Children <= 1 {
		return "-"
	}
	return yesNo(s.FreesAll)
}

// drawing is the curve of a fan, nil if no group of it has a figure.
func (f fan) drawing() *drawing {
	var said []string
	for _, a := range f.arms {
		most := a.series[len(a.series)-1]
		said = append(said, fmt.Sprintf("%s %s until the last of %s", word(a.primitive), plot.Time(most.Fan.Last.P50), plot.Count(conditionsOf(most.Series).children)))
	}
	if len(said) > 12 {
		said = append(said[:12], "and more")
	}
	title := "Fan-out, " + stageTitle(f.stage)
	return &drawing{
		name: "fanout-" + slug(f.where()) + "-" + f.stage, title: title + ", " + f.where(),
		alt: fmt.Sprintf("Time until the children of a group go on over their number, %s, %s. Medians: %s.", f.where(), stageTitle(f.stage), strings.Join(said, "; ")),
		draw: func(l look) (*plot.Drawing, error) {
			ch := plot.Chart{Title: title, Host: l.host, Placement: f.where()}
			for _, a := range f.arms {
				s := plot.Series{Name: a.primitive, Family: familyName(a.family), Reference: a.primitive == f.baseline, Style: l.styles[a.primitive]}
				for _, one := range a.series {
					last := one.Fan.Last
					s.Groups = append(s.Groups, plot.Group{
						Children: conditionsOf(one.Series).children, N: one.Fan.Groups,
						First: one.Fan.First.P50, Last: last.P50, Lo: last.P50Interval.Lo, Hi: last.P50Interval.Hi,
					})
				}
				ch.Series = append(ch.Series, s)
			}
			return plot.FanOut(ch)
		},
	}
}
