package sys

import (
	"os"

	"golang.org/x/sys/unix"
)

// EventfdNonblock makes an eventfd that counts from 0 and whose read fails with
// EAGAIN where that of [Eventfd] would wait. eventfd(2), EFD_NONBLOCK.
func EventfdNonblock() (int, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	return fd, os.NewSyscallError("eventfd2", err)
}
