//go:build amd64 || arm64

package gate

import (
	"testing"

	"github.com/nsbench/nsbench/sync/program"
)

// The parent's end of the pipe is closed as the kernel does it for one that
// dies. Whoever has placed its barrier before has done its part.
func TestBarrierAndTheParentsEnd(t *testing.T) {
	for name, test := range map[string]struct {
		placed bool
		want   program.Verdict
	}{
		"before its barrier": {false, program.ParentGone},
		"after its barrier":  {true, program.Released},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t)
			g := newGate(t, Barrier, b)
			pid, pidfd, code := cloned(t, b, g.Wait())
			awaitEndOrSleep(t, b, pid, pidfd)
			dies := program.Program{g.Wait()[0]} // what the child does to its own copy
			if test.placed {
				dies = append(g.Release(program.Child), dies...)
			}
			runs(t, b, pid, dies)
			awaitEnd(t, pidfd)
			if o := code.Outcome(); o.Verdict != test.want {
				t.Errorf("the child: %v, want %v", o, test.want)
			}
			if err := g.Close(dies); err != nil {
				t.Error(err)
			}
		})
	}
}
