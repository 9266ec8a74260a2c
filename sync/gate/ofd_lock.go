package gate

import (
	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// OFDLock is Flock by the locks that fcntl has: the parent gives up a write lock
// on all bytes of a file, and the child waits for a read lock. fcntl(2), "Open
// file description locks", Linux 3.15.
//
// These belong to the open file description. The older ones of fcntl,
// F_SETLKW, belong to the process, and a process that closes any descriptor of
// the file, for whatever purpose, gives all of its locks on it up. They could
// not be handed to a child either, and the kernel reports as a deadlock what it
// takes for one.
//
// Cost: 2 descriptors in the parent; a close and a fcntl for the child, one
// fcntl for the parent, which frees all who wait. New namespaces do not matter
// to it.
//
// When the parent dies, the kernel closes its description, and with that gives
// up the lock: the child goes on as if it had been released (it fails open),
// unless somebody else has a copy of the parent's descriptor.
var OFDLock = Primitive{
	Name:        "ofd-lock",
	Family:      File,
	Summary:     "as flock, by the locks of fcntl that belong to an open file description",
	Blocking:    true,
	Descriptors: 2,
	SetUp:       ByParent,
	Frees:       FreesAll,
	Cost:        "a file in memory, opened twice; child: close, fcntl; parent: fcntl, which frees every waiter at once",
	Orphan:      FailsOpen,
	ParentDies:  "goes on as if it had been released (fails open)",
	Source:      "fcntl(2), memfd_create(2)",
	New:         newOFDLock,
	newNamed:    newNamedOFDLock,
}

type ofdLock struct{ locked }

var _ namer = ofdLock{}

func newOFDLock(*program.Board) (Gate, error) {
	l, err := newLocked(sys.LockRecord)
	return ofdLock{l}, err
}

func newNamedOFDLock(*program.Board) (Gate, error) {
	l, err := newLockedAt(sys.LockRecord)
	return ofdLock{l}, err
}

func (g ofdLock) Wait() program.Program {
	return program.Program{
		program.Close(g.parent), // our copy, or the lock would outlive the parent
		program.Arm(),
		program.LockRecord(g.child, program.Shared),
	}
}

func (g ofdLock) Release(program.Peer) program.Program {
	return program.Program{program.LockRecord(g.parent, program.Unlock)}
}
