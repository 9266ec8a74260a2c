//go:build amd64 || arm64

package condition

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/program"
)

// Begin starts the busy threads, each on one of the CPUs, and returns when all
// of them have been seen to run there. They are children of the launcher and die
// with it. It is called on the launcher's thread, and takes a clone for each, and
// the time until each has had its first turn: on the CPU that this thread is on
// that is up to a time slice, 4 ms, after which the condition holds in earnest.
//
// A nice value below this process's own takes CAP_SYS_NICE or RLIMIT_NICE.
func (l Load) Begin(by *launch.Launcher, cpus []int) (*Spinners, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	s, err := spin(by, repeat(cpus, l.PerCPU), spinning{busy: program.SpinUntil, settle: l.settle})
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", l, err)
	}
	return s, nil
}

// repeat returns each CPU n times, in turn.
func repeat(cpus []int, n int) []int {
	var all []int
	for range n {
		all = append(all, cpus...)
	}
	return all
}

// settle gives a thread its nice value, and looks whether it has it: RLIMIT_NICE
// refuses, but a security module may have its own mind. setpriority(2).
func (l Load) settle(pid int) error {
	err := unix.Setpriority(unix.PRIO_PROCESS, pid, l.Nice)
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("setpriority %d: %w: run as root, or with CAP_SYS_NICE, or raise `ulimit -e` to %d", l.Nice, err, 20-l.Nice)
	}
	if err != nil {
		return os.NewSyscallError("setpriority", err)
	}
	raw, err := unix.Getpriority(unix.PRIO_PROCESS, pid)
	if err != nil {
		return os.NewSyscallError("getpriority", err)
	}
	// The call itself, unlike the C library's, answers 20 minus the value, which
	// is never negative. getpriority(2), "C library/kernel differences".
	if nice := 20 - raw; nice != l.Nice {
		return fmt.Errorf("setpriority %d: the nice value is %d", l.Nice, nice)
	}
	return nil
}
