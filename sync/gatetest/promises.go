package gatetest

import (
	"os"
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
	front, h := r.newGate(gate.PipeByte), r.newGate(r.primitive)
	if r.primitive.Name == gate.PipeByte.Name {
		front = r.newGate(gate.Futex)
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

func noDescriptorLeaks(r *rig) {
	const gates, lives = 1000, 20
	r.live() // what is opened once and for all is opened now
	before := r.descriptors()
	for range lives {
		r.live()
	}
	if after := r.descriptors(); after != before {
		r.Errorf("%d descriptors after %d children, %d before", after, lives, before)
	}

	h := r.hold(r.primitive) // whom the releases can mean that need somebody
	before = r.descriptors()
	board := r.newBoard()
	for i := range gates {
		r.check(board.Reset(1))
		g, err := r.primitive.New(board)
		r.check(err)
		if _, holds := g.(gate.Holder); holds || i%2 == 0 { // a release must not come before the hold
			r.check(g.Close())
			continue
		}
		release := g.Release(program.Child)
		code, err := board.Load(program.Env{Peer: h.child.ID(), Pidfd: h.child.Pidfd()}, program.Part{Program: release})
		r.check(err)
		if o := program.Run(code); o.Verdict != program.Released {
			r.Fatalf("release %d: %v", i, o)
		}
		r.check(g.Close(release))
	}
	if after := r.descriptors(); after != before {
		r.Errorf("%d descriptors after %d gates, %d before", after, gates, before)
	}
	r.release(h)
	r.mustGo(h)
}

// live has a child live from its clone to its end.
func (r *rig) live() {
	r.Helper()
	h := r.hold(r.primitive)
	r.awaitWaiting(h)
	r.release(h)
	r.mustGo(h)
	r.clear()
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
