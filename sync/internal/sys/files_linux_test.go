package sys

import (
	"testing"

	"golang.org/x/sys/unix"
)

// What an execve would leave open is a copy that nobody closes.
func TestDescriptorsAreClosedAtExec(t *testing.T) {
	r, w, err := Pipe()
	if err != nil {
		t.Fatal(err)
	}
	e, err := Eventfd()
	if err != nil {
		t.Fatal(err)
	}
	a, b, err := Socketpair()
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range []int{r, w, e, a, b} {
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("descriptor %d: flags %#x, %v; want FD_CLOEXEC", fd, flags, err)
		}
		if err := Close(fd); err != nil {
			t.Error(err)
		}
		if err := Close(fd); err == nil {
			t.Errorf("close of descriptor %d a second time did not fail", fd)
		}
	}
}

func TestMap(t *testing.T) {
	mem, err := Map(4096)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range mem {
		if b != 0 {
			t.Fatalf("byte %d is %d, want 0", i, b)
		}
	}
	if err := UnmapShared(mem); err != nil {
		t.Error(err)
	}
	if _, err := Map(0); err == nil {
		t.Error("a map of 0 bytes did not fail")
	}
}
