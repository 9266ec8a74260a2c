package gate

import (
	"errors"
	"os"

	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// UnixPath is UnixAbstract with a name in the file system: the child connects
// by a path. unix(7).
//
// The file has permissions, and is made for its owner alone. It also has a
// life of its own: Close removes it, and a parent that is killed leaves it
// behind, as somebody has to remember who binds to a fixed path. youki waits
// for its start command at such a socket, with the sides the other way round.
//
// A path is as long as its directory makes it, and an address has room for 107
// bytes. The gate refuses what is longer.
//
// Cost: as UnixAbstract, and a file, in the directory for temporary files.
//
// When the parent dies, the child reads end of file, or ECONNRESET if the
// parent had not accepted yet: it knows (it fails closed), provided that it closed
// its own copy of the listener and nobody else has one, or one of the parent's end.
//
// No namespace cuts it by itself: the kernel finds the socket by its inode,
// whatever network namespace that is in. A path means what it did only until one
// side changes its root or mounts something over it.
var UnixPath = Primitive{
	Name:        "unix-path",
	Family:      Socket,
	Summary:     "the child connects to a unix socket by its path; the parent accepts, and writes a byte",
	Blocking:    true,
	Holds:       true,
	Descriptors: 1,
	SetUp:       ByEither,
	Frees:       FreesOne,
	Cost:        "a file, a listener and a connection; child: close, socket, connect, read; parent: accept4, close, then write, once for each child",
	Orphan:      FailsClosed,
	ParentDies:  "reads end of file, or ECONNRESET, and knows that the parent is gone (fails closed)",
	Source:      "unix(7), connect(2), accept(2)",
	New:         newUnixPath,
}

type unixPath struct {
	Holder
	path string
}

var _ Holder = unixPath{}

func newUnixPath(b *program.Board) (Gate, error) {
	var path string
	c, err := newConnection(b, func() (fd int, _ program.Address, err error) {
		fd, path, err = sys.ListenPath()
		return fd, program.UnixAddress(path), err
	})
	if err != nil {
		return nil, err
	}
	return unixPath{c, path}, nil
}

// Close also removes the file.
func (g unixPath) Close(ran ...program.Program) error {
	return errors.Join(g.Holder.Close(ran...), os.Remove(g.path))
}
