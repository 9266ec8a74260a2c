package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
)

// adaptiveFlags are the flags that say when a run ends, as typed, besides
// --iterations.
type adaptiveFlags struct {
	precision string
	maxTime   time.Duration
}

// defaultMaxTime bounds a run whose precision may never be reached.
const defaultMaxTime = 10 * time.Minute

const (
	precisionFlag = "precision"
	maxTimeFlag   = "max-time"
)

func (f *adaptiveFlags) define(flags *pflag.FlagSet) {
	flags.StringVar(&f.precision, precisionFlag, "", "measure until each median is known to within this share of it, such as 2%")
	flags.DurationVar(&f.maxTime, maxTimeFlag, 0, fmt.Sprintf("after how long no further round begins (default %v with --%s)", defaultMaxTime, precisionFlag))
}

// tell says in a plan when it is to end, or is a usage error. With a precision
// there is no end to the iterations but that of any plan, unless one was given.
func (f *adaptiveFlags) tell(plan *bench.Plan, flags *pflag.FlagSet, given bool) (err error) {
	if flags.Changed(maxTimeFlag) && f.maxTime <= 0 {
		return usagef("%s: %v is no time", maxTimeFlag, f.maxTime)
	}
	plan.MaxTime = f.maxTime
	if !flags.Changed(precisionFlag) {
		return nil
	}
	if plan.Precision, err = share(precisionFlag, f.precision); err != nil {
		return err
	}
	if plan.Precision == 0 {
		return usagef("%s %s: no median is ever known exactly", precisionFlag, f.precision)
	}
	if !flags.Changed(maxTimeFlag) {
		plan.MaxTime = defaultMaxTime
	}
	if !given {
		plan.Iterations = bench.MaxIterations
	}
	return nil
}

// An adaptive run decides when enough has been measured.
type adaptive struct {
	plan   bench.Plan
	target stat.Target
	now    func() time.Time
	began  time.Time
	firsts []firsts // by series
	rounds int      // that count
	why    string   // the run was stopped
	worst  worst
}

// A worst is the series whose median is known least well, as of the last look.
type worst struct {
	series    int
	precision float64 // 0 before the first look, infinite for too few releases
}

func newAdaptive(plan bench.Plan) *adaptive {
	return &adaptive{
		plan: plan, target: stat.Target{Precision: plan.Precision}, now: time.Now, firsts: make([]firsts, len(plan.Series)),
	}
}

// record takes note of what the run yields.
func (a *adaptive) record(rec result.Record) {
	if !a.plan.Open() {
		return
	}
	switch rec := rec.(type) {
	case *result.Header:
		a.began = a.now()
	case *result.Block:
		if !rec.Warmup {
			a.firsts[rec.Series].add(rec, max(a.plan.Series[rec.Series].Children, 1), max(a.plan.Stages, 1))
		}
	}
}

// enough says what ends the run after so many rounds, if anything does. That the
// precision is reached comes before that the time is over.
func (a *adaptive) enough(rounds int) string {
	a.rounds = rounds
	if !a.plan.Open() {
		return ""
	}
	for i := range a.firsts {
		a.firsts[i].endRound()
	}
	over := a.plan.MaxTime > 0 && a.now().Sub(a.began) >= a.plan.MaxTime
	switch {
	case a.plan.Precision > 0 && a.target.Due(rounds) && a.met():
		a.why = result.StoppedPrecision
	case over:
		a.why = result.StoppedMaxTime
	}
	return a.why
}

// met reports whether every median is known to the precision. It finds the
// worst on the way, to be shown.
func (a *adaptive) met() bool {
	a.look()
	for i := range a.firsts {
		if !a.target.Met(a.firsts[i].most().values) {
			return false
		}
	}
	return true
}

// look finds the worst median.
func (a *adaptive) look() {
	a.worst = worst{}
	for i := range a.firsts {
		if p := stat.Reached(a.firsts[i].most().values); p > a.worst.precision {
			a.worst = worst{i, p}
		}
	}
}

// left is how much longer the run takes at the most, of what its iterations
// would still take.
func (a *adaptive) left(iterations time.Duration) time.Duration {
	if a.plan.MaxTime == 0 {
		return iterations
	}
	return min(iterations, max(a.plan.MaxTime-a.now().Sub(a.began), 0))
}

// tell says why the run has ended, if that was not by its iterations alone.
func (a *adaptive) tell(w io.Writer) {
	switch {
	case a.why == result.StoppedPrecision:
		tell(w, "nsbench: stopped after %s: every median is known to within %s\n", a.after(), perCent(a.plan.Precision))
	case a.why == result.StoppedMaxTime:
		tell(w, "nsbench: stopped after %s by --%s: %s\n", a.after(), maxTimeFlag, a.known())
	case a.plan.Precision > 0:
		tell(w, "nsbench: stopped after %s by --iterations: %s\n", a.after(), a.known())
	}
}

func (a *adaptive) after() string {
	if a.rounds == 1 {
		return "1 round"
	}
	return fmt.Sprintf("%d rounds", a.rounds)
}

// known says how well the worst median is known by now, and where that would be
// well enough, why it does not count.
func (a *adaptive) known() string {
	a.look()
	name := fullNames(a.plan.Series)[a.worst.series]
	switch {
	case math.IsInf(a.worst.precision, 1):
		return fmt.Sprintf("too few releases of %s are valid to say how well its median is known", name)
	case a.plan.Precision > 0 && a.worst.precision <= a.plan.Precision:
		return a.unsettled()
	}
	return fmt.Sprintf("the median of %s is known to within %s", name, perCent(roundUp(a.worst.precision)))
}

// unsettled says why medians that are known to the precision do not count as such.
func (a *adaptive) unsettled() string {
	for i := range a.firsts {
		values := a.firsts[i].most().values
		if a.target.Met(values) {
			continue
		}
		text := fmt.Sprintf("the median of %s is known to within %s", fullNames(a.plan.Series)[i], perCent(roundUp(stat.Reached(values))))
		if n := len(values); n < stat.FewestForTarget {
			return fmt.Sprintf("%s, but from %d values, and it takes %d", text, n, stat.FewestForTarget)
		}
		return text + ", but not for certain: its values may depend on each other more than they seem to"
	}
	return fmt.Sprintf("every median is known to within %s, which had not been looked at yet", perCent(a.plan.Precision))
}

// perCent is a share as people write it: "2 %".
func perCent(share float64) string { return strconv.FormatFloat(share*100, 'g', 6, 64) + " %" }

// roundUp rounds a share to two figures of it, never to a better precision.
func roundUp(share float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(share))-1)
	if rounded := math.Ceil(share/unit-1e-9) * unit; !math.IsNaN(rounded) {
		return rounded
	}
	return share
}
