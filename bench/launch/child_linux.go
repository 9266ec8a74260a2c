//go:build amd64 || arm64

package launch

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/program"
)

// A Child is a process that a Launcher started and that has not been reaped.
type Child struct {
	PID      int // as seen from here
	l        *Launcher
	code     program.Code
	place    int   // in the launcher's list; -1 if it is not in it
	pidfd    int   // -1 until somebody asks for it
	shares   stack // its own in this process's memory, if it shares that
	outlives bool
}

// Pidfd is a pidfd of the child, which stays the launcher's, and is closed when
// the child is reaped. It is made when it is asked for: most have no need of it,
// and it makes a clone dear; see [program.Clone]. Until the child is reaped its
// process ID is nobody else's, so that the pidfd refers to it. pidfd_open(2).
func (c *Child) Pidfd() (int, error) {
	c.l.mu.Lock()
	defer c.l.mu.Unlock()
	if !c.lives() {
		return -1, fmt.Errorf("pidfd of child %d: it has been reaped", c.PID)
	}
	if c.pidfd < 0 {
		fd, err := unix.PidfdOpen(c.PID, 0)
		if err != nil {
			return -1, fmt.Errorf("pidfd of child %d: %w", c.PID, os.NewSyscallError("pidfd_open", err))
		}
		c.pidfd = fd
	}
	return c.pidfd, nil
}

// Env is what a program of the parent's side is resolved with.
func (c *Child) Env(p program.Program) (env program.Env, err error) {
	env.Peer = c.PID
	if p.TakesPidfd() {
		env.Pidfd, err = c.Pidfd()
	}
	return env, err
}

// lives reports whether the child is in the launcher's list, with that locked.
func (c *Child) lives() bool { return c.place >= 0 }

// pin puts the child on one CPU. It is the parent that does so: the child has
// the parent's mask to begin with, and if it was to pin itself it would first
// have to run where the parent does, and to wait until the parent's time slice
// has ended. sched_setaffinity(2).
func (c *Child) pin(cpu int) error {
	var set unix.CPUSet
	set.Set(cpu)
	if err := unix.SchedSetaffinity(c.PID, &set); err != nil {
		return fmt.Errorf("pin child %d to CPU %d: %w", c.PID, cpu, os.NewSyscallError("sched_setaffinity", err))
	}
	return nil
}

// Kill sends SIGKILL. It is no error if the child has ended. kill(2).
func (c *Child) Kill() error {
	c.l.mu.Lock()
	defer c.l.mu.Unlock()
	if !c.lives() {
		return nil
	}
	return c.kill()
}

// kill is for a child that is in the launcher's list, with the list locked: who
// reaps a child locks the list, too, so that its process ID is nobody else's.
func (c *Child) kill() error { return os.NewSyscallError("kill", unix.Kill(c.PID, unix.SIGKILL)) }

// discard ends a child that has not been handed to anybody.
func (c *Child) discard() error {
	killErr := c.Kill()
	_, waitErr := c.Wait()
	return errors.Join(killErr, waitErr)
}

// Ended reports, without waiting, whether the child has ended.
func (c *Child) Ended() bool {
	ended, err := c.ends(unix.WNOHANG)
	return ended && err == nil
}

// ends reports whether the child has ended, and leaves it to be reaped. Without
// WNOHANG it waits for that, or for a stop. waitid(2), WNOWAIT.
//
// A child that this process traces is reported when it stops, too, though nobody
// asks for that: kernel/exit.c, wait_task_stopped.
func (c *Child) ends(flags int) (bool, error) {
	const dumped = 3      // CLD_DUMPED, the last of those that are an end: sigaction(2)
	var info unix.Siginfo // of signal 0 if there is nothing to tell
	err := unix.Waitid(unix.P_PID, c.PID, &info, flags|unix.WEXITED|unix.WNOWAIT|unix.WALL, nil)
	return info.Signo != 0 && info.Code <= dumped, os.NewSyscallError("waitid", err)
}

// Ending reports whether the child has ended or is on its way there. It has no
// memory then, so that what is in its directory of /proc is nobody's but root's,
// a while before its end is told: for as long as it takes to close its files.
// proc_pid_stat(5), flags.
func (c *Child) Ending() bool {
	const exiting = 0x4 // PF_EXITING of the kernel's include/linux/sched.h
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.PID))
	if err != nil {
		return c.Ended()
	}
	// The name, in parentheses, may hold anything.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 7 {
		return c.Ended()
	}
	flags, err := strconv.ParseUint(string(fields[6]), 10, 64)
	return err == nil && flags&exiting != 0
}

// AwaitEnd waits until the child has ended, and leaves it to be reaped.
//
// One that stops under this process's trace is looked at now and then: its stop is
// told again and again, for it is not taken.
func (c *Child) AwaitEnd() error {
	for {
		ended, err := c.ends(0)
		switch {
		case ended:
			return nil
		case err == nil:
			time.Sleep(time.Millisecond)
		case !errors.Is(err, unix.EINTR):
			return err
		}
	}
}

// Wait waits for the child to end and reaps it. The Child is of no further use.
func (c *Child) Wait() (Exit, error) {
	if err := c.AwaitEnd(); err != nil {
		return Exit{}, fmt.Errorf("reap child %d: %w", c.PID, err)
	}
	return c.reap(nil)
}

// WaitHere is Wait for a child that ends in a moment. The thread waits without
// the Go runtime's knowledge: it would hand the goroutine's processor to another
// thread, and fetch it back afterwards, which takes longer than the wait. No
// garbage collection can begin meanwhile.
//
// The functions given are called as soon as the child has been reaped and before
// what the launcher had for it is freed: that is when a cycle ends.
func (c *Child) WaitHere(reaped ...func()) (Exit, error) {
	for {
		exit, err := c.reap(reaped)
		if !errors.Is(err, errLives) {
			return exit, err
		}
		_, _, errno := syscall.RawSyscall6(unix.SYS_WAITID, unix.P_PID, uintptr(c.PID), 0, unix.WEXITED|unix.WNOWAIT|unix.WALL, 0, 0)
		if errno != 0 && errno != unix.EINTR {
			return Exit{}, fmt.Errorf("reap child %d: %w", c.PID, os.NewSyscallError("waitid", errno))
		}
	}
}

// errLives says that a child cannot be reaped yet.
var errLives = errors.New("it lives")

// reap reaps a child that has ended. It does so with the list of children locked
// and never waits there: who kills a child by its process ID finds it in the list
// as long as that is its own.
func (c *Child) reap(reaped []func()) (Exit, error) {
	c.l.mu.Lock()
	defer c.l.mu.Unlock()
	var raw uint32
	pid, _, errno := syscall.RawSyscall6(unix.SYS_WAIT4, uintptr(c.PID), uintptr(unsafe.Pointer(&raw)), unix.WALL|unix.WNOHANG, 0, 0, 0)
	switch {
	case errno != 0:
		return Exit{}, fmt.Errorf("reap child %d: %w", c.PID, os.NewSyscallError("wait4", errno))
	case pid == 0 || unix.WaitStatus(raw).Stopped():
		return Exit{}, errLives
	}
	for _, f := range reaped {
		f()
	}
	c.l.strike(c)
	status := unix.WaitStatus(raw)
	err := c.free()
	if status.Signaled() {
		return Exit{Signal: int(status.Signal())}, err
	}
	return Exit{Status: status.ExitStatus()}, err
}

// free frees what the launcher had for a child.
func (c *Child) free() (err error) {
	if c.pidfd >= 0 {
		err = os.NewSyscallError("close", unix.Close(c.pidfd))
	}
	if c.shares.usable != nil {
		c.l.stacks.give(c.shares)
		err = errors.Join(err, c.code.Unmap())
	}
	return err
}

// Outcome is how the child's programs have ended. Part 0 is the prologue, and
// the parts given to Start follow. Look when the child has ended.
func (c *Child) Outcome() program.Outcome { return c.code.Outcome() }

// Code is what the child runs, as it was loaded onto the board.
func (c *Child) Code() program.Code { return c.code }
