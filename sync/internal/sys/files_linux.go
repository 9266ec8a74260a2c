package sys

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Pipe makes a pipe whose ends are closed at an execve. pipe(2).
func Pipe() (r, w int, err error) {
	var p [2]int
	err = os.NewSyscallError("pipe2", unix.Pipe2(p[:], unix.O_CLOEXEC))
	return p[0], p[1], err
}

// Eventfd makes an eventfd that counts from 0. eventfd(2).
func Eventfd() (int, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	return fd, os.NewSyscallError("eventfd2", err)
}

// Socketpair makes a connected pair of unix stream sockets. socketpair(2).
func Socketpair() (a, b int, err error) {
	p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	return p[0], p[1], os.NewSyscallError("socketpair", err)
}

// Close closes a descriptor. close(2).
func Close(fd int) error {
	return os.NewSyscallError("close", unix.Close(fd))
}

// Map maps size bytes of zeroed anonymous memory that a child shares. mmap(2).
func Map(size int) ([]byte, error) {
	p, err := unix.MmapPtr(-1, 0, nil, uintptr(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	return unsafe.Slice((*byte)(p), size), nil
}
