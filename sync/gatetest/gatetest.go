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
// interrupted by its count of context switches. No subtest expects anything to
// happen within some time, so a loaded machine makes the suite slow and not
// wrong. What does have to take time, a hold during which nothing may happen,
// only proves more when it takes longer. The suite needs no CPU of its own: on
// a machine with one, a child that spins is given its slices.
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
	Pidfd() int

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
//   - "an interruption is no release": signals whose handler merely returns
//     come while it waits. A call that they interrupt is to be made again.
//   - "no descriptor leaks": 1,000 gates are made and closed, in part after
//     their release has run in this process, and some children live and die.
//   - "the child is reaped": once Reap has returned, the kernel knows of no
//     such child of this process.
//   - "two gates do not mix": two children wait at a time and are let go in
//     either order. Each goes at its own release and at no other. The second
//     is cloned while the first one's gate is open here, and so has copies of
//     its descriptors until the launcher closes them.
//
// A release that does not reach its child fails the test, and does not hang it.
func Test(t *testing.T, p gate.Primitive, starter Starter) {
	t.Helper()
	for _, promise := range []struct {
		name  string
		holds func(*rig)
	}{
		{"holds until the release", holdsUntilTheRelease},
		{"goes on after the release", goesOnAfterTheRelease},
		{"an early release is not lost", earlyReleaseIsNotLost},
		{"an interruption is no release", interruptionIsNoRelease},
		{"no descriptor leaks", noDescriptorLeaks},
		{"the child is reaped", childIsReaped},
		{"two gates do not mix", gatesDoNotMix},
	} {
		t.Run(promise.name, func(t *testing.T) { promise.holds(newRig(t, p, starter)) })
	}
}
