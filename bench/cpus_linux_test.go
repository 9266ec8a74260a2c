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

func TestPinAndBack(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := usable(t)
	cpu := before[len(before)-1]
	undo, err := pin(cpu)
	if err != nil {
		t.Fatal(err)
	}
	if got := usable(t); !slices.Equal(got, []int{cpu}) {
		t.Errorf("pinned to %d: %v", cpu, got)
	}
	if err := undo(); err != nil {
		t.Error(err)
	}
	if got := usable(t); !slices.Equal(got, before) {
		t.Errorf("after pinning: %v, before %v", got, before)
	}
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
func TestPinRefused(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := usable(t)
	if _, err := pin(1023); !errors.Is(err, unix.EINVAL) {
		t.Errorf("pin(1023) = %v, want EINVAL", err)
	}
	if got := usable(t); !slices.Equal(got, before) {
		t.Errorf("after pinning: %v, before %v", got, before)
	}
}
