package sys

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"
)

// What is read is of the creation and of nothing else that happens to the file,
// and is as long as it is said to be, for the shortest name and for the longest.
func TestWatchCreations(t *testing.T) {
	dir := t.TempDir()
	fd, err := WatchCreations(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"1": CreationSize, "fifteen letters": CreationSize, "sixteen  letters": CreationSize + unix.SizeofInotifyEvent} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, []byte("x"), 0o600), os.Chmod(path, 0o400), os.Remove(path)); err != nil {
			t.Fatal(err)
		}
		event := make([]byte, 1024)
		if n, err := unix.Read(fd, event); n != want || err != nil {
			t.Errorf("%q: read %d bytes, %v; want %d", name, n, err, want)
		}
		if n, err := unix.IoctlGetInt(fd, unix.TIOCINQ); n != 0 || err != nil {
			t.Errorf("%q: %d bytes more, %v; want none", name, n, err)
		}
	}
	if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("flags %#x, %v; want FD_CLOEXEC", flags, err)
	}
	if err := Close(fd); err != nil {
		t.Error(err)
	}
}

func TestWatchOfNoDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	before := openFiles(t)
	for path, is := range map[string]error{file: unix.ENOTDIR, file + "s": unix.ENOENT} {
		if _, err := WatchCreations(path); !errors.Is(err, is) || !strings.HasPrefix(err.Error(), "watch "+path+": inotify_add_watch: ") {
			t.Errorf("%v; want %v, with path and call", err, is)
		}
	}
	if diff := cmp.Diff(before, openFiles(t)); diff != "" {
		t.Errorf("descriptors (-before +after):\n%s", diff)
	}
}
