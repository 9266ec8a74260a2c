package gate

import "github.com/nsbench/nsbench/sync/program"

// Sigwait releases the child by SIGUSR1, which the child has blocked from
// before it began to run and takes by rt_sigtimedwait. sigwaitinfo(2).
//
// Blocked is what makes it work: a signal that comes before the wait stays
// pending, and in the first process of a PID namespace, for which the kernel
// drops signals without a handler, a blocked one is kept. pid_namespaces(7),
// signal(7).
//
// Cost: no descriptor; one rt_sigtimedwait for the child, one kill for the
// parent, which frees one child. The signal is gone for every other purpose,
// anybody who may signal the child can release it, and the parent needs a
// process ID that cannot have been reused: its own child's, not yet reaped.
//
// When the parent dies, nothing happens: the child waits for ever.
//
// No namespace cuts it: the parent's PID namespace is an ancestor of the
// child's, and sees every process in it.
var Sigwait = Primitive{
	Name:        "sigwait",
	Family:      Signal,
	Summary:     "the parent sends SIGUSR1; the child, which has it blocked, takes it",
	Blocking:    true,
	Descriptors: 0,
	SetUp:       ByChild,
	Frees:       FreesOne,
	Cost:        "a signal; child: rt_sigtimedwait; parent: kill, once for each child",
	Orphan:      WaitsForEver,
	ParentDies:  "waits for ever, unless the parent-death signal is the one it waits for",
	Source:      "sigwaitinfo(2), kill(2), signal(7)",
	New:         func(*program.Board) (Gate, error) { return sigwait{}, nil },
}

type sigwait struct{ ends }

var _ Gate = sigwait{}

func (sigwait) Wait() program.Program {
	return program.Program{
		program.Arm(),
		program.Sigwait(program.Signals(program.SIGUSR1)).Want(int64(program.SIGUSR1)),
	}
}

func (sigwait) Release(child program.Peer) program.Program {
	return program.Program{program.Kill(child, program.SIGUSR1)}
}
