package gate

import (
	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// TCPLoopback releases the child by a byte over a TCP connection to 127.0.0.1,
// which the child makes after the clone. tcp(7), ip(7).
//
// It is what is left when the two sides share nothing but a network, and the
// dearest way to say one bit: the byte becomes a segment, passes through the
// whole of the stack twice, and is acknowledged. The kernel chooses the port.
// There are no permissions on it: any process of the host can connect first.
//
// The parent's end does not linger: closed, it sends a reset. Otherwise every
// child, which by then has closed its own end, would leave a connection in
// TIME_WAIT, for a minute and with a port of its own, of which there are 28,232
// by default. 4,040 releases were seen to leave 4,032 of them so, and 2 with the
// reset. A byte that has arrived is read in spite of a reset behind it.
//
// Cost: a listener, which makes way for the accepted socket, so 1 descriptor in
// the parent; 1 in the child; two ports; close, socket, connect and read for the
// child; accept4 and close for the parent before it can release, then one
// write, which frees the one child that is connected.
//
// When the parent dies, the kernel resets the connection, and the child fails
// with ECONNRESET: it knows (it fails closed), provided that it closed its own
// copy of the listener and nobody else has one, or one of the parent's end.
//
// A new network namespace has a loopback of its own. As long as that is down
// the child's connect fails with ENETUNREACH, and with ECONNREFUSED once it is
// up, for nobody listens there.
var TCPLoopback = Primitive{
	Name:        "tcp-loopback",
	Family:      Socket,
	Summary:     "the child connects to a port of 127.0.0.1; the parent accepts, and writes a byte",
	Blocking:    true,
	Holds:       true,
	Descriptors: 1,
	SetUp:       ByEither,
	Frees:       FreesOne,
	CutBy:       []string{"net"},
	Cost:        "a listener, a connection and two ports; child: close, socket, connect, read; parent: accept4, close, then write, once for each child",
	Orphan:      FailsClosed,
	ParentDies:  "fails with ECONNRESET and knows that the parent is gone (fails closed)",
	Source:      "tcp(7), ip(7), socket(7)",
	New:         newTCPLoopback,
}

func newTCPLoopback(b *program.Board) (Gate, error) {
	return newConnection(b, func() (int, program.Address, error) {
		fd, port, err := sys.ListenLoopback()
		if err != nil {
			return fd, program.Address{}, err
		}
		return fd, program.TCPAddress(sys.Loopback, port), nil
	})
}
