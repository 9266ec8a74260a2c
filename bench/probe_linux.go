package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/nsbench/nsbench/bench/clock"
	"github.com/nsbench/nsbench/bench/condition"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// What a probe does to each primitive: hold a child for a moment, or two if there
// will be more, at two stages if there will be more, and let them go.
const (
	probeHold     = time.Millisecond
	probeStages   = 2
	probeChildren = 2
	probePatience = 10 * time.Second
)

// Probe finds out which series can be measured: whether their primitives can hold
// children under their conditions and let them go, by having each do so: kernel
// configuration, privileges, settings, seccomp filters and the namespaces all
// have their say, and there is no list of what they say. The error is that of a
// clone, without which nothing can be found out. The answers are in the order of
// the series; those that differ only in what has no say are tried once.
func Probe(ctx context.Context, series []Series, stages int) ([]gate.Support, error) {
	tried := make([]Series, len(series))
	var distinct []Series
	for i, s := range series {
		tried[i] = trying(s)
		if index(distinct, tried[i]) < 0 {
			distinct = append(distinct, tried[i])
		}
	}
	found, err := newProbe(distinct, stages).probe(ctx)
	if err != nil {
		return nil, err
	}
	support := make([]gate.Support, len(series))
	for i := range series {
		support[i] = found[index(distinct, tried[i])]
	}
	return support, nil
}

// trying is a series as it is tried: where and how long its child is held, and
// what goes on around it, makes no difference; but the policy of its child may. The parent sleeps while it waits, as on one CPU, for there may
// be no other.
func trying(s Series) Series {
	s.Placement, s.Hold = SameCPU, probeHold
	s.Load, s.Idle, s.Quota = condition.Load{}, condition.Natural, 0
	s.SelfCheck, s.Delay = false, 0
	return s
}

// newProbe is a session in which children are not measured.
func newProbe(series []Series, stages int) *session {
	stages = max(stages, 1)
	return &session{
		plan: Plan{Series: series, Iterations: stages, Stages: stages},
		// Nothing is pinned: a thread of the runtime that begins in the moment of
		// the undoing would stay so, and the run that follows would find one CPU.
		places:   map[Placement]cpus{SameCPU: {-1, -1}},
		at:       anywhere,
		clock:    clock.OfSyscalls(),
		patience: probePatience,
	}
}

func (s *session) probe(ctx context.Context) (found []gate.Support, err error) {
	defer func() { err = errors.Join(err, s.close()) }()
	prepare := []func() error{s.spareProcessor, s.launch, s.quiet, s.mapBoard, s.set}
	if s.plan.Stages > probeStages || s.plan.most() > 1 {
		// A plan that needs more descriptors than there may be is refused, not
		// cut down to what needs none: the user can raise that limit.
		prepare = append(prepare, s.checkFiles)
	}
	for _, step := range prepare {
		if err := step(); err != nil {
			return nil, err
		}
	}
	defer context.AfterFunc(ctx, s.launcher.Kill)()
	for i := range s.scenes {
		sc := &s.scenes[i]
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		err := s.try(ctx, sc)
		if err == nil && (s.plan.Stages > probeStages || sc.Children > probeChildren) {
			err = s.makeAll(sc)
		}
		found = append(found, verdict(sc.Primitive.Name, errors.Join(err, s.late.free())))
	}
	return found, nil
}

// errHung says that a child did not come back from its gate.
var errHung = errors.New("the child is still held long after its release")

// try has the children of a group held and let go, and returns what went wrong.
func (s *session) try(ctx context.Context, sc *scene) error {
	var hung atomic.Bool
	watchdog := time.AfterFunc(s.patience, func() {
		hung.Store(true)
		s.launcher.Kill()
	})
	defer watchdog.Stop()
	few := *sc
	few.Children = min(sc.Children, probeChildren)
	g, err := s.group(ctx, &few, min(s.plan.Stages, probeStages), rand.New(rand.NewPCG(0, 0)), false)
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	for child := range g.lives {
		if err := s.sides(&few, &g, child); err != nil {
			return err
		}
	}
	switch l := &g.lives[len(g.lives)-1]; {
	case hung.Load():
		return errHung
	case l.outcome.Verdict != program.Released:
		return fmt.Errorf("the child: %v, %v", l.outcome, l.exit)
	}
	return nil
}

// ErrTooMany says that so many gates cannot be open at a time.
var ErrTooMany = errors.New("too many gates")

// makeAll makes as many gates as the children of a group pass: all of them are
// made before the first child is cloned, and there are limits.
func (s *session) makeAll(sc *scene) (err error) {
	if err := s.board.Reset(s.plan.Stages * sc.Children); err != nil {
		return err
	}
	var g group
	defer func() { err = errors.Join(err, g.close(&s.late)) }()
	err = s.makeGates(sc, s.plan.Stages, &g)
	if m, ok := errors.AsType[*makeError](err); ok {
		return s.tooMany(sc, s.plan.Stages, &g, m)
	}
	return err
}

// tooMany says how many gates could be made of those that are needed.
func (s *session) tooMany(sc *scene, stages int, g *group, m *makeError) error {
	need, who := stages, "a child needs"
	switch {
	case sc.Children > 1 && !sc.shares():
		need, who = stages*sc.Children, fmt.Sprintf("%d children need", sc.Children)
	case sc.Children > 1:
		who = fmt.Sprintf("%d children need", sc.Children)
	}
	return &makeError{sc.Primitive.Name, fmt.Errorf("%w: %s %d, and %d can be made: %w", ErrTooMany, who, need, g.made(), m.error)}
}

// sides finds the first operation that failed on either side of a child's gates,
// and the first stage that did not hold.
func (s *session) sides(sc *scene, g *group, child int) error {
	l := &g.lives[child]
	for stage := range g.stages {
		h, st := g.gateOf(stage, child), s.stage(g, stage, child)
		switch {
		case h.failed():
			ran := h.ran[len(h.ran)-1]
			return &SideError{sc.namespaces, "parent", stage, ran[min(h.outcome.Index, len(ran)-1)], h.outcome}
		case l.outcome.Verdict > program.Released && l.outcome.Part == stage+1: // part 0 is the prologue
			wait := append(h.gate.Wait(), program.Resumed())
			return &SideError{sc.namespaces, "child", stage, wait[min(l.outcome.Index, len(wait)-1)], l.outcome}
		case st.Resumed != 0 && (st.Released == 0 || st.Resumed < st.Released):
			return ErrNotHeld
		}
	}
	return nil
}

// passing are errors that speak of the moment and not of the kernel: limits
// that are reached, memory that is short.
var passing = []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ENOSPC, syscall.EAGAIN, syscall.EINTR}

// verdict tells the kernel's answer from what is no answer.
func verdict(name string, err error) gate.Support {
	if err == nil {
		return gate.Support{Available: gate.Available}
	}
	reason := err
	if _, ok := errors.AsType[*makeError](err); !ok {
		reason = fmt.Errorf("%s: %w", name, err)
	}
	errno, answered := errors.AsType[syscall.Errno](err)
	side, _ := errors.AsType[*SideError](err)
	switch {
	case errors.Is(err, ErrNotHeld), errors.Is(err, ErrTooMany), errors.Is(err, errors.ErrUnsupported):
		return gate.Support{Available: gate.NotAvailable, Reason: reason}
	case answered && !slices.Contains(passing, errno):
		return gate.Support{Available: gate.NotAvailable, Reason: reason}
	case side != nil && !answered: // a result that was not wanted
		return gate.Support{Available: gate.NotAvailable, Reason: reason}
	}
	return gate.Support{Available: gate.NotKnown, Reason: reason}
}
