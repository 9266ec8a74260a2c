package isolation

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
	Spaces     []Space       // columns; empty for all
	Trials     int           // per cell
	Deadline   time.Duration // see trial.Trial
}

// DefaultTrials are few: what the kernel refuses it refuses each time.
const (
	DefaultTrials   = 3
	DefaultDeadline = 400 * time.Millisecond
)

// The bounds of a plan. A deadline that is shorter would tell one that is on its way
// from one that hangs by luck; a longer one than an hour is a mistake.
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
	case p.Trials < 1 || p.Trials > MaxTrials:
		return fmt.Errorf("%d trials: from 1 to %d are possible", p.Trials, MaxTrials)
	case p.Deadline < MinDeadline || p.Deadline > MaxDeadline:
		return fmt.Errorf("a deadline of %v: from %v to %v is possible", p.Deadline, MinDeadline, MaxDeadline)
	}
	return nil
}

// columns are the spaces of the plan.
func (p Plan) columns() []Space {
	if len(p.Spaces) == 0 {
		return All()
	}
	return p.Spaces
}

// record is the plan as the record has it.
func (p Plan) record() result.Plan {
	plan := result.Plan{Trials: p.Trials}
	for _, prim := range p.Primitives {
		plan.Primitives = append(plan.Primitives, prim.Name)
	}
	for _, s := range p.columns() {
		plan.Spaces = append(plan.Spaces, s.Space)
	}
	return plan
}

// An Observer is told of a run as it goes.
type Observer struct {
	Record   func(result.Record) error // its error ends the run
	Progress func(done, total int)     // trials; nil for nobody
}

// A cell is one primitive in one space, in one way.
type cell struct {
	primitive gate.Primitive
	space     Space
	way       string
	reports   []trial.Report // of the trials that are done
	missing   int            // trials that have not come to their end
}

// behaviour is the cell as the record has it.
func (c *cell) behaviour() *result.Behaviour {
	b := &result.Behaviour{
		Matrix: result.MatrixIsolation, Primitive: c.primitive.Name, Family: string(c.primitive.Family),
		Namespace: c.space.Name, Way: c.way,
	}
	for _, rep := range c.reports {
		if rep = arrived(rep); rep.Unavailable != "" {
			b.Outcome, b.Reason, b.Trials, b.Results, b.LatencyNS = result.OutcomeUnavailable, rep.Unavailable, 0, nil, nil
			return b
		}
		b.Trials++
		b.Results = tally(b.Results, c.explained(held(rep.Result)))
		if rep.LatencyNS > 0 {
			b.LatencyNS = append(b.LatencyNS, rep.LatencyNS)
		}
	}
	slices.SortStableFunc(b.Results, func(x, y result.Result) int { return y.N - x.N })
	b.Outcome = most(b.Results)
	return b
}

// arrived is a report in which it counts that who was to be in the space came there:
// one who could not mount what belongs to it tells nothing of the gate.
func arrived(rep trial.Report) trial.Report {
	if rep.Outcome == result.OutcomeFailed && callOf(rep.At) == "mount" {
		return trial.Report{Unavailable: fmt.Sprintf("%s: %s", rep.At, errorText(rep.Errno))}
	}
	return rep
}

// held is a result of which it counts that who waits is held until it is released: a
// gate that does not hold has failed, however its program ended.
func held(r result.Result) result.Result {
	if r.Outcome == result.OutcomeReleased && r.Early {
		r.Outcome = result.OutcomeFailed
	}
	return r
}

// tally counts a result with those that are the same.
func tally(all []result.Result, one result.Result) []result.Result {
	for i := range all {
		one.N = all[i].N
		if all[i] == one {
			all[i].N++
			return all
		}
	}
	one.N = 1
	return append(all, one)
}

// most is the outcome of most trials, and of equally many the worse.
func most(all []result.Result) (most string) {
	count := map[string]int{}
	for _, r := range all {
		count[r.Outcome] += r.N
	}
	for _, r := range all {
		n := count[r.Outcome]
		if most == "" || n > count[most] || n == count[most] && slices.Index(worse, r.Outcome) > slices.Index(worse, most) {
			most = r.Outcome
		}
	}
	return most
}

// worse are the outcomes, each of them worse than the one before: who fails knows.
var worse = []string{result.OutcomeReleased, result.OutcomeParentGone, result.OutcomeFailed, result.OutcomeKilled, result.OutcomeHung}
