package bench

import "errors"

// A Placement is where the two sides run.
type Placement string

// The placements.
const (
	SameCPU  Placement = "same-cpu"  // both on one CPU
	CrossCPU Placement = "cross-cpu" // each on a CPU of its own
	Free     Placement = "free"      // wherever the scheduler puts them
)

// Placements returns all placements.
func Placements() []Placement { return []Placement{SameCPU, CrossCPU, Free} }

// ErrOneCPU says that a placement needs more CPUs than there are.
var ErrOneCPU = errors.New("only one CPU may be used here")
