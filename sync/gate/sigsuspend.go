package gate

import "github.com/nsbench/nsbench/sync/program"

// Sigsuspend releases the child by SIGUSR1, which the child has blocked at all
// times but while it waits in rt_sigsuspend, where a handler takes it and notes
// in a word that it has come. sigsuspend(2).
//
// It is the way from before sigwait: unblock, pause and block again in one
// call, or a signal that comes between the look at the word and the pause would
// be lost. The word is needed because rt_sigsuspend always fails with EINTR,
// whichever signal it was that was handled. In the first process of a PID
// namespace it works as well: a signal that is blocked, or that has a handler,
// is not dropped. pid_namespaces(7).
//
// Cost: no descriptor, but a word of memory, the child's own would do; one
// rt_sigaction for the child, then rt_sigsuspend, the handler and its
// rt_sigreturn; one kill for the parent. That way through the handler is what
// it costs more than Sigwait. One kill frees one child. The signal is gone for
// every other purpose, and anybody who may signal the child can release it.
//
// When the parent dies, nothing happens: the child waits for ever.
var Sigsuspend = Primitive{
	Name:       "sigsuspend",
	Family:     Signal,
	Summary:    "the parent sends SIGUSR1; the child, which unblocks it only while it waits, handles it",
	Blocking:   true,
	SetUp:      ByChild,
	Frees:      FreesOne,
	Cost:       "a signal and its handler; child: rt_sigaction, rt_sigsuspend, rt_sigreturn; parent: kill, once for each child",
	Orphan:     WaitsForEver,
	ParentDies: "waits for ever, unless the parent-death signal is the one it waits for",
	Source:     "sigsuspend(2), sigaction(2), signal(7)",
	New:        newSigsuspend,
}

type sigsuspend struct{ wordGate }

var _ Gate = sigsuspend{}

func newSigsuspend(b *program.Board) (Gate, error) {
	w, err := newWordGate(b)
	return sigsuspend{w}, err
}

func (g sigsuspend) Wait() program.Program {
	return program.Program{
		program.Note(program.SIGUSR1),
		program.Arm(),
		program.Suspend(program.SIGUSR1, g.word),
	}
}

func (sigsuspend) Release(child program.Peer) program.Program {
	return program.Program{program.Kill(child, program.SIGUSR1)}
}
