package fault

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/gate"
)

// A Plan is which cells are to be found out.
type Plan struct {
	Primitives []gate.Primitive
	Faults     []Fault
	Trials     int           // per cell
	Deadline   time.Duration // see trial.Trial
}

// DefaultTrials and DefaultDeadline are what a matrix takes minutes with.
const (
	DefaultTrials   = 20
	DefaultDeadline = 400 * time.Millisecond
)

// The bounds of a plan. A deadline that is shorter would tell a child that is on its
// way from one that hangs by luck; a longer one than an hour is a mistake.
const (
	MaxTrials   = 10_000
	MinDeadline = 20 * time.Millisecond
	MaxDeadline = time.Hour
)

// Check refuses a plan that cannot be carried out.
func (p Plan) Check() error {
	switch {
	case len(p.Primitives) == 0:
		return errors.New("no primitives")
	case len(p.Faults) == 0:
		return errors.New("no faults")
	case p.Trials < 1 || p.Trials > MaxTrials:
		return fmt.Errorf("%d trials: from 1 to %d are possible", p.Trials, MaxTrials)
	case p.Deadline < MinDeadline || p.Deadline > MaxDeadline:
		return fmt.Errorf("a deadline of %v: from %v to %v is possible", p.Deadline, MinDeadline, MaxDeadline)
	}
	return nil
}

// Record is the plan as the record has it.
func (p Plan) record() result.Plan {
	plan := result.Plan{Trials: p.Trials}
	for _, prim := range p.Primitives {
		plan.Primitives = append(plan.Primitives, prim.Name)
		plan.Ideas = append(plan.Ideas, prim.Summary)
	}
	for _, f := range p.Faults {
		plan.Faults = append(plan.Faults, f.Fault)
	}
	return plan
}

// A report is what a trial of a cell came to, if it is done.
type report struct {
	trial.Report
	done bool
}

// An Observer is told of a run as it goes.
type Observer struct {
	Record   func(result.Record) error // its error ends the run
	Progress func(done, total int)     // trials; nil for nobody
}

// A cell is one primitive under one fault.
type cell struct {
	primitive gate.Primitive
	fault     Fault
	reports   []report // by trial
	missing   int      // trials that have not come to their end
}

// behaviour is the cell as the record has it.
func (c *cell) behaviour() *result.Behaviour {
	b := &result.Behaviour{
		Matrix: result.MatrixFaults, Primitive: c.primitive.Name, Family: string(c.primitive.Family), Fault: c.fault.Name,
	}
	for _, r := range c.reports {
		switch {
		case !r.done:
		case r.Unavailable != "":
			b.Outcome, b.Reason, b.Moot = result.OutcomeUnavailable, r.Unavailable, r.Moot
			return b
		default:
			b.Trials++
			b.Results = tally(b.Results, r.Result)
			if r.Descriptors != nil {
				b.Descriptors = append(b.Descriptors, *r.Descriptors)
			}
			if r.LatencyNS > 0 {
				b.LatencyNS = append(b.LatencyNS, r.LatencyNS)
				if r.FreeNS > 0 {
					b.FreeNS = append(b.FreeNS, r.FreeNS)
				}
			}
		}
	}
	slices.SortStableFunc(b.Results, func(x, y result.Result) int { return y.N - x.N })
	b.Outcome = c.most(b.Results)
	return b
}

// tally counts a result with those that are the same.
func tally(all []result.Result, one result.Result) []result.Result {
	one.N = 0
	for i := range all {
		same := all[i]
		same.N = 0
		if same == one {
			all[i].N++
			return all
		}
	}
	one.N = 1
	return append(all, one)
}

// most is the outcome of most trials, and of equally many the worse.
func (c *cell) most(all []result.Result) (most string) {
	count := make(map[string]int)
	for _, r := range all {
		count[r.Outcome] += r.N
	}
	for _, r := range all {
		n := count[r.Outcome]
		if most == "" || n > count[most] || n == count[most] && c.worse(r.Outcome, most) {
			most = r.Outcome
		}
	}
	return most
}

// worse reports whether an outcome is less to be wished for than another.
func (c *cell) worse(a, b string) bool { return c.badness(a) > c.badness(b) }

func (c *cell) badness(outcome string) int {
	switch {
	case slices.Contains(c.fault.Unsafe, outcome):
		return 2
	case slices.Contains(c.fault.Sound, outcome):
		return 0
	}
	return 1
}
