package gate

import (
	"errors"

	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// Barrier releases the child by adding 1 to the counter of an eventfd, and has
// a pipe next to it that nobody writes to: its hang-up says that the parent is
// gone. The child waits for either in one ppoll. eventfd(2), pipe(7), poll(2).
//
// It is systemd's, which came to it in three steps: systemd-nspawn had a pipe,
// then eventfds, hung when the other side died, and got the pipe back for the
// hang-up alone. A barrier is placed by both sides, so there is an eventfd for
// each direction, and the child places its own before it waits for its
// parent's.
//
// The hang-up does not count if the barrier has been placed: who places it and
// then ends has done its part. So it is the read behind the ppoll that decides.
// It does not wait: 8 bytes are a release, and EAGAIN means that the ppoll came
// back for the hang-up alone.
//
// A barrier is for two sides. A second child at the same one is woken up by the
// same write, and if the first has read by then, it takes the empty counter for
// the death of its parent. There systemd's does better: it goes by what the ppoll
// has reported, and makes it again where the counter was readable and is empty.
// So its second child waits on. (src/shared/barrier.c, barrier_read.)
//
// Cost: 4 descriptors in the parent; a close, a write, a ppoll and a read for
// the child, one write for the parent.
//
// When the parent dies, the kernel closes its write end of the pipe, and the
// child knows (it fails closed), provided that it closed its own copy of that
// end and nobody else has one.
//
// No namespace cuts it: a descriptor is not looked up.
var Barrier = Primitive{
	Name:        "barrier",
	Family:      EventFD,
	Summary:     "the parent adds 1 to an eventfd; the child polls it and a pipe that tells of a death",
	Blocking:    true,
	Descriptors: 4,
	SetUp:       ByParent,
	Frees:       FreesOne,
	Cost:        "two eventfds and a pipe; child: close, write, ppoll, read; parent: write",
	Orphan:      FailsClosed,
	ParentDies:  "sees the hang-up and an empty counter and knows that the parent is gone (fails closed)",
	Source:      "eventfd(2), poll(2), pipe(7)",
	New:         newBarrier,
}

type barrier struct {
	ends
	child, parent program.FD // what the child adds to, and what the parent does
	r, w          program.FD
}

var _ Gate = (*barrier)(nil)

func newBarrier(*program.Board) (Gate, error) {
	child, parent, err := newCounters()
	if err != nil {
		return nil, err
	}
	r, w, err := newPipe()
	if err != nil {
		return nil, errors.Join(err, ends{child, parent}.Close())
	}
	return &barrier{ends{child, parent, r, w}, child, parent, r, w}, nil
}

// newCounters makes an eventfd for each direction.
func newCounters() (child, parent program.FD, err error) {
	c, err := sys.EventfdNonblock()
	if err != nil {
		return child, parent, err
	}
	child = program.FD{Name: "child's counter", N: c}
	p, err := sys.EventfdNonblock()
	if err != nil {
		return child, parent, errors.Join(err, sys.Close(c))
	}
	return child, program.FD{Name: "parent's counter", N: p}, nil
}

func (g *barrier) Wait() program.Program {
	return program.Program{
		program.Close(g.w), // our copy, or the parent's death would not show
		program.WriteCount(g.child, 1),
		program.Arm(),
		program.AwaitPoll([]program.FD{g.parent}, []program.FD{g.r}),
		program.Read(g.parent, 8).Want(8).GoneError(program.EAGAIN),
	}
}

func (g *barrier) Release(program.Peer) program.Program {
	return program.Program{program.WriteCount(g.parent, 1)}
}
