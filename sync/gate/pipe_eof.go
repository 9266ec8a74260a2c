package gate

import (
	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// PipeEOF releases the child by closing the last write end of a pipe: the
// child's read returns 0 bytes, end of file. pipe(7).
//
// It is what minijail does, and what nsbench demo shows. One close frees every
// reader there is, and nothing has to be written.
//
// The thing to understand is "last". The clone copies both ends, so the child
// closes its own copy of the write end before it waits, or it would wait for
// itself. Likewise any other process that has a copy of the write end holds
// the child until it is closed there: a stray copy delays the release, and
// loses nothing.
//
// Cost: a pipe, which is 2 descriptors in the parent, and whose buffer is never
// written to; one close for the child, one read, one close for the parent.
//
// When the parent dies, the kernel closes its end: the child goes on, into a
// world that may be half made. It cannot tell that from a release. PipeByte
// can. A primitive that does this is said to fail open.
//
// No namespace cuts it: a descriptor is not looked up.
var PipeEOF = Primitive{
	Name:        "pipe-eof",
	Family:      Pipe,
	Summary:     "the parent closes the last write end of a pipe; the child reads end of file",
	Blocking:    true,
	Descriptors: 2,
	SetUp:       ByParent,
	Frees:       FreesAll,
	Cost:        "a pipe; child: close, read; parent: close, which frees every reader at once",
	Orphan:      FailsOpen,
	ParentDies:  "goes on as if it had been released (fails open)",
	Source:      "pipe(7), read(2), close(2)",
	New:         newPipeEOF,
}

type pipeEOF struct {
	ends
	r, w program.FD
}

var _ Gate = (*pipeEOF)(nil)

func newPipeEOF(*program.Board) (Gate, error) {
	r, w, err := newPipe()
	if err != nil {
		return nil, err
	}
	return &pipeEOF{ends{r, w}, r, w}, nil
}

func (g *pipeEOF) Wait() program.Program {
	return program.Program{
		program.Close(g.w), // our copy, or end of file would never come
		program.Arm(),
		program.Read(g.r, 1).Want(0), // 0 bytes: no write end is open anywhere
	}
}

func (g *pipeEOF) Release(program.Peer) program.Program {
	return program.Program{program.Close(g.w)}
}

func newPipe() (r, w program.FD, err error) {
	rfd, wfd, err := sys.Pipe()
	return program.FD{Name: "r", N: rfd}, program.FD{Name: "w", N: wfd}, err
}
