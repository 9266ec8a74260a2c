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
		"thread-exit", "credential-change", "cpu-quota", "pid-reuse", "seccomp-deny", "half-dead", "exec",
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
	good := Plan{Primitives: gate.All()[:1], Faults: All()[:1], Trials: 1, Deadline: DefaultDeadline}
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

func done(r result.Result, latency, free int64) report {
	return report{trial.Report{Result: r, LatencyNS: latency, FreeNS: free}, true}
}

func TestBehaviour(t *testing.T) {
	went, hangs := result.Result{Outcome: released}, result.Result{Outcome: hung, At: "read(r, buf, 1)"}
	early := result.Result{Outcome: released, Early: true}
	n := func(r result.Result, n int) result.Result { r.N = n; return r }
	leaked, _ := Named("leaked-exec")
	killed, _ := Named("parent-killed")
	for _, test := range []struct {
		name    string
		fault   Fault
		reports []report
		want    result.Behaviour
	}{
		{"all alike", leaked, []report{done(went, 5, 0), done(went, 7, 0)},
			result.Behaviour{Outcome: released, Trials: 2, Results: []result.Result{n(went, 2)}, LatencyNS: []int64{5, 7}}},
		{"beside a free child", leaked, []report{done(went, 5, 3), done(went, 7, 4)},
			result.Behaviour{Outcome: released, Trials: 2, Results: []result.Result{n(went, 2)}, LatencyNS: []int64{5, 7}, FreeNS: []int64{3, 4}}},
		{"a split, the most frequent first", leaked, []report{done(hangs, 0, 0), done(went, 5, 0), done(went, 6, 0)},
			result.Behaviour{Outcome: released, Trials: 3, Results: []result.Result{n(went, 2), n(hangs, 1)}, LatencyNS: []int64{5, 6}}},
		{"of equally many the dangerous", leaked, []report{done(went, 5, 0), done(hangs, 0, 0)},
			result.Behaviour{Outcome: hung, Trials: 2, Results: []result.Result{n(went, 1), n(hangs, 1)}, LatencyNS: []int64{5}}},
		{"which depends on the fault", killed, []report{done(hangs, 0, 0), done(early, 0, 0)},
			result.Behaviour{Outcome: released, Trials: 2, Results: []result.Result{n(hangs, 1), n(early, 1)}}},
		{"early and not early are not the same, but one outcome", leaked, []report{done(early, 0, 0), done(hangs, 0, 0), done(hangs, 0, 0), done(went, 5, 0), done(went, 6, 0)},
			result.Behaviour{Outcome: released, Trials: 5, Results: []result.Result{n(hangs, 2), n(went, 2), n(early, 1)}, LatencyNS: []int64{5, 6}}},
		{"cut short", leaked, []report{done(went, 5, 0), {}, {}},
			result.Behaviour{Outcome: released, Trials: 1, Results: []result.Result{n(went, 1)}, LatencyNS: []int64{5}}},
		{"unavailable", leaked, []report{{trial.Report{Unavailable: "it has none"}, true}, {}},
			result.Behaviour{Outcome: result.OutcomeUnavailable, Reason: "it has none"}},
	} {
		c := &cell{primitive: gate.PipeEOF, fault: test.fault, reports: test.reports}
		test.want.Matrix, test.want.Primitive, test.want.Family, test.want.Fault = result.MatrixFaults, "pipe-eof", "pipe", test.fault.Name
		if diff := cmp.Diff(&test.want, c.behaviour()); diff != "" {
			t.Errorf("%s, -want +got:\n%s", test.name, diff)
		}
	}
}
