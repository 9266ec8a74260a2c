package gate

import (
	"errors"
	"os"

	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// FIFO releases the child by opening a named pipe for writing: the child's own
// open, for reading, waits until somebody does. fifo(7).
//
// The two have nothing in common but a path, so the child need not be a child.
// runc and crun hold a container by it between create and start, the other way
// round: init opens it for writing, and whoever starts the container for reading.
//
// The parent opens it for both, which does not wait for a reader, and keeps it
// open until the gate is closed: so a child that comes late finds a writer. To
// open it for writing alone would wait for the child, or fail without one. One
// open frees every child that waits.
//
// Cost: a file, in the directory for temporary files; no descriptor before the
// release, then one in the parent, and one in the child, which closes it at an
// execve; one openat for each side. The file stays behind if the parent is
// killed.
//
// When the parent dies, nothing happens: the child waits in its open for ever,
// and whoever may write to the file can release it. A path means what it did
// only until one side changes its root or mounts something over it; a new mount
// namespace by itself has the same files.
var FIFO = Primitive{
	Name:       "fifo",
	Family:     Pipe,
	Summary:    "the parent opens a named pipe; the child's own open, by path, waits for that",
	Blocking:   true,
	SetUp:      ByEither,
	Frees:      FreesAll,
	Cost:       "a file, and a descriptor on each side; child: openat; parent: openat, which frees every waiter at once",
	Orphan:     WaitsForEver,
	ParentDies: "waits for ever: nobody opens the other end",
	Source:     "fifo(7), open(2), mkfifo(3)",
	New:        newFIFO,
}

type fifo struct {
	path   string
	parent opened
}

var _ Gate = (*fifo)(nil)

func newFIFO(b *program.Board) (Gate, error) {
	parent, err := newOpened(b, "parent's end")
	if err != nil {
		return nil, err
	}
	path, err := sys.TempFifo()
	if err != nil {
		return nil, err
	}
	return &fifo{path, parent}, nil
}

func (g *fifo) Wait() program.Program {
	return program.Program{
		program.Arm(),
		program.Open(g.path, program.ReadOnly), // returns when somebody has it open for writing
	}
}

func (g *fifo) Release(program.Peer) program.Program {
	return program.Program{program.Open(g.path, program.ReadWrite).Into(g.parent.Word)}
}

func (g *fifo) Close(...program.Program) error {
	return errors.Join(g.parent.close(), os.Remove(g.path))
}
