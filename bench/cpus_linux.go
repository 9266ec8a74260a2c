package bench

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/condition"
)

// cpus is where the two sides run; -1 is anywhere.
type cpus struct{ parent, child int }

var anywhere = cpus{-1, -1}

// choose picks the CPUs of a placement among those that this process may use.
func choose(p Placement, allowed []int) (cpus, error) {
	if p == Free {
		return anywhere, nil
	}
	if p != SameCPU && len(allowed) < 2 {
		return cpus{}, fmt.Errorf("placement %s: %w", p, ErrOneCPU)
	}
	pair, err := condition.FindPair(os.DirFS("/"), condition.Place(p), allowed)
	return cpus{pair.Parent, pair.Child}, err
}

// CPUsOf returns the CPUs on which a placement puts the two sides, of those that this
// thread may use; -1 is anywhere.
func CPUsOf(p Placement) (parent, child int, err error) {
	allowed, err := UsableCPUs()
	if err != nil {
		return -1, -1, err
	}
	c, err := choose(p, allowed)
	return c.parent, c.child, err
}

// UsableCPUs returns the CPUs that this thread may use. sched_getaffinity(2).
func UsableCPUs() ([]int, error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return nil, os.NewSyscallError("sched_getaffinity", err)
	}
	return condition.Members(&set), nil
}

// setAffinity sets the mask of this thread, and that of every other thread of this
// process, as far as /proc tells which they are. Those are the runtime's own, which
// would otherwise wake up next to the child. A thread that starts later inherits
// the mask of the one that starts it.
func setAffinity(own, others *unix.CPUSet) error {
	if err := unix.SchedSetaffinity(0, own); err != nil {
		return os.NewSyscallError("sched_setaffinity", err)
	}
	tasks, err := os.ReadDir("/proc/self/task")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	self := unix.Gettid()
	for _, t := range tasks {
		tid, convErr := strconv.Atoi(t.Name())
		if convErr != nil || tid == self {
			continue
		}
		if err := unix.SchedSetaffinity(tid, others); err != nil && !errors.Is(err, unix.ESRCH) {
			return os.NewSyscallError("sched_setaffinity", err)
		}
	}
	return err
}
