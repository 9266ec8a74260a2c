package sys

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// TempFifo makes a named pipe, for its owner alone, in the directory for
// temporary files, and returns its path. Its name says whose it is, should its
// maker be killed. mkfifo(3).
//
// It has no directory of its own: on ext4 one takes thirty times as long to make
// and remove as the pipe does. There is no need for one, for mkfifo does not
// follow a link that it finds under the name, or take what exists, and fails.
func TempFifo() (path string, err error) {
	path = filepath.Join(os.TempDir(), fmt.Sprintf("nsbench-%d-fifo-%016x", os.Getpid(), rand.Uint64()))
	if err := unix.Mkfifo(path, 0o600); err != nil {
		return "", &os.PathError{Op: "mkfifo", Path: path, Err: err}
	}
	return path, nil
}
