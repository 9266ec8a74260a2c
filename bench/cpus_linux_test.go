package bench

import (
	"errors"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/condition"
)

func TestChoose(t *testing.T) {
	tests := []struct {
		placement Placement
		allowed   []int
		want      cpus
		err       error
	}{
		{SameCPU, []int{3}, cpus{3, 3}, nil},
		{SameCPU, []int{3, 5}, cpus{3, 3}, nil},
		{CrossCPU, []int{3, 5, 7}, cpus{3, 5}, nil},
		{CrossCPU, []int{3}, cpus{}, ErrOneCPU},
		{Free, []int{3}, cpus{-1, -1}, nil},
	}
	for _, test := range tests {
		got, err := choose(test.placement, test.allowed)
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("choose(%s, %v) = %v, %v; want %v, %v", test.placement, test.allowed, got, err, test.want, test.err)
		}
	}
}

// The two sides have their CPUs to themselves, where there is another.
func TestMoveAndBack(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := usable(t)
	s := pinnable(t)
	last := before[len(before)-1]
	for _, to := range []cpus{{last, before[0]}, {last, last}} {
		if err := s.moveTo(to); err != nil {
			t.Fatal(err)
		}
		if got := usable(t); !slices.Equal(got, []int{last}) {
			t.Errorf("moved to %v: %v", to, got)
		}
		beside := slices.DeleteFunc(slices.Clone(before), func(cpu int) bool { return cpu == to.parent || cpu == to.child })
		if len(beside) == 0 {
			beside = []int{last}
		}
		if got := usableBeside(t); !slices.Equal(got, beside) {
			t.Errorf("moved to %v, and another thread to %v, want %v", to, got, beside)
		}
	}
	if err := s.moveTo(anywhere); err != nil {
		t.Error(err)
	}
	for _, got := range [][]int{usable(t), usableBeside(t)} {
		if !slices.Equal(got, before) {
			t.Errorf("after pinning: %v, before %v", got, before)
		}
	}
}

// usableBeside is what another thread of this process may use: of any that there
// was before this one was moved.
func usableBeside(t *testing.T) []int {
	t.Helper()
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		if tid, err := strconv.Atoi(task.Name()); err == nil && tid != unix.Gettid() {
			var set unix.CPUSet
			if err := unix.SchedGetaffinity(tid, &set); err != nil {
				t.Fatal(err)
			}
			return condition.Members(&set)
		}
	}
	t.Fatal("a Go program of one thread")
	return nil
}

// pinnable is a session that may move this process about.
func pinnable(t *testing.T) *session {
	t.Helper()
	s := &session{at: anywhere}
	if err := unix.SchedGetaffinity(0, &s.anywhere); err != nil {
		t.Fatal(err)
	}
	return s
}

func usable(t *testing.T) []int {
	t.Helper()
	cpus, err := UsableCPUs()
	if err != nil {
		t.Fatal(err)
	}
	return cpus
}

// A CPU that there is not is refused, and every thread keeps its place.
func TestMoveRefused(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := usable(t)
	s := pinnable(t)
	if err := s.moveTo(cpus{1023, 0}); !errors.Is(err, unix.EINVAL) || s.at != anywhere {
		t.Errorf("moveTo(1023) = %v, at %v; want EINVAL, and nowhere", err, s.at)
	}
	if got := usable(t); !slices.Equal(got, before) {
		t.Errorf("after pinning: %v, before %v", got, before)
	}
}
