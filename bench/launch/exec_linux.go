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
func (l *Launcher) exec(cfg Config, b *program.Board, code program.Code, parts []program.Part) (*Child, error) {
	keep := slices.Clip(cfg.Keep)
	for _, part := range parts {
		keep = append(keep, part.Program.Files()...)
	}
	undo, err := l.beforeExec(cfg)
	if err != nil {
		return nil, errors.Join(err, undo())
	}
	var started *program.Executed
	c, err := l.enlist(&Child{l: l, code: code}, func(c *Child) (err error) {
		if started, err = program.Reexecute(b, code, uint64(cfg.Namespaces), keep); err == nil {
			c.PID, c.pidfd = started.PID, started.Pidfd
		}
		return cloneError(cfg.Namespaces, err)
	})
	undoErr := undo()
	if err != nil {
		return nil, errors.Join(err, undoErr)
	}
	if err := errors.Join(undoErr, started.Began()); err != nil {
		return nil, errors.Join(err, c.discard())
	}
	return c, nil
}

// beforeExec prepares this process and this thread for what a fork that is
// followed by an execve takes from them. What it has done by then is undone when
// the child executes, whatever the error.
func (l *Launcher) beforeExec(cfg Config) (undo func() error, err error) {
	undo = func() error { return nil }
	if cfg.CPU >= 0 {
		if undo, err = pinThread(cfg.CPU); err != nil {
			return undo, fmt.Errorf("pin a child to CPU %d: %w", cfg.CPU, err)
		}
	}
	if cfg.Namespaces&User == 0 {
		return undo, nil
	}
	// Its fork copies memory, and goes on in Go with what it has of it.
	unpin := undo
	undo = func() error { return errors.Join(l.withheld.Renew(), unpin()) }
	return undo, l.withheld.Release()
}

// pinThread puts this thread on one CPU, until undone, so that a process that it
// starts is there with all threads that it will ever have. The design that lost
// is to pin the process when it is there: a thread is pinned by its number, and
// in a new PID namespace the process does not know those that its own /proc has.
func pinThread(cpu int) (undo func() error, err error) {
	var was, only unix.CPUSet
	only.Set(cpu)
	if err := unix.SchedGetaffinity(0, &was); err != nil {
		return func() error { return nil }, os.NewSyscallError("sched_getaffinity", err)
	}
	set := func(to *unix.CPUSet) error {
		return os.NewSyscallError("sched_setaffinity", unix.SchedSetaffinity(0, to))
	}
	return func() error { return set(&was) }, set(&only)
}
