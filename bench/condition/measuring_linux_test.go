//go:build amd64 || arm64

package condition

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A measuring clones children and releases them by a pipe's end of file, across
// two CPUs: what conditions are to change.
type measuring struct {
	t     testing.TB
	l     *launch.Launcher
	board *program.Board
	cpu   int // of the children
}

// newMeasuring pins this thread to the first of two CPUs until the test ends.
func newMeasuring(t testing.TB, l *launch.Launcher) *measuring {
	t.Helper()
	cpus := twoCPUs(t)
	all := usable(t)
	board, err := program.NewBoard(64<<10, program.Syscall)
	if err != nil {
		t.Fatal(err)
	}
	if err := SetMask(unix.Getpid(), cpus[:1]); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := SetMask(unix.Getpid(), all); err != nil {
			t.Error(err)
		}
		if err := board.Close(); err != nil {
			t.Error(err)
		}
	})
	return &measuring{t, l, board, cpus[1]}
}

// cycles clones, holds and releases children, and returns what each clone and
// each release took, in nanoseconds.
func (m *measuring) cycles(ns launch.Namespaces, n int) (clones, releases []float64) {
	for range n {
		clone, release := m.cycle(ns)
		clones, releases = append(clones, clone), append(releases, release)
	}
	return clones, releases
}

func (m *measuring) cycle(ns launch.Namespaces) (clone, release float64) {
	if err := m.board.Reset(1); err != nil {
		m.t.Fatal(err)
	}
	g, err := gate.PipeEOF.New(m.board)
	if err != nil {
		m.t.Fatal(err)
	}
	began := time.Now()
	child, err := m.l.Start(launch.Config{Namespaces: ns, CPU: m.cpu}, m.board, program.Part{Program: append(g.Wait(), program.Resumed())})
	if err != nil {
		m.t.Fatal(err)
	}
	clone = float64(time.Since(began))
	for !m.board.AwaitArmed(0, 1) {
		nap()
	}
	for armed := time.Now(); time.Since(armed) < 100*time.Microsecond; {
		continue
	}
	letGo := append(program.Program{program.Stamp(program.StampReleased)}, g.Release(program.Child)...)
	code, err := m.board.Load(program.Env{Peer: child.PID}, program.Part{Program: letGo})
	if err != nil {
		m.t.Fatal(err)
	}
	program.Run(code)
	if _, err := child.Wait(); err != nil {
		m.t.Fatal(err)
	}
	if err := g.Close(g.Release(program.Child)); err != nil {
		m.t.Fatal(err)
	}
	s := m.board.Stage(0)
	return clone, float64(s.Resumed - s.Released)
}

func median(x []float64) float64 { return quantile(x, 0.5) }

func ninetieth(x []float64) float64 { return quantile(x, 0.9) }

// quantile is of type 1: one of the values.
func quantile(x []float64, p float64) float64 {
	if len(x) == 0 {
		return 0
	}
	x = slices.Clone(x)
	slices.Sort(x)
	return x[int(p*float64(len(x)-1)+0.5)]
}
