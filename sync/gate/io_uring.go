package gate

import (
	"errors"
	"unsafe"

	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// IOUring releases the child by the completion of a read: the child submits a read
// of a pipe and waits for the completion of whatever it has submitted, and the
// parent writes a byte into the pipe. io_uring(7).
//
// It is how a program with an event loop of the newer kind would be held. The
// parent makes the ring, with the read in it and the pipe's read end as a file
// of the ring's own; the child, who inherits it, maps it, submits, waits, and
// looks at the result. The kernel reads when the pipe has something, and in the
// child, which it wakes for that: so the byte goes to the child's memory, at an
// address that is the parent's as well.
//
// Cost: a ring and a pipe, which are 2 descriptors in the parent; close, mmap
// and io_uring_enter, twice, for the child, write for the parent, once for each
// child: the ring has one read. The ring takes ten times as long to make as a
// pipe, and the kernel takes it apart in the background. Where the administrator
// has switched it off (io_uring_disabled), and under the filter that container
// runtimes install by default, it cannot be made: EPERM.
//
// When the parent dies, the kernel closes its write end and the read completes
// with 0 bytes: the child knows, and can refuse to go on (it fails closed),
// provided that it closed its own copy of the write end and nobody else has one.
//
// No namespace cuts it: a descriptor is not looked up.
var IOUring = Primitive{
	Name:        "io-uring",
	Family:      Other,
	Summary:     "the child submits a read of a pipe and waits for its completion; the parent writes a byte",
	Blocking:    true,
	Descriptors: 2,
	SetUp:       ByParent,
	Frees:       FreesOne,
	Cost:        "an io_uring and a pipe; child: close, mmap, io_uring_enter, twice; parent: write, once for each reader",
	Orphan:      FailsClosed,
	ParentDies:  "reads end of file and knows that the parent is gone (fails closed)",
	Source:      "io_uring(7), io_uring_setup(2), io_uring_enter(2)",
	New:         newIOUring,
}

type ioUring struct {
	ends
	ring, w program.FD
	base    program.Word // where the child has mapped the ring
	size    int
	result  int // where in it the result will be
}

var _ Gate = (*ioUring)(nil)

func newIOUring(b *program.Board) (Gate, error) {
	r, w, err := newPipe()
	if err != nil {
		return nil, err
	}
	u, base, err := newUring(b, r)
	if err = errors.Join(err, sys.Close(r.N)); err != nil { // the ring has it
		return nil, errors.Join(err, sys.Close(w.N))
	}
	ring := program.FD{Name: "io_uring", N: u.FD}
	return &ioUring{ends{ring, w}, ring, w, base, u.Size, u.Result}, nil
}

// newUring makes a ring that reads a byte to a place on the board, which is the
// same in a clone.
func newUring(b *program.Board, from program.FD) (u sys.Uring, base program.Word, err error) {
	if base, err = b.Word("ring"); err != nil {
		return u, base, err
	}
	to, err := b.Memory("byte", 1)
	if err != nil {
		return u, base, err
	}
	u, err = sys.NewUring(from.N, uintptr(unsafe.Pointer(unsafe.SliceData(b.Bytes(to)))))
	return u, base, err
}

func (g *ioUring) Wait() program.Program {
	return program.Program{
		program.Close(g.w), // our copy, or the parent's death would not show
		program.MapFile(g.ring, g.size, 0).Into(g.base),
		program.UringSubmit(g.ring, 1),
		program.Arm(),
		program.UringAwait(g.ring),
		program.LoadAt(g.base, g.result).Want(1).Gone(0),
	}
}

func (g *ioUring) Release(program.Peer) program.Program {
	return program.Program{program.Write(g.w, "\x01")}
}
