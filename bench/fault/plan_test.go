package fault

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/gate"
)

// The names are the command line's and the record's: they stay.
func TestNames(t *testing.T) {
	want := []string{
		"none", "parent-killed", "parent-exits", "child-killed", "own-end-open", "sibling", "leaked-exec", "third-party", "leaked-killed", "two-waiters",
		"interrupted", "interrupted-once", "stop-continue", "freeze-thaw", "early-release", "double-release", "release-after-death", "fork-in-child",
		"thread-exit", "credential-change", "death-signal", "cpu-quota", "pid-reuse", "seccomp-deny", "half-dead", "exec",
	}
	var got []string
	for _, f := range All() {
		got = append(got, f.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCatalogue(t *testing.T) {
	all := All()
	all[0].Name = "changed"
	if All()[0].Name == "changed" {
		t.Error("All returns the catalogue itself and no copy")
	}
	for _, f := range All() {
		if got, ok := Named(f.Name); !ok || got.About != f.About {
			t.Errorf("%s is not found by its name", f.Name)
		}
		if f.About == "" || f.About[len(f.About)-1] != '.' {
			t.Errorf("%s: %q is no sentence", f.Name, f.About)
		}
		if len(f.Sound) == 0 || len(f.Unsafe) == 0 {
			t.Errorf("%s does not say what is to be wished for and what is dangerous", f.Name)
		}
		for _, o := range f.Sound {
			if slices.Contains(f.Unsafe, o) {
				t.Errorf("%s: %s is both", f.Name, o)
			}
		}
	}
	if _, ok := Named("no such"); ok {
		t.Error("a fault that there is not was found")
	}
}

func TestCheck(t *testing.T) {
	good := Plan{Primitives: gate.All()[:1], Faults: All()[:1], Trials: 1, Deadline: trial.DefaultDeadline}
	if err := good.Check(); err != nil {
		t.Errorf("refused: %v", err)
	}
	for want, edit := range map[string]func(*Plan){
		"no primitives":                                         func(p *Plan) { p.Primitives = nil },
		"no faults":                                             func(p *Plan) { p.Faults = nil },
		"0 trials: from 1 to 10000 are possible":                func(p *Plan) { p.Trials = 0 },
		"10001 trials: from 1 to 10000 are possible":            func(p *Plan) { p.Trials = 10001 },
		"a deadline of 19ms: from 20ms to 1h0m0s is possible":   func(p *Plan) { p.Deadline = 19 * time.Millisecond },
		"a deadline of 2h0m0s: from 20ms to 1h0m0s is possible": func(p *Plan) { p.Deadline = 2 * time.Hour },
	} {
		p := good
		edit(&p)
		if err := p.Check(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Of equally many the dangerous outcome is the cell's, which depends on the fault.
func TestDangerousIsWorse(t *testing.T) {
	for _, test := range []struct{ fault, want string }{{"leaked-exec", hung}, {"parent-killed", released}} {
		f, _ := Named(test.fault)
		b := cellOf(gate.PipeEOF, f).Behaviour(trial.Report{Result: result.Result{Outcome: released}}, trial.Report{Result: result.Result{Outcome: hung}})
		if b.Outcome != test.want || b.Matrix != result.MatrixFaults || b.Primitive != "pipe-eof" || b.Family != "pipe" || b.Fault != test.fault {
			t.Errorf("%+v, want %s", b, test.want)
		}
	}
}
