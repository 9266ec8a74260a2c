package gate

import (
	"errors"

	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// Flock releases the child by giving up the exclusive lock on a file, for which
// the child waits with a shared one. flock(2).
//
// A lock of this kind belongs to an open file description, not to a process:
// on its copy of the parent's descriptor the child would have the lock already.
// So the gate opens its file twice, and the child waits with the other
// description and closes its copy of the parent's. Children that wait share
// theirs, and shared locks do not exclude each other in any case: one unlock
// frees them all.
//
// The file has no name and lies in memory. Where a file lies makes no
// difference on a local file system: the kernel keeps the locks of all of them
// in the same way. Over NFS it is the server that does. flock(2), NOTES.
//
// Cost: 2 descriptors in the parent; a close and a flock for the child, one
// flock for the parent. New namespaces do not matter to it.
//
// When the parent dies, the kernel closes its description, and with that gives
// up the lock: the child goes on as if it had been released (it fails open),
// unless somebody else has a copy of the parent's descriptor. A release does
// not mind such a copy, other than PipeEOF's: an unlock is one for all copies.
var Flock = Primitive{
	Name:        "flock",
	Family:      File,
	Summary:     "the parent gives up the exclusive lock on a file; the child waits for a shared one",
	Blocking:    true,
	Descriptors: 2,
	SetUp:       ByParent,
	Frees:       FreesAll,
	Cost:        "a file in memory, opened twice; child: close, flock; parent: flock, which frees every waiter at once",
	Orphan:      FailsOpen,
	ParentDies:  "goes on as if it had been released (fails open)",
	Source:      "flock(2), memfd_create(2)",
	New:         newFlock,
	newNamed:    newNamedFlock,
}

// A locked is a gate over a file that is locked by its parent.
type locked struct {
	ends
	child, parent program.FD // for an open file description each
	at            place      // of the file, if it has a path
}

type flock struct{ locked }

var _ namer = flock{}

func newFlock(*program.Board) (Gate, error) {
	l, err := newLocked(sys.LockFile)
	return flock{l}, err
}

func newNamedFlock(*program.Board) (Gate, error) {
	l, err := newLockedAt(sys.LockFile)
	return flock{l}, err
}

// newLocked makes a file and locks it through the parent's description.
func newLocked(lock func(fd int) error) (locked, error) {
	p, c, err := sys.Twice()
	if err != nil {
		return locked{}, err
	}
	return lockedBy(lock, p, c, place{})
}

// newLockedAt is newLocked of a file that has a path.
func newLockedAt(lock func(fd int) error) (locked, error) {
	at, err := newPlace()
	if err != nil {
		return locked{}, err
	}
	p, c, err := sys.TwiceAt(at.file)
	if err != nil {
		return locked{}, errors.Join(err, at.remove())
	}
	return lockedBy(lock, p, c, at)
}

func lockedBy(lock func(fd int) error, p, c int, at place) (locked, error) {
	parent, child := program.FD{Name: "parent's", N: p}, program.FD{Name: "child's", N: c}
	l := locked{ends{parent, child}, child, parent, at}
	if err := lock(p); err != nil {
		return locked{}, errors.Join(err, l.Close())
	}
	return l, nil
}

// open makes one more description, to which no lock belongs.
func (l locked) open(program.FD) (op program.Op, then program.Program, ok bool) {
	if l.at == (place{}) {
		return op, nil, false
	}
	return program.Open(l.at.file, program.ReadWrite), nil, true
}

// Close also removes the file if it has a path.
func (l locked) Close(ran ...program.Program) error {
	err := l.ends.Close(ran...)
	if l.at != (place{}) {
		err = errors.Join(err, l.at.remove())
	}
	return err
}

func (g flock) Wait() program.Program {
	return program.Program{
		program.Close(g.parent), // our copy, or the lock would outlive the parent
		program.Arm(),
		program.Flock(g.child, program.Shared),
	}
}

func (g flock) Release(program.Peer) program.Program {
	return program.Program{program.Flock(g.parent, program.Unlock)}
}
