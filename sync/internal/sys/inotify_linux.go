package sys

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// WatchCreations makes a descriptor from which it can be read what is created
// in a directory. inotify(7), IN_CREATE.
func WatchCreations(dir string) (int, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		err = os.NewSyscallError("inotify_init1", err)
		return -1, atLimit(err, unix.EMFILE, "/proc/sys/fs/inotify/max_user_instances, or RLIMIT_NOFILE (ulimit -n)")
	}
	if _, err := unix.InotifyAddWatch(fd, dir, unix.IN_CREATE|unix.IN_ONLYDIR); err != nil {
		err = fmt.Errorf("watch %s: %w", dir, os.NewSyscallError("inotify_add_watch", err))
		err = atLimit(err, unix.ENOSPC, "/proc/sys/fs/inotify/max_user_watches")
		return -1, errors.Join(err, Close(fd))
	}
	return fd, nil
}

// CreationSize is how many bytes are read that tell of the creation of a file
// whose name has 1 to 15 bytes: the name is filled up with NULs, of which it has
// one at least, to a multiple of the size of what stands before it. inotify(7).
const CreationSize = 2 * unix.SizeofInotifyEvent
