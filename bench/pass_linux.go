package bench

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// pass holds the children and releases them, stage by stage. It returns early,
// without an error, when a child ends before its time: its outcome tells why.
func (s *session) pass(ctx context.Context, sc *scene, g *group, random *rand.Rand) error {
	for stage := range g.stages {
		releases, err := s.releases(sc, g, stage)
		if err != nil {
			return err
		}
		if through, err := s.settle(ctx, sc, g, stage, random); !through {
			return errors.Join(err, g.kill())
		}
		for i := range releases {
			h := &g.stages[stage][i]
			h.ran = append(h.ran, h.release)
			h.outcome = program.Run(releases[i])
			if h.failed() {
				return g.kill() // nobody else will let them go
			}
		}
	}
	return s.seeEnd(g)
}

// seeEnd notes what the last release has waited for, and waits for the rest of
// it: the end of the child that was released last.
func (s *session) seeEnd(g *group) error {
	l := &g.lives[len(g.lives)-1]
	if l.payload != nil {
		l.executed = s.clock.Now()
		code, err := s.load(l.child, 0, program.Program{program.AwaitEnd(program.Child)})
		if err != nil {
			return err
		}
		program.Run(code)
	}
	l.ended = s.clock.Now()
	return nil
}

// kill ends every child of the group.
func (g *group) kill() (err error) {
	for i := range g.lives {
		err = errors.Join(err, g.lives[i].child.Kill())
	}
	return err
}

// releases makes and resolves the parent's side of each gate of a stage.
func (s *session) releases(sc *scene, g *group, stage int) ([]program.Code, error) {
	gates := g.stages[stage]
	codes := slices.Grow(s.before.codes[:0], len(gates))[:len(gates)]
	s.before.codes = codes
	for i := range gates {
		peer := i
		if i == len(gates)-1 {
			peer = len(g.lives) - 1 // a gate that is shared is the last child's as much as the first's
		}
		at := stage*len(gates) + i
		delay := uint64(0)
		if i == 0 { // or each of a group would wait for the delays of all before it
			delay = s.clock.Ticks(sc.Delay)
		}
		release := sc.stampedRelease(s.before.releases.take(at), gates[i].gate, delay)
		if i == len(gates)-1 {
			release = sc.afterwards(release, &g.lives[peer], stage == len(g.stages)-1)
		}
		gates[i].release = s.before.releases.keep(at, release)
		var err error
		if codes[i], err = s.load(g.lives[peer].child, g.row(stage, i), gates[i].release); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// stampedRelease appends the parent's side of a gate with its stamps, and with a
// delay of so many ticks behind the first, which stands before all operations of
// the release. Without one nothing stands there.
func (sc *scene) stampedRelease(p program.Program, g gate.Gate, delay uint64) program.Program {
	p = append(p, program.ReleaseCPU(), program.Stamp(program.StampReleased))
	if delay > 0 {
		p = append(p, program.Busy(delay), program.Stamp(program.StampDelayed))
	}
	p = append(p, g.Release(program.Child)...)
	return append(p, program.Stamp(program.StampSignalled))
}

// afterwards appends what the parent does when it has released the last child of a
// stage: it waits for the end of one that has no further stage, or for its
// payload. That is part of the program because on the child's CPU the child goes
// on only when the parent gives the CPU up, so that all that the parent does
// before would be measured as latency.
func (sc *scene) afterwards(p program.Program, l *life, lastStage bool) program.Program {
	switch {
	case lastStage && l.payload != nil:
		return append(p, l.payload.awaited())
	case lastStage:
		return append(p, program.AwaitEnd(program.Child))
	case sc.Placement == SameCPU:
		return append(p, program.Sleep(nap))
	}
	return p
}

// load resolves a program of the parent's side.
func (s *session) load(c *launch.Child, row int, p program.Program) (program.Code, error) {
	env, err := c.Env(p)
	if err != nil {
		return program.Code{}, err
	}
	return s.board.Load(env, program.Part{Stage: row, Program: p})
}

// settle brings a stage to where it can be released: every child has armed, the
// parent has seen to what it must, its init job is done, and the hold is over.
// It reports whether it came to that.
func (s *session) settle(ctx context.Context, sc *scene, g *group, stage int, random *rand.Rand) (bool, error) {
	armed := uint64(0)
	for child := range g.lives {
		holds := g.gateOf(stage, child).hold != nil
		if sc.Hold == 0 && !holds {
			continue
		}
		if !s.awaitArmed(ctx, sc, g.lives[child].child, g.row(stage, child)) {
			return false, context.Cause(ctx)
		}
		armed = max(armed, s.board.Stage(g.row(stage, child)).Armed)
	}
	if stage == 0 {
		if err := s.limit(sc, g); err != nil {
			return false, err
		}
	}
	for child := range g.lives {
		if through, err := s.confirm(g, stage, child); !through {
			return false, err
		}
	}
	if stage == 0 {
		if through, err := s.initJobs(ctx, sc, g); !through {
			return false, err
		}
	}
	if sc.Hold > 0 && !s.hold(ctx, sc, armed, sc.drawHold(random)) {
		return false, context.Cause(ctx)
	}
	return true, nil
}

// confirm does what the parent has to do before it can release a child, and
// reports whether it came to its end.
func (s *session) confirm(g *group, stage, child int) (bool, error) {
	h := g.gateOf(stage, child)
	if h.hold == nil {
		return true, nil
	}
	code, err := s.load(g.lives[child].child, g.row(stage, child), h.hold)
	if err != nil {
		return false, err
	}
	h.ran = append(h.ran, h.hold)
	h.outcome = program.Run(code)
	return !h.failed(), nil
}

// initJobs does for each child what its parent has to do while it is held, and
// reports whether they are all still there to be released.
func (s *session) initJobs(ctx context.Context, sc *scene, g *group) (bool, error) {
	for i := range g.lives {
		c := g.lives[i].child
		if err := sc.initJob(c); err != nil {
			if c.Ending() {
				return false, context.Cause(ctx) // nothing can be done for it any more
			}
			return false, err
		}
	}
	return true, nil
}
