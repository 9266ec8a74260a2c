package bench

import (
	"errors"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
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

func TestMoveAndBack(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := usable(t)
	s := pinnable(t)
	cpu := before[len(before)-1]
	if err := s.moveTo(cpu); err != nil {
		t.Fatal(err)
	}
	if got := usable(t); !slices.Equal(got, []int{cpu}) {
		t.Errorf("pinned to %d: %v", cpu, got)
	}
	if err := s.moveTo(-1); err != nil {
		t.Error(err)
	}
	if got := usable(t); !slices.Equal(got, before) {
		t.Errorf("after pinning: %v, before %v", got, before)
	}
}

// pinnable is a session that may move this process about.
func pinnable(t *testing.T) *session {
	t.Helper()
	s := &session{at: -1}
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
	if err := s.moveTo(1023); !errors.Is(err, unix.EINVAL) || s.at != -1 {
		t.Errorf("moveTo(1023) = %v, at %d; want EINVAL, and nowhere", err, s.at)
	}
	if got := usable(t); !slices.Equal(got, before) {
		t.Errorf("after pinning: %v, before %v", got, before)
	}
}
