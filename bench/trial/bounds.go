package trial

import (
	"errors"
	"fmt"
	"time"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/gate"
)

// DefaultDeadline is many times what a release takes, and short enough for thousands of
// trials that hang to take minutes.
const DefaultDeadline = 400 * time.Millisecond

// The bounds of a plan. A deadline that is shorter would tell one that is on its way
// from one that hangs by luck; a longer one than an hour is a mistake.
const (
	MaxTrials   = 10_000
	MinDeadline = 20 * time.Millisecond
	MaxDeadline = time.Hour
)

// Check refuses what every plan of a matrix has and that cannot be carried out: its
// primitives, trials per cell, and deadline.
func Check(primitives []gate.Primitive, trials int, deadline time.Duration) error {
	switch {
	case len(primitives) == 0:
		return errors.New("no primitives")
	case trials < 1 || trials > MaxTrials:
		return fmt.Errorf("%d trials: from 1 to %d are possible", trials, MaxTrials)
	case deadline < MinDeadline || deadline > MaxDeadline:
		return fmt.Errorf("a deadline of %v: from %v to %v is possible", deadline, MinDeadline, MaxDeadline)
	}
	return nil
}

// PlanOf is what every plan of a matrix has, as the record has it.
func PlanOf(primitives []gate.Primitive, trials int) result.Plan {
	plan := result.Plan{Trials: trials}
	for _, p := range primitives {
		plan.Primitives = append(plan.Primitives, p.Name)
		plan.Ideas = append(plan.Ideas, p.Summary)
	}
	return plan
}
