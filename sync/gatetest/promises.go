package gatetest

import (
	"os"
	"slices"
	"time"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

const (
	// hold is how long a child is shown to be held.
	hold = 50 * time.Millisecond

	// glimpse is how long one is shown to be held that has been shown before.
	glimpse = 10 * time.Millisecond
)

func holdsUntilTheRelease(r *rig) {
	h := r.hold(r.primitive)
	r.awaitWaiting(h)
	r.sleep(hold)
	r.mustWait(h, "before its release")
	r.release(h)
	r.mustGo(h)
}

func goesOnAfterTheRelease(r *rig) {
	h := r.hold(r.primitive)
	r.awaitWaiting(h)
	r.release(h)
	r.mustGo(h)
	s := r.board.Stage(h.stage)
	if s.Armed >= s.Released || s.Released > s.Resumed {
		r.Errorf("armed at %d, released at %d, resumed at %d ns: out of order", s.Armed, s.Released, s.Resumed)
	}
}

// The child is kept away from the gate by another one in front of it. Which one
// does not matter, as long as it is not the gate's own kind: two signals of one
// number would be one.
func earlyReleaseIsNotLost(r *rig) {
	front, h := r.newFront(), r.newGate(r.primitive)
	if _, ok := h.gate.(gate.Holder); ok {
		holdComesEarly(r, front, h)
		return
	}
	child := r.start(r.part(front), r.part(h))
	front.child, h.child = child, child
	r.awaitWaiting(front)
	r.release(h)
	if r.board.Stage(h.stage).Armed != 0 {
		r.Fatal("the child is at its gate already: the release was not early")
	}
	r.release(front)
	r.mustGo(h)
	if s := r.board.Stage(h.stage); s.Released >= s.Armed {
		r.Errorf("released at %d, armed at %d ns: the release was not early", s.Released, s.Armed)
	}
}

// newFront makes a gate of another kind.
func (r *rig) newFront() *held {
	r.Helper()
	if r.primitive.Name == gate.PipeByte.Name {
		return r.newGate(gate.Futex)
	}
	return r.newGate(gate.PipeByte)
}

// holdComesEarly is what an early release is for a gate that cannot be released
// before its child is held: what precedes the release begins when the child has
// armed, while it is not at its gate yet, and the release follows as soon as
// that has come to its end. One that does not wait for the child, and cannot do
// without, has released nobody then. A gate in front stands between the arming
// and the wait, and it is a third process that opens it meanwhile: this one
// waits, in a call of which the Go runtime knows nothing.
func holdComesEarly(r *rig, front, h *held) {
	part := r.part(h)
	arm := func(op program.Op) bool { return op.String() == program.Arm().String() }
	between := slices.DeleteFunc(front.gate.Wait(), arm)
	part.Program = slices.Insert(part.Program, slices.IndexFunc(part.Program, arm)+1, between...)
	h.child = r.start(part)
	r.awaitWaiting(h) // at the gate in front
	release := r.releasing(h)
	front.child = r.start(program.Part{Stage: front.stage, Program: append(
		program.Program{program.Sleep(glimpse)}, front.gate.Release(program.Child)...)})
	r.hasDone(h, release)
	r.until(front, "opened the gate in front", func(s look) bool { return s.state == ended })
	r.check(front.child.Reap())
	r.mustGo(h)
}

func interruptionIsNoRelease(r *rig) {
	h := r.newGate(r.primitive)
	part := r.part(h)
	part.Program = append(program.Program{program.Interrupt(program.SIGUSR2)}, part.Program...)
	h.child = r.start(part)
	r.awaitWaiting(h)
	for range 5 {
		before := r.look(h.child)
		r.run(h, program.Program{program.Kill(program.Child, program.SIGUSR2)})
		r.awaitInterrupted(h, before)
	}
	r.sleep(glimpse)
	r.mustWait(h, "after the interruptions")
	r.release(h)
	r.mustGo(h)
}

func childIsReaped(r *rig) {
	h := r.hold(r.primitive)
	r.awaitWaiting(h)
	r.release(h)
	r.mustGo(h)
	if err := reap(h.child.ID()); !isNoChild(err) {
		r.Errorf("wait for child %d again: %v, want that there is none", h.child.ID(), err)
	}
	if s, err := readStat(h.child.ID()); err == nil && s.parent == os.Getpid() {
		r.Errorf("child %d is still in /proc, in state %c", h.child.ID(), s.state)
	}
}

// A child that has come through its gate comes to another of the same kind, if
// the primitive says that it can, and fails there otherwise.
func anotherGateInOneLife(r *rig) {
	first, second := r.newGate(r.primitive), r.newGate(r.primitive)
	child := r.start(r.part(first), r.part(second))
	first.child, second.child = child, child
	r.awaitWaiting(first)
	r.release(first)
	if r.primitive.Once {
		r.mustFail(second)
		return
	}
	r.awaitWaiting(second)
	r.sleep(glimpse)
	r.mustWait(second, "at the release of the gate before")
	r.release(second)
	r.mustGo(second)
}

func gatesDoNotMix(r *rig) {
	for _, order := range [][2]int{{0, 1}, {1, 0}} {
		both := [2]*held{r.newGate(r.primitive), r.newGate(r.primitive)}
		for _, h := range both {
			h.child = r.start(r.part(h))
		}
		for _, h := range both {
			r.awaitWaiting(h)
		}
		first, second := both[order[0]], both[order[1]]
		r.release(first)
		r.mustGo(first)
		r.sleep(glimpse)
		r.mustWait(second, "at the release of another gate")
		r.release(second)
		r.mustGo(second)
		r.clear()
	}
}
