//go:build amd64 || arm64

package gate

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/program"
)

var locks = []Primitive{Flock, OFDLock}

// newStray makes a copy of the parent's descriptor, as a third process might
// have one, and what the child does that is cloned with it.
func newStray(t *testing.T, g Gate) (stray int, wait program.Program) {
	t.Helper()
	parent := g.Release(program.Child).Files()[0]
	stray, err := unix.FcntlInt(uintptr(parent.N), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	return stray, append(program.Program{program.Close(program.FD{Name: "stray", N: stray})}, g.Wait()...)
}

// A release is one for all copies of the descriptor.
func TestLocksAreReleasedInSpiteOfACopy(t *testing.T) {
	for _, p := range locks {
		t.Run(p.Name, func(t *testing.T) {
			b := newBoard(t)
			g := newGate(t, p, b)
			stray, wait := newStray(t, g)
			pid, pidfd, code := cloned(t, b, wait)
			awaitEndOrSleep(t, b, pid, pidfd)
			runs(t, b, pid, g.Release(program.Child))
			awaitEnd(t, pidfd)
			if o := code.Outcome(); o.Verdict != program.Released {
				t.Errorf("the child: %v, want released", o)
			}
			if err := errors.Join(g.Close(), unix.Close(stray)); err != nil {
				t.Error(err)
			}
		})
	}
}

// The kernel closes what a parent had open that dies. A copy keeps the lock.
func TestLocksAndTheParentsEnd(t *testing.T) {
	for _, p := range locks {
		t.Run(p.Name, func(t *testing.T) {
			b := newBoard(t)
			g := newGate(t, p, b)
			stray, wait := newStray(t, g)
			pid, pidfd, code := cloned(t, b, wait)
			awaitEndOrSleep(t, b, pid, pidfd)
			if err := g.Close(); err != nil {
				t.Fatal(err)
			}
			awaitEndOrSleep(t, b, pid, pidfd)
			if o := code.Outcome(); o.Verdict != program.Unfinished {
				t.Fatalf("the child, with a copy open: %v, want it held", o)
			}
			if err := unix.Close(stray); err != nil {
				t.Fatal(err)
			}
			awaitEnd(t, pidfd)
			if o := code.Outcome(); o.Verdict != program.Released {
				t.Errorf("the child, with no copy open: %v, want that it fails open", o)
			}
		})
	}
}
