package bench

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A group is the children that are held at a time and released together: one, as
// a rule.
type group struct {
	began  uint64   // stamp: before the gates were made
	stages [][]held // by stage: one gate, if the children share it, or one for each child
	lives  []life
}

// A held is a gate under way, and the parent's side of it.
type held struct {
	gate    gate.Gate
	hold    program.Program // nil if the gate has none
	release program.Program
	outcome program.Outcome   // of the parent's side
	ran     []program.Program // what has run of it
}

// failed reports whether the parent's side ended before its end.
func (h *held) failed() bool { return h.ran != nil && h.outcome.Verdict != program.Released }

// close frees what the parent's side has left of the gate, and leaves to the
// lingering what takes long.
func (h *held) close(late *lingering) error {
	g, ok := h.gate.(gate.Lingerer)
	if !ok {
		return h.gate.Close(h.ran...)
	}
	rest, err := g.CloseSoon(h.ran...)
	late.add(rest)
	return err
}

// A life is what is known of a child once it is gone; its stages are in the board.
type life struct {
	child   *launch.Child
	payload *payload // nil if it exits instead
	exit    launch.Exit
	outcome program.Outcome // of the child's side

	// Stamps, 0 if it did not come to that.
	called   uint64 // before the clone
	cloned   uint64 // after it
	executed uint64 // the payload executes
	ended    uint64 // its end was seen
	reaped   uint64

	looked   uint64 // ticks that it took to find out what follows, which are nobody's
	runDelay *int64 // its wait for a CPU, in nanoseconds, if asked for
	strayed  string // how it was not where it was put, if that was looked at
}

// gateOf returns the gate at which a child waits at a stage.
func (g *group) gateOf(stage, child int) *held {
	gates := g.stages[stage]
	return &gates[min(child, len(gates)-1)]
}

// row is where in the board a stage of a child is.
func (g *group) row(stage, child int) int { return child*len(g.stages) + stage }

// close frees the gates.
func (g *group) close(late *lingering) (err error) {
	for _, gates := range g.stages {
		for i := range gates {
			err = errors.Join(err, gates[i].close(late))
		}
	}
	return err
}

// group has the children of a group pass through the given number of stages and
// reaps them. Of the last child of the last group of a block more is looked at
// than of the others, for that takes a while.
func (s *session) group(ctx context.Context, sc *scene, stages int, random *rand.Rand, last bool) (g group, err error) {
	g.began = s.clock.Now()
	if err := s.board.Reset(stages * sc.Children); err != nil {
		return g, err
	}
	defer func() { err = errors.Join(err, g.close(&s.late)) }()
	if err := s.makeGates(sc, stages, &g); err != nil {
		return g, err
	}
	err = s.start(sc, &g)
	if err == nil {
		err = s.pass(ctx, sc, &g, random)
	}
	if err != nil {
		err = errors.Join(err, g.kill())
	}
	return g, errors.Join(err, s.reap(sc, &g, last))
}
