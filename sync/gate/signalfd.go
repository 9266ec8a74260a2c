package gate

import "github.com/nsbench/nsbench/sync/program"

// Signalfd releases the child by SIGUSR1, which the child has blocked from
// before it began to run and reads from a signalfd. signalfd(2).
//
// It turns the signal into something that an event loop can wait for. A
// signalfd has no queue of its own: a read takes what is pending for the
// process that reads, so a signal that came before the descriptor was made is
// read all the same, and a second child needs a signal of its own.
//
// Cost: 1 descriptor, in the child; one signalfd4 for the child before it
// waits, then a read of 128 bytes; one kill for the parent. The signal is gone
// for every other purpose, and anybody who may signal the child can release it.
//
// When the parent dies, nothing happens: the child waits for ever.
//
// No namespace cuts it: the parent's PID namespace is an ancestor of the
// child's, and sees every process in it.
var Signalfd = Primitive{
	Name:       "signalfd",
	Family:     Signal,
	Summary:    "the parent sends SIGUSR1; the child, which has it blocked, reads it from a signalfd",
	Blocking:   true,
	SetUp:      ByChild,
	Frees:      FreesOne,
	Cost:       "a signal, and a signalfd in the child; child: signalfd4, read; parent: kill, once for each child",
	Orphan:     WaitsForEver,
	ParentDies: "waits for ever, unless the parent-death signal is the one it waits for",
	Source:     "signalfd(2), kill(2), signal(7)",
	New:        newSignalfd,
}

type signalfd struct {
	ends
	fd program.Word
}

var _ Gate = signalfd{}

func newSignalfd(b *program.Board) (Gate, error) {
	fd, err := b.Word("signalfd")
	return signalfd{fd: fd}, err
}

func (g signalfd) Wait() program.Program {
	return program.Program{
		program.Signalfd(program.Signals(program.SIGUSR1)).Into(g.fd),
		program.Arm(),
		program.Read(g.fd, program.SignalfdRecord).Want(program.SignalfdRecord),
	}
}

func (signalfd) Release(child program.Peer) program.Program {
	return program.Program{program.Kill(child, program.SIGUSR1)}
}
