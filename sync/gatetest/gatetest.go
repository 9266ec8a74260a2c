// Package gatetest is the conformance suite of gates: what a primitive has to
// do before any figure of it means anything. It is used as testing/fstest is.
//
// Whoever writes a primitive adds it to the catalogue of package gate, and it is
// tested under every launcher; whoever writes a launcher hands a [Starter] to
// [Test], and every primitive is tested under it:
//
//	for _, p := range gate.All() {
//		t.Run(p.Name, func(t *testing.T) { gatetest.Test(t, p, starter) })
//	}
//
// Nothing here is a mock. Each subtest clones children, and looks at them from
// outside through /proc: that a child waits is shown by its state, that it was
// interrupted by its count of context switches, that a release was lost by a
// child that sleeps on. No subtest expects anything to happen within some time,
// so a loaded machine makes the suite slow and not wrong. What does have to take
// time, a hold during which nothing may happen, only proves more when it takes
// longer. The suite needs no CPU of its own: on a machine with one, a child that
// spins is given its slices. It proves less there: a release cannot come between
// a waiter's last look and its sleep where both sides have one CPU.
//
// What a primitive says of itself is verified, and not believed: that it blocks,
// that it can be waited at once in a life or more often, and whom a release frees.
// What it says of descriptors and of the parent's death is held to the facts where
// it is, in package gate.
package gatetest

import (
	"testing"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A Child is a process that a launcher has started.
type Child interface {
	// ID is its process ID, as seen from here, and Pidfd a pidfd of it.
	ID() int
	Pidfd() (int, error)

	// Reap waits until the child has ended, and reaps it.
	Reap() error

	// Outcome is how its programs have ended. It is asked for after Reap.
	Outcome() program.Outcome
}

// A Start starts a child that runs the parts on the board, one after another,
// and then ends. Before the first part it has blocked the signals that the
// parts wait for and no others ([program.Program.Signals]), and it has no
// descriptors but those that they name ([program.Program.Files]).
type Start func(b *program.Board, parts ...program.Part) (Child, error)

// A Starter prepares one test's launcher and returns what starts its children.
// It is called on the goroutine of that test, locked to its thread, where the
// children are then started and reaped; by t.Cleanup it ends those that a failed test leaves
// behind, and frees what it has taken.
type Starter func(t *testing.T) Start

// Test holds a primitive to what every primitive promises. Each subtest is
// named after one promise:
//
//   - "holds until the release": the child has armed, sleeps if the primitive
//     is said to block, and has not gone on 50 ms later.
//   - "goes on after the release": it ends with the outcome released, and the
//     stamps of both sides are in order.
//   - "an early release is not lost": it is released while it does not wait yet.
//     A [gate.Holder] cannot be released so early. What precedes its release
//     begins when the child has armed and is not at its gate yet; it comes to
//     its end, and the release that follows at once is not lost.
//   - "an interruption is no release": signals whose handler merely returns
//     come while it waits. A call that they interrupt is to be made again.
//   - "nothing is left behind": some children live and some are killed at their
//     gate, 1,000 gates are made and closed, in part after their release has run
//     in this process, and then there is no descriptor, no child, no temporary
//     file and no control group of this process that was not there before. Of
//     what is everybody's (objects of System V, POSIX queues where they can be
//     listed, abstract sockets, mounts) there is not more than others may have
//     made meanwhile, which is fewer than the gates.
//   - "the child is reaped": once Reap has returned, the kernel knows of no
//     such child of this process.
//   - "two gates do not mix": two children wait at a time and are let go in
//     either order. Each goes at its own release and at no other. The second
//     is cloned while the first one's gate is open here, and so has copies of
//     its descriptors until the launcher closes them.
//   - "another gate in one life": a child that was released comes to a second
//     gate, which holds it, or at which it fails if the primitive says that a
//     process can wait [gate.Primitive.Once].
//   - "one release frees whom it says": three children wait at one gate, where
//     that can be. One release frees all of them or exactly one, by what the
//     primitive says. A [gate.Holder] holds one child.
//   - "10,000 releases": children with 50 gates each pass one after another,
//     most of them released within 30 us of the arming, where wake-ups get lost.
//     None is lost, none comes early, and none lets the child through two gates.
//
// A release that does not reach its child fails the test, and does not hang it;
// what a Holder's parent does before could. A primitive that this machine does
// not have is skipped, or fails where NSBENCH_TEST_REQUIRE names "primitives".
// The test must not be parallel: it sets TMPDIR.
func Test(t *testing.T, p gate.Primitive, starter Starter) {
	t.Helper()
	TestReleases(t, p, manyReleases, starter)
}

// TestReleases is Test with another number of releases in its last subtest, a
// multiple of 50, after which that subtest is named: a primitive that loses one
// in 10,000 does so under any launcher, and a launcher that takes milliseconds
// for a child need not be waited for so often.
func TestReleases(t *testing.T, p gate.Primitive, releases int, starter Starter) {
	t.Helper()
	if releases <= 0 || releases%perLife != 0 {
		t.Fatalf("%d releases: not a multiple of %d", releases, perLife)
	}
	var why error
	t.Run("is available", func(t *testing.T) { why = unavailable(newRig(t, p, starter)) })
	if why != nil {
		missing(t, "primitives", why)
	}
	for _, promise := range []struct {
		name  string
		holds func(*rig)
	}{
		{"holds until the release", holdsUntilTheRelease},
		{"goes on after the release", goesOnAfterTheRelease},
		{"an early release is not lost", earlyReleaseIsNotLost},
		{"an interruption is no release", interruptionIsNoRelease},
		{"nothing is left behind", nothingIsLeftBehind},
		{"the child is reaped", childIsReaped},
		{"two gates do not mix", gatesDoNotMix},
		{"another gate in one life", anotherGateInOneLife},
		{"one release frees whom it says", freesWhomItSays},
		{grouped(releases) + " releases", func(r *rig) { passReleases(r, releases) }},
	} {
		t.Run(promise.name, func(t *testing.T) { promise.holds(newRig(t, p, starter)) })
	}
}
