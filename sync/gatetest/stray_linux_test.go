//go:build amd64 || arm64

package gatetest

import (
	"testing"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// The most important thing to understand about end of file: the last write end
// is what counts, whoever has it. Where a third process has a copy, the release
// is delayed and not lost. It stands here and not with the primitive, since the
// proof that a child goes on waiting is this package's.
func TestStrayCopyDelaysEndOfFile(t *testing.T) {
	for _, p := range []gate.Primitive{gate.PipeEOF, gate.PipePoll} {
		t.Run(p.Name, func(t *testing.T) {
			r := newRig(t, p, starter)
			h, third := withStrayCopy(r)
			r.release(h)
			r.sleep(hold)
			r.mustWait(h, "while a third process had a copy of the write end")
			r.release(third)
			r.mustGo(third)
			r.mustGo(h)
			if gone, resumed := r.board.Stage(third.stage).Resumed, r.board.Stage(h.stage).Resumed; resumed < gone {
				t.Errorf("the child resumed at %d ns, the third process had its copy until after %d", resumed, gone)
			}
		})
	}
}

// A byte does not care who else could write one: the release is not delayed.
func TestStrayCopyDoesNotDelayAByte(t *testing.T) {
	r := newRig(t, gate.PipeByte, starter)
	h, third := withStrayCopy(r)
	r.release(h)
	r.mustGo(h)
	r.mustWait(third, "with its copy of the write end")
	r.release(third)
	r.mustGo(third)
}

// withStrayCopy starts a child that waits at a pipe, and a third process that
// has the pipe's write end and is held, by a gate of another kind, until it ends.
func withStrayCopy(r *rig) (h, third *held) {
	r.Helper()
	h, third = r.newGate(r.primitive), r.newGate(gate.Futex)
	part := r.part(third)
	w := h.gate.Release(program.Child).Files()[0]
	part.Program = append(program.Program{program.PollIn(w)}, part.Program...) // a process has what its program names
	third.child = r.start(part)
	r.awaitWaiting(third)
	h.child = r.start(r.part(h))
	r.awaitWaiting(h)
	return h, third
}
