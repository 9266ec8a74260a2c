//go:build amd64 || arm64

package trial

import "time"

// A vigil tells one that is hung from one that has not come to it yet, by looks.
type vigil struct {
	deadline time.Duration
	settled  func() // is called once, when the one that is looked at sleeps

	began    time.Time
	cpu      time.Duration // that it had used when it began
	resting  int           // how many looks in a row it has slept
	overdue  int           // and of those, how many when the time was over
	settling bool
}

const (
	// lookEvery is how long no look is taken, of one that may be on its way.
	lookEvery = 2 * time.Millisecond

	// settles is how many looks in a row one has to sleep to be believed to do so.
	settles = 3

	// running is the share of the deadline that one that does not sleep may use of
	// CPU time: so much is thousands of times what a release takes.
	running = 10
)

// over takes a look, and reports whether it is hung.
//
// That the time is over is not enough: a machine may stand still for that long. So
// who sleeps has to be found asleep some times in a row after that, by which time
// whatever was to wake it has; and who runs, or would if it was let, must have used
// CPU time. Who has ended hangs in nothing: that its process is still there is the
// kernel's work, or that of its other threads, and its end is yet to be told.
func (v *vigil) over(l Look, now time.Time) bool {
	if v.began.IsZero() {
		v.began, v.cpu = now, l.cpu
	}
	if l.Gone() {
		v.resting, v.overdue = 0, 0
		return false
	}
	if !l.Rests() {
		v.resting, v.overdue = 0, 0
		return l.cpu-v.cpu > max(v.deadline/running, 2*tick)
	}
	v.resting++
	if v.resting == settles && !v.settling {
		v.settling = true
		v.settled()
	}
	if now.Sub(v.began) > v.deadline {
		v.overdue++
	}
	return v.overdue >= settles
}

// pause is how long no look need be taken: of one that sleeps, until the time is over.
// A look takes as much as many a call, and half of those who wait for long sleep.
func (v *vigil) pause(now time.Time) time.Duration {
	if v.resting < settles {
		return lookEvery
	}
	return max(lookEvery, v.deadline-now.Sub(v.began)+1)
}
