package main

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// createNameless makes a file on the file system of a directory that has no name, and
// so is gone when this process ends, however that ends. Not every file system can.
// open(2), O_TMPFILE.
func createNameless(dir string) (*os.File, error) {
	if _, err := os.Lstat("/proc/self/fd"); err != nil { // by which it is given one
		return nil, err
	}
	return os.OpenFile(dir, os.O_WRONLY|unix.O_TMPFILE, 0o600)
}

// giveName gives a nameless file a name, which nothing may have. linkat(2).
func giveName(file *os.File, path string) error {
	from := fmt.Sprintf("/proc/self/fd/%d", file.Fd())
	if err := unix.Linkat(unix.AT_FDCWD, from, unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW); err != nil {
		return &os.LinkError{Op: "link", Old: "a new file in " + filepath.Dir(path), New: path, Err: err}
	}
	return nil
}
