package gate

import (
	"math"

	"github.com/nsbench/nsbench/sync/program"
)

// FutexWaitv is Futex with the call that can wait for up to 128 words at once,
// and here waits for one. futex_waitv(2), Linux 5.16.
//
// It was made for what Windows programs do under Wine, and is the way in which
// a futex can be waited for next to another one, for instance one that tells of
// the parent's death. No descriptor can be waited for with it. The wake is that
// of an ordinary futex.
//
// Cost: as Futex, and a structure for each word, which the kernel copies; an
// older kernel says ENOSYS, and so may a seccomp filter that does not know it.
//
// When the parent dies, nothing happens: the child sleeps for ever.
//
// No namespace cuts it: memory that both sides map stays shared.
var FutexWaitv = Primitive{
	Name:       "futex-waitv",
	Family:     Memory,
	Summary:    "as futex, with the call that can wait for several words",
	Blocking:   true,
	SetUp:      ByParent,
	Frees:      FreesAll,
	Cost:       "a word of shared memory; child: futex_waitv; parent: a store and a futex, which free every waiter at once",
	Orphan:     WaitsForEver,
	ParentDies: "sleeps for ever",
	Source:     "futex_waitv(2), futex(2)",
	New:        newFutexWaitv,
}

type futexWaitv struct{ wordGate }

var _ Gate = futexWaitv{}

func newFutexWaitv(b *program.Board) (Gate, error) {
	w, err := newWordGate(b)
	return futexWaitv{w}, err
}

func (g futexWaitv) Wait() program.Program {
	return program.Program{program.Arm(), program.FutexWaitv(g.word, 0)}
}

func (g futexWaitv) Release(program.Peer) program.Program {
	return program.Program{
		program.Store(g.word, 1),
		program.FutexWake(g.word, math.MaxInt32),
	}
}
