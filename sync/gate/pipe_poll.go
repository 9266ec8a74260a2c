package gate

import "github.com/nsbench/nsbench/sync/program"

// PipePoll releases the child by closing the last write end of a pipe, as
// PipeEOF does, but the child waits in ppoll for the hang-up and reads nothing.
// It asks for no event: POLLHUP comes unasked. poll(2), pipe(7).
//
// It is how systemd-nspawn waited in 2013, and how supervisors wait: a ppoll
// can look at other things too, and at a timeout, which a read cannot. Barrier
// is this with a release of its own next to it.
//
// As with PipeEOF the close must be the last: the child closes its own copy of
// the write end, and a copy in any other process delays the release until it
// is closed there. One close frees every waiter.
//
// Cost: a pipe, which is 2 descriptors in the parent, and whose buffer is never
// written to; one close for the child, one ppoll, one close for the parent.
//
// When the parent dies, the kernel closes its end, and the hang-up is the same:
// the child goes on into a world that may be half made (it fails open).
//
// No namespace cuts it: a descriptor is not looked up.
var PipePoll = Primitive{
	Name:        "pipe-poll",
	Family:      Pipe,
	Summary:     "the parent closes the last write end of a pipe; the child polls for the hang-up",
	Blocking:    true,
	Descriptors: 2,
	SetUp:       ByParent,
	Frees:       FreesAll,
	Cost:        "a pipe; child: close, ppoll; parent: close, which frees every waiter at once",
	Orphan:      FailsOpen,
	ParentDies:  "goes on as if it had been released (fails open)",
	Source:      "poll(2), pipe(7), close(2)",
	New:         newPipePoll,
}

type pipePoll struct {
	ends
	r, w program.FD
}

var _ Gate = (*pipePoll)(nil)

func newPipePoll(*program.Board) (Gate, error) {
	r, w, err := newPipe()
	if err != nil {
		return nil, err
	}
	return &pipePoll{ends{r, w}, r, w}, nil
}

func (g *pipePoll) Wait() program.Program {
	return program.Program{
		program.Close(g.w), // our copy, or the hang-up would never come
		program.Arm(),
		program.AwaitPoll(nil, []program.FD{g.r}).Want(1),
	}
}

func (g *pipePoll) Release(program.Peer) program.Program {
	return program.Program{program.Close(g.w)}
}
