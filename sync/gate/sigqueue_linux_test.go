//go:build amd64 || arm64

package gate

import (
	"os"
	"testing"

	"github.com/nsbench/nsbench/sync/program"
)

// The same signal is no release if it was not queued, or with another value.
func TestSigqueueComparesTheValue(t *testing.T) {
	for name, signal := range map[string]program.Op{
		"kill":          program.Kill(program.Child, releaseSignal),
		"another value": program.Queue(program.Child, releaseSignal, releaseToken+1, os.Getpid()),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t)
			g := newGate(t, Sigqueue, b)
			pid, pidfd, code := cloned(t, b, g.Wait())
			runs(t, b, pid, program.Program{signal})
			awaitEnd(t, pidfd)
			if o := code.Outcome(); o.Verdict != program.Failed || o.Index != len(g.Wait())-1 {
				t.Errorf("the child: %v, want that it fails at its last operation", o)
			}
			if err := g.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
