package gate

import (
	"encoding/binary"

	"github.com/nsbench/nsbench/sync/program"
)

// SeccompNotify releases the child from a system call that a supervisor answers:
// the child installs a filter that hands each of its getppid to a listener, and
// calls it; the parent answers. The answer is one that no process gets from the
// kernel, so the child knows who gave it. seccomp_unotify(2).
//
// Container runtimes use it to make calls in the place of a container, mount and
// mknod above all; runc, crun and youki send the listener to an agent. The parent
// fetches it from the armed child, pidfd_getfd(2), and receives the call, which
// is what shows that the child is held: this gate is a Holder. It takes the
// right to trace the child.
//
// A signal that has a handler ends the wait of a call that nobody has received
// yet, and the child calls again. Once the call is received the signal is kept
// instead: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, Linux 5.19.
//
// Cost: a filter, which the child keeps for life and runs at each system call
// from then on, and a listener on either side; prctl, seccomp and getppid for the
// child, pidfd_getfd and two ioctl for the parent, one of them the release. A
// call is answered once: each child needs an answer of its own. A process can
// have one listener: a second filter with one is refused, EBUSY.
//
// When the parent dies, nothing happens: the child itself keeps the listener
// open, and waits for ever. Had the parent the only one, its end would end the
// call with ENOSYS.
//
// No namespace cuts it: the parent takes the descriptor from the child by a pidfd.
var SeccompNotify = Primitive{
	Name:       "seccomp-notify",
	Family:     Other,
	Summary:    "the child makes a system call that a filter hands to the parent; the parent answers it",
	Blocking:   true,
	Holds:      true,
	Once:       true,
	SetUp:      ByChild,
	Frees:      FreesOne,
	Cost:       "a filter, for life; child: prctl, seccomp, getppid; parent: pidfd_getfd and ioctl, then ioctl, once for each child",
	Orphan:     WaitsForEver,
	ParentDies: "waits for ever: it keeps the listener open itself",
	Source:     "seccomp_unotify(2), seccomp(2), pidfd_getfd(2)",
	New:        newSeccompNotify,
}

// answer is what the parent has getppid return: no process has that ID, for it
// is above the highest limit that there can be. proc_sys_kernel(5), pid_max.
const answer = 1 << 30

type seccompNotify struct {
	theirs program.Word // the child's listener
	ours   opened       // a copy of it

	call, reply program.Memory // struct seccomp_notif, struct seccomp_notif_resp
}

var _ Holder = (*seccompNotify)(nil)

func newSeccompNotify(b *program.Board) (Gate, error) {
	g := &seccompNotify{}
	var err error
	if g.theirs, err = b.Word("listener"); err != nil {
		return nil, err
	}
	if g.ours, err = newOpened(b, "child's listener"); err != nil {
		return nil, err
	}
	if g.call, err = b.Memory("call", program.NotificationSize); err != nil {
		return nil, err
	}
	if g.reply, err = b.Memory("reply", program.AnswerSize); err != nil {
		return nil, err
	}
	binary.NativeEndian.PutUint64(b.Bytes(g.reply)[program.AnswerValue:], answer)
	return g, nil
}

func (g *seccompNotify) Wait() program.Program {
	return program.Program{
		program.NoNewPrivileges(),
		program.Supervise().Into(g.theirs),
		program.Arm(),
		program.Getppid().Want(answer),
	}
}

// Hold ends by an error if the child has ended before its call. A kernel older
// than Linux 6.11 tells that only once the child has been reaped, and has
// whoever asks before wait for ever.
func (g *seccompNotify) Hold(child program.Peer) program.Program {
	return program.Program{
		program.TakeFile(child, g.theirs).Into(g.ours.Word),
		program.ReceiveNotification(g.ours, g.call),
		program.Move(g.reply.Word("reply.id", 0), g.call.Word("call.id", 0)),
	}
}

func (g *seccompNotify) Release(program.Peer) program.Program {
	return program.Program{program.SendAnswer(g.ours, g.reply)}
}

// Close closes the copy of the child's listener.
func (g *seccompNotify) Close(...program.Program) error { return g.ours.close() }
