package trial

import (
	"errors"
	"fmt"
	"time"

	"github.com/nsbench/nsbench/sync/gate"
)

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
