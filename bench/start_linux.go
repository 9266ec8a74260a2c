package bench

import (
	"errors"
	"slices"

	"github.com/nsbench/nsbench/bench/condition"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A makeError says of which primitive a gate could not be made.
type makeError struct {
	primitive string
	error
}

func (e *makeError) Error() string { return e.primitive + ": " + e.error.Error() }
func (e *makeError) Unwrap() error { return e.error }

// makeGates makes the gates of each stage.
func (s *session) makeGates(sc *scene, stages int, g *group) error {
	n := sc.Children
	if sc.shares() {
		n = 1
	}
	all := slices.Grow(s.before.gates[:0], stages*n)
	g.stages = s.before.stages[:0]
	defer func() { s.before.gates, s.before.stages = all, g.stages }()
	for stage := range stages {
		g.stages = append(g.stages, nil)
		for range n {
			made, err := sc.Primitive.New(s.board)
			if err != nil {
				return &makeError{sc.Primitive.Name, err}
			}
			h := held{gate: made}
			if holder, ok := made.(gate.Holder); ok {
				h.hold = holder.Hold(program.Child)
			}
			all = append(all, h)
			g.stages[stage] = all[stage*n : len(all) : len(all)]
		}
	}
	return nil
}

// made is the number of gates.
func (g *group) made() (n int) {
	for _, gates := range g.stages {
		n += len(gates)
	}
	return n
}

// start starts the children of a group. Those that were started before one that
// cannot be are in it.
func (s *session) start(sc *scene, g *group) error {
	g.lives = s.before.lives[:0]
	defer func() { s.before.lives = g.lives }()
	for child := range sc.Children {
		var l life
		if err := s.startOne(sc, g, child, &l); err != nil {
			return err
		}
		g.lives = append(g.lives, l)
		if sc.Sched == (condition.Sched{}) {
			continue
		}
		if err := sc.Sched.Apply(l.child.PID); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) startOne(sc *scene, g *group, child int, l *life) (err error) {
	config := sc.config()
	if s.plan.Payload != nil {
		if l.payload, err = newPayload(); err != nil {
			return err
		}
		config.Keep = append(config.Keep, l.payload.w)
	}
	parts := s.before.parts[:0]
	for stage := range g.stages {
		wait := append(s.before.waits.take(stage), g.gateOf(stage, child).gate.Wait()...)
		parts = append(parts, program.Part{Stage: g.row(stage, child), Program: s.before.waits.keep(stage, append(wait, program.Resumed()))})
	}
	s.before.parts = parts
	if l.payload != nil {
		parts[0].Program = append(emptyStreams(), parts[0].Program...)
		parts = append(parts, program.Part{Program: sc.execute(s.plan.Payload)})
	}
	l.called = s.clock.Now()
	l.child, err = s.launcher.Start(config, s.board, parts...)
	l.cloned = s.clock.Now()
	if l.payload != nil {
		err = errors.Join(err, l.payload.started(err == nil))
	}
	return err
}
