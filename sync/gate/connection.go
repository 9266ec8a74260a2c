package gate

import (
	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// A connection is a gate that the child reaches by an address: it connects
// after the clone, and reads. The parent has listened from before the clone,
// and accepts once the child has armed, so that it never waits for a child that
// does not come.
//
// The child closes its copy of the listener, if it has inherited one: as long as
// anybody has it open, a connection that nobody accepts stays, and its reader
// waits.
//
// One connection is all that a gate is for, so the listener is closed when there
// is one. A gate takes one descriptor before and after, and a second child that
// has connected reads ECONNRESET there and then.
type connection struct {
	address  program.Address
	listener program.FD
	child    program.Word // the child's end
	parent   opened       // the parent's end
}

var _ Holder = (*connection)(nil)

func newConnection(b *program.Board, listen func() (int, program.Address, error)) (Holder, error) {
	child, err := b.Word("child's end")
	if err != nil {
		return nil, err
	}
	parent, err := newOpened(b, "parent's end")
	if err != nil {
		return nil, err
	}
	fd, address, err := listen()
	if err != nil {
		return nil, err
	}
	return &connection{address, program.FD{Name: "listener", N: fd}, child, parent}, nil
}

// Wait ends as ParentGone both at an end of file and at a reset: which of them
// tells of the parent's death is the protocol's choice.
func (g *connection) Wait() program.Program {
	return program.Program{
		program.Close(g.listener), // our copy, or the death of a parent that has not accepted would not show
		program.Socket(g.address).Into(g.child),
		program.Connect(g.child, g.address),
		program.Arm(),
		program.Read(g.child, 1).Want(1).Gone(0).GoneError(program.ECONNRESET),
	}
}

func (g *connection) Hold(program.Peer) program.Program {
	return program.Program{
		program.Accept(g.listener).Into(g.parent.Word),
		program.Close(g.listener),
	}
}

func (g *connection) Release(program.Peer) program.Program {
	return program.Program{program.Write(g.parent, "\x01")}
}

// Close closes whichever of the two descriptors is open. It does not go by what
// has run: an accept that failed has not closed the listener.
func (g *connection) Close(...program.Program) error {
	if g.parent.isOpen() {
		return g.parent.close()
	}
	return sys.Close(g.listener.N)
}
