package bench

import (
	"context"
	"math/rand/v2"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
)

// look is how often the parent looks whether a stage is armed before it looks
// after the child itself; some tens of microseconds.
const look = 1000

// nap is how long the parent sleeps between looks where the child needs its CPU.
const nap = 20 * time.Microsecond

// awaitArmed waits until a stage is armed, and reports whether it came to that.
// On a CPU of its own the parent spins. On the child's it sleeps, on this very
// thread: Go's timers would wake another one.
func (s *session) awaitArmed(ctx context.Context, sc *scene, c *launch.Child, stage int) bool {
	for {
		n := uint64(look)
		if sc.Placement == SameCPU {
			sleep(nap)
			n = 1
		}
		if s.board.AwaitArmed(stage, n) {
			return true
		}
		if ctx.Err() != nil || c.Ended() {
			return s.board.AwaitArmed(stage, 1)
		}
	}
}

// spinHold is the longest time that the parent holds by spinning. It is busy as
// a parent is that has an init job, and its CPU stays awake; what is longer it
// sleeps, but for the last spinHold.
const spinHold = time.Millisecond

// slice is the longest that the parent sleeps without asking whether it should stop.
const slice = 20 * time.Millisecond

// hold lets d pass since the child armed, and reports whether it did so to the end.
func (s *session) hold(ctx context.Context, sc *scene, armed uint64, d time.Duration) bool {
	end := armed + s.clock.Ticks(d)
	for ctx.Err() == nil {
		left := time.Duration(s.clock.NS(s.clock.Now(), end))
		switch {
		case left <= 0:
			return true
		case sc.Placement == SameCPU:
			sleep(min(left, slice))
		case left > spinHold:
			sleep(min(left-spinHold, slice))
		default:
			s.clock.Await(end)
		}
	}
	return false
}

// drawHold draws a hold from +-50 % around the series', so that releases do not
// lock to a tick.
func (sc *scene) drawHold(random *rand.Rand) time.Duration {
	return time.Duration(float64(sc.Hold) * (0.5 + random.Float64()))
}

// sleep sleeps on this thread, at most d.
func sleep(d time.Duration) {
	ts := unix.NsecToTimespec(d.Nanoseconds())
	// The only error that a valid time can have is EINTR, and whoever calls
	// looks at the clock again.
	_ = unix.Nanosleep(&ts, nil)
}
