package gatetest

import (
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A rig is what one subtest works with: the board of its children, and one of
// its own for what it does itself.
type rig struct {
	*testing.T
	primitive gate.Primitive
	launch    Start
	board     *program.Board
	own       *program.Board
	stages    int // of the board: the most gates at a time
	gates     []*held
}

// A held is a gate, and the child that it holds, if it has been started.
type held struct {
	gate  gate.Gate
	stage int
	ran   []program.Program // in this process
	child Child
}

// Most subtests have so many gates at a time at most, and need so much memory;
// the others need so much for each gate and what runs at it.
const (
	fewStages = 3
	smallSize = 64 << 10
	gateSize  = 16 << 10
)

func newRig(t *testing.T, p gate.Primitive, starter Starter) *rig {
	t.Helper()
	r := &rig{T: t, primitive: p, stages: fewStages}
	// A child can be traced only by the thread that cloned it. ptrace(2)
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	// The children are ended before their board goes.
	r.board, r.own = r.newBoard(smallSize), r.newBoard(smallSize)
	r.launch = starter(t)
	t.Cleanup(r.closeGates)
	return r
}

func (r *rig) newBoard(size int) *program.Board {
	r.Helper()
	// Nanoseconds from the kernel: not every machine's counter is fit for it.
	b, err := program.NewBoard(size, program.Syscall)
	r.check(err)
	r.Cleanup(func() { r.check(b.Close()) })
	r.check(b.Reset(r.stages))
	return b
}

func (r *rig) check(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// newGate makes a gate for the next stage.
func (r *rig) newGate(p gate.Primitive) *held {
	r.Helper()
	g, err := p.New(r.board)
	r.check(err)
	h := &held{gate: g, stage: len(r.gates)}
	r.gates = append(r.gates, h)
	return h
}

// part is what the child does at a gate, as a harness has it done.
func (r *rig) part(h *held) program.Part {
	return program.Part{Stage: h.stage, Program: append(h.gate.Wait(), program.Resumed())}
}

func (r *rig) start(parts ...program.Part) Child {
	r.Helper()
	c, err := r.launch(r.board, parts...)
	r.check(err)
	return c
}

// hold starts a child that is held by a new gate.
func (r *rig) hold(p gate.Primitive) *held {
	r.Helper()
	h := r.newGate(p)
	h.child = r.start(r.part(h))
	return h
}

// release releases a gate, with the stamp before it that a harness takes.
func (r *rig) release(h *held) {
	r.Helper()
	if _, holds := h.gate.(gate.Holder); holds {
		r.awaitWaiting(h) // a hold comes after the child has armed
	}
	r.hasDone(h, r.releasing(h))
}

// releasing is all that the parent does at a gate, ready to be run: what has to
// precede a release, the stamp that a harness takes, and the release.
func (r *rig) releasing(h *held) program.Code {
	r.Helper()
	p := program.Program{}
	if g, ok := h.gate.(gate.Holder); ok {
		p = g.Hold(program.Child)
		h.ran = append(h.ran, p)
	}
	return r.load(h, append(p, r.stamped(h)...))
}

// stamped is the release with the stamp before it.
func (r *rig) stamped(h *held) program.Program {
	release := h.gate.Release(program.Child)
	h.ran = append(h.ran, release)
	return append(program.Program{program.Stamp(program.StampReleased)}, release...)
}

// envOf is what a program that has to do with a child is resolved with.
func envOf(c Child, p program.Program) (env program.Env, err error) {
	env.Peer = c.ID()
	if p.TakesPidfd() {
		env.Pidfd, err = c.Pidfd()
	}
	return env, err
}

func (r *rig) load(h *held, p program.Program) program.Code {
	r.Helper()
	env, err := envOf(h.child, p)
	r.check(err)
	code, err := r.board.Load(env, program.Part{Stage: h.stage, Program: p})
	r.check(err)
	return code
}

// hasDone runs a code of a gate's in this process.
func (r *rig) hasDone(h *held, code program.Code) {
	r.Helper()
	if o := program.Run(code); o.Verdict != program.Released {
		r.Fatalf("%v\nin this process:\n%v", o, slices.Concat(h.ran...))
	}
}

// run runs a program in this process that has to do with a child.
func (r *rig) run(h *held, p program.Program) {
	r.Helper()
	if o := program.Run(r.load(h, p)); o.Verdict != program.Released {
		r.Fatalf("%v\nin this process:\n%v", o, p)
	}
}

// sleep lets d pass at least.
func (r *rig) sleep(d time.Duration) {
	r.Helper()
	r.check(r.own.Reset(1))
	code, err := r.own.Load(program.Env{}, program.Part{Program: program.Program{program.Sleep(d)}})
	r.check(err)
	if o := program.Run(code); o.Verdict != program.Released {
		r.Fatal(o)
	}
}

// clear makes the rig as new. No child may be left.
func (r *rig) clear() {
	r.Helper()
	r.closeGates()
	r.check(r.board.Reset(r.stages))
}

func (r *rig) closeGates() {
	r.Helper()
	r.closeAll(r.gates)
	r.gates = nil
}

// closeAll closes gates at once: to end one inotify descriptor takes the kernel
// as long as to end many, for it waits until nobody can look at it any more.
func (r *rig) closeAll(gates []*held) {
	r.Helper()
	var closing sync.WaitGroup
	for _, h := range gates {
		closing.Go(func() {
			if err := h.gate.Close(h.ran...); err != nil {
				r.Error(err)
			}
		})
	}
	closing.Wait()
}
