package gate

import "github.com/nsbench/nsbench/sync/program"

// SpinPause is Spin with a PAUSE of the CPU (YIELD on arm64) between the loads,
// as every loop that spins should have. Intel SDM vol. 2B, PAUSE.
//
// It leaves the execution units to the other thread of the core meanwhile, and
// keeps the CPU from loading ahead, so that the loop does not end with a pipeline
// to be flushed. What that costs is the length of a PAUSE, of which half is
// waited for on average: from a few cycles to more than a hundred, by the
// model. A hypervisor may take PAUSE after PAUSE for a sign that the CPU has
// nothing to do, and run another one (pause-loop exiting).
//
// Cost: as Spin, for the PAUSE does not give the CPU to any other process.
//
// When the parent dies, nothing happens: the child burns its CPU for ever.
var SpinPause = Primitive{
	Name:       "spin-pause",
	Family:     Memory,
	Summary:    "as spin, with a pause of the CPU between the loads",
	SetUp:      ByParent,
	Frees:      FreesAll,
	Cost:       "a word of shared memory; child: a whole CPU; parent: a store, which frees every reader at once",
	Orphan:     WaitsForEver,
	ParentDies: "spins for ever",
	Source:     "mmap(2), MAP_SHARED; Intel SDM vol. 2B, PAUSE",
	New:        newSpinPause,
}

type spinPause struct{ wordGate }

var _ Gate = spinPause{}

func newSpinPause(b *program.Board) (Gate, error) {
	w, err := newWordGate(b)
	return spinPause{w}, err
}

func (g spinPause) Wait() program.Program {
	return program.Program{program.Arm(), program.PauseUntil(g.word, 1)}
}

func (g spinPause) Release(program.Peer) program.Program {
	return program.Program{program.Store(g.word, 1)}
}
