package gate

import "github.com/nsbench/nsbench/sync/program"

// Ptrace releases the child from the stop of a traced process: the child asks to
// be traced and stops itself by SIGSTOP, and the parent, which is its tracer now,
// detaches. The SIGSTOP is dropped by that, and the tgkill returns. ptrace(2).
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
// What is traced is a thread, so the signal is sent to that one, the first of its
// process. An executed child has others, which a runtime starts: sent to the
// process, SIGSTOP was taken by one of them now and then, which stops all of them
// in earnest, and the child stayed stopped once it was let go.
//
// Cost: no descriptor; ptrace, getpid and tgkill for the child, waitid and ptrace
// for the parent, once for each child. The stop of SIGSTOP works in the first
// process of a PID namespace, too, which could not stop itself untraced.
//
// When the parent dies, the kernel detaches in its place, and does not drop the
// SIGSTOP: the child stops in earnest, and stays stopped for ever, whether its
// parent had held it or not. That is so as long as the death does not orphan the
// child's process group, as that of a job of an interactive shell does, of which
// the child is left. Then the kernel sends SIGHUP and SIGCONT to the group if a
// process in it is stopped, and the child is on its way into its stop just then:
// it was killed in 37 of 80 trials, and stayed stopped in the others. setpgid(2);
// exit_notify and kill_orphaned_pgrp in kernel/exit.c.
var Ptrace = Primitive{
	Name:       "ptrace",
	Family:     Other,
	Summary:    "the child has itself traced and stops itself; the parent, its tracer, detaches",
	Blocking:   true,
	Holds:      true,
	SetUp:      ByChild,
	Frees:      FreesOne,
	Cost:       "no descriptor; child: ptrace, getpid, tgkill; parent: waitid, to see the stop, then ptrace, once for each child",
	Orphan:     WaitsForEver,
	ParentDies: "stops in earnest and stays stopped for ever, but may be killed by SIGHUP on its way there if that orphans its process group",
	Source:     "ptrace(2), tgkill(2), waitid(2), setpgid(2)",
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
		program.KillThread(g.self, g.self, program.SIGSTOP),
	}
}

func (g *ptrace) Hold(child program.Peer) program.Program {
	return program.Program{program.AwaitStop(child)}
}

func (g *ptrace) Release(child program.Peer) program.Program {
	return program.Program{program.Detach(child)}
}
