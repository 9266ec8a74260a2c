package bench

import (
	"errors"

	"github.com/nsbench/nsbench/bench/condition"
)

// A Placement is where the two sides run.
type Placement string

// The placements.
const (
	SameCPU  = Placement(condition.SameCPU)  // both on one CPU
	CrossCPU = Placement(condition.CrossCPU) // each on a core of its own, that share the last cache where two do
	SMT      = Placement(condition.SMT)      // on two threads of one core
	CrossLLC = Placement(condition.CrossLLC) // on two cores that do not share the last cache

	Free Placement = "free" // wherever the scheduler puts them
)

// Placements returns all placements.
func Placements() []Placement { return []Placement{SameCPU, CrossCPU, SMT, CrossLLC, Free} }

// ErrOneCPU says that a placement needs more CPUs than there are.
var ErrOneCPU = errors.New("only one CPU may be used here")
