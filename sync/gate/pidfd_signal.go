package gate

import "github.com/nsbench/nsbench/sync/program"

// PidfdSignal releases the child by SIGUSR1, as Sigwait does, but the parent
// names the child by a pidfd. pidfd_send_signal(2), Linux 5.1.
//
// A process ID can be that of somebody else by the time that the signal is
// sent, if the child has ended and been reaped. A pidfd refers to the one
// process for as long as it is open, and a signal to a process that has been
// reaped fails with ESRCH. clone3 makes a pidfd along with the child, so there
// is no moment in which the wrong one could be opened. CLONE_PIDFD, clone(2).
//
// The pidfd is not the gate's: whoever cloned the child has it for other
// purposes too. The child waits as in Sigwait, the signal is kept if it comes
// early, and each child needs one of its own.
//
// Cost: one rt_sigtimedwait for the child, one pidfd_send_signal for the
// parent, which needs a descriptor for each child. The signal is gone for every
// other purpose, and anybody who may signal the child can release it.
//
// When the parent dies, nothing happens: the child waits for ever.
//
// No namespace cuts it: a pidfd is not looked up, and no number has to mean the
// same on both sides.
var PidfdSignal = Primitive{
	Name:       "pidfd-signal",
	Family:     Signal,
	Summary:    "as sigwait, but the parent names the child by its pidfd",
	Blocking:   true,
	SetUp:      ByChild,
	Frees:      FreesOne,
	Cost:       "a signal, and the child's pidfd in the parent; child: rt_sigtimedwait; parent: pidfd_send_signal, once for each child",
	Orphan:     WaitsForEver,
	ParentDies: "waits for ever, unless the parent-death signal is the one it waits for",
	Source:     "pidfd_send_signal(2), sigwaitinfo(2), signal(7)",
	New:        func(*program.Board) (Gate, error) { return pidfdSignal{}, nil },
}

type pidfdSignal struct{ sigwait }

var _ Gate = pidfdSignal{}

func (pidfdSignal) Release(child program.Peer) program.Program {
	return program.Program{program.PidfdSignal(child, program.SIGUSR1)}
}
