package sys

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"
)

func twice(t *testing.T) (first, second int) {
	t.Helper()
	first, second, err := Twice()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(Close(first), Close(second)); err != nil {
			t.Error(err)
		}
	})
	return first, second
}

// It is one file, or there would be nothing to exclude anybody from, and two
// descriptions, or nobody to exclude.
func TestLocksExclude(t *testing.T) {
	for name, lock := range map[string]func(int) error{"LockFile": LockFile, "LockRecord": LockRecord} {
		t.Run(name, func(t *testing.T) {
			first, second := twice(t)
			if err := lock(first); err != nil {
				t.Fatal(err)
			}
			if err := lock(first); err != nil {
				t.Errorf("by the same description again: %v", err)
			}
			if err := lock(second); !errors.Is(err, unix.EAGAIN) {
				t.Errorf("by the other description: %v, want EAGAIN", err)
			}
			copied, err := unix.FcntlInt(uintptr(first), unix.F_DUPFD_CLOEXEC, 0)
			if err != nil {
				t.Fatal(err)
			}
			if err := lock(copied); err != nil {
				t.Errorf("by a copy of the descriptor: %v", err)
			}
			if err := Close(copied); err != nil {
				t.Error(err)
			}
			if err := lock(second); !errors.Is(err, unix.EAGAIN) {
				t.Errorf("after the copy is closed: %v, want EAGAIN", err)
			}
		})
	}
}

func TestLocksOfNothing(t *testing.T) {
	if err := LockFile(-1); !errors.Is(err, unix.EBADF) || !strings.HasPrefix(err.Error(), "flock: ") {
		t.Errorf("LockFile: %v, want EBADF, and the call in it", err)
	}
	if err := LockRecord(-1); !errors.Is(err, unix.EBADF) || !strings.HasPrefix(err.Error(), "fcntl: ") {
		t.Errorf("LockRecord: %v, want EBADF, and the call in it", err)
	}
}

func TestTwice(t *testing.T) {
	first, second := twice(t)
	for _, fd := range []int{first, second} {
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("descriptor %d: flags %#x, %v; want FD_CLOEXEC", fd, flags, err)
		}
		var st unix.Stat_t
		if err := unix.Fstat(fd, &st); err != nil || st.Nlink != 0 {
			t.Errorf("descriptor %d: %d names, %v; want none", fd, st.Nlink, err)
		}
	}
}

// The file can be made and not be opened again.
func TestTwiceFailsHalfWay(t *testing.T) {
	next, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 0) // the number that comes next
	if err != nil {
		t.Fatal(err)
	}
	if err := Close(next); err != nil {
		t.Fatal(err)
	}
	before := openFiles(t)
	limited(t, unix.RLIMIT_NOFILE, uint64(next)+1, func() { _, _, err = Twice() })
	if !errors.Is(err, unix.EMFILE) || !strings.HasPrefix(err.Error(), "open /proc/self/fd/") {
		t.Errorf("%v, want EMFILE, and the path in it", err)
	}
	if diff := cmp.Diff(before, openFiles(t)); diff != "" {
		t.Errorf("descriptors (-before +after):\n%s", diff)
	}
}
