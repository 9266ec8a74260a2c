package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nsbench/nsbench/bench/result"
)

// A Selection says which series of a record an output is of: for facets, by
// their names, the values wanted, as run takes them. A facet that it does not
// name has all of its values, so that nil selects everything.
type Selection map[string][]string

// A Facet is one of the things that tell series from each other, with the values
// of it that there are, in the order of the record.
type Facet struct {
	Name   string
	Values []string
}

// A facet is a Facet of any series.
type facet struct {
	name string

	// of is the value as run takes it, cleaned, so that what a message lists
	// can be typed.
	of func(Series) string

	// spelled is the value that a typed text means, nil where it means itself.
	spelled func(string) string
}

// The facets that samples of one series of the plan differ in.
const (
	facetStage = "stage"
	facetKind  = "kind"
)

var facets = []facet{
	{"primitive", func(s Series) string { return word(s.Primitive) }, nil},
	{"placement", func(s Series) string { return word(s.Placement) }, nil},
	{axisLauncher, func(s Series) string { return word(s.Launcher) }, nil},
	{axisNamespaces, func(s Series) string { return word(namespaces(s.Series)) }, namespacesTyped},
	{axisHold, func(s Series) string { return shortly(time.Duration(s.HoldNS)) }, holdTyped},
	{axisChildren, func(s Series) string { return strconv.Itoa(conditionsOf(s.Series).children) }, nil},
	{"load", func(s Series) string { return loadTaken(conditionsOf(s.Series)) }, nil},
	{"cpu-quota", func(s Series) string { return quotaOf(conditionsOf(s.Series)) }, nil},
	{"idle", func(s Series) string { return word(conditionsOf(s.Series).idle) }, nil},
	{"sched", func(s Series) string { return word(conditionsOf(s.Series).sched) }, nil},
	{facetStage, func(s Series) string { return s.Stage }, nil},
	{facetKind, func(s Series) string { return s.Kind }, nil},
}

// namespacesTyped takes a set as run does, "ipc,uts", and as reports write it.
func namespacesTyped(typed string) string {
	names := strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == '+' })
	set := slices.DeleteFunc(slices.Clone(namespaceNames), func(kind string) bool { return !slices.Contains(names, kind) })
	if len(set) == 0 || len(set) != len(names) {
		return typed
	}
	return namespaces(result.Series{Namespaces: set})
}

// holdTyped takes 0.2ms for 200us.
func holdTyped(typed string) string {
	if hold, err := time.ParseDuration(typed); err == nil {
		return shortly(hold)
	}
	return typed
}

func shortly(d time.Duration) string { return strings.ReplaceAll(d.String(), "µ", "u") }

// loadTaken is a load as run takes it: "0", "2", "2:10".
func loadTaken(c conditions) string {
	if c.nice == 0 {
		return strconv.Itoa(c.load)
	}
	return fmt.Sprintf("%d:%d", c.load, c.nice)
}

// Facets lists all facets, with the values that the series of a report have.
func Facets(rep *Report) []Facet {
	all := make([]Facet, len(facets))
	for i, f := range facets {
		all[i].Name = f.name
		for _, run := range rep.Runs {
			for _, s := range run.Series {
				if value := f.of(s); !slices.Contains(all[i].Values, value) {
					all[i].Values = append(all[i].Values, value)
				}
			}
		}
	}
	return all
}

// A NoSeriesError says that a selection leaves no series.
type NoSeriesError struct {
	// Facet has no such value as was wanted of it. Its name is empty where
	// each value is there, but no series has one of every facet.
	Facet Facet
	Value string
}

func (e *NoSeriesError) Error() string {
	if e.Facet.Name == "" {
		return "no series is all of what was selected"
	}
	return fmt.Sprintf("no series has the %s %q: there are %s", e.Facet.Name, e.Value, strings.Join(e.Facet.Values, ", "))
}

// Of returns the report as if nothing but the series selected had been planned.
// The report itself stays as it is. A value that no series has is a
// *NoSeriesError, and so is a selection that leaves none.
func (sel Selection) Of(rep *Report) (*Report, error) {
	if len(sel) == 0 {
		return rep, nil
	}
	if err := sel.check(rep); err != nil {
		return nil, err
	}
	some := &Report{}
	for _, run := range rep.Runs {
		run.Series = slices.DeleteFunc(slices.Clone(run.Series), func(s Series) bool { return !sel.has(s) })
		run.Faults, run.Isolation, run.Handshakes, run.Breaks = nil, nil, nil, nil // which have no series
		run.Header.Plan.Series = sel.planned(run.Header.Plan)
		if len(run.Series) > 0 {
			some.Runs = append(some.Runs, run)
		}
	}
	if len(some.Runs) == 0 {
		return nil, &NoSeriesError{}
	}
	return some, nil
}

func (sel Selection) check(rep *Report) error {
	for i, there := range Facets(rep) {
		for _, typed := range sel[there.Name] {
			if !slices.Contains(there.Values, facets[i].meant(typed)) {
				return &NoSeriesError{Facet: there, Value: typed}
			}
		}
	}
	return nil
}

func (f facet) meant(typed string) string {
	if f.spelled == nil {
		return typed
	}
	return f.spelled(typed)
}

// has tells whether the series is among those selected.
func (sel Selection) has(s Series) bool {
	for _, f := range facets {
		wanted, ok := sel[f.name]
		if ok && !slices.ContainsFunc(wanted, func(typed string) bool { return f.meant(typed) == f.of(s) }) {
			return false
		}
	}
	return true
}

// planned are the series of a plan of which some samples are selected.
func (sel Selection) planned(plan result.Plan) (some []result.Series) {
	for i, chosen := range sel.samples(plan) {
		if chosen.any() {
			some = append(some, plan.Series[i])
		}
	}
	return some
}

// A choice says of the samples of one series which are selected: by numberOf
// their stage, and whether they are early.
type choice [2][2]bool

// samples makes a choice for each series of a plan, for what reads a record
// sample by sample.
func (sel Selection) samples(plan result.Plan) []choice {
	all := make([]choice, len(plan.Series))
	for i, planned := range plan.Series {
		planned.Primitive = planned.Label()
		for _, stage := range []string{StageFirst, StageLater} {
			for _, kind := range []string{KindHeld, KindEarly} {
				all[i][numberOf(stage)][yes(kind == KindEarly)] = sel.has(Series{Series: planned, Stage: stage, Kind: kind})
			}
		}
	}
	return all
}

func (c choice) any() bool { return c != choice{} }

func (c choice) has(stage, kind string) bool { return c[numberOf(stage)][yes(kind == KindEarly)] }
