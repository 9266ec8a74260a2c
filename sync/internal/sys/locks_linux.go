package sys

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Twice makes a file that has no name and opens it twice: two open file
// descriptions, which is what locks belong to. memfd_create(2), open(2).
//
// The file lies in memory. One of O_TMPFILE would have to lie where the file
// system can make such files, and one of a network would have its locks kept by
// a server.
func Twice() (first, second int, err error) {
	first, err = unix.MemfdCreate("nsbench", unix.MFD_CLOEXEC)
	if err != nil {
		return -1, -1, os.NewSyscallError("memfd_create", err)
	}
	return again(first, fmt.Sprintf("/proc/self/fd/%d", first))
}

// TwiceAt is Twice of a file that it makes at a path, at which it stays.
func TwiceAt(path string) (first, second int, err error) {
	first, err = unix.Open(path, unix.O_CREAT|unix.O_EXCL|unix.O_RDWR|unix.O_CLOEXEC, ownerOnly)
	if err != nil {
		return -1, -1, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return again(first, path)
}

// again opens a file once more, by a path.
func again(first int, path string) (_, second int, err error) {
	second, err = unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		err = &os.PathError{Op: "open", Path: path, Err: err}
		return -1, -1, errors.Join(err, Close(first))
	}
	return first, second, nil
}

// LockFile takes the exclusive lock on a file, and does not wait for it. flock(2).
func LockFile(fd int) error {
	return os.NewSyscallError("flock", unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB))
}

// LockRecord takes an exclusive lock on all bytes of a file for its open file
// description, and does not wait for it. fcntl(2), F_OFD_SETLK.
func LockRecord(fd int) error {
	return os.NewSyscallError("fcntl", unix.FcntlFlock(uintptr(fd), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK}))
}
