package gate

import (
	"encoding/binary"
	"os"

	"github.com/nsbench/nsbench/sync/program"
)

// Userfaultfd releases the child from a page fault: the child touches a page that
// is not there, and goes on when the parent has filled it. userfaultfd(2).
//
// It is what the migration of a running process or machine waits on, which goes
// on while its memory still comes. Here it is the one wait that begins with no
// system call: between arming and going on, strace sees nothing.
//
// The child makes the userfaultfd, for it serves its maker's memory, and serves
// faults in user mode only, which takes no privilege. The parent fetches a copy
// of the descriptor from the armed child, so this gate is a Holder; that takes
// the right to trace it. pidfd_getfd(2). A signal that comes has its handler run,
// after which the child touches the page again.
//
// Cost: a userfaultfd, on either side, and a page on either side; userfaultfd,
// two ioctl and mmap for the child, pidfd_getfd and one ioctl for the parent,
// which copies a whole page. A page is one process's own: each child needs a
// userfaultfd of its own.
//
// When the parent dies, nothing happens: the child itself keeps the userfaultfd
// open, and waits for ever. Were the parent's copy the only one, its end would
// give the child a page of zeros; but until the parent has it, nobody else does.
//
// No namespace cuts it: the parent takes the descriptor from the child by a pidfd.
var Userfaultfd = Primitive{
	Name:       "userfaultfd",
	Family:     Other,
	Summary:    "the child touches a page that is not there; the parent fills it",
	Blocking:   true,
	Holds:      true,
	SetUp:      ByChild,
	Frees:      FreesOne,
	Cost:       "a userfaultfd and 2 pages; child: userfaultfd, ioctl, mmap, ioctl; parent: pidfd_getfd, then ioctl, once for each child",
	Orphan:     WaitsForEver,
	ParentDies: "waits for ever: it keeps the userfaultfd open itself",
	Source:     "userfaultfd(2), ioctl_userfaultfd(2), pidfd_getfd(2)",
	New:        newUserfaultfd,
}

// filled is the first word of the page that the parent fills in. A page of the
// kernel's has 0 there.
const filled = 1

type userfault struct {
	theirs program.Word // the child's userfaultfd
	ours   opened       // a copy of it

	register, fill program.Memory // struct uffdio_register, struct uffdio_copy
	page           program.Memory
}

var _ Holder = (*userfault)(nil)

func newUserfaultfd(b *program.Board) (Gate, error) {
	g := &userfault{}
	var err error
	if g.theirs, err = b.Word("uffd"); err != nil {
		return nil, err
	}
	if g.ours, err = newOpened(b, "child's uffd"); err != nil {
		return nil, err
	}
	if g.register, err = b.Memory("pages", program.RegisterSize); err != nil {
		return nil, err
	}
	if g.fill, err = b.Memory("fill", program.CopySize); err != nil {
		return nil, err
	}
	if g.page, err = b.Memory("page", os.Getpagesize()); err != nil {
		return nil, err
	}
	put := binary.NativeEndian.PutUint64
	put(b.Bytes(g.register)[program.RegisterLength:], uint64(os.Getpagesize()))
	put(b.Bytes(g.register)[program.RegisterMode:], program.RegisterMissing)
	put(b.Bytes(g.fill)[program.CopyLength:], uint64(os.Getpagesize()))
	put(b.Bytes(g.page), filled)
	return g, nil
}

func (g *userfault) at() program.Word { return g.register.Word("page", program.RegisterStart) }

func (g *userfault) Wait() program.Program {
	return program.Program{
		program.Userfaultfd().Into(g.theirs),
		program.UserfaultAPI(g.theirs),
		program.MapPages(os.Getpagesize()).Into(g.at()),
		program.UserfaultRegister(g.theirs, g.register),
		program.Arm(),
		program.LoadAt(g.at(), 0).Want(filled),
	}
}

func (g *userfault) Hold(child program.Peer) program.Program {
	return program.Program{
		program.TakeFile(child, g.theirs).Into(g.ours.Word),
		program.Move(g.fill.Word("fill.dst", program.CopyTo), g.at()),
		program.PointTo(g.fill.Word("fill.src", program.CopyFrom), g.page),
	}
}

func (g *userfault) Release(program.Peer) program.Program {
	return program.Program{program.UserfaultCopy(g.ours, g.fill)}
}

// Close closes the copy of the child's descriptor.
func (g *userfault) Close(...program.Program) error { return g.ours.close() }
