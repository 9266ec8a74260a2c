//go:build amd64 || arm64

package fault

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

func TestMain(m *testing.M) {
	program.Reexecuted()
	trial.Reexecuted(Scripts)
	os.Exit(m.Run())
}

func TestEachFaultHasItsScript(t *testing.T) {
	var want []string
	for _, f := range All() {
		want = append(want, scriptOf(f.Name))
	}
	if got := slices.Sorted(maps.Keys(Scripts)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func requires(ability string) bool {
	return slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), ability)
}

// recorded finds a plan out, and returns the cells that are there.
func recorded(t *testing.T, plan Plan) map[string]*result.Behaviour {
	t.Helper()
	cells := make(map[string]*result.Behaviour)
	var end *result.End
	err := Run(t.Context(), plan, result.Header{Schema: result.Schema}, trial.Recorder{Record: func(r result.Record) error {
		switch r := r.(type) {
		case *result.Behaviour:
			cells[r.Primitive+" "+r.Fault] = r
		case *result.End:
			end = r
		}
		return nil
	}})
	if e, ok := errors.AsType[*trial.EncloseError](err); ok && !requires("root") {
		t.Skip(e)
	}
	if err != nil {
		t.Fatal(err)
	}
	if end == nil || end.Ended != result.EndedComplete {
		t.Errorf("ended as %+v", end)
	}
	if want := len(plan.Primitives) * len(plan.Faults); len(cells) != want {
		t.Errorf("%d cells, want %d", len(cells), want)
	}
	return cells
}

func faults(t *testing.T, names ...string) (all []Fault) {
	t.Helper()
	for _, name := range names {
		f, ok := Named(name)
		if !ok {
			t.Fatalf("no fault %s", name)
		}
		all = append(all, f)
	}
	return all
}

// What each primitive says of a parent's death is what is found.
func TestPromises(t *testing.T) {
	cells := recorded(t, Plan{Primitives: gate.All(), Faults: faults(t, "none", "parent-killed", "parent-exits"), Trials: 2, Deadline: trial.DefaultDeadline})
	want := map[gate.Orphan]string{gate.FailsOpen: released, gate.FailsClosed: parentGone, gate.WaitsForEver: hung}
	for _, p := range gate.All() {
		free := cells[p.Name+" none"]
		if free.Outcome == result.OutcomeUnavailable && !requires("primitives") {
			t.Logf("%s: %s", p.Name, free.Reason)
			continue
		}
		if free.Outcome != released || free.Results[0].N != 2 || free.Results[0].Early || len(free.LatencyNS) != 2 {
			t.Errorf("%s without a fault: %+v", p.Name, free)
		}
		for _, f := range []string{"parent-killed", "parent-exits"} {
			got := cells[p.Name+" "+f]
			if got.Outcome != want[p.Orphan] || len(got.Results) != 1 {
				t.Errorf("%s: %s: %+v, and the primitive says that it %s", p.Name, f, got, p.Orphan)
				continue
			}
			if early := got.Results[0].Early; early != (p.Orphan == gate.FailsOpen) {
				t.Errorf("%s: %s: released before its release is %v", p.Name, f, early)
			}
		}
	}
}

// What is known of some primitives, from the man pages or from runtimes that met it.
func TestKnown(t *testing.T) {
	cells := recorded(t, Plan{
		Primitives: []gate.Primitive{gate.PipeEOF, gate.PipeByte, gate.Eventfd, gate.Barrier, gate.Sigwait, gate.PidfdSignal, gate.Sigstop, gate.Spin, gate.Flock, gate.UnixStream, gate.SysvSem},
		Faults:     slices.DeleteFunc(All(), func(f Fault) bool { return f.Name == "cpu-quota" }), Trials: 2, Deadline: trial.DefaultDeadline,
	})
	for _, known := range []struct{ cell, outcome, detail string }{
		{"pipe-eof parent-killed", released, ""},
		{"pipe-eof own-end-open", hung, "read(r, buf, 1)"},
		{"pipe-eof sibling", hung, "read(r, buf, 1)"},
		{"pipe-eof leaked-exec", hung, "read(r, buf, 1)"},
		{"pipe-eof third-party", hung, "read(r, buf, 1)"},
		{"pipe-eof fork-in-child", hung, "read(r, buf, 1)"},
		{"pipe-eof interrupted", released, ""},
		{"pipe-eof interrupted-once", failed, "EINTR"},
		{"pipe-eof early-release", released, ""},
		{"pipe-eof double-release", released, "EBADF"}, // the number may be somebody else's by then
		{"pipe-eof child-killed", released, ""},        // nobody need read
		{"pipe-eof pid-reuse", result.OutcomeUnavailable, "names no process"},
		{"pipe-byte sibling", released, ""},
		{"pipe-byte leaked-killed", hung, "read(r, buf, 1)"}, // the leak keeps the end of file away
		{"pipe-byte parent-killed", parentGone, ""},
		{"barrier parent-killed", parentGone, "EAGAIN"},
		{"eventfd parent-killed", hung, "read(e, buf, 8)"},
		{"eventfd own-end-open", result.OutcomeUnavailable, "closes nothing"},
		{"sigwait double-release", killed, "SIGUSR1"},
		{"sigwait pid-reuse", killed, "SIGUSR1"},
		{"sigwait leaked-exec", result.OutcomeUnavailable, "no descriptor"},
		{"sigwait release-after-death", failed, "ESRCH"},
		{"pidfd-signal pid-reuse", released, "ESRCH"}, // the stranger is left alone
		{"sigstop stop-continue", released, ""},       // by a continue that was no release
		{"spin seccomp-deny", result.OutcomeUnavailable, "no system call"},
		{"spin interrupted-once", released, ""},
		{"flock parent-killed", released, ""},
		{"unix-stream parent-killed", parentGone, ""},
		{"sysv-sem double-release", hung, "it is the parent that hangs"},
	} {
		b := cells[known.cell]
		if b.Outcome != known.outcome {
			t.Errorf("%s: %+v, want %s", known.cell, b, known.outcome)
			continue
		}
		text := b.Reason
		for _, r := range b.Results {
			text += " " + r.Errno + " " + r.Signal + " " + r.At + " " + r.Note
		}
		if !strings.Contains(text, known.detail) {
			t.Errorf("%s: %q, want %q in it", known.cell, text, known.detail)
		}
	}
	for _, cell := range []string{"pipe-eof parent-killed", "sigstop stop-continue", "flock parent-exits"} {
		if !cells[cell].Results[0].Early {
			t.Errorf("%s: it was released, and nobody says that it was before its release", cell)
		}
	}
	refused := cells["pipe-eof seccomp-deny"]
	if len(refused.Results) != 2 || refused.Results[0].Errno == refused.Results[1].Errno {
		t.Errorf("of two trials one is refused with EPERM and the other with ENOSYS: %+v", refused.Results)
	}
	for name, b := range cells {
		if strings.HasSuffix(name, " thread-exit") && b.Outcome != killed {
			t.Errorf("%s: %+v, want it killed by its parent-death signal", name, b)
		}
	}
}

// Under a quota it is who does not sleep that is released late.
func TestQuota(t *testing.T) {
	cells := recorded(t, Plan{Primitives: []gate.Primitive{gate.PipeEOF, gate.Spin}, Faults: faults(t, "cpu-quota"), Trials: 9, Deadline: trial.DefaultDeadline})
	ratio := func(name string) float64 {
		b := cells[name+" cpu-quota"]
		if b.Outcome == result.OutcomeUnavailable {
			if requires("cgroup") {
				t.Fatal(b.Reason)
			}
			t.Skip(b.Reason)
		}
		if len(b.LatencyNS) != b.Trials || len(b.FreeNS) != b.Trials {
			t.Fatalf("%s: %+v, want two times a trial", name, b)
		}
		median := func(all []int64) float64 { return float64(slices.Sorted(slices.Values(all))[len(all)/2]) }
		return median(b.LatencyNS) / median(b.FreeNS)
	}
	if spin, eof := ratio("spin"), ratio("pipe-eof"); spin < 3*eof {
		t.Errorf("released late by a factor of %.1f, and one that sleeps by %.1f", spin, eof)
	}
}

func TestInterrupted(t *testing.T) {
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	var records []result.Record
	plan := Plan{Primitives: []gate.Primitive{gate.PipeEOF, gate.Eventfd}, Faults: faults(t, "none", "parent-killed"), Trials: 50, Deadline: trial.DefaultDeadline}
	err := Run(ctx, plan, result.Header{Schema: result.Schema}, trial.Recorder{
		Record: func(r result.Record) error { records = append(records, r); return nil },
		Progress: func(done, total int) {
			if total != 200 {
				t.Errorf("%d trials, want 200", total)
			}
			if done == 10 {
				cancel(stop)
			}
		},
	})
	if e, ok := errors.AsType[*trial.EncloseError](err); ok && !requires("root") {
		t.Skip(e)
	}
	if !errors.Is(err, stop) {
		t.Errorf("got %v, want the cause", err)
	}
	trials := 0
	for _, r := range records {
		if b, ok := r.(*result.Behaviour); ok {
			trials += b.Trials
		}
	}
	if trials != 10 {
		t.Errorf("%d trials are recorded, want the 10 that were done", trials)
	}
	end, ok := records[len(records)-1].(*result.End)
	if !ok || end.Ended != result.EndedInterrupted {
		t.Errorf("the last record is %+v", records[len(records)-1])
	}
}
