package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"

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

// before is the memory of the group before, in which the next is made: to ask for
// kilobytes anew would be a part of each cycle that is measured.
type before struct {
	gates           []held
	stages          [][]held
	lives           []life
	codes           []program.Code
	parts           []program.Part
	waits, releases reused
}

// reused are programs, each in the memory of the one that was at its place before.
type reused []program.Program

// take returns the memory of the program at i, to append to.
func (r *reused) take(i int) program.Program {
	for len(*r) <= i {
		*r = append(*r, nil)
	}
	return (*r)[i][:0]
}

// keep notes where the program at i has come to lie.
func (r *reused) keep(i int, p program.Program) program.Program {
	(*r)[i] = p
	return p
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
		if err := s.apply(sc, l.child); err != nil {
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
		release := sc.stampedRelease(s.before.releases.take(at), gates[i].gate)
		if i == len(gates)-1 {
			release = append(release, sc.afterwards(&g.lives[peer], stage == len(g.stages)-1)...)
		}
		gates[i].release = s.before.releases.keep(at, release)
		var err error
		if codes[i], err = s.load(g.lives[peer].child, g.row(stage, i), gates[i].release); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// stampedRelease appends the parent's side of a gate with its stamps.
func (sc *scene) stampedRelease(p program.Program, g gate.Gate) program.Program {
	p = append(p, program.ReleaseCPU(), program.Stamp(program.StampReleased))
	p = append(p, g.Release(program.Child)...)
	return append(p, program.Stamp(program.StampSignalled))
}

// afterwards is what the parent does when it has released the last child of a
// stage: it waits for the end of one that has no further stage, or for its
// payload. That is part of the program because on the child's CPU the child goes
// on only when the parent gives the CPU up, so that all that the parent does
// before would be measured as latency.
func (sc *scene) afterwards(l *life, lastStage bool) program.Program {
	switch {
	case lastStage && l.payload != nil:
		return program.Program{l.payload.awaited()}
	case lastStage:
		return program.Program{program.AwaitEnd(program.Child)}
	case sc.Placement == SameCPU:
		return program.Program{program.Sleep(nap)}
	}
	return nil
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

// reap waits for the end of each child. What it stamps is when the parent saw
// something: of several children it looks after one at a time.
func (s *session) reap(sc *scene, g *group, last bool) error {
	var all error
	for i := range g.lives {
		l := &g.lives[i]
		all = errors.Join(all, s.awaitEnd(l))
		if last && i == len(g.lives)-1 {
			l.runDelay, l.strayed = runDelay(l.child), sc.strayed(l.child)
			l.looked = s.clock.Now() - l.ended
		}
		var err error
		l.exit, err = l.child.WaitHere(func() { l.reaped = s.clock.Now() })
		l.outcome = l.child.Outcome()
		all = errors.Join(all, err)
	}
	return all
}

// awaitEnd waits for the end of a child that has not been seen to end.
func (s *session) awaitEnd(l *life) (err error) {
	if l.payload != nil {
		if l.executed == 0 {
			err = l.payload.await()
			l.executed = s.clock.Now()
		}
		err = errors.Join(err, l.payload.close())
	}
	if l.ended == 0 {
		err = errors.Join(err, l.child.AwaitEnd())
		l.ended = s.clock.Now()
	}
	return err
}

// through reports whether every child has gone through its last stage.
func (s *session) through(g *group) bool {
	for child := range g.lives {
		if s.board.Stage(g.row(len(g.stages)-1, child)).Resumed == 0 {
			return false
		}
	}
	return true
}

// runDelay returns how long a child that has ended has waited for a CPU, in all
// its life: the second figure of /proc/PID/schedstat, of which there is none
// where the kernel keeps no scheduler statistics.
func runDelay(c *launch.Child) *int64 {
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
