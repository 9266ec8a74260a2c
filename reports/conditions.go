package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// A conditions value is all of a series but its primitive. Only series under
// the same conditions may be set side by side. What a record leaves out is here
// as what it stands for.
type conditions struct {
	placement, launcher, namespaces string
	hold                            int64
	children                        int
	load, nice                      int
	quota                           int
	idle, sched                     string
}

// What a series is under unless its record says otherwise.
const (
	naturalIdle   = "natural"
	ordinarySched = "other"
)

func conditionsOf(s result.Series) conditions {
	c := conditions{
		placement: s.Placement, launcher: s.Launcher, namespaces: namespaces(s), hold: s.HoldNS,
		children: max(s.Children, 1), load: s.Load, nice: s.LoadNice, quota: s.Quota,
		idle: orElse(s.Idle, naturalIdle), sched: orElse(s.Sched, ordinarySched),
	}
	if c.load == 0 {
		c.nice = 0 // of threads that are not there
	}
	return c
}

// namespaceNames are the namespaces that there are, in the order of a record.
var namespaceNames = []string{"uts", "ipc", "pid", "mnt", "net", "user", "cgroup", "time"}

// mostNamespaces is how many of a series are named. There are half as many: only a
// record that is none of nsbench's has more, and to join a million names for each
// question about a series takes minutes.
const mostNamespaces = 16

// namespaces joins their names as one word: "uts+ipc". All of them, or all but
// one, would be too long for a heading.
func namespaces(s result.Series) string {
	if more := len(s.Namespaces) - mostNamespaces; more > 0 {
		return fmt.Sprintf("%s and %s more", strings.Join(s.Namespaces[:mostNamespaces], "+"), plot.Count(more))
	}
	var missing []string
	for _, kind := range namespaceNames {
		if !slices.Contains(s.Namespaces, kind) {
			missing = append(missing, kind)
		}
	}
	switch {
	case len(s.Namespaces) == 0:
		return "none"
	case len(s.Namespaces)+len(missing) != len(namespaceNames) || len(missing) > 1:
		return strings.Join(s.Namespaces, "+")
	case len(missing) == 1:
		return "all but " + missing[0]
	}
	return "all"
}

// An axis is one of the conditions, apart from the placement, that a plan can
// vary.
type axis struct {
	name string

	// with is the conditions with this one taken from another value, by which
	// two are compared whatever their type.
	with func(to, from conditions) conditions

	// value is what the condition is, fit to be shown.
	value func(conditions) string

	// usual tells of a value that goes without saying. Nil where none does.
	usual func(conditions) bool
}

// The axes that are spoken of by name.
const (
	axisLauncher   = "launcher"
	axisNamespaces = "namespaces"
	axisHold       = "hold"
	axisChildren   = "children"
)

// axes are in the order in which they are named.
var axes = []axis{
	{
		name:  axisLauncher,
		with:  func(to, from conditions) conditions { to.launcher = from.launcher; return to },
		value: func(c conditions) string { return word(c.launcher) },
	},
	{
		name:  axisNamespaces,
		with:  func(to, from conditions) conditions { to.namespaces = from.namespaces; return to },
		value: func(c conditions) string { return word(c.namespaces) },
	},
	{
		name:  axisHold,
		with:  func(to, from conditions) conditions { to.hold = from.hold; return to },
		value: func(c conditions) string { return plot.Time(float64(c.hold)) },
	},
	{
		name:  axisChildren,
		with:  func(to, from conditions) conditions { to.children = from.children; return to },
		value: func(c conditions) string { return plot.Count(c.children) },
		usual: func(c conditions) bool { return c.children == 1 },
	},
	{
		name:  "load",
		with:  func(to, from conditions) conditions { to.load, to.nice = from.load, from.nice; return to },
		value: loadOf,
		usual: func(c conditions) bool { return c.load == 0 },
	},
	{
		name:  "CPU quota",
		with:  func(to, from conditions) conditions { to.quota = from.quota; return to },
		value: quotaOf,
		usual: func(c conditions) bool { return c.quota == 0 },
	},
	{
		name:  "idle",
		with:  func(to, from conditions) conditions { to.idle = from.idle; return to },
		value: func(c conditions) string { return word(c.idle) },
		usual: func(c conditions) bool { return c.idle == naturalIdle },
	},
	{
		name:  "sched",
		with:  func(to, from conditions) conditions { to.sched = from.sched; return to },
		value: func(c conditions) string { return word(c.sched) },
		usual: func(c conditions) bool { return c.sched == ordinarySched },
	},
}

// loadOf names the busy threads beside the two sides: "2 a CPU, nice 19".
func loadOf(c conditions) string {
	switch {
	case c.load == 0:
		return "none"
	case c.nice == 0:
		return plot.Count(c.load) + " a CPU"
	}
	return fmt.Sprintf("%s a CPU at nice %d", plot.Count(c.load), c.nice)
}

// quotaOf names how much of a CPU a child may use.
func quotaOf(c conditions) string {
	if c.quota == 0 {
		return "none"
	}
	return fmt.Sprintf("%d%%", c.quota)
}

// differ tells whether two conditions differ on the axis.
func (a axis) differ(x, y conditions) bool { return a.with(x, y) != x }

// says names the axis and the value on it: "hold 200us".
func (a axis) says(c conditions) string { return a.name + " " + a.value(c) }

// usually tells whether the value goes without saying.
func (a axis) usually(c conditions) bool { return a.usual != nil && a.usual(c) }

// A variety is the axes on which the series of a plan differ. What they share
// is said once, of the run.
type variety []axis

func varietyOf(plan result.Plan) variety {
	var v variety
	for _, a := range axes {
		if slices.ContainsFunc(plan.Series, func(s result.Series) bool {
			return a.differ(conditionsOf(plan.Series[0]), conditionsOf(s))
		}) {
			v = append(v, a)
		}
	}
	return v
}

// has tells whether the series differ on the axis of a name.
func (v variety) has(name string) bool {
	return slices.ContainsFunc(v, func(a axis) bool { return a.name == name })
}

// without is the variety but for the axes of some names.
func (v variety) without(names ...string) variety {
	return slices.DeleteFunc(slices.Clone(v), func(a axis) bool { return slices.Contains(names, a.name) })
}

// where names the placement, and then what else tells the conditions from
// others in their run: "cross-cpu, launcher vm".
func (v variety) where(c conditions) string {
	parts := []string{word(c.placement)}
	for _, a := range v {
		parts = append(parts, a.says(c))
	}
	return joined(parts...)
}

// shared names what all series of a plan have in common, but for what goes
// without saying.
func shared(plan result.Plan) []string {
	if len(plan.Series) == 0 {
		return nil
	}
	var parts []string
	vary, c := varietyOf(plan), conditionsOf(plan.Series[0])
	for _, a := range axes {
		switch {
		case vary.has(a.name) || a.usually(c):
		case a.name == axisHold && c.hold == 0:
			parts = append(parts, "released at once, without a hold")
		case a.name == axisHold:
			parts = append(parts, "hold around "+a.value(c))
		default:
			parts = append(parts, a.says(c))
		}
	}
	return parts
}

// A setting is what series must have in common to be compared: one stage and kind
// under one set of conditions.
type setting struct {
	conditions
	stage, kind string
}

func settingOf(s Series) setting { return setting{conditionsOf(s.Series), s.Stage, s.Kind} }

// A group is the series that may be compared, and what they are compared with.
type group struct {
	setting
	series    []Series
	vary      variety
	baseline  string
	threshold float64
	compares  bool // the run has the baseline, here or under other conditions
}

// where names the conditions that tell the group from others in its run.
func (g group) where() string { return g.vary.where(g.conditions) }

// title names group, kind and stage.
func (g group) title() string { return g.where() + ", " + moment(g.kind, g.stage) }

// moment names what was released, and when.
func moment(kind, stage string) string {
	if kind == KindEarly {
		return stageTitle(stage) + ", released before the wait (early)"
	}
	return stageTitle(stage)
}

func stageTitle(stage string) string {
	if stage == StageFirst {
		return "first release (cold)"
	}
	return "later releases (warm)"
}

// groups splits the series of a run, which are in order, into comparable ones.
func groups(run Run) []group {
	vary := varietyOf(run.Header.Plan)
	compares := slices.ContainsFunc(run.Series, func(s Series) bool { return s.Primitive == run.Baseline })
	var all []group
	places := make(map[setting]int)
	for _, s := range run.Series {
		k := settingOf(s)
		at, known := places[k]
		if !known {
			at = len(all)
			places[k] = at
			all = append(all, group{setting: k, vary: vary, baseline: run.Baseline, threshold: run.Threshold, compares: compares})
		}
		all[at].series = append(all[at].series, s)
	}
	return all
}

// headline tells whether a group is of what a container start pays: its first
// release, from a wait.
func (g group) headline() bool { return g.stage == StageFirst && g.kind == KindHeld }

// principal chooses of too many groups the first under each placement, and, where
// children are released together, the one with the most of them.
func principal(all []group) []group {
	var chosen []group
	for i, g := range all {
		first, most := true, g.children > 1
		for k, other := range all {
			if other.placement != g.placement {
				continue
			}
			first = first && k >= i
			most = most && (other.children < g.children || other.children == g.children && k >= i)
		}
		if first || most {
			chosen = append(chosen, g)
		}
	}
	return chosen
}

// order sorts the series of a run: groups as the plan has them, the first
// stage before the later, held before early, families as the plan first names
// them, and within a family by the median of the first stage, so that a
// primitive stands in the same place at both. Those without a median come last,
// as the plan has them.
//
// The order by family holds for few series, too. One list by median reads
// better where there are eight, but then an eleventh would move them all.
func order(all []Series) {
	rank, families := make(map[conditions]int), make(map[string]int)
	median := make(map[identity]float64)
	for _, s := range all {
		appear(rank, conditionsOf(s.Series))
		appear(families, s.Family)
		if s.Stage == StageFirst {
			median[identityOf(s)] = s.Summary.P50
		}
	}
	slices.SortStableFunc(all, func(a, b Series) int {
		return cmp.Or(
			rank[conditionsOf(a.Series)]-rank[conditionsOf(b.Series)],
			strings.Compare(a.Stage, b.Stage),
			yes(a.Kind == KindEarly)-yes(b.Kind == KindEarly),
			families[a.Family]-families[b.Family],
			ascending(median[identityOf(a)], median[identityOf(b)]),
		)
	})
}

// appear numbers what it is called with in the order of the first calls.
func appear[K comparable](numbers map[K]int, key K) {
	if _, known := numbers[key]; !known {
		numbers[key] = len(numbers)
	}
}

// An identity tells a series of the plan, and a kind of its samples, from the
// others.
type identity struct {
	conditions
	family, primitive, kind string
}

func identityOf(s Series) identity {
	return identity{conditionsOf(s.Series), s.Family, s.Primitive, s.Kind}
}
