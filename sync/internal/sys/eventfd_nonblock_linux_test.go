package sys

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

func TestEventfdNonblock(t *testing.T) {
	fd, err := EventfdNonblock()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := unix.Read(fd, make([]byte, 8)); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("read of an empty counter = %d, %v; want EAGAIN", n, err)
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("flags %#x, %v; want FD_CLOEXEC", flags, err)
	}
	if err := Close(fd); err != nil {
		t.Error(err)
	}
}
