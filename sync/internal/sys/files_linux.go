package sys

import (
	"fmt"
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

// OwnFile is the path by which another process finds a descriptor of this one, as
// long as that is open, and whether it can be read from and written to: whoever
// opens the path for more is refused by a pipe and takes part in it as what he is
// not. proc_pid_fd(5), fcntl(2), F_GETFL.
//
// The process ID in it is that of the PID namespace of the /proc that is mounted
// here, which may be another than this process's.
func OwnFile(fd int) (path string, reads, writes bool, err error) {
	self, err := os.Readlink("/proc/self")
	if err != nil {
		return "", false, false, err
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil {
		return "", false, false, fmt.Errorf("descriptor %d: %w", fd, os.NewSyscallError("fcntl", err))
	}
	access := flags & unix.O_ACCMODE
	return fmt.Sprintf("/proc/%s/fd/%d", self, fd), access != unix.O_WRONLY, access != unix.O_RDONLY, nil
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
