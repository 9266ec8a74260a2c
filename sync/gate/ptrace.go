package gate

import "github.com/nsbench/nsbench/sync/program"

// Ptrace releases the child from the stop of a traced process: the child asks to
// be traced and stops itself by SIGSTOP, and the parent, which is its tracer now,
// detaches. The SIGSTOP is dropped by that, and the kill returns. ptrace(2).
//
// containerd holds a child that way, at its execve, to pin a user namespace,
// and gVisor's stub processes are attached to while they are stopped. The parent
// has to see the stop before it can detach, so this gate is a Holder, and all of
// its part is the business of one thread, the one that cloned the child.
//
// A traced process stops at every signal, whatever its action. One that comes
// in the stop is kept until the child goes on, and releases nobody; but one that
// comes between the child's request and its SIGSTOP stops it, too, and a parent
// that lets it go then does so too soon. And who is traced already, as under
// strace(1), cannot ask for it again: EPERM.
//
// Cost: no descriptor; ptrace, getpid and kill for the child, waitid and ptrace
// for the parent, once for each child. The stop of SIGSTOP works in the first
// process of a PID namespace, too, which could not stop itself untraced.
//
// When the parent dies, the kernel detaches in its place, and does not drop the
// SIGSTOP: the child stops in earnest, and stays stopped for ever, unless its
// process group is orphaned, and stopped, by then: _exit(2).
var Ptrace = Primitive{
	Name:       "ptrace",
	Family:     Other,
	Summary:    "the child has itself traced and stops itself; the parent, its tracer, detaches",
	Blocking:   true,
	Holds:      true,
	SetUp:      ByChild,
	Frees:      FreesOne,
	Cost:       "no descriptor; child: ptrace, getpid, kill; parent: waitid, to see the stop, then ptrace, once for each child",
	ParentDies: "stops in earnest, and stays stopped for ever",
	Source:     "ptrace(2), kill(2), waitid(2)",
	New:        newPtrace,
}

type ptrace struct {
	ends
	self program.Word
}

var _ Holder = (*ptrace)(nil)

func newPtrace(b *program.Board) (Gate, error) {
	w, err := b.Word("self")
	return &ptrace{self: w}, err
}

func (g *ptrace) Wait() program.Program {
	return program.Program{
		program.TraceMe(),
		program.Getpid().Into(g.self),
		program.Arm(),
		program.Kill(g.self, program.SIGSTOP),
	}
}

func (g *ptrace) Hold(child program.Peer) program.Program {
	return program.Program{program.AwaitStop(child)}
}

func (g *ptrace) Release(child program.Peer) program.Program {
	return program.Program{program.Detach(child)}
}
