package gate

import (
	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// UnixAbstract releases the child by a byte over a unix stream socket to which
// the child connects after the clone, by a name in the abstract namespace.
// unix(7).
//
// It is for a child that inherits nothing: it needs the name and no descriptor.
// The kernel chooses the name (autobind), so it is unique without a try, and it
// is gone with the listener, so a killed parent leaves nothing behind. But
// there are no permissions on it: whoever guesses its five digits and shares the
// network namespace can connect first. A runtime has to look at the
// credentials of the peer (SO_PEERCRED) before it takes it for its child.
//
// Cost: a listener, which makes way for the accepted socket, so 1 descriptor in
// the parent; 1 in the child; close, socket, connect and read for the child; accept4
// and close for the parent before it can release, then one write, which frees
// the one child that is connected.
//
// When the parent dies, the child reads end of file, or ECONNRESET if the
// parent had not accepted yet: it knows (it fails closed), provided that it closed
// its own copy of the listener and nobody else has one, or one of the parent's end.
//
// The abstract namespace is that of the network: in a new one the child's
// connect fails with ECONNREFUSED.
var UnixAbstract = Primitive{
	Name:        "unix-abstract",
	Family:      Socket,
	Summary:     "the child connects to an abstract unix socket by name; the parent accepts, and writes a byte",
	Blocking:    true,
	Holds:       true,
	Descriptors: 1,
	SetUp:       ByEither,
	Frees:       FreesOne,
	CutBy:       []string{"net"},
	Cost:        "a listener and a connection; child: close, socket, connect, read; parent: accept4, close, then write, once for each child",
	Orphan:      FailsClosed,
	ParentDies:  "reads end of file, or ECONNRESET, and knows that the parent is gone (fails closed)",
	Source:      "unix(7), connect(2), accept(2)",
	New:         newUnixAbstract,
}

func newUnixAbstract(b *program.Board) (Gate, error) {
	return newConnection(b, func() (int, program.Address, error) {
		fd, name, err := sys.ListenAbstract()
		return fd, program.UnixAddress(name), err
	})
}
