package gate

import "github.com/nsbench/nsbench/sync/program"

// PollSleep releases the child by a store into a word of shared memory, at
// which the child looks every now and then: between two looks it sleeps for
// 50 us. nanosleep(2).
//
// A sleep ends late by design. The kernel may put its end off by the thread's
// timer slack, to have one interrupt for several sleeps, and the slack of a
// process that never asked for less is 50 us, too. So the child looks every
// 100 us and a bit, unless another timer of its CPU is due, and a release waits
// for half of that in the median, and then for a wake.
//
// The child sets that slack itself before it arms. It has the slack of the
// thread that cloned it, current value and default alike, so a harness that
// wants its own sleeps exact would make those of its children exact as well.
//
// Cost: as Spin, but the CPU is free between looks; one prctl for the child,
// then a nanosleep and a timer interrupt for each look, some 10,000 a second
// for as long as it is held; one store for the parent, which frees all that
// look at the word.
//
// When the parent dies, nothing happens: the child looks for ever.
//
// No namespace cuts it: memory that both sides map stays shared.
var PollSleep = Primitive{
	Name:       "poll-sleep",
	Family:     Memory,
	Summary:    "the parent stores into shared memory; the child looks, and sleeps for 50 us before it looks again",
	Blocking:   true,
	SetUp:      ByParent,
	Frees:      FreesAll,
	Cost:       "a word of shared memory; child: prctl, then nanosleep again and again; parent: a store, which frees every reader at once",
	Orphan:     WaitsForEver,
	ParentDies: "looks for ever",
	Source:     "nanosleep(2), PR_SET_TIMERSLACK(2const), mmap(2)",
	New:        newPollSleep,
}

type pollSleep struct{ wordGate }

var _ Gate = pollSleep{}

func newPollSleep(b *program.Board) (Gate, error) {
	w, err := newWordGate(b)
	return pollSleep{w}, err
}

func (g pollSleep) Wait() program.Program {
	return program.Program{
		program.TimerSlack(usualSlack), // 0 would be the default, which is the parent's slack at the clone
		program.Arm(),
		program.SleepWhile(g.word, 0, lookInterval),
	}
}

func (g pollSleep) Release(program.Peer) program.Program {
	return program.Program{program.Store(g.word, 1)}
}
