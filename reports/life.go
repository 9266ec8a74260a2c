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
	ArmP50     float64 // of that, from the clone's end
	ExecP50    float64 // from going on to the payload executing
	ExitP50    float64 // from then, or from going on, to its end
	ReapP50    float64 // from its end to its being reaped
	CycleP50   float64 // from before its gates were made to after it was reaped

	CloneInterval stat.Interval // of CloneP50, NaN where there are too few children

	ThrottledNS    float64 // how long a quota kept children from running, in all
	ThrottledShare float64 // of their lives
	DrainP50       float64 // after a block, until its network namespaces were gone
}

// A gatheredLife is the columns of one series that have an entry a child or a
// block.
type gatheredLife struct {
	prepare, clone, startup, arm, exec, exit, reap, cycle []uint32

	drain             []uint32
	throttled, throng float64 // ns for which a quota was at work, and of the lives of which that was told
	quota             bool
}

// block adds a block whose children were held so many at a time.
func (l *gatheredLife) block(b *result.Block, together int) {
	for _, c := range []struct {
		to   *[]uint32
		from []int64
	}{
		{&l.prepare, b.PrepareNS}, {&l.clone, b.CloneNS}, {&l.startup, b.StartupNS}, {&l.exec, b.ExecNS},
		{&l.exit, b.ExitNS}, {&l.reap, b.ReapNS}, {&l.cycle, b.CycleNS},
	} {
		*c.to = appendCapped(*c.to, c.from)
	}
	for i, ns := range b.StartupNS {
		l.arm = append(l.arm, capped(ns-b.CloneNS[i]))
	}
	if b.DrainNS != nil {
		l.drain = append(l.drain, capped(*b.DrainNS))
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

// finish summarizes.
func (l *gatheredLife) finish() Life {
	life := Life{
		Lives:      len(l.clone),
		PrepareP50: median(l.prepare), StartupP50: median(l.startup), ArmP50: median(l.arm), ExecP50: median(l.exec),
		ExitP50: median(l.exit), ReapP50: median(l.reap), CycleP50: median(l.cycle), DrainP50: median(l.drain),
		ThrottledNS: math.NaN(), ThrottledShare: math.NaN(),
	}
	life.CloneP50, life.CloneInterval = medianWithin(l.clone)
	if l.quota {
		life.ThrottledNS = l.throttled
		if l.throng > 0 {
			life.ThrottledShare = l.throttled / l.throng
		}
	}
	return life
}

// medianWithin is the median of times and its interval, whose ends are NaN
// where there are too few for one.
func medianWithin(times []uint32) (float64, stat.Interval) {
	iv, _ := stat.NewSample(inNS(times), nil).Interval(0.5, stat.Confidence)
	return median(times), iv // which sorts them
}

func inNS(times []uint32) []float64 {
	out := make([]float64, len(times))
	for i, t := range times {
		out[i] = float64(t)
	}
	return out
}
