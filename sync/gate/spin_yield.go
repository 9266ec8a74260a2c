package gate

import "github.com/nsbench/nsbench/sync/program"

// SpinYield is Spin with a sched_yield between the loads: whoever else wants
// the CPU gets it, so that the parent can run where the child waits.
//
// Cost: as Spin, and a system call for each look. The CPU is still never idle,
// and with nobody else to run the yield returns at once.
//
// When the parent dies, nothing happens: the child burns its CPU for ever.
//
// No namespace cuts it: memory that both sides map stays shared.
var SpinYield = Primitive{
	Name:       "spin-yield",
	Family:     Memory,
	Summary:    "as spin, with a sched_yield between the loads",
	SetUp:      ByParent,
	Frees:      FreesAll,
	Cost:       "a word of shared memory; child: a whole CPU that others may take; parent: a store, which frees every reader at once",
	Orphan:     WaitsForEver,
	ParentDies: "yields for ever",
	Source:     "sched_yield(2), mmap(2)",
	New:        newSpinYield,
}

type spinYield struct{ wordGate }

var _ Gate = spinYield{}

func newSpinYield(b *program.Board) (Gate, error) {
	w, err := newWordGate(b)
	return spinYield{w}, err
}

func (g spinYield) Wait() program.Program {
	return program.Program{program.Arm(), program.YieldWhile(g.word, 0)}
}

func (g spinYield) Release(program.Peer) program.Program {
	return program.Program{program.Store(g.word, 1)}
}
