//go:build amd64 || arm64

package gate

import (
	"errors"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/program"
)

// Gates that need a directory have one of their own, for the owner alone, and
// leave none, whether they have been released or not.
func TestPlaceIsRemoved(t *testing.T) {
	for _, p := range []Primitive{Inotify, FilePoll} {
		for state, released := range map[string]bool{"released": true, "not released": false} {
			t.Run(p.Name+" "+state, func(t *testing.T) {
				dir := t.TempDir()
				t.Setenv("TMPDIR", dir)
				b := newBoard(t)
				g := newGate(t, p, b)
				entries := list(t, dir)
				if len(entries) != 1 {
					t.Fatalf("%v, want one directory", entries)
				}
				if info, err := entries[0].Info(); err != nil || info.Mode() != os.ModeDir|0o700 {
					t.Errorf("%v, %v; want a directory for the owner alone", info.Mode(), err)
				}
				if released {
					runs(t, b, os.Getpid(), g.Release(program.Child))
				}
				if err := g.Close(); err != nil {
					t.Error(err)
				}
				if entries := list(t, dir); len(entries) != 0 {
					t.Errorf("left behind: %v", entries)
				}
			})
		}
	}
}

func TestNoPlace(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	for _, p := range []Primitive{Inotify, FilePoll} {
		if _, err := p.New(newBoard(t)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v, want that there is no such directory", p.Name, err)
		}
	}
}

// The directory is made first, and goes if it cannot be watched.
func TestInotifyFailsHalfWay(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	none := unix.Rlimit{Max: was.Max}
	b := newBoard(t)
	limitErr := unix.Setrlimit(unix.RLIMIT_NOFILE, &none)
	_, err := Inotify.New(b)
	if err := errors.Join(limitErr, unix.Setrlimit(unix.RLIMIT_NOFILE, &was)); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(err, unix.EMFILE) {
		t.Errorf("%v, want EMFILE", err)
	}
	if entries := list(t, dir); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// A thread that measures has no slack. What its children inherit of that would
// make their sleeps better than anybody else's.
func TestFilePollSleepsAsOthersDo(t *testing.T) {
	runtime.LockOSThread() // for ever: the thread is no use to others
	b := newBoard(t)
	g := newGate(t, FilePoll, b)
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	runs(t, b, os.Getpid(), g.Wait()[:1])
	if slack, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0); slack != int(usualSlack.Nanoseconds()) || err != nil {
		t.Errorf("a slack of %d ns, %v; want %v", slack, err, usualSlack)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}
