package gatetest

import (
	"fmt"
	"time"

	"github.com/nsbench/nsbench/sync/program"
)

// What never comes has to fail a test and not hang it, without a limit on the
// time that a loaded machine may take. So it is the child that is measured.
const (
	// between is how long no look is taken at a child.
	between = 200 * time.Microsecond

	// asleepLooks is how many looks in a row may find that the child has not
	// so much as woken up: half a second, and more on a loaded machine.
	asleepLooks = int(500 * time.Millisecond / between)

	// runningTicks is how much CPU time it may use: half a second.
	runningTicks = 50
)

// until waits until a look at the child is the one that is waited for. It fails
// when the child has ended or, by the limits above, will never come to it: what
// is merely kept from its CPU does not sleep, and uses no time.
func (r *rig) until(h *held, event string, is func(look) bool) {
	r.Helper()
	first := r.look(h.child)
	for last, same := first, 0; ; same++ {
		s := r.look(h.child)
		if !s.rests() || s.switches != last.switches {
			last, same = s, 0
		}
		switch {
		case is(s):
			return
		case s.state == ended:
			r.check(h.child.Reap())
			r.Fatalf("the child never %s: it ended as %v", event, h.child.Outcome())
		case same > asleepLooks:
			r.Fatalf("the child never %s: it sleeps", event)
		case s.ticks-first.ticks > runningTicks:
			r.Fatalf("the child never %s: it runs", event)
		}
		r.sleep(between)
	}
}

// awaitWaiting waits until the child waits at its gate.
func (r *rig) awaitWaiting(h *held) {
	r.Helper()
	event := fmt.Sprintf("armed at gate %d of %d", h.stage+1, r.stages)
	if r.primitive.Blocking {
		event += " and slept"
	}
	r.until(h, event, func(s look) bool { return r.waits(h, s) })
}

// arming is how many looks at the board are taken before others are: so many
// take less time than one of them.
const arming = 1000

// awaitArmed waits until the child has armed at its gate, and returns as soon as
// it can after that.
func (r *rig) awaitArmed(h *held) {
	r.Helper()
	if r.board.AwaitArmed(h.stage, arming) {
		return
	}
	event := fmt.Sprintf("armed at gate %d of %d", h.stage+1, r.stages)
	r.until(h, event, func(look) bool { return r.board.AwaitArmed(h.stage, arming) })
}

// waits reports whether the child has armed and, if the primitive blocks, sleeps:
// between the stamp and the wait there is nothing to sleep for.
func (r *rig) waits(h *held, s look) bool {
	return r.board.AwaitArmed(h.stage, 1) && (s.rests() || !r.primitive.Blocking)
}

// mustWait fails unless the child still waits. One that looks from time to time
// may be found looking.
func (r *rig) mustWait(h *held, when string) {
	r.Helper()
	r.until(h, "waited "+when, func(s look) bool {
		if r.board.Stage(h.stage).Resumed != 0 || s.state == ended {
			r.Fatalf("the child went on %s", when)
		}
		return r.waits(h, s)
	})
}

// awaitInterrupted waits until the child has been interrupted since a look at
// it, and waits again. A signal wakes its process up before kill returns, so
// one that then sleeps has run since, and has gone to sleep once more. One that
// does not sleep has taken the signal when it is no longer pending. One that is
// stopped cannot be interrupted: it has the signal pending. One that is frozen
// wakes and keeps the signal pending, and a second of that number is none.
func (r *rig) awaitInterrupted(h *held, before look) {
	r.Helper()
	keeps := before.pending&program.Signals(program.SIGUSR2) != 0
	r.until(h, "went back to its wait", func(s look) bool {
		pending := s.pending&program.Signals(program.SIGUSR2) != 0
		switch {
		case s.stops():
			return pending
		case r.primitive.Blocking:
			return s.state == asleep && (s.switches > before.switches || keeps)
		}
		return s.state != ended && !pending
	})
	r.mustWait(h, "when it was interrupted")
}

// mustGo waits for the end of a child that has been released, and reaps it.
func (r *rig) mustGo(h *held) {
	r.Helper()
	r.until(h, "came to its end after the release", func(s look) bool { return s.state == ended })
	r.check(h.child.Reap())
	if o := h.child.Outcome(); o.Verdict != program.Released {
		r.Fatalf("the child ended as %v, want released", o)
	}
	if r.board.Stage(h.stage).Resumed == 0 {
		r.Fatal("the child ended without having come through its gate")
	}
}

// mustFail waits for the end of a child that has come to a gate at which it
// cannot wait, and reaps it.
func (r *rig) mustFail(h *held) {
	r.Helper()
	r.until(h, "failed at a gate that it cannot wait at", func(s look) bool {
		if r.board.Stage(h.stage).Armed != 0 {
			r.Fatalf("the child waits at a second gate in its life: the primitive says that it cannot")
		}
		return s.state == ended
	})
	r.check(h.child.Reap())
	if o := h.child.Outcome(); o.Verdict != program.Failed {
		r.Fatalf("the child ended as %v, want failed", o)
	}
}
