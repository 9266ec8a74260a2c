package gate

import (
	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// EventfdEpoll releases the child by adding 1 to the counter of an eventfd,
// which the child watches through an epoll instance and then reads. epoll(7),
// eventfd(2).
//
// It is what a child has that runs an event loop already, as Go's and every
// other asynchronous runtime does: the price of the loop on top of Eventfd.
//
// The child makes the epoll instance itself. A copy of its parent's would be
// the same instance: each would be told of what the other watches, and neither
// could take anything off it without the other. epoll(7), "Questions and answers".
//
// A write wakes every child that waits, and the read of the first takes the
// whole counter: the others then wait in their read. One write frees one child.
//
// Cost: 1 descriptor in the parent, and one more in the child;
// epoll_create1 and epoll_ctl for the child before it waits, then epoll_pwait
// and read; one write for the parent.
//
// When the parent dies, nothing happens: the child itself keeps the eventfd
// open, which has no notion of a peer, and waits for ever.
//
// No namespace cuts it: a descriptor is not looked up.
var EventfdEpoll = Primitive{
	Name:        "eventfd-epoll",
	Family:      EventFD,
	Summary:     "the parent adds 1 to an eventfd; the child waits in epoll, and reads it",
	Blocking:    true,
	Descriptors: 1,
	SetUp:       ByParent,
	Frees:       FreesOne,
	Cost:        "an eventfd, and an epoll instance in the child; child: epoll_create1, epoll_ctl, epoll_pwait, read; parent: write, once for each child",
	Orphan:      WaitsForEver,
	ParentDies:  "waits for ever: an eventfd has no hang-up",
	Source:      "epoll(7), epoll_wait(2), eventfd(2)",
	New:         newEventfdEpoll,
}

type eventfdEpoll struct {
	ends
	e     program.FD
	epoll program.Word
}

var _ Gate = (*eventfdEpoll)(nil)

func newEventfdEpoll(b *program.Board) (Gate, error) {
	epoll, err := b.Word("epoll")
	if err != nil {
		return nil, err
	}
	n, err := sys.Eventfd()
	if err != nil {
		return nil, err
	}
	e := program.FD{Name: "e", N: n}
	return &eventfdEpoll{ends{e}, e, epoll}, nil
}

func (g *eventfdEpoll) Wait() program.Program {
	return program.Program{
		program.EpollCreate().Into(g.epoll),
		program.EpollAdd(g.epoll, g.e),
		program.Arm(),
		program.EpollWait(g.epoll).Want(1),
		program.Read(g.e, 8).Want(8),
	}
}

func (g *eventfdEpoll) Release(program.Peer) program.Program {
	return program.Program{program.WriteCount(g.e, 1)}
}
