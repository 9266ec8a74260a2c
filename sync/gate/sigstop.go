package gate

import "github.com/nsbench/nsbench/sync/program"

// Sigstop releases the child by SIGCONT after the child has stopped itself by
// SIGSTOP: its kill returns when it is continued. signal(7), kill(2).
//
// It is what gVisor's stub processes do. The parent sees that the child is held,
// for a stop is reported to it as an end is: waitid(2), WSTOPPED. It has to look,
// because a SIGCONT that comes before the stop is lost. So this gate is a
// Holder, and cannot be released early. A signal that has a handler is kept
// until the child goes on, and does not make it go.
//
// The first process of a PID namespace cannot stop itself: for it the kernel
// ignores a SIGSTOP from within its own namespace, so the kill returns at once,
// and the child is not held. pid_namespaces(7).
//
// Cost: no descriptor; getpid and kill for the child, waitid and one kill for
// the parent. The stop and the going on are each reported by a SIGCHLD, unless
// the parent has set SA_NOCLDSTOP, the latter by the child itself on its way.
// Each child needs a SIGCONT of its own. Whoever may signal it can release it,
// and does so unknowingly by continuing its process group, as a shell's fg does.
//
// When the parent dies, the child stays stopped for ever, whether its parent had
// held it or not, unless its process group is orphaned by that, as the job of an
// interactive shell is: then the kernel sends SIGHUP and SIGCONT to the group,
// which kills the child, and where SIGHUP is ignored, as under nohup(1), lets it
// go. Who is orphaned already is sent nothing. setpgid(2), kernel/exit.c.
var Sigstop = Primitive{
	Name:       "sigstop",
	Family:     Signal,
	Summary:    "the child stops itself by SIGSTOP; the parent continues it by SIGCONT",
	Blocking:   true,
	Holds:      true,
	SetUp:      ByChild,
	Frees:      FreesOne,
	CutBy:      []string{"pid"},
	Cost:       "a stop and two SIGCHLD; child: getpid, kill; parent: waitid while it holds, then kill, once for each child",
	Orphan:     WaitsForEver,
	ParentDies: "stays stopped for ever, or is killed by SIGHUP if that orphans its process group (goes on where SIGHUP is ignored)",
	Source:     "signal(7), kill(2), waitid(2), pid_namespaces(7), setpgid(2)",
	New:        newSigstop,
}

type sigstop struct {
	ends
	self program.Word // the child's process ID, as it has it in its own PID namespace
}

var _ Holder = sigstop{}

func newSigstop(b *program.Board) (Gate, error) {
	self, err := b.Word("self")
	return sigstop{self: self}, err
}

func (g sigstop) Wait() program.Program {
	return program.Program{
		program.Getpid().Into(g.self),
		program.Arm(),
		program.Kill(g.self, program.SIGSTOP), // returns when it is continued
	}
}

func (sigstop) Hold(child program.Peer) program.Program {
	return program.Program{program.AwaitStop(child)}
}

func (sigstop) Release(child program.Peer) program.Program {
	return program.Program{program.Kill(child, program.SIGCONT)}
}
