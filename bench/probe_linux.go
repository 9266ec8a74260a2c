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

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// What a probe does to each primitive: hold a child for a moment, at two stages
// if there will be more than one, and let it go.
const (
	probeHold     = time.Millisecond
	probeStages   = 2
	probePatience = 10 * time.Second
)

// Probe finds out which primitives can hold a child in new namespaces and let it
// go, by having each do so: kernel configuration, privileges, settings, seccomp
// filters and the namespaces all have their say, and there is no list of what
// they say. The error is that of a clone, without which nothing can be found out.
func Probe(ctx context.Context, primitives []gate.Primitive, ns launch.Namespaces, stages int) (Findings, error) {
	return newProbe(primitives, ns, stages).probe(ctx)
}

// newProbe is a session in which a child is not measured. The parent sleeps while
// it waits, as on one CPU, for there may be no other.
func newProbe(primitives []gate.Primitive, ns launch.Namespaces, stages int) *session {
	stages = max(stages, 1)
	return &session{
		plan:     Plan{Primitives: primitives, Namespaces: ns, Placement: SameCPU, Iterations: stages, Stages: stages, Hold: probeHold},
		clock:    &clock{Clock: program.Syscall, hz: 1e9},
		patience: probePatience,
	}
}

func (s *session) probe(ctx context.Context) (f Findings, err error) {
	defer func() { err = errors.Join(err, s.close()) }()
	// Nothing is pinned: a thread of the runtime that begins in the moment of the
	// undoing would stay so, and the run that follows would find one CPU.
	prepare := []func() error{s.spareProcessor, s.launch, s.quiet, s.mapBoard, s.settleNamespaces}
	if s.plan.Stages > probeStages {
		// A plan that needs more descriptors than there may be is refused, not
		// cut down to what needs none: the user can raise that limit.
		prepare = append(prepare, s.checkFiles)
	}
	for _, step := range prepare {
		if err := step(); err != nil {
			return Findings{}, err
		}
	}
	defer context.AfterFunc(ctx, s.launcher.Kill)()
	f.Namespaces = s.namespaces
	for _, p := range s.plan.Primitives {
		if ctx.Err() != nil {
			return Findings{}, context.Cause(ctx)
		}
		err := s.try(ctx, p)
		if err == nil && s.plan.Stages > probeStages {
			err = s.makeAll(p)
		}
		f.Support = append(f.Support, verdict(p.Name, errors.Join(err, s.late.free())))
	}
	return f, nil
}

// errHung says that a child did not come back from its gate.
var errHung = errors.New("the child is still held long after its release")

// try has one child held and let go, and returns what went wrong.
func (s *session) try(ctx context.Context, p gate.Primitive) error {
	var hung atomic.Bool
	watchdog := time.AfterFunc(s.patience, func() {
		hung.Store(true)
		s.launcher.Kill()
	})
	defer watchdog.Stop()
	l, err := s.child(ctx, p, min(s.plan.Stages, probeStages), rand.New(rand.NewPCG(0, 0)), false)
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	if err := s.sides(&l); err != nil {
		return err
	}
	switch {
	case hung.Load():
		return errHung
	case l.outcome.Verdict != program.Released:
		return fmt.Errorf("the child: %v, %v", l.outcome, l.exit)
	}
	return nil
}

// ErrTooMany says that so many gates cannot be open at a time.
var ErrTooMany = errors.New("too many stages")

// makeAll makes as many gates as a child of the plan passes: all of them are
// made before it is cloned, and there are limits.
func (s *session) makeAll(p gate.Primitive) (err error) {
	if err := s.board.Reset(s.plan.Stages); err != nil {
		return err
	}
	var l life
	defer func() {
		for i := range l.stages {
			err = errors.Join(err, l.stages[i].close(&s.late))
		}
	}()
	_, err = s.makeGates(p, s.plan.Stages, &l)
	if m, ok := errors.AsType[*makeError](err); ok {
		err = &makeError{p.Name, fmt.Errorf("%w: a child needs %d gates, and %d can be made: %w", ErrTooMany, s.plan.Stages, len(l.stages), m.error)}
	}
	return err
}

// sides finds the first operation that failed on either side, and the first
// stage that did not hold.
func (s *session) sides(l *life) error {
	for i := range l.stages {
		h, st := &l.stages[i], s.board.Stage(i)
		switch {
		case h.failed():
			ran := h.ran[len(h.ran)-1]
			return &SideError{s.namespaces, "parent", i, ran[min(h.outcome.Index, len(ran)-1)], h.outcome}
		case l.outcome.Verdict > program.Released && l.outcome.Part == i+1: // part 0 is the prologue
			wait := append(h.gate.Wait(), program.Resumed())
			return &SideError{s.namespaces, "child", i, wait[min(l.outcome.Index, len(wait)-1)], l.outcome}
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
