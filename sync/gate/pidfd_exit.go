package gate

import (
	"errors"

	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// PidfdExit releases the child by the end of a third process: the child polls a
// pidfd of a helper, which is readable once the helper has ended, and the parent
// kills the helper. pidfd_open(2).
//
// No runtime does it on purpose. It is what happens where one waits for the end
// of a process that another has to end first, and says what that costs: the
// helper has to be woken, scheduled, and taken apart, and only then wakes those
// who wait. It runs on the CPUs that the parent has when it makes the gate, so
// the parent gives its CPU up until the helper is gone: a parent that went on
// would, on the same CPU, keep the helper from its end for as long as its time
// slice lasts.
//
// Cost: a process, and 1 descriptor in the parent; one ppoll for the child,
// pidfd_send_signal and ppoll for the parent, which free every poller at once.
// To clone the helper and to reap it takes some 30 times as long as a pipe does.
//
// When the parent dies, the helper dies with it, by its parent-death signal:
// the child goes on, and cannot tell that from a release. It fails open. The
// signal comes at the end of the thread that made the gate, so that thread has
// to stay until the release. PR_SET_PDEATHSIG(2const).
//
// No namespace cuts it: a descriptor is not looked up.
var PidfdExit = Primitive{
	Name:        "pidfd-exit",
	Family:      Other,
	Summary:     "the parent ends a helper process; the child polls the helper's pidfd",
	Blocking:    true,
	Descriptors: 1,
	SetUp:       ByParent,
	Frees:       FreesAll,
	Cost:        "a process; child: ppoll; parent: pidfd_send_signal and ppoll, which free every poller at once",
	Orphan:      FailsOpen,
	ParentDies:  "goes on as if it had been released (fails open): the helper dies with the parent",
	Source:      "pidfd_open(2), pidfd_send_signal(2), poll(2)",
	New:         newPidfdExit,
}

// A helper is a child of this process that does nothing but live.
type helper struct{ pid, pidfd int }

type pidfdExit struct {
	helper
	end program.FD
}

var _ namer = (*pidfdExit)(nil)

func newPidfdExit(b *program.Board) (Gate, error) {
	h, err := startHelper(b)
	if err != nil {
		return nil, err
	}
	return &pidfdExit{h, program.FD{Name: "helper", N: h.pidfd}}, nil
}

func (g *pidfdExit) Wait() program.Program {
	return program.Program{
		program.Arm(),
		program.AwaitPoll([]program.FD{g.end}, nil).Want(1),
	}
}

func (g *pidfdExit) Release(program.Peer) program.Program {
	return program.Program{
		program.PidfdSignal(g.end, program.SIGKILL),
		program.AwaitPoll([]program.FD{g.end}, nil).Want(1), // or we would keep the helper from the CPU on which it is to die
	}
}

func (g *pidfdExit) open(program.FD) (program.Op, program.Program, bool) {
	return program.PidfdOpen(program.PID{Name: "helper", N: g.pid}), nil, true
}

// Close ends the helper, if it lives, and reaps it.
func (g *pidfdExit) Close(...program.Program) error {
	return errors.Join(sys.End(g.pid, g.pidfd), sys.Close(g.pidfd))
}
