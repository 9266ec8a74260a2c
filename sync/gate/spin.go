package gate

import "github.com/nsbench/nsbench/sync/program"

// Spin releases the child by a store into a word of shared memory, which the
// child loads in a loop and does nothing else. It is the lower bound of what a
// release can cost, and the upper bound of what waiting can.
//
// Cost: no descriptor, but memory that both sides map (a child that executes
// another program loses it); for the child a whole CPU as long as it waits;
// for the parent one store, which frees all that look at the word. On one CPU
// the child goes on only when its time slice has ended, and the parent gets to
// its store only then.
//
// When the parent dies, nothing happens: the child burns its CPU for ever.
//
// No namespace cuts it: memory that both sides map stays shared.
var Spin = Primitive{
	Name:       "spin",
	Family:     Memory,
	Summary:    "the parent stores into shared memory; the child loads it in a loop",
	SetUp:      ByParent,
	Frees:      FreesAll,
	Cost:       "a word of shared memory; child: a whole CPU; parent: a store, which frees every reader at once",
	Orphan:     WaitsForEver,
	ParentDies: "spins for ever",
	Source:     "mmap(2), MAP_SHARED",
	New:        newSpin,
}

// A wordGate is a gate over one word of shared memory, from 0 to 1.
type wordGate struct {
	ends
	word program.Word
}

func newWordGate(b *program.Board) (wordGate, error) {
	w, err := b.Word("word")
	return wordGate{word: w}, err
}

type spin struct{ wordGate }

var _ Gate = spin{}

func newSpin(b *program.Board) (Gate, error) {
	w, err := newWordGate(b)
	return spin{w}, err
}

func (g spin) Wait() program.Program {
	return program.Program{program.Arm(), program.SpinUntil(g.word, 1)}
}

func (g spin) Release(program.Peer) program.Program {
	return program.Program{program.Store(g.word, 1)}
}
