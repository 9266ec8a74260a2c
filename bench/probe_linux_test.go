package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

func probe(t *testing.T, ns launch.Namespaces, stages int, primitives ...gate.Primitive) []gate.Support {
	t.Helper()
	support, err := Probe(t.Context(), probed(ns, 1, primitives...), stages)
	if err != nil {
		t.Fatal(err)
	}
	if len(support) != len(primitives) {
		t.Fatalf("%d answers for %d primitives", len(support), len(primitives))
	}
	return support
}

// probed are series of primitives whose children are cloned into namespaces.
func probed(ns launch.Namespaces, children int, primitives ...gate.Primitive) []Series {
	return Axes{
		Primitives: primitives, Namespaces: []launch.Namespaces{ns},
		Placements: []Placement{Free}, Children: []int{children},
	}.Series()
}

// The kernel's answer is the doc's: of each namespace alone, those primitives
// cannot be used that say so, and no others.
func TestCutByIsWhatTheKernelSays(t *testing.T) {
	for _, name := range append(launch.NamespaceNames(), "") {
		t.Run("new "+name, func(t *testing.T) {
			var ns launch.Namespaces
			if name != "" {
				var err error
				if ns, err = launch.ParseNamespace(name); err != nil {
					t.Fatal(err)
				}
			}
			for i, s := range probe(t, ns, 1, gate.All()...) {
				p, want := gate.All()[i], gate.Available
				if contains(p.CutBy, name) {
					want = gate.NotAvailable
				}
				if s.Available != want {
					t.Errorf("%s is %s (%v), and says that it is cut by new %v", p.Name, s.Available, s.Reason, p.CutBy)
				}
			}
		})
	}
}

func contains(names []string, name string) bool {
	return strings.Contains(" "+strings.Join(names, " ")+" ", " "+name+" ") && name != ""
}

// A second stage is tried where there will be one.
func TestProbeOfTwoStages(t *testing.T) {
	for i, s := range probe(t, 0, 7, gate.All()...) {
		p, want := gate.All()[i], gate.Available
		if p.Once {
			want = gate.NotAvailable
		}
		if s.Available != want {
			t.Errorf("%s with 7 stages is %s (%v), and says once: %v", p.Name, s.Available, s.Reason, p.Once)
		}
		if p.Once && !strings.Contains(fmt.Sprint(s.Reason), "at stage 2") {
			t.Errorf("%s: %v, want the stage in it", p.Name, s.Reason)
		}
	}
}

// A broken primitive is a program that does not do what it should.
func broken(name string, wait, release program.Program) gate.Primitive {
	return gate.Primitive{Name: name, New: func(*program.Board) (gate.Gate, error) { return &brokenGate{wait, release}, nil }}
}

type brokenGate struct{ wait, release program.Program }

func (g *brokenGate) Wait() program.Program                { return g.wait }
func (g *brokenGate) Release(program.Peer) program.Program { return g.release }
func (g *brokenGate) Close(...program.Program) error       { return nil }

func unmakeable(err error) gate.Primitive {
	return gate.Primitive{Name: "unmakeable", New: func(*program.Board) (gate.Gate, error) { return nil, fmt.Errorf("make: %w", err) }}
}

func TestProbeTellsWhy(t *testing.T) {
	noFile := program.FD{Name: "f", N: 999}
	tests := []struct {
		primitive gate.Primitive
		want      gate.Availability
		reason    string
		is        error
	}{
		{unmakeable(syscall.ENOSYS), gate.NotAvailable, "unmakeable: make: function not implemented", errors.ErrUnsupported},
		{unmakeable(syscall.EACCES), gate.NotAvailable, "unmakeable: make: permission denied", fs.ErrPermission},
		{unmakeable(syscall.EINVAL), gate.NotAvailable, "unmakeable: make: invalid argument", syscall.EINVAL},
		{unmakeable(syscall.EMFILE), gate.NotKnown, "unmakeable: make: too many open files", syscall.EMFILE},
		{unmakeable(program.ErrBoardFull), gate.NotKnown, "unmakeable: make: board full", program.ErrBoardFull},
		{
			broken("child", program.Program{program.Arm(), program.Read(noFile, 1)}, nil),
			gate.NotAvailable, "child: in no new namespace, the child: read(f, buf, 1): bad file descriptor", syscall.EBADF,
		},
		{
			broken("parent", program.Program{program.Arm(), program.Sigwait(program.Signals(program.SIGUSR1))}, program.Program{program.Write(noFile, "x")}),
			gate.NotAvailable, `parent: in no new namespace, the parent: write(f, "x", 1): bad file descriptor`, syscall.EBADF,
		},
		{
			broken("result", program.Program{program.Arm(), program.Getpid().Want(0)}, nil),
			gate.NotAvailable, "result: in no new namespace, the child: getpid(): has the result ", nil,
		},
		{broken("open", program.Program{program.Arm()}, nil), gate.NotAvailable, "open: the child goes on before it is released", ErrNotHeld},
	}
	for _, test := range tests {
		s := probe(t, 0, 1, test.primitive)[0]
		if s.Available != test.want || !strings.HasPrefix(fmt.Sprint(s.Reason), test.reason) || test.is != nil && !errors.Is(s.Reason, test.is) {
			t.Errorf("%s, %v; want %s, %s", s.Available, s.Reason, test.want, test.reason)
		}
	}
}

// A child that does not come back is killed, and nobody claims to know why.
func TestProbeOfWhatHangs(t *testing.T) {
	stuck := broken("stuck", program.Program{program.Arm(), program.Sigwait(program.Signals(program.SIGUSR1))}, nil)
	s := newProbe([]Series{trying(probed(0, 1, stuck)[0])}, 1)
	s.patience = 50 * time.Millisecond
	support, err := s.probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := support[0]; got.Available != gate.NotKnown || !errors.Is(got.Reason, errHung) {
		t.Errorf("%s, %v; want that it could not be found out", got.Available, got.Reason)
	}
}

func TestProbeIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	if _, err := Probe(ctx, probed(0, 1, gate.All()...), 1); !errors.Is(err, cause) {
		t.Errorf("%v, want the context's cause", err)
	}
}

// All gates of a child have to be there before it is cloned: what a limit does
// not let be made is known before the run. The gates here share one limit, 5.
func TestProbeOfTooManyStages(t *testing.T) {
	open := 0
	limited := broken("limited", program.Program{program.Arm(), program.Sigwait(program.Signals(program.SIGUSR1))},
		program.Program{program.Kill(program.Child, program.SIGUSR1)})
	was := limited.New
	limited.New = func(b *program.Board) (gate.Gate, error) {
		if open == 5 {
			return nil, syscall.EMFILE
		}
		open++
		g, err := was(b)
		return closing{g, func() { open-- }}, err
	}
	if s := probe(t, 0, 5, limited)[0]; s.Available != gate.Available {
		t.Errorf("5 stages: %s, %v", s.Available, s.Reason)
	}
	want := "limited: too many gates: a child needs 6, and 5 can be made: too many open files"
	if s := probe(t, 0, 6, limited)[0]; s.Available != gate.NotAvailable || fmt.Sprint(s.Reason) != want {
		t.Errorf("6 stages: %s, %v; want not available, %s", s.Available, s.Reason, want)
	}
	if open != 0 {
		t.Errorf("%d gates are open", open)
	}
}

// A closing gate tells when it is closed.
type closing struct {
	gate.Gate
	closed func()
}

func (c closing) Close(ran ...program.Program) error {
	c.closed()
	return c.Gate.Close(ran...)
}
