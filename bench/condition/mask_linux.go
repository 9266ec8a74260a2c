//go:build amd64 || arm64

package condition

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// SetMask lets every thread of a process run on those CPUs and no others, and
// looks whether it is so: the kernel silently leaves out what a cpuset forbids.
// sched_setaffinity(2), NOTES.
func SetMask(pid int, cpus []int) error {
	var want unix.CPUSet
	for _, cpu := range cpus {
		want.Set(cpu)
	}
	if len(cpus) == 0 || want.Count() == 0 {
		return fmt.Errorf("mask of process %d: no CPU in %q", pid, List(cpus))
	}
	return eachThread(pid, func(tid int) error {
		err := unix.SchedSetaffinity(tid, &want)
		if errors.Is(err, unix.EBUSY) {
			return fmt.Errorf("mask of process %d, CPU %s: %w: under sched deadline it may be kept from no CPU: use placement free, or another policy", pid, List(cpus), os.NewSyscallError("sched_setaffinity", err))
		}
		if err != nil {
			return fmt.Errorf("mask of process %d, CPU %s: %w: see Cpus_allowed_list of /proc/self/status, and the cpuset of its control group", pid, List(cpus), os.NewSyscallError("sched_setaffinity", err))
		}
		var got unix.CPUSet
		if err := unix.SchedGetaffinity(tid, &got); err != nil {
			return fmt.Errorf("mask of process %d: %w", pid, os.NewSyscallError("sched_getaffinity", err))
		}
		if got != want {
			return fmt.Errorf("mask of process %d: asked for CPU %s, got %s: see the cpuset of its control group", pid, List(cpus), List(Members(&got)))
		}
		return nil
	})
}

// Members returns the CPUs of a set, in order.
func Members(set *unix.CPUSet) (cpus []int) {
	for cpu := 0; len(cpus) < set.Count(); cpu++ {
		if set.IsSet(cpu) {
			cpus = append(cpus, cpu)
		}
	}
	return cpus
}
