package gate

import (
	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// UnixStream releases the child by a byte over a connected pair of unix stream
// sockets. unix(7), socketpair(2).
//
// It is what runc, crun, youki, LXC and nsjail use, for what else the pair can
// do: it carries data both ways, and descriptors.
//
// Cost: 2 descriptors in the parent and a socket buffer for the byte; one
// close for the child, one read, one write for the parent.
//
// When the parent dies, the child reads 0 bytes, or fails with ECONNRESET if
// it had written something that the parent never read: it knows, and can
// refuse to go on (it fails closed), provided that it closed its own copy of the
// parent's end and nobody else has one.
//
// No namespace cuts it: a descriptor is not looked up. One byte
// frees one reader.
var UnixStream = Primitive{
	Name:        "unix-stream",
	Family:      Socket,
	Summary:     "the parent writes a byte to a socketpair; end of file means that it died",
	Blocking:    true,
	Descriptors: 2,
	SetUp:       ByParent,
	Frees:       FreesOne,
	Cost:        "a socketpair and a socket buffer; child: close, read; parent: write, once for each reader",
	Orphan:      FailsClosed,
	ParentDies:  "reads end of file and knows that the parent is gone (fails closed)",
	Source:      "unix(7), socketpair(2)",
	New:         newUnixStream,
}

type unixStream struct {
	ends
	child, parent program.FD
}

var _ Gate = (*unixStream)(nil)

func newUnixStream(*program.Board) (Gate, error) {
	c, p, err := sys.Socketpair()
	if err != nil {
		return nil, err
	}
	child, parent := program.FD{Name: "child's end", N: c}, program.FD{Name: "parent's end", N: p}
	return &unixStream{ends{child, parent}, child, parent}, nil
}

func (g *unixStream) Wait() program.Program {
	return program.Program{
		program.Close(g.parent), // our copy, or the parent's death would not show
		program.Arm(),
		program.Read(g.child, 1).Want(1).Gone(0).GoneError(program.ECONNRESET),
	}
}

func (g *unixStream) Release(program.Peer) program.Program {
	return program.Program{program.Write(g.parent, "\x01")}
}
