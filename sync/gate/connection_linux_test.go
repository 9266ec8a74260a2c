//go:build amd64 || arm64

package gate

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/sync/program"
)

var connected = []Primitive{UnixAbstract, UnixPath, TCPLoopback}

// run runs a program in this process.
func run(t *testing.T, b *program.Board, p program.Program) program.Outcome {
	t.Helper()
	code, err := b.Load(program.Env{}, program.Part{Program: p})
	if err != nil {
		t.Fatal(err)
	}
	return program.Run(code)
}

// connectionOf is what the gate has of one.
func connectionOf(t *testing.T, g Gate) *connection {
	t.Helper()
	if at, ok := g.(unixPath); ok {
		g = at.Holder
	}
	c, ok := g.(*connection)
	if !ok {
		t.Fatalf("a %T is no connection", g)
	}
	return c
}

// The whole of both sides works within one process, which holds as many
// descriptors after the hold as before, and closes each of them once.
func TestConnection(t *testing.T) {
	for _, p := range connected {
		t.Run(p.Name, func(t *testing.T) {
			b := newBoard(t)
			before := descriptors(t)
			g := newGate(t, p, b).(Holder)
			wait := g.Wait()
			connect, read := wait[1:3], wait[len(wait)-1:]
			hold, release := g.Hold(program.Child), g.Release(program.Child)
			for _, p := range []program.Program{connect, hold, release, read} {
				if o := run(t, b, p); o.Verdict != program.Released {
					t.Fatalf("%v\n%v", o, p)
				}
			}
			if got, want := len(descriptors(t)), len(before)+p.Descriptors+1; got != want {
				t.Errorf("%d descriptors while connected, want %d: the gate's and the other side's", got, want)
			}
			// The listener's number may be somebody else's by now.
			c := connectionOf(t, g)
			if err := unix.Dup3(0, c.listener.N, unix.O_CLOEXEC); err != nil {
				t.Fatal(err)
			}
			if err := g.Close(hold, release); err != nil {
				t.Error(err)
			}
			if err := unix.Close(c.listener.N); err != nil {
				t.Errorf("somebody else's descriptor %d: %v", c.listener.N, err)
			}
			if got, want := len(descriptors(t)), len(before)+1; got != want {
				t.Fatalf("%d descriptors after Close, want %d: the other side's", got, want) // to read would be to wait
			}
			if o := run(t, b, read); o.Verdict != program.ParentGone {
				t.Errorf("the other side reads on as %v, want parent-gone", o)
			}
			if err := unix.Close(int(b.Value(c.child))); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(before, descriptors(t)); diff != "" {
				t.Errorf("descriptors in the end (-want +got):\n%s", diff)
			}
		})
	}
}

// A hold that fails at its first operation has not closed the listener, though
// its program says so.
func TestCloseAfterAFailedHold(t *testing.T) {
	for _, p := range connected {
		t.Run(p.Name, func(t *testing.T) {
			b := newBoard(t)
			before := descriptors(t)
			g := newGate(t, p, b).(Holder)
			if err := unix.SetNonblock(connectionOf(t, g).listener.N, true); err != nil {
				t.Fatal(err)
			}
			hold := g.Hold(program.Child)
			if o := run(t, b, hold); o.Errno != program.EAGAIN {
				t.Fatalf("a hold of nobody: %v, want EAGAIN", o)
			}
			if err := g.Close(hold); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(before, descriptors(t)); diff != "" {
				t.Errorf("descriptors in the end (-want +got):\n%s", diff)
			}
		})
	}
}

// A second child is turned away when the first is held.
func TestConnectionIsForOne(t *testing.T) {
	for _, p := range connected {
		t.Run(p.Name, func(t *testing.T) {
			b := newBoard(t)
			g := newGate(t, p, b).(Holder)
			wait := g.Wait()
			connect, read := wait[1:3], wait[len(wait)-1:]
			first := -1
			for range 2 {
				if o := run(t, b, connect); o.Verdict != program.Released {
					t.Fatal(o)
				}
				if first < 0 {
					first = int(b.Value(connectionOf(t, g).child))
				}
			}
			hold := g.Hold(program.Child)
			if o := run(t, b, hold); o.Verdict != program.Released {
				t.Fatal(o)
			}
			if o := run(t, b, read); o.Verdict != program.ParentGone || o.Errno != program.ECONNRESET {
				t.Errorf("the second reads: %v, want parent-gone by ECONNRESET", o)
			}
			second := int(b.Value(connectionOf(t, g).child))
			if err := errors.Join(g.Close(hold), unix.Close(first), unix.Close(second)); err != nil {
				t.Error(err)
			}
		})
	}
}

// What a full board refuses has not begun to listen.
func TestConnectionNeedsItsWords(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for _, p := range connected {
		b := newBoard(t)
		for err := error(nil); err == nil; {
			_, err = b.Word("taken")
		}
		before := descriptors(t)
		if g, err := p.New(b); g != nil || !errors.Is(err, program.ErrBoardFull) {
			t.Errorf("%s on a full board: %v, %v; want %v", p.Name, g, err, program.ErrBoardFull)
		}
		if diff := cmp.Diff(before, descriptors(t)); diff != "" {
			t.Errorf("%s: descriptors (-want +got):\n%s", p.Name, diff)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestUnixPathRemovesItsFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	g := newGate(t, UnixPath, newBoard(t))
	path := g.(unixPath).path
	if info, err := os.Lstat(path); err != nil || info.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("%v, %v; want a socket for its owner alone", info, err)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
