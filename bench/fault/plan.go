package fault

import (
	"errors"
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

// DefaultTrials are enough for a race to show, and few enough for minutes.
const DefaultTrials = 20

// Check refuses a plan that cannot be carried out.
func (p Plan) Check() error {
	if err := trial.Check(p.Primitives, p.Trials, p.Deadline); err != nil {
		return err
	}
	if len(p.Faults) == 0 {
		return errors.New("no faults")
	}
	return nil
}

// record is the plan as the record has it.
func (p Plan) record() result.Plan {
	plan := trial.PlanOf(p.Primitives, p.Trials)
	for _, f := range p.Faults {
		plan.Faults = append(plan.Faults, f.Fault)
	}
	return plan
}

// cellOf is a primitive under a fault.
func cellOf(p gate.Primitive, f Fault) *trial.Cell {
	return &trial.Cell{
		Is:      result.Behaviour{Matrix: result.MatrixFaults, Primitive: p.Name, Family: string(p.Family), Fault: f.Name},
		Badness: f.badness,
	}
}

// badness is more of an outcome that is less to be wished for.
func (f Fault) badness(outcome string) int {
	switch {
	case slices.Contains(f.Unsafe, outcome):
		return 2
	case slices.Contains(f.Sound, outcome):
		return 0
	}
	return 1
}
