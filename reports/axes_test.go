package reports_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nsbench/nsbench/bench/result"
)

// A made-up world in which times are drawn in integers, so that they are the
// same on every architecture. What a condition does to them is roughly what it
// does to a real host.
type world struct{ rng *rand.Rand }

// near draws around a median: within a third of it mostly, and now and then far
// above.
func (w world) near(median int64) int64 {
	var normal int64 // of a deviation of 1000
	for range 12 {
		normal += w.rng.Int64N(1000)
	}
	ns := median + median*(normal-5994)/7000
	if w.rng.IntN(90) == 0 {
		ns += w.rng.Int64N(300_000)
	}
	return max(ns, 1)
}

// A being is a primitive of the made-up world.
type being struct {
	primitive, family string
	release           int64 // median across CPUs, ns
	spins, freesAll   bool
}

var beings = []being{
	{"pipe-eof", "pipe", 25000, false, true},
	{"pipe-byte", "pipe", 24600, false, false},
	{"eventfd", "eventfd", 24900, false, false},
	{"futex", "memory", 22600, false, true},
	{"sigwait", "signal", 27000, false, false},
	{"spin", "memory", 140, true, true},
}

// under is the series of the beings of some names under given conditions.
func under(s result.Series, names ...string) []result.Series {
	var all []result.Series
	for _, name := range names {
		b := beings[slices.IndexFunc(beings, func(b being) bool { return b.primitive == name })]
		s.Primitive, s.Family, s.Blocking, s.FreesAll = b.primitive, b.family, !b.spins, b.freesAll && s.Children > 1
		all = append(all, s)
	}
	return all
}

// usual is a series without a primitive under what a run has by default.
func usual() result.Series {
	return result.Series{Launcher: "clone", Namespaces: []string{"uts", "ipc"}, Placement: "cross-cpu", HoldNS: 200_000}
}

// lived makes a run of the given series, each with so many blocks.
func lived(t *testing.T, blocks int, plan result.Plan) []byte {
	t.Helper()
	w := world{rand.New(rand.NewPCG(5, 6))}
	head := header()
	head.Plan = plan
	for _, s := range plan.Series {
		if s.Quota > 0 {
			head.Environment.QuotaBy = "cgroup v2"
		}
		if s.Idle == "poll" {
			head.Environment.KeptAwake = "cpu_dma_latency"
		}
	}
	records, samples := []result.Record{head}, 0
	for round := range blocks {
		for place, series := range w.rng.Perm(len(plan.Series)) {
			b := w.block(plan, series)
			b.Round, b.Place, b.Series = round, place, series
			samples += len(b.ReleaseNS)
			records = append(records, b)
		}
	}
	return encode(t, append(records, end(blocks*len(plan.Series), samples))...)
}

// block draws the children of one visit.
func (w world) block(plan result.Plan, series int) *result.Block {
	s := plan.Series[series]
	b := &result.Block{}
	groups := plan.Block
	if s.Children > 1 {
		groups = 2
	}
	for range groups {
		for place := range max(s.Children, 1) {
			w.child(b, plan, s, place)
		}
	}
	if slices.Contains(s.Namespaces, "net") {
		drain := w.near(21_000_000)
		b.DrainNS = &drain
	}
	if s.Quota > 0 {
		throttled := w.near(int64(len(b.CycleNS)) * 400_000)
		b.ThrottledNS = &throttled
	}
	return b
}

// child draws one of a group.
func (w world) child(b *result.Block, plan result.Plan, s result.Series, place int) {
	being := beings[slices.IndexFunc(beings, func(b being) bool { return b.primitive == s.Primitive })]
	for stage := range plan.Stages {
		release := w.latency(being, s, place)
		hold := s.HoldNS/2 + w.rng.Int64N(s.HoldNS+1)
		if s.HoldNS == 0 {
			hold = w.near(60_000) - 70_000 // most had not armed yet
			release = max(release, 2_000-hold)
		}
		used := int64(5_600)
		if being.spins {
			used = max(hold+release-200, 0)
		}
		if s.Placement == "same-cpu" && place == 3 && w.rng.IntN(9) == 0 {
			b.Invalid = append(b.Invalid, result.Mark{Sample: len(b.Stage), Reason: result.ReasonMoved})
		}
		b.Stage, b.HoldNS, b.ReleaseNS = append(b.Stage, int64(stage+1)), append(b.HoldNS, hold), append(b.ReleaseNS, release)
		b.SignalNS, b.WaitCPUNS = append(b.SignalNS, w.near(1900)), append(b.WaitCPUNS, used)
		b.Voluntary, b.Involuntary = append(b.Voluntary, int64(stage)), append(b.Involuntary, 0)
		b.ParentCPU, b.ChildCPU = append(b.ParentCPU, 0), append(b.ChildCPU, int64(len(s.Placement)%2))
	}
	clone := int64(70_000)
	if s.Launcher == "vm" {
		clone = 31_000
	}
	for _, ns := range s.Namespaces {
		clone += map[string]int64{"uts": 2_000, "ipc": 9_000, "net": 310_000, "pid": 14_000, "mnt": 41_000}[ns]
	}
	cloned, armed := w.near(clone), w.near(60_000)
	if s.Launcher == "exec" {
		armed = w.near(900_000)
	}
	b.PrepareNS = append(b.PrepareNS, w.near(6_000))
	b.CloneNS = append(b.CloneNS, cloned)
	b.StartupNS = append(b.StartupNS, cloned+armed)
	b.ExitNS, b.ReapNS = append(b.ExitNS, w.near(80_000)), append(b.ReapNS, w.near(12_000))
	if plan.Payload != nil {
		b.ExecNS = append(b.ExecNS, w.near(420_000))
	}
	b.CycleNS = append(b.CycleNS, cloned+armed+w.near(100_000)+s.HoldNS)
}

// latency draws a release: of a spin it is the cache's, of a sleeper the
// scheduler's, and a group goes on one by one.
func (w world) latency(b being, s result.Series, place int) int64 {
	median := b.release
	switch {
	case s.Placement == "same-cpu" && b.spins:
		median = 2_900_000
	case s.Placement == "same-cpu":
		median = median / 4
	}
	if s.Idle == "poll" {
		median = median / 3
	}
	median += median * int64(3*s.Load)
	if s.Quota > 0 {
		median += 900_000 / int64(s.Quota)
	}
	each := int64(2_700)
	if b.freesAll {
		each = 900
	}
	if b.spins {
		each = 60
	}
	return w.near(median) + int64(place)*each
}

// values gives a series each of several forms.
func values(s result.Series, forms ...func(*result.Series)) []result.Series {
	var all []result.Series
	for _, form := range forms {
		one := s
		form(&one)
		all = append(all, one)
	}
	return all
}

func placed(s *result.Series)            { s.Placement = "same-cpu" }
func asIs(*result.Series)                {}
func held(ns int64) func(*result.Series) { return func(s *result.Series) { s.HoldNS = ns } }
func loaded(n int) func(*result.Series) {
	return func(s *result.Series) { s.Load, s.LoadNice = n, 19*(n/2) }
}
func grouped(n int) func(*result.Series) { return func(s *result.Series) { s.Children = n } }
func by(launcher string) func(*result.Series) {
	return func(s *result.Series) { s.Launcher = launcher }
}
func in(names ...string) func(*result.Series) {
	return func(s *result.Series) { s.Namespaces = names }
}

// axisRuns are runs that vary one thing each, by name.
func axisRuns(t *testing.T) map[string][]byte {
	t.Helper()
	each := func(stages, block int, payload []string, series []result.Series, names ...string) result.Plan {
		plan := result.Plan{Iterations: 10 * block * stages, Stages: stages, Block: block, Payload: payload}
		for _, s := range series {
			plan.Series = append(plan.Series, under(s, names...)...)
		}
		return plan
	}
	both := func(series []result.Series) []result.Series {
		var all []result.Series
		for _, s := range series {
			all = append(all, values(s, placed, asIs)...)
		}
		return all
	}
	quota := usual()
	quota.Quota, quota.Sched, quota.Idle = 20, "batch", "poll"
	return map[string][]byte{
		"load":       lived(t, 12, each(1, 10, nil, both(values(usual(), asIs, loaded(1), loaded(2))), "pipe-eof", "futex", "spin")),
		"hold":       lived(t, 8, each(1, 10, nil, values(usual(), held(50_000), held(1_000_000), held(20_000_000), held(400_000_000), held(2_000_000_000)), "pipe-eof", "spin")),
		"early":      lived(t, 8, each(1, 10, nil, values(usual(), held(0)), "pipe-eof", "eventfd", "spin")),
		"children":   lived(t, 6, each(2, 10, nil, both(values(usual(), asIs, grouped(10), grouped(100))), "pipe-eof", "pipe-byte", "futex", "spin")),
		"few":        lived(t, 2, each(1, 10, nil, values(usual(), grouped(16)), "pipe-eof", "pipe-byte")),
		"namespaces": lived(t, 8, each(1, 10, nil, values(usual(), in(), in("uts"), in("uts", "ipc"), in("net"), in("uts", "ipc", "net", "pid", "mnt")), "pipe-eof", "futex")),
		"launcher":   lived(t, 8, each(1, 10, []string{"true"}, both(values(usual(), by("clone"), by("vm"), by("exec"))), "pipe-eof", "futex")),
		"quota":      lived(t, 8, each(1, 10, nil, []result.Series{quota}, "pipe-eof", "sigwait")),
	}
}
