package gate

import (
	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// UnixEOF releases the child by shutting one direction of a socketpair down:
// the child's read returns 0 bytes, end of file. shutdown(2), SHUT_WR.
//
// It is PipeEOF without the word "last". A shutdown is done to the socket and
// not to a descriptor of it, so copies of the parent's end in other processes
// neither delay the release nor matter to it, and the other direction stays
// open: the child can answer. One shutdown frees every reader there is.
//
// Cost: 2 descriptors in the parent, no buffer; one close for the child, one
// read, one shutdown for the parent.
//
// When the parent dies, the kernel closes its end, and the child reads the same
// end of file: it goes on, into a world that may be half made (it fails open).
// For that the copies do matter: the child closes its own, and with another one
// somewhere the child is held until that is closed.
//
// No namespace cuts it: a descriptor is not looked up.
var UnixEOF = Primitive{
	Name:        "unix-eof",
	Family:      Socket,
	Summary:     "the parent shuts its end of a socketpair down; the child reads end of file",
	Blocking:    true,
	Descriptors: 2,
	SetUp:       ByParent,
	Frees:       FreesAll,
	Cost:        "a socketpair; child: close, read; parent: shutdown, which frees every reader at once",
	Orphan:      FailsOpen,
	ParentDies:  "goes on as if it had been released (fails open)",
	Source:      "shutdown(2), unix(7), socketpair(2)",
	New:         newUnixEOF,
}

type unixEOF struct {
	ends
	child, parent program.FD
}

var _ Gate = (*unixEOF)(nil)

func newUnixEOF(*program.Board) (Gate, error) {
	child, parent, err := newSocketpair(sys.Socketpair)
	if err != nil {
		return nil, err
	}
	return &unixEOF{ends{child, parent}, child, parent}, nil
}

func (g *unixEOF) Wait() program.Program {
	return program.Program{
		program.Close(g.parent), // our copy, or the parent's death would not show
		program.Arm(),
		program.Read(g.child, 1).Want(0),
	}
}

func (g *unixEOF) Release(program.Peer) program.Program {
	return program.Program{program.Shutdown(g.parent)}
}

// newSocketpair names the ends of a pair.
func newSocketpair(pair func() (a, b int, err error)) (child, parent program.FD, err error) {
	c, p, err := pair()
	return program.FD{Name: "child's end", N: c}, program.FD{Name: "parent's end", N: p}, err
}
