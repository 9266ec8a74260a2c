package sys

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What has a key is found by it, and is as much to be removed as what has none.
func TestKeyedObjects(t *testing.T) {
	for kind, object := range map[string]struct {
		make   func() (int, uint32, error)
		find   func(key uintptr) (uintptr, uintptr, unix.Errno)
		remove func(int) error
	}{
		"sem": {
			func() (int, uint32, error) { return KeyedSemaphore(1) },
			func(key uintptr) (uintptr, uintptr, unix.Errno) { return unix.Syscall(unix.SYS_SEMGET, key, 1, 0) },
			RemoveSemaphore,
		},
		"msg": {
			KeyedMessageQueue,
			func(key uintptr) (uintptr, uintptr, unix.Errno) { return unix.Syscall(unix.SYS_MSGGET, key, 0, 0) },
			RemoveMessageQueue,
		},
	} {
		id, key, err := object.make()
		if err != nil {
			t.Fatal(err)
		}
		if found, _, errno := object.find(uintptr(key)); errno != 0 || int(found) != id {
			t.Errorf("%s: the key %#x finds %d, %v; want %d", kind, key, found, errno, id)
		}
		if err := object.remove(id); err != nil {
			t.Error(err)
		}
		if _, _, errno := object.find(uintptr(key)); errno != unix.ENOENT {
			t.Errorf("%s: the key finds after the end: %v", kind, errno)
		}
	}
}

func TestKeysThatExistAreDrawnAnew(t *testing.T) {
	tries := 0
	key, err := keyed(func(key uintptr) error {
		if tries++; tries < 3 {
			return os.NewSyscallError("semget", unix.EEXIST)
		}
		return nil
	})
	if key == 0 || key > 1<<31-1 || err != nil || tries != 3 {
		t.Errorf("key %#x after %d tries, %v; want one after 3", key, tries, err)
	}
}

func TestNamedMqueue(t *testing.T) {
	fd, name, err := NamedMqueue()
	if err != nil {
		t.Fatal(err)
	}
	if link, err := os.Readlink(filepath.Join("/proc/self/fd", filepath.Base(ownFile(t, fd)))); err != nil || link != "/"+name {
		t.Errorf("the queue is %q, %v; want /%s", link, err, name)
	}
	if err := errors.Join(UnlinkMqueue(name), Close(fd)); err != nil {
		t.Error(err)
	}
	if err := UnlinkMqueue(name); !errors.Is(err, unix.ENOENT) || !strings.HasPrefix(err.Error(), "remove queue /"+name) {
		t.Errorf("removed again: %v", err)
	}
}

func TestTwiceAt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, second, err := TwiceAt(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := LockFile(first); err != nil {
		t.Error(err)
	}
	if err := LockFile(second); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("by the other description: %v, want EAGAIN", err)
	}
	if _, _, err := TwiceAt(path); !errors.Is(err, os.ErrExist) {
		t.Errorf("where a file is: %v", err)
	}
	if err := errors.Join(Close(first), Close(second)); err != nil {
		t.Error(err)
	}
}

func ownFile(t *testing.T, fd int) string {
	t.Helper()
	path, _, _, err := OwnFile(fd)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// The path leads to the same file, and says what can be done by the descriptor.
func TestOwnFile(t *testing.T) {
	r, w, err := Pipe()
	if err != nil {
		t.Fatal(err)
	}
	e, err := Eventfd()
	if err != nil {
		t.Fatal(err)
	}
	for fd, want := range map[int][2]bool{r: {true, false}, w: {false, true}, e: {true, true}} {
		path, reads, writes, err := OwnFile(fd)
		if err != nil || [2]bool{reads, writes} != want {
			t.Errorf("%s reads: %v, writes: %v, %v; want %v", path, reads, writes, err, want)
		}
		var here, there unix.Stat_t
		if err := errors.Join(unix.Fstat(fd, &here), unix.Stat(path, &there)); err != nil || here.Ino != there.Ino {
			t.Errorf("%s is inode %d, %v; want %d", path, there.Ino, err, here.Ino)
		}
	}
	if err := errors.Join(Close(r), Close(w), Close(e)); err != nil {
		t.Error(err)
	}
	if _, _, _, err := OwnFile(r); !errors.Is(err, unix.EBADF) {
		t.Errorf("of none: %v", err)
	}
}
