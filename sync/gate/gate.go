// Package gate has the ways in which a parent can hold a child and let it go,
// one file each, behind one interface.
//
// A primitive is a value of this package, such as PipeEOF; a Gate is one
// prepared, one-shot instance of it: made before the clone, waited on once,
// released once. A gate does not act. It says what each side has to do, as
// programs, and whoever holds the child runs them. So the same wait runs in a
// raw clone, in a clone that shares memory and in an executed program, and a
// primitive cannot spend time that nobody stamps.
//
// The doc of each primitive says what it costs, what it promises when the
// parent dies before the release, and where that is known from.
package gate

import (
	"errors"
	"slices"

	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// A Gate holds one child, once.
type Gate interface {
	// Wait is what the child does: it arms, right before the operation that
	// waits, and comes to its end when it has been released.
	Wait() program.Program

	// Release is what the parent does to let the child go.
	Release(child program.Peer) program.Program

	// Close frees in this process what is left of the gate after the
	// programs in ran have run in it. Without that knowledge it would close
	// descriptors that a release has closed already, and whose numbers may
	// be somebody else's by now.
	Close(ran ...program.Program) error
}

// A Holder is a gate whose parent has something to do before it can release:
// to see that the child has stopped, or to fetch what releases it. Such a gate
// cannot be released early. The others can: their release is kept.
type Holder interface {
	Gate

	// Hold is what the parent does after the child has armed and before
	// the release. It comes to its end when the child is held, or has ended.
	// What it makes is freed by Close.
	Hold(child program.Peer) program.Program
}

// A Lingerer is a gate of which the kernel takes long to free a part, and longer
// for one gate after another than for many at the same time.
type Lingerer interface {
	Gate

	// CloseSoon is Close but for that part, which rest frees. It may be
	// called at any later time, on any goroutine.
	CloseSoon(ran ...program.Program) (rest func() error, err error)
}

// A Primitive is one way to hold and release. The strings are sentences for a
// reader; what they say is also in the primitive's doc.
type Primitive struct {
	Name    string
	Family  Family
	Summary string // the idea, in one line

	// Blocking says that the waiter gives its CPU up, so that a sample has
	// to prove that it did.
	Blocking bool

	// Holds says that its gates are Holders.
	Holds bool

	// Once says that a process can wait at one such gate in its life and no more.
	Once bool

	Descriptors int      // that a gate holds in the parent until it is released
	SetUp       Side     // which side can set the gate up
	Frees       Waiters  // whom one release frees
	CutBy       []string // the new namespaces, by their names in namespaces(7), in which the child cannot be reached
	Cost        string   // of a gate, a wait and a release
	Orphan      Orphan   // what becomes of the child when the parent dies before the release
	ParentDies  string   // the same in words, with what it depends on
	Source      string   // man page sections

	// New makes a gate. Words of memory come from the board.
	New func(*program.Board) (Gate, error)

	// newNamed is New where that makes an object without a name, or removes the
	// name before anybody else can use it; see NewByName.
	newNamed func(*program.Board) (Gate, error)
}

// A Side says which side of the clone can set a gate up.
type Side string

// The sides.
const (
	ByParent Side = "the parent, before the clone"
	ByChild  Side = "the child, after the clone"
	ByEither Side = "either side, for it has a name"
)

// Waiters says whom one release frees, of several that wait at the same gate.
type Waiters string

// The waiters.
const (
	FreesAll Waiters = "every waiter"
	FreesOne Waiters = "one waiter"
)

// An Orphan is what a child does whose parent dies before the release, and which
// has asked for no signal at that death.
type Orphan string

// What it does.
const (
	FailsOpen    Orphan = "fails open"     // it goes on as if it had been released
	FailsClosed  Orphan = "fails closed"   // it knows that the parent is gone
	WaitsForEver Orphan = "waits for ever" // asleep, stopped, frozen, or awake all the time
)

// A Family is a kind of primitive.
type Family string

// The families.
const (
	Pipe    Family = "pipe"
	EventFD Family = "eventfd"
	Signal  Family = "signal"
	Memory  Family = "memory"
	Socket  Family = "socket"
	File    Family = "file"
	IPC     Family = "ipc" // System V and POSIX
	Other   Family = "other"
)

// All returns the catalogue, in its fixed order: by family, and what others are
// variants of comes first.
func All() []Primitive {
	return []Primitive{
		PipeEOF, PipeByte, PipePoll, FIFO,
		Eventfd, EventfdEpoll, Barrier,
		Sigwait, Sigsuspend, Sigqueue, Signalfd, PidfdSignal, Sigstop,
		Spin, SpinPause, SpinYield, PollSleep, Futex, FutexWaitv, FutexSpin,
		UnixStream, UnixEOF, UnixDgram, UnixSeqpacket, UnixAbstract, UnixPath, TCPLoopback,
		Flock, OFDLock, Inotify, FilePoll,
		SysvSem, SysvMsg, PosixMQ,
		Ptrace, CgroupFreeze, SeccompNotify, Userfaultfd, IOUring, PidfdExit,
	}
}

// Named returns the primitive of that name.
func Named(name string) (Primitive, bool) {
	all := All()
	i := slices.IndexFunc(all, func(p Primitive) bool { return p.Name == name })
	if i < 0 {
		return Primitive{}, false
	}
	return all[i], true
}

// ends are the descriptors of a gate.
type ends []program.FD

// Close closes those that no program in ran has closed.
func (e ends) Close(ran ...program.Program) error {
	var errs []error
	for _, fd := range e {
		closed := slices.ContainsFunc(ran, func(p program.Program) bool { return p.Closes(fd) })
		if !closed {
			errs = append(errs, sys.Close(fd.N))
		}
	}
	return errors.Join(errs...)
}

// An opened is a descriptor that a program will open in this process: its
// number comes to stand in a word of the board.
type opened struct {
	program.Word
	board *program.Board
}

const notOpened = ^uint32(0)

func newOpened(b *program.Board, name string) (opened, error) {
	w, err := b.Word(name)
	if err == nil {
		b.Set(w, notOpened)
	}
	return opened{w, b}, err
}

func (o opened) isOpen() bool { return o.board.Value(o.Word) != notOpened }

// close closes the descriptor if it has been opened.
func (o opened) close() error {
	if !o.isOpen() {
		return nil
	}
	n := o.board.Value(o.Word)
	o.board.Set(o.Word, notOpened)
	return sys.Close(int(n))
}

// Elsewhere says that programs of a gate have run in another process: what they have
// opened is that one's, and Close is to leave it alone.
func Elsewhere(b *program.Board, ran ...program.Program) {
	for _, p := range ran {
		for _, w := range p.Opens() {
			b.Set(w, notOpened)
		}
	}
}
