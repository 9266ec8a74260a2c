package gate

import (
	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// UnixSeqpacket releases the child by a message over a connected pair of unix
// seqpacket sockets. unix(7), socketpair(2).
//
// It has the bounds of a datagram and the end of file of a stream, which makes
// it what a handshake wants: crun and systemd-nspawn talk to their children over
// such a pair. An empty message would look like end of file, so a release has
// at least a byte.
//
// Cost: 2 descriptors in the parent and a socket buffer for the message; one
// close for the child, one read, one write for the parent, which frees one reader.
//
// When the parent dies, the child reads 0 bytes, or fails with ECONNRESET if
// it had written something that the parent never read: it knows, and can
// refuse to go on (it fails closed), provided that it closed its own copy of the
// parent's end and nobody else has one.
//
// No namespace cuts it: a descriptor is not looked up.
var UnixSeqpacket = Primitive{
	Name:        "unix-seqpacket",
	Family:      Socket,
	Summary:     "the parent sends a message over a socketpair; end of file means that it died",
	Blocking:    true,
	Descriptors: 2,
	SetUp:       ByParent,
	Frees:       FreesOne,
	Cost:        "a socketpair and a socket buffer; child: close, read; parent: write, once for each reader",
	Orphan:      FailsClosed,
	ParentDies:  "reads end of file and knows that the parent is gone (fails closed)",
	Source:      "unix(7), socketpair(2)",
	New:         newUnixSeqpacket,
}

type unixSeqpacket struct {
	ends
	child, parent program.FD
}

var _ Gate = (*unixSeqpacket)(nil)

func newUnixSeqpacket(*program.Board) (Gate, error) {
	child, parent, err := newSocketpair(sys.SeqpacketPair)
	if err != nil {
		return nil, err
	}
	return &unixSeqpacket{ends{child, parent}, child, parent}, nil
}

func (g *unixSeqpacket) Wait() program.Program {
	return program.Program{
		program.Close(g.parent), // our copy, or the parent's death would not show
		program.Arm(),
		program.Read(g.child, 1).Want(1).Gone(0).GoneError(program.ECONNRESET),
	}
}

func (g *unixSeqpacket) Release(program.Peer) program.Program {
	return program.Program{program.Write(g.parent, "\x01")}
}
