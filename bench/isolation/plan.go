package isolation

import (
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
const DefaultTrials = 3

// Check refuses a plan that cannot be carried out.
func (p Plan) Check() error { return trial.Check(p.Primitives, p.Trials, p.Deadline) }

// columns are the spaces of the plan.
func (p Plan) columns() []Space {
	if len(p.Spaces) == 0 {
		return All()
	}
	return p.Spaces
}

// record is the plan as the record has it.
func (p Plan) record() result.Plan {
	plan := trial.PlanOf(p.Primitives, p.Trials)
	for _, s := range p.columns() {
		plan.Spaces = append(plan.Spaces, s.Space)
	}
	return plan
}

// A place is where a cell is: one primitive in one space, in one way.
type place struct {
	primitive gate.Primitive
	space     Space
	way       string
}

// cell is what is found out there.
func (p place) cell() *trial.Cell {
	return &trial.Cell{
		Is: result.Behaviour{
			Matrix: result.MatrixIsolation, Primitive: p.primitive.Name, Family: string(p.primitive.Family),
			Namespace: p.space.Name, Way: p.way,
		},
		Reading: p.reading,
		Badness: func(outcome string) int { return slices.Index(worse, outcome) },
	}
}

// reading is what a report means for isolation.
func (p place) reading(rep trial.Report) trial.Report {
	if rep = arrived(rep); rep.Unavailable == "" {
		rep.Result = p.explained(held(rep.Result))
	}
	return rep
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

// worse are the outcomes, each of them worse than the one before: who fails knows.
var worse = []string{result.OutcomeReleased, result.OutcomeParentGone, result.OutcomeFailed, result.OutcomeKilled, result.OutcomeHung}
