package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// explainTraced is what explain --strace runs under strace: it holds one child
// and releases it, and prints the programs of both sides next to what strace has
// written of them into the directory. strace writes a call down before it lets
// its thread go on, so all of it is there when it is looked for.
func explainTraced(ctx context.Context, w io.Writer, p gate.Primitive, ns launch.Namespaces, dir string) (err error) {
	launcher, err := launch.New() // which keeps this thread: some gates are its own
	if err != nil {
		return fmt.Errorf("explain --strace: %w", err)
	}
	if err := blockSignals(); err != nil {
		return errors.Join(err, launcher.Close())
	}
	x, err := newSubject(p)
	if err != nil {
		return errors.Join(printExplained(w, p, sides{}, seenSides{}), err, launcher.Close())
	}
	t := tracedChild{subject: x, launcher: launcher, namespaces: ns}
	var seen seenSides
	if err = t.letGo(ctx); err == nil {
		seen, err = t.match(dir)
	}
	if err != nil {
		err = withHint(fmt.Errorf("explain --strace: %w", err), t.advice(err))
	}
	return errors.Join(err, printExplained(w, p, x.sides, seen), launcher.Close(), x.close())
}

// blockSignals keeps the runtime's signals, and those of a child that stops, from
// coming between the calls of this thread. It is for good: the process is only
// here to be traced.
func blockSignals() error {
	var all unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^uint64(0)
	}
	return os.NewSyscallError("rt_sigprocmask", unix.PthreadSigmask(unix.SIG_SETMASK, &all, nil))
}

// A tracedChild is the one child that is held and released under strace.
type tracedChild struct {
	*subject
	launcher   *launch.Launcher
	namespaces launch.Namespaces // asked for, and user if it had to be added
	child      *launch.Child
	env        program.Env
}

// letGo holds the child and releases it.
func (t *tracedChild) letGo(ctx context.Context) error {
	if err := t.start(); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, t.launcher.Kill)()
	ended, err := t.awaitArmed()
	if err != nil {
		return err
	}
	if !ended {
		if err := t.runParent(); err != nil {
			return errors.Join(err, t.child.Kill())
		}
	}
	exit, err := t.child.Wait()
	switch o := t.child.Outcome(); {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case o.Verdict > program.Released && o.Part == 1: // behind the prologue
		return &bench.SideError{Namespaces: t.namespaces, Side: "child", Op: t.sides.wait[o.Index], Outcome: o}
	case o.Verdict != program.Released:
		return fmt.Errorf("the child: %v, %v", o, exit)
	}
	if s := t.board.Stage(0); s.Resumed < s.Released {
		return bench.ErrNotHeld
	}
	return nil
}

// start clones the child, into a user namespace as well if that is what it takes.
func (t *tracedChild) start() (err error) {
	clone := func(ns launch.Namespaces) (err error) {
		t.namespaces = ns
		t.child, err = t.launcher.Start(launch.Config{Namespaces: ns, CPU: -1}, t.board, program.Part{Program: t.sides.wait})
		return err
	}
	if err = clone(t.namespaces); errors.Is(err, syscall.EPERM) {
		err = clone(t.namespaces | launch.User)
	}
	if err != nil {
		return err
	}
	// A pidfd is there in any case: it is also what this waits with for an end.
	pidfd, err := t.child.Pidfd()
	if err != nil {
		return err
	}
	t.env = program.Env{Peer: t.child.PID, Pidfd: pidfd}
	if t.namespaces&launch.User != 0 {
		return launch.WriteMaps(t.child.PID)
	}
	return nil
}

// awaitArmed waits until the child has armed, or has ended before it could.
func (t *tracedChild) awaitArmed() (ended bool, err error) {
	for !t.board.AwaitArmed(0, 1) {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(t.env.Pidfd), Events: unix.POLLIN}}, 1)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return false, os.NewSyscallError("poll", err)
		}
		if n == 1 {
			return true, nil
		}
	}
	return false, nil
}

// explainHold is long enough for a child that sleeps and looks again to be seen
// to do so.
const explainHold = 5 * time.Millisecond

// runParent runs what the parent does, between two sleeps by which it is found in
// the trace: the Go runtime makes no such call.
func (t *tracedChild) runParent() error {
	parts := []program.Part{
		{Program: program.Program{program.Sleep(explainHold)}}, {Program: t.sides.hold},
		{Program: t.sides.release}, {Program: program.Program{program.Sleep(0)}},
	}
	code, err := t.board.Load(t.env, parts...)
	if err != nil {
		return err
	}
	t.ran = []program.Program{t.sides.hold, t.sides.release}
	if o := program.Run(code); o.Verdict != program.Released {
		return &bench.SideError{Namespaces: t.namespaces, Side: "parent", Op: parts[o.Part].Program[o.Index], Outcome: o}
	}
	return nil
}

const parentMark = "clock_nanosleep("

// match tells which operation made which call, and whether all of them are
// accounted for.
func (t *tracedChild) match(dir string) (seen seenSides, err error) {
	child, err := readTrace(dir, t.env.Peer)
	if err != nil {
		return seen, err
	}
	thread, err := readTrace(dir, unix.Gettid())
	if err != nil {
		return seen, err
	}
	parent, err := betweenMarks(thread)
	if err != nil {
		return seen, err
	}
	child, _, _ = strings.Cut(child, "exit_group(")
	w := program.Witness{Env: t.env, Board: t.board}
	both, childErr := w.Match(slices.Concat(t.sides.prologue, t.sides.wait), child)
	seen.prologue, seen.wait = split(both, len(t.sides.prologue))
	both, parentErr := w.Match(slices.Concat(t.sides.hold, t.sides.release), parent)
	seen.hold, seen.release = split(both, len(t.sides.hold))
	return seen, errors.Join(childErr, parentErr)
}

// split parts the lines of one program from those of the next: an error may have
// left fewer.
func split(lines []string, n int) (first, second []string) {
	n = min(n, len(lines))
	return lines[:n], lines[n:]
}

// readTrace returns the calls that strace has written down of a thread until
// now. If that is this one, the file grows with each read of it.
func readTrace(dir string, id int) (_ string, err error) {
	f, err := os.Open(filepath.Join(dir, traceName+"."+strconv.Itoa(id)))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	text := make([]byte, info.Size())
	if _, err := io.ReadFull(f, text); err != nil {
		return "", fmt.Errorf("read %s: %w", f.Name(), err)
	}
	var calls strings.Builder
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "--- ") && !strings.HasPrefix(line, "+++ ") { // signals, and the end
			calls.WriteString(line)
		}
	}
	return calls.String(), nil
}

// betweenMarks cuts out of a thread's calls what runParent has put between its sleeps.
func betweenMarks(thread string) (string, error) {
	lines := slices.Collect(strings.Lines(thread))
	var marks []int
	for i, line := range lines {
		if strings.HasPrefix(line, parentMark) {
			marks = append(marks, i)
		}
	}
	if len(marks) != 2 {
		return "", fmt.Errorf("there is no release in what strace wrote: %d of 2 %s...)", len(marks), parentMark)
	}
	return strings.Join(lines[marks[0]+1:marks[1]-1], ""), nil // a sleep asks for the time first
}

// advice says what can be done about a release that could not be traced.
func (t *tracedChild) advice(err error) string {
	cut := func(name string) bool { return slices.Contains(t.primitive.CutBy, name) }
	var clone *launch.CloneError
	switch {
	case t.primitive.Name == gate.Ptrace.Name && errors.Is(err, syscall.EPERM):
		return "a process has one tracer, and strace is that: ptrace(2), PTRACE_TRACEME"
	case slices.ContainsFunc(t.namespaces.Names(), cut):
		return fmt.Sprintf("nsbench explain %s --strace --namespaces none", t.primitive.Name)
	case errors.As(err, &clone):
		return cloneAdvice(clone)
	}
	return ""
}
