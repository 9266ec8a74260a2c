package reports

import (
	"math"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
)

// A Life is where the time of a series' children went, as medians in ns. What
// the record does not tell is NaN.
type Life struct {
	Lives int // children that were measured, whatever became of their samples

	PrepareP50 float64 // making its gates
	CloneP50   float64 // what the clone cost the parent
	StartupP50 float64 // from the clone's call to the first arming, the clone included
	ArmP50     float64 // of that, from the clone's end; NaN where Ahead
	ExecP50    float64 // from going on to the payload executing
	ExitP50    float64 // from then, or from going on, to its end
	ReapP50    float64 // from its end to its being reaped
	CycleP50   float64 // from before its gates were made to after it was reaped

	Ahead bool // half of the children and more had armed by the time that the clone returned to the parent

	CloneInterval stat.Interval // of CloneP50, NaN where there are too few children

	ThrottledNS    float64 // how long a quota kept children from running, in all
	ThrottledShare float64 // of their lives
	DrainP50       float64 // after a block, until its network namespaces were gone
}

// A gatheredLife is the columns of one series that have an entry a child or a
// block.
type gatheredLife struct {
	prepare, clone, startup, arm, exec, exit, reap, cycle packed

	drain             packed
	throttled, throng float64 // ns for which a quota was at work, and of the lives of which that was told
	quota             bool
}

// block adds a block whose children were held so many at a time.
func (l *gatheredLife) block(b *result.Block, together int) {
	for _, c := range []struct {
		to   *packed
		from []int64
	}{
		{&l.prepare, b.PrepareNS}, {&l.clone, b.CloneNS}, {&l.startup, b.StartupNS}, {&l.exec, b.ExecNS},
		{&l.exit, b.ExitNS}, {&l.reap, b.ReapNS}, {&l.cycle, b.CycleNS},
	} {
		c.to.addAll(c.from)
	}
	for i, ns := range b.StartupNS {
		l.arm.add(ns - b.CloneNS[i])
	}
	if b.DrainNS != nil {
		l.drain.add(*b.DrainNS)
	}
	if b.ThrottledNS == nil {
		return
	}
	l.quota = true
	l.throttled += float64(*b.ThrottledNS)
	for _, ns := range b.CycleNS {
		l.throng += float64(ns) / float64(together)
	}
}

// finish summarizes, and leaves no times.
func (l *gatheredLife) finish() Life {
	life := Life{
		Lives:      l.clone.n,
		PrepareP50: l.prepare.median(), StartupP50: l.startup.median(), ArmP50: l.arm.median(), ExecP50: l.exec.median(),
		ExitP50: l.exit.median(), ReapP50: l.reap.median(), CycleP50: l.cycle.median(), DrainP50: l.drain.median(),
		ThrottledNS: math.NaN(), ThrottledShare: math.NaN(),
	}
	life.CloneP50, life.CloneInterval = l.clone.medianWithin()
	if life.Ahead = life.ArmP50 == 0; life.Ahead {
		life.ArmP50 = math.NaN() // packed has no times below 0, and 0 is none that was measured
	}
	if l.quota {
		life.ThrottledNS = l.throttled
		if l.throng > 0 {
			life.ThrottledShare = l.throttled / l.throng
		}
	}
	return life
}
