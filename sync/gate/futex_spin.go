package gate

import (
	"math"

	"github.com/nsbench/nsbench/sync/program"
)

// FutexSpin is Futex whose child first looks at the word for a while, in the
// hope that the release is near, and sleeps only then. futex(2).
//
// Most mutexes do so, and the rule for how long is old: as long as a sleep and
// its wake cost. Whoever spins for that long before it sleeps never pays more
// than twice what it would have paid had it known the future (Karlin and
// others, "Empirical studies of competitive spinning for a shared-memory
// multiprocessor", SOSP 1991).
//
// It helps where the two sides have a CPU each and the hold is shorter than the
// spin. On one CPU the spin only keeps the parent from its release, and after a
// longer hold the child sleeps and this is a futex.
//
// Cost: as Futex, and at the beginning of every wait the CPU for some 10 us.
// The parent cannot know whether the child sleeps by now, so it makes its futex
// call in any case; a mutex keeps a third value of the word for that.
//
// When the parent dies, nothing happens: the child sleeps for ever.
//
// No namespace cuts it: memory that both sides map stays shared.
var FutexSpin = Primitive{
	Name:       "futex-spin",
	Family:     Memory,
	Summary:    "as futex, but the child spins for some 10 us before it sleeps",
	SetUp:      ByParent,
	Frees:      FreesAll,
	Cost:       "a word of shared memory; child: some 10 us of CPU, then futex; parent: a store and a futex, which free every waiter at once",
	Orphan:     WaitsForEver,
	ParentDies: "sleeps for ever",
	Source:     "futex(2), futex(7)",
	New:        newFutexSpin,
}

// spinLooks is how often the child looks before it sleeps. It is a number and
// not a time, because to read a clock between the looks would be most of what
// the spin does.
//
// A wake of another CPU takes 10 to 25 us on the machines of today, and 400
// looks take that long, or nearly, where a PAUSE is long: 10.0 us were measured
// on an AMD EPYC (25 ns a look), and about 19 us it would be on an Intel Core or
// Xeon since Skylake, with its 140 cycles for a PAUSE (Intel 64 and IA-32
// Architectures Optimization Reference Manual, "Pause Latency in Skylake Client
// Microarchitecture"). Where a PAUSE is short, as before Skylake, and where
// YIELD does next to nothing, as on most arm64, it is a microsecond or two.
const spinLooks = 400

type futexSpin struct{ wordGate }

var _ Gate = futexSpin{}

func newFutexSpin(b *program.Board) (Gate, error) {
	w, err := newWordGate(b)
	return futexSpin{w}, err
}

func (g futexSpin) Wait() program.Program {
	return program.Program{
		program.Arm(),
		program.SpinFor(g.word, 1, spinLooks),
		program.FutexWait(g.word, 0),
	}
}

func (g futexSpin) Release(program.Peer) program.Program {
	return program.Program{
		program.Store(g.word, 1),
		program.FutexWake(g.word, math.MaxInt32),
	}
}
