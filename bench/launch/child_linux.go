//go:build amd64 || arm64

package launch

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/program"
)

// A Child is a process that a Launcher started and that has not been reaped.
type Child struct {
	PID      int // as seen from here
	l        *Launcher
	code     program.Code
	pidfd    int
	shares   *stack // its own in this process's memory, if it shares that
	outlives bool
}

// Pidfd is a pidfd of the child, which stays the launcher's. It refers to this
// child and no other, and is closed when the child is reaped. pidfd_open(2).
func (c *Child) Pidfd() int { return c.pidfd }

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

// Kill sends SIGKILL. It is no error if the child has ended. pidfd_send_signal(2).
func (c *Child) Kill() error {
	err := unix.PidfdSendSignal(c.pidfd, unix.SIGKILL, nil, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	return os.NewSyscallError("pidfd_send_signal", err)
}

// discard ends a child that has not been handed to anybody.
func (c *Child) discard() error {
	killErr := c.Kill()
	_, waitErr := c.Wait()
	return errors.Join(killErr, waitErr)
}

// Ended reports, without waiting, whether the child has ended. pidfd_open(2).
func (c *Child) Ended() bool {
	p := []unix.PollFd{{Fd: int32(c.pidfd), Events: unix.POLLIN}}
	n, err := unix.Poll(p, 0)
	return err == nil && n == 1
}

// Ending reports whether the child has ended or is on its way there. It has no
// memory then, so that what is in its directory of /proc is nobody's but root's,
// a while before its pidfd tells of an end: for as long as it takes to close its
// files. proc_pid_stat(5), flags.
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
func (c *Child) AwaitEnd() error {
	for {
		p := []unix.PollFd{{Fd: int32(c.pidfd), Events: unix.POLLIN}}
		if _, err := unix.Poll(p, -1); !errors.Is(err, unix.EINTR) {
			return os.NewSyscallError("poll", err)
		}
	}
}

// Wait waits for the child to end and reaps it. The Child is of no further use.
func (c *Child) Wait() (Exit, error) {
	return c.reap(nil, func(status *unix.WaitStatus) error {
		_, err := unix.Wait4(c.PID, status, unix.WALL, nil)
		return err
	})
}

// WaitHere is Wait for a child that ends in a moment. The thread waits without
// the Go runtime's knowledge: it would hand the goroutine's processor to another
// thread, and fetch it back afterwards, which takes longer than the wait. No
// garbage collection can begin meanwhile.
//
// The functions given are called as soon as the child has been reaped and before
// what the launcher had for it is freed: that is when a cycle ends.
func (c *Child) WaitHere(reaped ...func()) (Exit, error) {
	return c.reap(reaped, func(status *unix.WaitStatus) error {
		var raw uint32
		_, _, errno := syscall.RawSyscall6(unix.SYS_WAIT4, uintptr(c.PID), uintptr(unsafe.Pointer(&raw)), unix.WALL, 0, 0, 0)
		*status = unix.WaitStatus(raw)
		if errno != 0 {
			return errno
		}
		return nil
	})
}

func (c *Child) reap(reaped []func(), wait4 func(*unix.WaitStatus) error) (Exit, error) {
	var status unix.WaitStatus
	for {
		err := wait4(&status)
		if err == nil {
			break
		}
		if !errors.Is(err, unix.EINTR) {
			return Exit{}, fmt.Errorf("reap child %d: %w", c.PID, os.NewSyscallError("wait4", err))
		}
	}
	for _, f := range reaped {
		f()
	}
	c.l.mu.Lock()
	defer c.l.mu.Unlock()
	delete(c.l.children, c)
	err := os.NewSyscallError("close", unix.Close(c.pidfd))
	if c.shares != nil {
		c.l.stacks.give(*c.shares)
		err = errors.Join(err, c.code.Unmap())
	}
	if status.Signaled() {
		return Exit{Signal: int(status.Signal())}, err
	}
	return Exit{Status: status.ExitStatus()}, err
}

// Outcome is how the child's programs have ended. Part 0 is the prologue, and
// the parts given to Start follow. Look when the child has ended.
func (c *Child) Outcome() program.Outcome { return c.code.Outcome() }
