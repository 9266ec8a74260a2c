package gatetest

import (
	"time"

	"github.com/nsbench/nsbench/sync/program"
)

// between is how long a look at a child is followed by none.
const between = 200 * time.Microsecond

// waits reports whether the child has armed and, if the primitive blocks, sleeps.
// A state of S after the stamp is the wait: nothing that stands between them sleeps.
func (r *rig) waits(h *held, s look) bool {
	return r.board.AwaitArmed(h.stage, 1) && (s.state == asleep || !r.primitive.Blocking)
}

// awaitWaiting waits until the child waits at its gate.
func (r *rig) awaitWaiting(h *held) {
	r.Helper()
	for {
		s := r.look(h.child)
		if r.waits(h, s) {
			return
		}
		if s.state == ended {
			r.check(h.child.Reap())
			r.Fatalf("the child has ended instead of waiting: %v", h.child.Outcome())
		}
		r.sleep(between)
	}
}

// mustWait fails unless the child still waits.
func (r *rig) mustWait(h *held, when string) {
	r.Helper()
	s := r.look(h.child)
	if r.board.Stage(h.stage).Resumed != 0 || s.state == ended {
		r.Fatalf("the child went on %s", when)
	}
	if !r.waits(h, s) {
		r.Fatalf("the child is in state %c %s, want it to wait", s.state, when)
	}
}

// awaitInterrupted waits until the child has been interrupted since a look at
// it, and waits again. A signal wakes its process up before kill returns, so
// one that then sleeps has run since, and has slept once more. One that does
// not sleep has taken the signal when it is no longer pending.
func (r *rig) awaitInterrupted(h *held, before look) {
	r.Helper()
	for {
		s := r.look(h.child)
		switch {
		case s.state == ended || r.board.Stage(h.stage).Resumed != 0:
			r.Fatal("an interruption was taken for the release")
		case r.primitive.Blocking && s.state == asleep && s.switches > before.switches:
			return
		case !r.primitive.Blocking && s.pending&program.Signals(program.SIGUSR2) == 0:
			return
		}
		r.sleep(between)
	}
}

// mustGo waits for the end of a child that has been released, and reaps it.
func (r *rig) mustGo(h *held) {
	r.Helper()
	r.awaitEnd(h)
	r.check(h.child.Reap())
	if o := h.child.Outcome(); o.Verdict != program.Released {
		r.Fatalf("the child ended as %v, want released", o)
	}
	if r.board.Stage(h.stage).Resumed == 0 {
		r.Fatal("the child ended without having come through its gate")
	}
}

// A release that has not reached its child by then never will.
const (
	// sleeping is how many looks in a row may find it not to have woken up: 2 s and more.
	sleeping = int(2 * time.Second / between)

	// running is how much CPU time it may use, in ticks of a hundredth of a second.
	running = 500
)

// awaitEnd waits until a child has ended that has been released. It fails when
// the child has not so much as woken up in many looks, or goes on running: what
// is merely kept from its CPU is neither.
func (r *rig) awaitEnd(h *held) {
	r.Helper()
	first := r.look(h.child)
	for last, same := first, 0; ; same++ {
		s := r.look(h.child)
		if s.state != asleep || s.switches != last.switches {
			last, same = s, 0
		}
		switch {
		case s.state == ended:
			return
		case same > sleeping:
			r.Fatal("the child still sleeps: the release was lost")
		case s.ticks-first.ticks > running:
			r.Fatal("the child still runs: the release was lost")
		}
		r.sleep(between)
	}
}
