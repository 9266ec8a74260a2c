package reports

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// The stages that a series is split into. The first release in a child's life
// is cold and is what a container start pays; the later ones are warm.
const (
	StageFirst = "first"
	StageLater = "later"
)

// A Report is what was gathered from one record, or from the records of
// several hosts one after another.
type Report struct {
	Runs []Run // in the order of the record, never compared with each other
}

// A Run is everything between one header and the next.
type Run struct {
	Header result.Header
	End    *result.End // nil if the run was cut short

	// Series are grouped by conditions and within them by family, both in
	// the order in which the plan first names them; within a family they are
	// ordered by the median of the first stage.
	Series []Series

	// Problems are sentences on what is wrong with the record itself.
	Problems []string
}

// A Series is the measured samples of one series of the plan at one stage,
// those of warm-up rounds left out.
type Series struct {
	result.Series
	Stage   string         // StageFirst or StageLater
	Release []float64      // release latencies of the valid samples in ns, ascending
	Summary stat.Summary   // of Release
	Invalid map[string]int // samples left out, by their reason

	// WaitCPUShare is the CPU time that the child used between arming and
	// going on, as a share of that time, over all valid samples. NaN where
	// there are none.
	WaitCPUShare float64

	// Medians in ns, NaN where nothing was measured: what the release
	// operation cost the parent, what the clone cost it, and how long a
	// child took from the clone to its first arming. The last two belong to
	// the child and are the same at both stages.
	SignalP50, CloneP50, StartupP50 float64
}

// InvalidTotal is the number of samples left out, for whatever reason.
func (s Series) InvalidTotal() int {
	total := 0
	for _, n := range s.Invalid {
		total += n
	}
	return total
}

// A conditions value is all of a series but its primitive. Only series under
// the same conditions may be set side by side.
type conditions struct {
	placement, launcher, namespaces string
	hold                            int64
}

func conditionsOf(s result.Series) conditions {
	return conditions{s.Placement, s.Launcher, namespaces(s), s.HoldNS}
}

// namespaces joins their names as one word: "uts+ipc".
func namespaces(s result.Series) string {
	if len(s.Namespaces) == 0 {
		return "none"
	}
	return strings.Join(s.Namespaces, "+")
}

// A group is the series that may be compared: one stage under one set of
// conditions.
type group struct {
	conditions
	stage  string
	series []Series
	vary   variety
}

// A variety says in which conditions the series of a plan differ. The ones
// they share are said once, of the run.
type variety struct{ launcher, namespaces, hold bool }

func varietyOf(plan result.Plan) variety {
	var v variety
	for _, s := range plan.Series {
		first, this := conditionsOf(plan.Series[0]), conditionsOf(s)
		v.launcher = v.launcher || this.launcher != first.launcher
		v.namespaces = v.namespaces || this.namespaces != first.namespaces
		v.hold = v.hold || this.hold != first.hold
	}
	return v
}

// where names the conditions that tell the group from others in its run,
// placement always first: "cross-cpu, launcher vm".
func (g group) where() string {
	parts := []string{word(g.placement)}
	if g.vary.launcher {
		parts = append(parts, "launcher "+word(g.launcher))
	}
	if g.vary.namespaces {
		parts = append(parts, "namespaces "+word(g.namespaces))
	}
	if g.vary.hold {
		parts = append(parts, "hold "+plot.Time(float64(g.hold)))
	}
	return strings.Join(parts, ", ")
}

// title names group and stage.
func (g group) title() string { return g.where() + ", " + stageTitle(g.stage) }

func stageTitle(stage string) string {
	if stage == StageFirst {
		return "first release (cold)"
	}
	return "later releases (warm)"
}

// groups splits the series of a run, which are in order, into comparable ones.
func groups(run Run) []group {
	vary := varietyOf(run.Header.Plan)
	var all []group
	for _, s := range run.Series {
		c := conditionsOf(s.Series)
		at := slices.IndexFunc(all, func(g group) bool { return g.conditions == c && g.stage == s.Stage })
		if at < 0 {
			at = len(all)
			all = append(all, group{conditions: c, stage: s.Stage, vary: vary})
		}
		all[at].series = append(all[at].series, s)
	}
	return all
}

// order sorts the series of a run: groups as the plan has them, the first
// stage before the later, families as the plan first names them, and within a
// family by the median of the first stage, so that a primitive stands in the
// same place at both. Those without a median come last, as the plan has them.
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

// An identity tells a series of the plan from the others.
type identity struct {
	conditions
	family, primitive string
}

func identityOf(s Series) identity {
	return identity{conditionsOf(s.Series), s.Family, s.Primitive}
}

// ascending orders numbers and puts NaN last.
func ascending(a, b float64) int {
	if math.IsNaN(a) || math.IsNaN(b) {
		return cmp.Compare(yes(math.IsNaN(a)), yes(math.IsNaN(b)))
	}
	return cmp.Compare(a, b)
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}
