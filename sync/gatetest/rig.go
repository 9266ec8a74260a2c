package gatetest

import (
	"runtime"
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
	gates     []*held
}

// A held is a gate, and the child that it holds, if it has been started.
type held struct {
	gate  gate.Gate
	stage int
	ran   []program.Program // in this process
	child Child
}

// stages is the most gates that a subtest has at a time.
const stages = 3

func newRig(t *testing.T, p gate.Primitive, starter Starter) *rig {
	t.Helper()
	r := &rig{T: t, primitive: p}
	// A child can be traced only by the thread that cloned it. ptrace(2)
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	// The children are ended before their board goes.
	r.board, r.own = r.newBoard(), r.newBoard()
	r.launch = starter(t)
	t.Cleanup(r.closeGates)
	return r
}

func (r *rig) newBoard() *program.Board {
	r.Helper()
	// Nanoseconds from the kernel: not every machine's counter is fit for it.
	b, err := program.NewBoard(64<<10, program.Syscall)
	r.check(err)
	r.Cleanup(func() { r.check(b.Close()) })
	r.check(b.Reset(stages))
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
	r.confirm(h)
	release := h.gate.Release(program.Child)
	h.ran = append(h.ran, release)
	r.run(h, append(program.Program{program.Stamp(program.StampReleased)}, release...))
}

// confirm has the parent do what it has to before it can release.
func (r *rig) confirm(h *held) {
	r.Helper()
	if g, ok := h.gate.(gate.Holder); ok {
		hold := g.Hold(program.Child)
		h.ran = append(h.ran, hold)
		r.run(h, hold)
	}
}

// run runs a program in this process that has to do with a child.
func (r *rig) run(h *held, p program.Program) {
	r.Helper()
	code, err := r.board.Load(program.Env{Peer: h.child.ID(), Pidfd: h.child.Pidfd()}, program.Part{Stage: h.stage, Program: p})
	r.check(err)
	if o := program.Run(code); o.Verdict != program.Released {
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
	r.check(r.board.Reset(stages))
}

func (r *rig) closeGates() {
	r.Helper()
	for _, h := range r.gates {
		if err := h.gate.Close(h.ran...); err != nil {
			r.Error(err)
		}
	}
	r.gates = nil
}
