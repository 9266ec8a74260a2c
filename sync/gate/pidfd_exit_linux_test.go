//go:build amd64 || arm64

package gate

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/nsbench/nsbench/sync/program"
)

// The helper holds nothing of others: a write end that it had would hold
// somebody's child. And it does not outlive its gate.
func TestPidfdExitHelper(t *testing.T) {
	b := newBoard(t)
	g := newGate(t, PidfdExit, b).(*pidfdExit)
	awaitNoFiles(t, g.pid)
	runs(t, b, os.Getpid(), g.Release(program.Child))
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", g.pid)); !os.IsNotExist(err) {
		t.Errorf("helper %d after Close: %v, want that there is none", g.pid, err)
	}
}

// awaitNoFiles waits until a process has closed all its descriptors.
func awaitNoFiles(t *testing.T, pid int) {
	t.Helper()
	for {
		files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
		if err != nil {
			t.Fatal(err) // it has ended
		}
		if len(files) == 0 {
			return
		}
	}
}

// A hold comes to its end when the child has ended, too, instead of having come
// to its wait.
func TestHoldOfOneThatHasEnded(t *testing.T) {
	for _, p := range All() {
		b := newBoard(t)
		g, err := p.New(b)
		if err != nil {
			continue // that there is no such gate here is for the probe to say
		}
		h, holds := g.(Holder)
		if holds {
			t.Run(p.Name, func(t *testing.T) {
				wait := g.Wait()
				arm := slices.IndexFunc(wait, func(op program.Op) bool { return op.String() == program.Arm().String() })
				pid, pidfd, _ := cloned(t, b, append(wait[:arm+1:arm+1], program.Exit(0)))
				awaitEnd(t, pidfd)
				code, err := b.Load(program.Env{Peer: pid, Pidfd: pidfd}, program.Part{Program: h.Hold(program.Child)})
				if err != nil {
					t.Fatal(err)
				}
				program.Run(code) // comes back
			})
		}
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	}
}
