//go:build amd64 || arm64

package gatetest

import (
	"errors"
	"math"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

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
func (c *clone) Pidfd() (int, error)      { return c.pidfd, nil }
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
	withheld, err := program.Withhold(stack) // or 10,000 clones would take their time
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
		if err = errors.Join(err, withheld.Release(), unix.Munmap(stack)); err != nil {
			t.Error(err)
		}
	})
	return func(b *program.Board, parts ...program.Part) (Child, error) {
		code, err := b.Load(program.Env{}, slices.Insert(parts, 0, program.Part{Program: prologue(parts)})...)
		if err != nil {
			return nil, err
		}
		pid, pidfd, err := program.Clone(code, unix.CLONE_PIDFD, stack)
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
