package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// lockDirectory keeps other processes of this program from writing into a directory
// until the file is closed, or the process ends. A file system that has no locks, and a
// directory that may be written but not read, goes without. flock(2).
//
// To lock the record lost: it is replaced by a file of its name, and whoever waits
// would hold the lock of the one before.
func lockDirectory(path string) (*os.File, error) {
	dir, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, nil
	case err != nil:
		return nil, err
	}
	switch err := unix.Flock(int(dir.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
	case errors.Is(err, unix.EWOULDBLOCK):
		return nil, withHint(errors.Join(fmt.Errorf("another nsbench writes into %s", path), dir.Close()), "wait until that one is through")
	case err == nil, errors.Is(err, unix.ENOLCK), errors.Is(err, unix.EBADF), errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.ENOSYS):
		return dir, nil
	default:
		return nil, errors.Join(&os.PathError{Op: "flock", Path: path, Err: err}, dir.Close())
	}
}
