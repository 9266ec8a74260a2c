package gate

import "github.com/nsbench/nsbench/sync/program"

// PipeByte releases the child by a byte written into a pipe, so that end of
// file keeps a meaning of its own: the parent is gone. pipe(7).
//
// It is pipe-EOF turned the safe way round, and what firejail, conmon and Go's
// own syscall package do. One byte frees one reader.
//
// Cost: a pipe, which is 2 descriptors in the parent and a page of buffer;
// one close for the child, one read, one write for the parent.
//
// When the parent dies, the kernel closes its end and the child reads 0 bytes:
// it knows, and can refuse to go on (it fails closed), provided that it closed
// its own copy of the write end and nobody else has one.
//
// No namespace cuts it: a descriptor is not looked up.
var PipeByte = Primitive{
	Name:        "pipe-byte",
	Family:      Pipe,
	Summary:     "the parent writes a byte into a pipe; end of file means that it died",
	Blocking:    true,
	Descriptors: 2,
	SetUp:       ByParent,
	Frees:       FreesOne,
	Cost:        "a pipe and a page of its buffer; child: close, read; parent: write, once for each reader",
	Orphan:      FailsClosed,
	ParentDies:  "reads end of file and knows that the parent is gone (fails closed)",
	Source:      "pipe(7), read(2), write(2)",
	New:         newPipeByte,
}

type pipeByte struct {
	ends
	r, w program.FD
}

var _ Gate = (*pipeByte)(nil)

func newPipeByte(*program.Board) (Gate, error) {
	r, w, err := newPipe()
	if err != nil {
		return nil, err
	}
	return &pipeByte{ends{r, w}, r, w}, nil
}

func (g *pipeByte) Wait() program.Program {
	return program.Program{
		program.Close(g.w), // our copy, or the parent's death would not show
		program.Arm(),
		program.Read(g.r, 1).Want(1).Gone(0),
	}
}

func (g *pipeByte) Release(program.Peer) program.Program {
	return program.Program{program.Write(g.w, "\x01")}
}
