package bench

import (
	"slices"

	"github.com/nsbench/nsbench/sync/program"
)

// null measures the null gate: a release that does nothing and a wait that
// does not wait, one after the other on this thread, with the stamps of a real
// one. What it takes is what the harness adds to every release; it is told and
// not subtracted. step is the smallest difference above zero between any two.
func (s *session) null() (median, step int64, err error) {
	const samples = 10_001
	if err := s.board.Reset(1); err != nil {
		return 0, 0, err
	}
	gate := program.Program{program.Stamp(program.StampReleased), program.Resumed()}
	code, err := s.board.Load(program.Env{}, program.Part{Program: gate})
	if err != nil {
		return 0, 0, err
	}
	took := make([]int64, samples)
	for i := range took {
		program.Run(code)
		took[i] = s.clock.NS(s.board.Stage(0).Released, s.board.Stage(0).Resumed)
	}
	slices.Sort(took)
	return took[samples/2], smallestStep(took), nil
}

// smallestStep is the smallest difference above zero between neighbours, 0 if
// all are equal.
func smallestStep(sorted []int64) (step int64) {
	for i := 1; i < len(sorted); i++ {
		if d := sorted[i] - sorted[i-1]; d > 0 && (step == 0 || d < step) {
			step = d
		}
	}
	return step
}
