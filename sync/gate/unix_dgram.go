package gate

import (
	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// UnixDgram releases the child by a datagram over a connected pair of unix
// datagram sockets. unix(7), socketpair(2).
//
// It is what rootless podman uses. A datagram keeps its bounds, as the messages
// of UnixSeqpacket do. What it lacks is an end of file, for there is no
// connection that could be lost.
//
// Cost: 2 descriptors in the parent and a socket buffer for the message; one
// read for the child, one write for the parent, which frees one reader.
//
// When the parent dies, nothing happens: the child waits for ever, although
// nobody is left who could write. Only a write of its own would tell it, by
// ECONNREFUSED.
//
// No namespace cuts it: a descriptor is not looked up.
var UnixDgram = Primitive{
	Name:        "unix-dgram",
	Family:      Socket,
	Summary:     "the parent sends a datagram over a socketpair; there is no end of file",
	Blocking:    true,
	Descriptors: 2,
	SetUp:       ByParent,
	Frees:       FreesOne,
	Cost:        "a socketpair and a socket buffer; child: read; parent: write, once for each reader",
	Orphan:      WaitsForEver,
	ParentDies:  "waits for ever: a datagram socket has no end of file",
	Source:      "unix(7), socketpair(2)",
	New:         newUnixDgram,
}

type unixDgram struct {
	ends
	child, parent program.FD
}

var _ Gate = (*unixDgram)(nil)

func newUnixDgram(*program.Board) (Gate, error) {
	child, parent, err := newSocketpair(sys.DatagramPair)
	if err != nil {
		return nil, err
	}
	return &unixDgram{ends{child, parent}, child, parent}, nil
}

func (g *unixDgram) Wait() program.Program {
	return program.Program{
		program.Arm(),
		program.Read(g.child, 1).Want(1),
	}
}

func (g *unixDgram) Release(program.Peer) program.Program {
	return program.Program{program.Write(g.parent, "\x01")}
}
