//go:build amd64 || arm64

package gate

import (
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/sync/program"
)

func newBoard(t *testing.T) *program.Board {
	t.Helper()
	b, err := program.NewBoard(64<<10, program.Syscall)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := b.Reset(1); err != nil {
		t.Fatal(err)
	}
	return b
}

func newGate(t *testing.T, p Primitive, b *program.Board) Gate {
	t.Helper()
	g, err := p.New(b)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// descriptors lists those of this process.
func descriptors(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Descriptors is what New opens, the programs name nothing else, and Close
// closes it all.
func TestDescriptors(t *testing.T) {
	for _, p := range All() {
		t.Run(p.Name, func(t *testing.T) {
			b := newBoard(t)
			before := descriptors(t)
			g := newGate(t, p, b)
			during := descriptors(t)
			if got := len(during) - len(before); got != p.Descriptors {
				t.Errorf("New opened %d descriptors, the primitive says %d", got, p.Descriptors)
			}
			programs := slices.Concat(g.Wait(), g.Release(program.Child))
			h, holds := g.(Holder)
			if holds != p.Holds {
				t.Errorf("its gates are holders: %v, the primitive says %v", holds, p.Holds)
			}
			if holds {
				programs = append(programs, h.Hold(program.Child)...)
			}
			named := programs.Files()
			if len(named) != p.Descriptors {
				t.Errorf("the programs name %v, want all of its %d descriptors", named, p.Descriptors)
			}
			if err := g.Close(); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(before, descriptors(t)); diff != "" {
				t.Errorf("descriptors after Close (-want +got):\n%s", diff)
			}
		})
	}
}

// A number that a release has closed may be somebody else's by the time that
// the gate is closed.
func TestCloseLeavesWhatIsNoLongerItsOwn(t *testing.T) {
	b := newBoard(t)
	g := newGate(t, PipeEOF, b)
	release := g.Release(program.Child)
	code, err := b.Load(program.Env{}, program.Part{Program: release})
	if err != nil {
		t.Fatal(err)
	}
	if o := program.Run(code); o.Verdict != program.Released {
		t.Fatal(o)
	}
	closed := release.Files()[0].N
	if err := unix.Dup3(0, closed, unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(release); err != nil {
		t.Error(err)
	}
	if err := unix.Close(closed); err != nil {
		t.Errorf("somebody else's descriptor %d: %v", closed, err)
	}
}

// Both sides of every gate can be run as they are, and both can be had more
// than once: a program is a value.
func TestProgramsAreValid(t *testing.T) {
	for _, p := range All() {
		t.Run(p.Name, func(t *testing.T) {
			b := newBoard(t)
			g := newGate(t, p, b)
			for _, side := range []func() program.Program{g.Wait, func() program.Program { return g.Release(program.Child) }} {
				first, second := side(), side()
				if diff := cmp.Diff(first.String(), second.String()); diff != "" {
					t.Errorf("not the same the second time (-first +second):\n%s", diff)
				}
				if _, err := b.Load(program.Env{Peer: os.Getpid(), Pidfd: 1}, program.Part{Program: first}); err != nil {
					t.Error(err)
				}
			}
			if n := strings.Count(g.Wait().String(), "arm()\n"); n != 1 {
				t.Errorf("the wait arms %d times, want once:\n%v", n, g.Wait())
			}
			if strings.Contains(g.Release(program.Child).String(), "arm()") {
				t.Errorf("the release arms:\n%v", g.Release(program.Child))
			}
			if err := g.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestProbe(t *testing.T) {
	for _, p := range All() {
		b := newBoard(t) // which has one
		before := len(descriptors(t))
		if got := p.Probe(b); got.Available != Available || got.Reason != nil {
			t.Errorf("%s: %v, %v; want available", p.Name, got.Available, got.Reason)
		}
		if after := len(descriptors(t)); after != before {
			t.Errorf("%s: %d descriptors after the probe, want %d", p.Name, after, before)
		}
	}
}
