package gate

import (
	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// Eventfd releases the child by adding 1 to the counter of an eventfd, whose
// read waits while the counter is 0. eventfd(2).
//
// It is what bubblewrap and unshare(1) do. Both sides use the same descriptor,
// so there are no ends to mix up. A read takes the whole counter: one write
// frees one reader.
//
// Cost: 1 descriptor in the parent, no buffer; one read for the child, one
// write for the parent.
//
// When the parent dies, nothing happens: the child itself keeps the eventfd
// open, which has no notion of a peer, and waits for ever. systemd therefore
// puts a pipe next to its eventfds, only for the hang-up.
//
// No namespace cuts it: a descriptor is not looked up.
var Eventfd = Primitive{
	Name:        "eventfd",
	Family:      EventFD,
	Summary:     "the parent adds 1 to an eventfd; the child's read takes it",
	Blocking:    true,
	Descriptors: 1,
	SetUp:       ByParent,
	Frees:       FreesOne,
	Cost:        "an eventfd; child: read; parent: write, once for each reader",
	Orphan:      WaitsForEver,
	ParentDies:  "waits for ever: an eventfd has no hang-up",
	Source:      "eventfd(2)",
	New:         newEventfd,
}

type eventfd struct {
	ends
	e program.FD
}

var _ Gate = (*eventfd)(nil)

func newEventfd(*program.Board) (Gate, error) {
	n, err := sys.Eventfd()
	if err != nil {
		return nil, err
	}
	e := program.FD{Name: "e", N: n}
	return &eventfd{ends{e}, e}, nil
}

func (g *eventfd) Wait() program.Program {
	return program.Program{
		program.Arm(),
		program.Read(g.e, 8).Want(8),
	}
}

func (g *eventfd) Release(program.Peer) program.Program {
	return program.Program{program.WriteCount(g.e, 1)}
}
