package gatetest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/nsbench/nsbench/sync/program"
)

// How many releases there are if nobody wants fewer, and how many of them in one
// child's life: few enough for the descriptors and the instances that an ordinary
// user may have, such as 128 of inotify.
const (
	manyReleases = 10_000
	perLife      = 50
)

// A wake-up is lost, if at all, between the moment at which a waiter looks for
// the last time and the one at which it sleeps. So most releases come within
// window of the arming, and the more often the shorter after it. One in
// asleepOnce comes when the child waits for certain.
const (
	window     = 30 * time.Microsecond
	asleepOnce = 16
)

func passReleases(r *rig, releases int) {
	r.stages = perLife
	if r.primitive.Once {
		r.stages = 1
	}
	r.board = r.newBoard(r.stages * gateSize)
	when := rand.New(rand.NewPCG(1, 2))
	for range releases / r.stages {
		r.passAll(when)
		r.clear()
	}
}

// grouped is a number below a million as it is written in a sentence.
func grouped(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// passAll has a child pass one gate after another, each at its own release.
func (r *rig) passAll(when *rand.Rand) {
	r.Helper()
	var parts []program.Part
	for range r.stages {
		parts = append(parts, r.part(r.newGate(r.primitive)))
	}
	child := r.start(parts...)
	for _, h := range r.gates {
		h.child = child
		r.pass(h, when)
	}
	r.mustGo(r.gates[r.stages-1])
	for _, h := range r.gates {
		if s := r.board.Stage(h.stage); s.Released > s.Resumed {
			r.Errorf("gate %d of %d: released at %d, resumed at %d ns: early", h.stage+1, r.stages, s.Released, s.Resumed)
		}
	}
}

// pass releases a gate some time after the child has armed at it. That it does
// arm shows that the release before was not lost.
func (r *rig) pass(h *held, when *rand.Rand) {
	r.Helper()
	release := r.releasing(h) // now, for there may be no time to lose then
	if when.IntN(asleepOnce) == 0 {
		r.awaitWaiting(h)
	} else {
		r.awaitArmed(h)
	}
	u := when.Float64()
	spin(time.Duration(u * u * u * float64(window)))
	if r.board.Stage(h.stage).Resumed != 0 {
		r.Fatalf("gate %d of %d let the child go before its release", h.stage+1, r.stages)
	}
	r.hasDone(h, release)
}
