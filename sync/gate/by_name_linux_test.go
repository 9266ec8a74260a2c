//go:build amd64 || arm64

package gate

import (
	"errors"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/sync/program"
)

// newByName is a gate that is reached by name, on a board of its own.
func newByName(t *testing.T, p Primitive) (*program.Board, *ByName) {
	t.Helper()
	b := newBoard(t)
	g, err := p.NewByName(b)
	if err != nil {
		t.Fatal(err)
	}
	return b, g
}

// named are the primitives that have an object to open.
func named(t *testing.T) (all []Primitive) {
	t.Helper()
	for _, p := range All() {
		g, err := p.NewByName(newBoard(t))
		if errors.Is(err, ErrNothingToOpen) {
			continue
		}
		if err == nil {
			err = g.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// What is known by its process ID alone has nothing that could be opened.
func TestNothingToOpen(t *testing.T) {
	var none []string
	has := named(t)
	for _, p := range All() {
		if !slices.ContainsFunc(has, func(q Primitive) bool { return q.Name == p.Name }) {
			none = append(none, p.Name)
		}
	}
	want := []string{"sigwait", "sigsuspend", "sigqueue", "signalfd", "sigstop", "ptrace"}
	if diff := cmp.Diff(want, none); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the makers' copies are named by is gone when the gate is.
func TestByNameLeavesNothing(t *testing.T) {
	for _, p := range named(t) {
		t.Run(p.Name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("TMPDIR", dir)
			before := descriptors(t)
			b, err := program.NewBoard(64<<10, program.Syscall)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Reset(1); err != nil {
				t.Fatal(err)
			}
			g, err := p.NewByName(b)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(g.Close(), b.Close()); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(before, descriptors(t)); diff != "" {
				t.Errorf("descriptors (-want +got):\n%s", diff)
			}
			if entries := list(t, dir); len(entries) != 0 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
}

// anonymous are those whose descriptors have a name in /proc by which nobody can
// open them, and what the kernel says to it.
var anonymous = map[string]unix.Errno{
	"eventfd": unix.ENXIO, "eventfd-epoll": unix.ENXIO, "barrier": unix.ENXIO, "io-uring": unix.ENXIO,
	"unix-stream": unix.ENXIO, "unix-eof": unix.ENXIO, "unix-dgram": unix.ENXIO, "unix-seqpacket": unix.ENXIO,
}

// A child that keeps nothing of the gate is released by the same release as one
// that has inherited it, wherever there is a name that leads to it; and as long as
// nobody has released it, it is held.
func TestReleasesWhoOpensByName(t *testing.T) {
	for _, p := range named(t) {
		t.Run(p.Name, func(t *testing.T) {
			b, g := newByName(t, p)
			wait, err := g.WaitByName()
			if err != nil {
				t.Fatal(err)
			}
			// As the launcher does: what the program does not name is closed.
			alone := program.Program{program.CloseRange(3, ^uint32(0))}
			pid, pidfd, code := cloned(t, b, slices.Concat(alone, wait))
			awaitEndOrSleepOrSpin(t, b, p, pid, pidfd)
			want, release := program.Outcome{Verdict: program.Released}, program.Program(nil)
			if errno, ok := anonymous[p.Name]; ok {
				want = program.Outcome{Verdict: program.Failed, Part: 0, Index: 1, Errno: program.Errno(errno), Result: -1}
			} else {
				if got := code.Outcome(); got.Verdict != program.Unfinished {
					t.Fatalf("before the release: %v", got)
				}
				release = g.Release(program.Child)
				if h, ok := g.Gate.(Holder); ok {
					release = slices.Concat(h.Hold(program.Child), release)
				}
				releases(t, b, pid, pidfd, release)
			}
			awaitEnd(t, pidfd)
			if got := code.Outcome(); got != want {
				t.Errorf("%v, want %v", got, want)
			}
			if err := g.Close(release); err != nil {
				t.Error(err)
			}
		})
	}
}

// awaitEndOrSleepOrSpin is awaitEndOrSleep, but that one that never sleeps is given
// a moment instead.
func awaitEndOrSleepOrSpin(t *testing.T, b *program.Board, p Primitive, pid, pidfd int) {
	t.Helper()
	if p.Blocking && p.Name != "poll-sleep" && p.Name != "file-poll" && p.Name != "userfaultfd" && p.Name != "cgroup-freeze" {
		awaitEndOrSleep(t, b, pid, pidfd)
		return
	}
	b.AwaitArmed(0, 1<<26)
	time.Sleep(5 * time.Millisecond)
}

// releases runs a program in this process whose other side is a child of it.
func releases(t *testing.T, b *program.Board, pid, pidfd int, p program.Program) {
	t.Helper()
	code, err := b.Load(program.Env{Peer: pid, Pidfd: pidfd}, program.Part{Program: p})
	if err != nil {
		t.Fatal(err)
	}
	if o := program.Run(code); o.Verdict != program.Released {
		t.Fatal(o)
	}
}
