package gate

import (
	"errors"

	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// Inotify releases the child by creating a file in a directory, of which the
// child reads from an inotify descriptor that watches the directory. inotify(7).
//
// It is the way of those who have nothing but a file system in common. An event
// is kept until it is read, and one read takes it: as long as the children
// share the descriptor, a file frees one of them.
//
// The release takes as long as the file system that $TMPDIR is on needs to
// create a file: several times longer on ext4 than on tmpfs. And the end costs
// more than all the rest: the kernel frees a watch when nobody can be looking at
// it any more, and has the last close of the descriptor wait for that, for
// milliseconds, which are the same for as many as are closed at a time. So a
// process that makes one of these gates after another is slow, and a release is
// not. A user can have 128 inotify descriptors at a time unless told
// otherwise, /proc/sys/fs/inotify/max_user_instances.
//
// Cost: 1 descriptor in the parent, a directory and a file; a read for the
// child, a mknodat for the parent. The watch is one on the directory itself,
// whatever its path, so that new namespaces do not matter to it. A parent that
// is killed leaves the directory behind.
//
// When the parent dies, nothing happens: the child itself keeps the descriptor
// open, and waits for ever.
var Inotify = Primitive{
	Name:        "inotify",
	Family:      File,
	Summary:     "the parent creates a file; the child reads of that from an inotify descriptor",
	Blocking:    true,
	Descriptors: 1,
	SetUp:       ByParent,
	Frees:       FreesOne,
	Cost:        "an inotify descriptor, a directory, a file; child: read; parent: mknodat, once for each reader",
	Orphan:      WaitsForEver,
	ParentDies:  "waits for ever: an inotify descriptor has no hang-up",
	Source:      "inotify(7), mknod(2)",
	New:         newInotify,
}

type inotify struct {
	place
	ends
	watch program.FD
}

var (
	_ Lingerer = (*inotify)(nil)
	_ namer    = (*inotify)(nil)
)

func newInotify(*program.Board) (Gate, error) {
	p, err := newPlace()
	if err != nil {
		return nil, err
	}
	n, err := sys.WatchCreations(p.dir)
	if err != nil {
		return nil, errors.Join(err, p.remove())
	}
	watch := program.FD{Name: "watch", N: n}
	return &inotify{p, ends{watch}, watch}, nil
}

func (g *inotify) Wait() program.Program {
	return program.Program{
		program.Arm(),
		program.Read(g.watch, sys.CreationSize).Want(sys.CreationSize),
	}
}

func (g *inotify) Release(program.Peer) program.Program {
	return program.Program{program.Create(g.file)}
}

// open has the child watch the directory by a descriptor of its own.
func (g *inotify) open(fd program.FD) (program.Op, program.Program, bool) {
	return program.InotifyInit(), program.Program{program.WatchCreations(fd, g.dir)}, true
}

func (g *inotify) Close(ran ...program.Program) error {
	rest, err := g.CloseSoon(ran...)
	return errors.Join(err, rest())
}

func (g *inotify) CloseSoon(ran ...program.Program) (rest func() error, err error) {
	return func() error { return g.ends.Close(ran...) }, g.remove()
}
