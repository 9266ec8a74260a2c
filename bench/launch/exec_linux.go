//go:build amd64 || arm64

package launch

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/program"
)

// exec executes this program anew for a child, and returns when that runs its
// code, which takes milliseconds.
func (l *Launcher) exec(cfg Config, b *program.Board, code program.Code, parts []program.Part) (_ *Child, err error) {
	keep := slices.Clip(cfg.Keep)
	for _, part := range parts {
		keep = append(keep, part.Program.Files()...)
	}
	if cfg.CPU >= 0 {
		undo, err := pinThread(cfg.CPU)
		if err != nil {
			return nil, fmt.Errorf("pin a child to CPU %d: %w", cfg.CPU, err)
		}
		defer func() { err = errors.Join(err, undo()) }()
	}
	if cfg.Namespaces&User != 0 {
		// Its fork copies memory, and goes on in Go with what it has of it.
		if err := l.withheld.Release(); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, l.withheld.Renew()) }()
	}
	var started *program.Executed
	c, err := l.enlist(&Child{l: l, code: code}, func(c *Child) (err error) {
		if started, err = program.Reexecute(b, code, uint64(cfg.Namespaces), keep); err == nil {
			c.PID, c.pidfd = started.PID, started.Pidfd
		}
		return cloneError(cfg.Namespaces, err)
	})
	if err != nil {
		return nil, err
	}
	if err := started.Began(); err != nil {
		return nil, errors.Join(err, c.discard())
	}
	return c, nil
}

// pinThread puts this thread on one CPU, until undone, so that a process that it
// starts is there with all threads that it will ever have. The design that lost
// is to pin the process when it is there: a thread is pinned by its number, and
// in a new PID namespace the process does not know those that its own /proc has.
func pinThread(cpu int) (undo func() error, err error) {
	var was, only unix.CPUSet
	only.Set(cpu)
	if err := unix.SchedGetaffinity(0, &was); err != nil {
		return nil, os.NewSyscallError("sched_getaffinity", err)
	}
	set := func(to *unix.CPUSet) error {
		return os.NewSyscallError("sched_setaffinity", unix.SchedSetaffinity(0, to))
	}
	return func() error { return set(&was) }, set(&only)
}
