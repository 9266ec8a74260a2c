//go:build amd64 || arm64

package condition

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/program"
)

// schedFlagResetOnFork is SCHED_FLAG_RESET_ON_FORK of linux/sched.h, which x/sys
// lacks.
const schedFlagResetOnFork = 1

func (s Sched) attr() *unix.SchedAttr {
	a := &unix.SchedAttr{Size: unix.SizeofSchedAttr, Priority: uint32(s.Priority)}
	switch s.Policy {
	case SchedFIFO:
		a.Policy = unix.SCHED_FIFO
	case SchedRR:
		a.Policy = unix.SCHED_RR
	case SchedBatch:
		a.Policy = unix.SCHED_BATCH
	case SchedIdle:
		a.Policy = unix.SCHED_IDLE
	case SchedDeadline:
		a.Policy = unix.SCHED_DEADLINE
		a.Runtime = uint64(DeadlineRuntime)
		a.Deadline, a.Period = uint64(DeadlinePeriod), uint64(DeadlinePeriod)
		// Without it such a process may not clone: what it has reserved cannot
		// be had twice. An executed Go program starts threads. sched(7).
		a.Flags = schedFlagResetOnFork
	default:
		a.Policy = unix.SCHED_NORMAL
	}
	return a
}

// Apply gives every thread of a process the policy, and looks whether they have
// it. It is for the parent to call, right after the clone: the child need not
// have the right, nor is its own the one that counts. sched_setattr(2).
func (s Sched) Apply(pid int) error {
	if s == (Sched{}) {
		return nil
	}
	if err := s.valid(); err != nil {
		return err
	}
	return eachThread(pid, func(tid int) error {
		if err := unix.SchedSetAttr(tid, s.attr(), 0); err != nil {
			return s.explain(tid, os.NewSyscallError("sched_setattr", err))
		}
		return s.verify(tid)
	})
}

func (s Sched) verify(tid int) error {
	want := s.attr()
	got, err := unix.SchedGetAttr(tid, 0)
	if err != nil {
		return fmt.Errorf("sched %s: %w", s, os.NewSyscallError("sched_getattr", err))
	}
	if got.Policy != want.Policy || got.Priority != want.Priority || got.Runtime != want.Runtime && s.Policy == SchedDeadline {
		return fmt.Errorf("sched %s: thread %d has policy %d with priority %d", s, tid, got.Policy, got.Priority)
	}
	return nil
}

// Check tries the policy on a child that is thrown away, on that CPU, or
// wherever this thread may run if it is negative. Call it when this thread is
// where it will clone the children from: they have its mask.
func (s Sched) Check(by *launch.Launcher, cpu int) error {
	if s == (Sched{}) {
		return nil
	}
	return withChild(by, cpu, s.Apply)
}

// withChild hands over the process ID of a child that sleeps, and ends it.
func withChild(by *launch.Launcher, cpu int, try func(pid int) error) (err error) {
	board, err := program.NewBoard(spinnerRoom, program.Syscall)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, board.Close()) }()
	if err := board.Reset(1); err != nil {
		return err
	}
	child, err := by.Start(launch.Config{CPU: cpu}, board, program.Part{Program: program.Program{program.Sigwait(program.Signals())}})
	if err != nil {
		return err
	}
	err = errors.Join(try(child.PID), child.Kill())
	_, waitErr := child.Wait()
	return errors.Join(err, waitErr)
}

// eachThread calls f for every thread of a process, until a look finds none that
// it has not been called for: a program that is starting makes more. Without
// /proc it is called for the first thread alone. proc_pid_task(5).
func eachThread(pid int, f func(tid int) error) error {
	done := []int{pid}
	if err := f(pid); err != nil {
		return err
	}
	for {
		tids, err := threads(pid)
		if err != nil {
			return err
		}
		before := len(done)
		for _, tid := range tids {
			if slices.Contains(done, tid) {
				continue
			}
			done = append(done, tid)
			if err := f(tid); err != nil && !errors.Is(err, unix.ESRCH) {
				return err
			}
		}
		if len(done) == before {
			return nil
		}
	}
}

func threads(pid int) (tids []int, err error) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if tid, err := strconv.Atoi(e.Name()); err == nil {
			tids = append(tids, tid)
		}
	}
	return tids, err
}

// explain adds to a refusal the setting that it comes from. sched(7),
// "Privileges and resource limits"; sched_setattr(2), ERRORS.
func (s Sched) explain(tid int, err error) error {
	switch {
	case errors.Is(err, unix.EBUSY) && s.Policy == SchedDeadline:
		return fmt.Errorf("sched %s: %w: with %v in %v for each child more is reserved than kernel.sched_rt_runtime_us lets: end the others' reservations", s, err, DeadlineRuntime, DeadlinePeriod)
	case !errors.Is(err, unix.EPERM):
		return fmt.Errorf("sched %s: %w", s, err)
	case !mayNice() && s.prioritised():
		return fmt.Errorf("sched %s: %w: run as root, or with CAP_SYS_NICE, or raise `ulimit -r` to %d", s, err, s.Priority)
	case !mayNice():
		return fmt.Errorf("sched %s: %w: run as root, or with CAP_SYS_NICE", s, err)
	case setting("/proc/sys/kernel/sched_rt_runtime_us") == "0":
		return fmt.Errorf("sched %s: %w: the kernel has no time for it: sysctl kernel.sched_rt_runtime_us=950000", s, err)
	case s.Policy == SchedDeadline:
		return fmt.Errorf("sched %s: %w: it takes a child that may run on every CPU of the machine, and this one is pinned: use placement free, or sysctl kernel.sched_rt_runtime_us=-1", s, err)
	}
	if dir, groupErr := realtimeGroup(tid); groupErr == nil && setting(dir+"/"+rtRuntime) == "0" {
		return fmt.Errorf("sched %s: %w: its control group has no time for it: echo 100000 >%s/%s", s, err, dir, rtRuntime)
	}
	return fmt.Errorf("sched %s: %w", s, err)
}

// mayNice reports whether this thread has CAP_SYS_NICE. capget(2).
func mayNice() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	err := unix.Capget(&header, &data[0])
	return err == nil && data[0].Effective&(1<<unix.CAP_SYS_NICE) != 0
}

// setting is what a file says, or empty where it cannot be read.
func setting(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
