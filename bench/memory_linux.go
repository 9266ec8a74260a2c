package bench

import (
	"github.com/nsbench/nsbench/sync/program"
)

// before is the memory of the group before, in which the next is made: to ask for
// kilobytes anew would be a part of each cycle that is measured.
type before struct {
	gates           []held
	stages          [][]held
	lives           []life
	codes           []program.Code
	parts           []program.Part
	waits, releases reused
}

// reused are programs, each in the memory of the one that was at its place before.
type reused []program.Program

// take returns the memory of the program at i, to append to.
func (r *reused) take(i int) program.Program {
	for len(*r) <= i {
		*r = append(*r, nil)
	}
	return (*r)[i][:0]
}

// keep notes where the program at i has come to lie.
func (r *reused) keep(i int, p program.Program) program.Program {
	(*r)[i] = p
	return p
}
