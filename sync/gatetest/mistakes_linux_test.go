//go:build amd64 || arm64

package gatetest

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A mistake is a primitive that breaks some promises, and keeps the others.
type mistake struct {
	primitive gate.Primitive
	breaks    []string // names of subtests
}

const (
	holds       = "holds until the release"
	goesOn      = "goes on after the release"
	early       = "an early release is not lost"
	interrupted = "an interruption is no release"
	leaks       = "no descriptor leaks"
	reaped      = "the child is reaped"
	mix         = "two gates do not mix"
)

// mistakes that have been made in earnest, or easily could be.
var mistakes = map[string]mistake{
	"its own copy of the write end stays open": {
		edited(gate.PipeEOF, func(g *editedGate) { g.wait[0] = program.PollIn(g.wait[:1].Files()[0]) }),
		[]string{holds, goesOn, early, interrupted, leaks, reaped, mix},
	},
	"it does not wait": {
		edited(gate.Eventfd, func(g *editedGate) { g.wait = program.Program{program.Arm()} }),
		[]string{holds, goesOn, interrupted, leaks, reaped, mix},
	},
	"it does not wait, and does not say that it blocks": {
		edited(gate.Spin, func(g *editedGate) { g.wait = program.Program{program.Arm()} }),
		[]string{holds, goesOn, interrupted, mix},
	},
	"it spins, and says that it blocks": {
		blocking(gate.Spin),
		[]string{holds, goesOn, interrupted, leaks, reaped, mix},
	},
	"it clears its word before it waits": {
		forgetful,
		[]string{early},
	},
	"it takes any signal for its own": {
		edited(gate.Sigwait, func(g *editedGate) {
			g.wait = program.Program{program.Arm(), program.Sigwait(program.Signals(program.SIGUSR1, program.SIGUSR2))}
		}),
		[]string{interrupted},
	},
	"it is never closed": {
		edited(gate.UnixStream, func(g *editedGate) { g.close = func(...program.Program) error { return nil } }),
		[]string{leaks},
	},
	"it closes what its release has closed": {
		edited(gate.PipeEOF, func(g *editedGate) {
			was := g.close
			g.close = func(...program.Program) error { return was() }
		}),
		[]string{holds, goesOn, early, interrupted, leaks, reaped, mix},
	},
	"it releases its neighbours": {
		neighbourly(gate.Eventfd),
		[]string{mix},
	},
}

const chosen = "NSBENCH_GATETEST_MISTAKE"

// Each mistake fails the subtests that it should, and no others. They fail in a
// process of their own: this test binary, executed again.
func TestMistakesAreFound(t *testing.T) {
	if m, ok := mistakes[os.Getenv(chosen)]; ok {
		Test(t, m.primitive, starter)
		return
	}
	failed := regexp.MustCompile(`(?m)^ *--- FAIL: TestMistakesAreFound/(\S+)`)
	for name, m := range mistakes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command("/proc/self/exe", "-test.run=^TestMistakesAreFound$")
			cmd.Env = append(os.Environ(), chosen+"="+name)
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Error("the suite passed")
			}
			var got []string
			for _, match := range failed.FindAllSubmatch(out, -1) {
				got = append(got, strings.ReplaceAll(string(match[1]), "_", " "))
			}
			if diff := cmp.Diff(m.breaks, got); diff != "" {
				t.Errorf("failed subtests (-want +got):\n%s\n%s", diff, out)
			}
		})
	}
}

// An editedGate is a gate whose sides are not what they should be.
type editedGate struct {
	wait, release program.Program
	close         func(ran ...program.Program) error
}

func (g *editedGate) Wait() program.Program                { return slices.Clone(g.wait) }
func (g *editedGate) Release(program.Peer) program.Program { return slices.Clone(g.release) }
func (g *editedGate) Close(ran ...program.Program) error   { return g.close(ran...) }

func edited(p gate.Primitive, edit func(*editedGate)) gate.Primitive {
	was := p.New
	p.New = func(b *program.Board) (gate.Gate, error) {
		g, err := was(b)
		if err != nil {
			return nil, err
		}
		e := &editedGate{g.Wait(), g.Release(program.Child), g.Close}
		edit(e)
		return e, nil
	}
	return p
}

func blocking(p gate.Primitive) gate.Primitive {
	p.Blocking = true
	return p
}

// forgetful is a futex whose waiter begins by setting the word to what it waits on.
var forgetful = gate.Primitive{Name: "forgetful", Blocking: true, New: func(b *program.Board) (gate.Gate, error) {
	w, err := b.Word("word")
	return &editedGate{
		wait:    program.Program{program.Store(w, 0), program.Arm(), program.FutexWait(w, 0)},
		release: program.Program{program.Store(w, 1), program.FutexWake(w, 1)},
		close:   func(...program.Program) error { return nil },
	}, err
}}

// neighbourly has each gate release those that were made before it, too.
func neighbourly(p gate.Primitive) gate.Primitive {
	var open []*editedGate
	return edited(p, func(g *editedGate) {
		for _, other := range open {
			g.release = append(g.release, other.release[0])
		}
		open = append(open, g)
		was := g.close
		g.close = func(ran ...program.Program) error {
			open = slices.DeleteFunc(open, func(o *editedGate) bool { return o == g })
			return was(ran...)
		}
	})
}
