//go:build amd64 || arm64

package gatetest

import (
	"errors"
	"math"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// The suite passes with the least launcher that there can be. What real ones
// do is tested where they are.
func TestEveryPrimitive(t *testing.T) {
	for _, p := range gate.All() {
		t.Run(p.Name, func(t *testing.T) { Test(t, p, starter) })
	}
}

// A clone is a child in no new namespaces.
type clone struct {
	pid, pidfd int
	code       program.Code
	reaped     bool
}

func (c *clone) ID() int                  { return c.pid }
func (c *clone) Outcome() program.Outcome { return c.code.Outcome() }

func (c *clone) Reap() error {
	c.reaped = true
	for {
		_, err := unix.Wait4(c.pid, nil, unix.WALL, nil)
		if !errors.Is(err, unix.EINTR) {
			return errors.Join(err, unix.Close(c.pidfd))
		}
	}
}

func starter(t *testing.T) Start {
	stack, err := unix.Mmap(-1, 0, 16<<10, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		t.Fatal(err)
	}
	var children []*clone
	t.Cleanup(func() {
		for _, c := range children {
			if !c.reaped {
				err = errors.Join(err, unix.PidfdSendSignal(c.pidfd, unix.SIGKILL, nil, 0), c.Reap())
			}
		}
		if err = errors.Join(err, unix.Munmap(stack)); err != nil {
			t.Error(err)
		}
	})
	return func(b *program.Board, parts ...program.Part) (Child, error) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		code, err := b.Load(program.Env{}, slices.Insert(parts, 0, program.Part{Program: prologue(parts)})...)
		if err != nil {
			return nil, err
		}
		pid, pidfd, err := program.Clone(code, 0, stack)
		if err != nil {
			return nil, err
		}
		children = append(children, &clone{pid: pid, pidfd: pidfd, code: code})
		return children[len(children)-1], nil
	}
}

// prologue does what a [Start] promises.
func prologue(parts []program.Part) (p program.Program) {
	var all program.Program
	for _, part := range parts {
		all = append(all, part.Program...)
	}
	next := 0
	for _, fd := range all.Files() {
		if fd.N > next {
			p = append(p, program.CloseRange(uint32(next), uint32(fd.N-1)))
		}
		next = fd.N + 1
	}
	return append(p, program.CloseRange(uint32(next), math.MaxUint32), program.SetMask(all.Signals()))
}

// A broken is a primitive that breaks some promises, and keeps the others.
type broken struct {
	breaks []string // names of subtests
	gate.Primitive
}

// breaking returns primitives each of which makes one mistake that was made in
// earnest before, or easily could be.
func breaking() map[string]broken {
	change := func(of gate.Primitive, change func(*mistaken)) gate.Primitive {
		was := of.New
		of.New = func(b *program.Board) (gate.Gate, error) {
			g, err := was(b)
			if err != nil {
				return nil, err
			}
			m := &mistaken{Gate: g, wait: g.Wait(), release: g.Release(program.Child)}
			change(m)
			return m, nil
		}
		return of
	}
	goes := []string{
		"holds until the release", "goes on after the release", "an early release is not lost",
		"an interruption is no release", "no descriptor leaks", "the child is reaped", "two gates do not mix",
	}
	return map[string]broken{
		// Its own copy of the write end keeps the child from ever reading end of file.
		"keeps its write end": {goes, change(gate.PipeEOF, func(m *mistaken) { m.wait = m.wait[1:] })},

		"does not wait": {
			[]string{"holds until the release", "goes on after the release", "an early release is not lost",
				"an interruption is no release", "no descriptor leaks", "the child is reaped", "two gates do not mix"},
			change(gate.Eventfd, func(m *mistaken) { m.wait = program.Program{program.Arm()} }),
		},
		"does not wait, and does not say that it blocks": {
			[]string{"holds until the release", "goes on after the release", "an early release is not lost",
				"an interruption is no release", "no descriptor leaks", "the child is reaped", "two gates do not mix"},
			change(gate.Spin, func(m *mistaken) { m.wait = program.Program{program.Arm()} }),
		},
		"spins, and says that it blocks": {
			goes,
			change(gate.Spin, func(*mistaken) {}),
		},

		// What was pending, or stored, before the wait began is thrown away.
		"clears its word": {
			[]string{"an early release is not lost"},
			change(gate.Futex, func(m *mistaken) { m.wait = slices.Insert(m.wait, 0, unstore(m)) }),
		},

		// Any signal is taken for the one that is meant.
		"takes any signal": {
			[]string{"an interruption is no release"},
			change(gate.Sigwait, func(m *mistaken) {
				m.wait[1] = program.Sigwait(program.Signals(program.SIGUSR1, program.SIGUSR2))
			}),
		},

		"never closes": {
			[]string{"no descriptor leaks"},
			change(gate.UnixStream, func(m *mistaken) { m.keep = true }),
		},
		"closes what is not its own": {
			[]string{"holds until the release"},
			change(gate.PipeEOF, func(m *mistaken) { m.forget = true }),
		},
	}
}

// A mistaken is a gate whose programs have been edited.
type mistaken struct {
	gate.Gate
	wait, release program.Program
	keep, forget  bool
}

func (m *mistaken) Wait() program.Program                { return slices.Clone(m.wait) }
func (m *mistaken) Release(program.Peer) program.Program { return slices.Clone(m.release) }

func (m *mistaken) Close(ran ...program.Program) error {
	switch {
	case m.keep:
		return nil
	case m.forget:
		return m.Gate.Close()
	}
	return m.Gate.Close(ran...)
}
