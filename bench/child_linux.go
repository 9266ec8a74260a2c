package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A held is one stage of a child under way: its gate, and the parent's side of it.
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

// A life is what is known of a child once it is gone; the stages are in the board.
type life struct {
	stages   []held
	exit     launch.Exit
	outcome  program.Outcome // of the child's side
	called   uint64          // stamps: before the clone
	cloned   uint64          // after it
	began    uint64          // before the gates were made
	reaped   uint64          // after the child was reaped
	runDelay *int64          // its wait for a CPU, in nanoseconds, if asked for
}

// child has one child pass through the given number of stages and reaps it.
func (s *session) child(ctx context.Context, p gate.Primitive, stages int, random *rand.Rand, wantDelay bool) (l life, err error) {
	l.began = s.clock.Now()
	if err := s.board.Reset(stages); err != nil {
		return l, err
	}
	defer func() {
		for i := range l.stages {
			err = errors.Join(err, l.stages[i].close(&s.late))
		}
	}()
	parts, err := s.makeGates(p, stages, &l)
	if err != nil {
		return l, err
	}
	l.called = s.clock.Now()
	c, err := s.launcher.Start(s.config(), s.board, parts...)
	l.cloned = s.clock.Now()
	if err != nil {
		return l, err
	}
	passErr := s.pass(ctx, c, &l, random)
	if passErr != nil {
		passErr = errors.Join(passErr, c.Kill())
	}
	if wantDelay {
		l.runDelay = runDelay(c)
	}
	l.exit, err = c.WaitHere()
	l.outcome = c.Outcome()
	l.reaped = s.clock.Now()
	return l, errors.Join(passErr, err)
}

// A makeError says of which primitive a gate could not be made.
type makeError struct {
	primitive string
	error
}

func (e *makeError) Error() string { return e.primitive + ": " + e.error.Error() }
func (e *makeError) Unwrap() error { return e.error }

// makeGates makes a gate for each stage, and from them what the child will run.
func (s *session) makeGates(p gate.Primitive, stages int, l *life) ([]program.Part, error) {
	parts := make([]program.Part, stages)
	l.stages = make([]held, 0, stages)
	for i := range stages {
		g, err := p.New(s.board)
		if err != nil {
			return nil, &makeError{p.Name, err}
		}
		h := held{gate: g, release: s.stampedRelease(g, i == stages-1)}
		if holder, ok := g.(gate.Holder); ok {
			h.hold = holder.Hold(program.Child)
		}
		l.stages = append(l.stages, h)
		parts[i] = program.Part{Stage: i, Program: append(g.Wait(), program.Resumed())}
	}
	return parts, nil
}

// stampedRelease is the parent's side of a gate with its stamps, and with what
// the parent does next: it waits for the end of a child that has no further
// stage. That is part of the program because on the child's CPU the child goes
// on only when the parent gives the CPU up, so that all that the parent does
// before would be measured as latency.
func (s *session) stampedRelease(g gate.Gate, last bool) program.Program {
	p := program.Program{program.ReleaseCPU(), program.Stamp(program.StampReleased)}
	p = append(p, g.Release(program.Child)...)
	p = append(p, program.Stamp(program.StampSignalled))
	switch {
	case last:
		p = append(p, program.AwaitEnd(program.Child))
	case s.plan.Placement == SameCPU:
		p = append(p, program.Sleep(nap))
	}
	return p
}

// pass holds the child and releases it, stage by stage. It returns early,
// without an error, when the child ends before its time: its outcome tells why.
func (s *session) pass(ctx context.Context, c *launch.Child, l *life, random *rand.Rand) error {
	for i := range l.stages {
		h := &l.stages[i]
		code, err := s.load(c, i, h.release)
		if err != nil {
			return err
		}
		if (s.plan.Hold > 0 || h.hold != nil) && !s.awaitArmed(ctx, c, i) {
			return context.Cause(ctx)
		}
		if err := s.confirm(c, h, i); err != nil || h.failed() {
			return errors.Join(err, c.Kill())
		}
		if i == 0 {
			if err := s.initJob(c); err != nil {
				if c.Ending() {
					return context.Cause(ctx) // nothing can be done for it any more
				}
				return err
			}
		}
		if s.plan.Hold > 0 && !s.hold(ctx, s.board.Stage(i).Armed, s.drawHold(random)) {
			return context.Cause(ctx)
		}
		h.ran = append(h.ran, h.release)
		h.outcome = program.Run(code)
		if h.failed() {
			return c.Kill() // nobody else will let it go
		}
	}
	return nil
}

// load resolves a program of the parent's side.
func (s *session) load(c *launch.Child, stage int, p program.Program) (program.Code, error) {
	return s.board.Load(program.Env{Peer: c.PID, Pidfd: c.Pidfd()}, program.Part{Stage: stage, Program: p})
}

// confirm does what the parent has to do before it can release.
func (s *session) confirm(c *launch.Child, h *held, stage int) error {
	if h.hold == nil {
		return nil
	}
	code, err := s.load(c, stage, h.hold)
	if err != nil {
		return err
	}
	h.ran = append(h.ran, h.hold)
	h.outcome = program.Run(code)
	return nil
}

// look is how often the parent looks whether a stage is armed before it looks
// after the child itself; some tens of microseconds.
const look = 1000

// nap is how long the parent sleeps between looks where the child needs its CPU.
const nap = 20 * time.Microsecond

// awaitArmed waits until a stage is armed, and reports whether it came to that.
// On a CPU of its own the parent spins. On the child's it sleeps, on this very
// thread: Go's timers would wake another one.
func (s *session) awaitArmed(ctx context.Context, c *launch.Child, stage int) bool {
	for {
		n := uint64(look)
		if s.plan.Placement == SameCPU {
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
func (s *session) hold(ctx context.Context, armed uint64, d time.Duration) bool {
	end := armed + s.clock.ticks(d)
	for ctx.Err() == nil {
		left := time.Duration(s.clock.ns(s.clock.Now(), end))
		switch {
		case left <= 0:
			return true
		case s.plan.Placement == SameCPU:
			sleep(min(left, slice))
		case left > spinHold:
			sleep(min(left-spinHold, slice))
		default:
			s.clock.Await(end)
		}
	}
	return false
}

// sleep sleeps on this thread, at most d.
func sleep(d time.Duration) {
	ts := unix.NsecToTimespec(d.Nanoseconds())
	// The only error that a valid time can have is EINTR, and whoever calls
	// looks at the clock again.
	_ = unix.Nanosleep(&ts, nil)
}

// runDelay waits for the child's end and returns how long it has waited for a
// CPU, in all its life: the second figure of /proc/PID/schedstat, of which
// there is none where the kernel keeps no scheduler statistics.
func runDelay(c *launch.Child) *int64 {
	if err := c.AwaitEnd(); err != nil {
		return nil
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", c.PID))
	if err != nil {
		return nil
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return nil
	}
	ns, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return nil
	}
	return &ns
}
