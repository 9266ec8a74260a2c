package gate

import (
	"math"

	"github.com/nsbench/nsbench/sync/program"
)

// Futex releases the child by a store into a word of shared memory and a wake
// of those who sleep on it. futex(2).
//
// The word is what releases; the wake only tells to look. So the child loads
// the word before each sleep, the kernel compares it once more under its own
// lock, and a release that comes early is seen.
//
// Cost: no descriptor, but memory that both sides map, and it cannot be a
// private futex, since the two have different address spaces; one futex for
// the child, one store and one futex for the parent, which free all who sleep.
//
// When the parent dies, nothing happens: the child sleeps for ever. A robust
// futex would tell it, but is for locks with an owner that shares the list.
// get_robust_list(2).
//
// No namespace cuts it: memory that both sides map stays shared.
var Futex = Primitive{
	Name:       "futex",
	Family:     Memory,
	Summary:    "the parent stores into shared memory and wakes; the child sleeps on it",
	Blocking:   true,
	SetUp:      ByParent,
	Frees:      FreesAll,
	Cost:       "a word of shared memory; child: futex; parent: a store and a futex, which free every waiter at once",
	Orphan:     WaitsForEver,
	ParentDies: "sleeps for ever",
	Source:     "futex(2), futex(7)",
	New:        newFutex,
}

type futex struct{ wordGate }

var _ Gate = futex{}

func newFutex(b *program.Board) (Gate, error) {
	w, err := newWordGate(b)
	return futex{w}, err
}

func (g futex) Wait() program.Program {
	return program.Program{program.Arm(), program.FutexWait(g.word, 0)}
}

func (g futex) Release(program.Peer) program.Program {
	return program.Program{
		program.Store(g.word, 1),
		program.FutexWake(g.word, math.MaxInt32),
	}
}
