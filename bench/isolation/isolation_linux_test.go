//go:build amd64 || arm64

package isolation

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// A recorded is what a run has recorded.
type recorded struct {
	header *result.Header
	cells  map[[3]string]*result.Behaviour // by primitive, space and way
	end    *result.End
}

func (r *recorded) record(rec result.Record) error {
	switch rec := rec.(type) {
	case *result.Header:
		r.header = rec
	case *result.Behaviour:
		at := [3]string{rec.Primitive, rec.Namespace, rec.Way}
		if r.cells[at] != nil {
			return fmt.Errorf("the cell %v a second time", at)
		}
		r.cells[at] = rec
	case *result.End:
		r.end = rec
	}
	return nil
}

// The full matrix is found out once for all tests, with so many trials.
const fullTrials = 2

var full = sync.OnceValues(func() (*recorded, error) {
	r := &recorded{cells: map[[3]string]*result.Behaviour{}}
	plan := Plan{Primitives: gate.All(), Trials: fullTrials, Deadline: trial.DefaultDeadline}
	err := Run(context.Background(), plan, result.Header{Schema: result.Schema}, trial.Recorder{Record: r.record})
	return r, err
})

func fullMatrix(t *testing.T) *recorded {
	t.Helper()
	r, err := full()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEveryCellIsFoundOut(t *testing.T) {
	r := fullMatrix(t)
	for _, p := range gate.All() {
		for _, s := range All() {
			for _, way := range result.Ways() {
				b := r.cells[[3]string{p.Name, s.Name, way}]
				switch {
				case b == nil:
					t.Errorf("%s, %s, %s: no cell", p.Name, s.Name, way)
				case b.Matrix != result.MatrixIsolation || b.Family != string(p.Family):
					t.Errorf("%+v", b)
				case b.Outcome == result.OutcomeUnavailable && (b.Reason == "" || b.Trials != 0 || b.Results != nil),
					b.Outcome != result.OutcomeUnavailable && (b.Reason != "" || b.Trials != fullTrials || len(b.Results) != 1):
					t.Errorf("%s, %s, %s: %+v; want %d trials that agree, or the reason", p.Name, s.Name, way, b, fullTrials)
				case (len(b.LatencyNS) > 0) != (b.Outcome == result.OutcomeReleased):
					t.Errorf("%s, %s, %s: %s with latencies %v", p.Name, s.Name, way, b.Outcome, b.LatencyNS)
				}
			}
		}
	}
	if want := len(gate.All()) * len(All()) * len(result.Ways()); len(r.cells) != want {
		t.Errorf("%d cells, want %d", len(r.cells), want)
	}
	if r.end.Ended != result.EndedComplete || r.end.Error != "" {
		t.Errorf("%+v", r.end)
	}
	if diff := cmp.Diff(len(All()), len(r.header.Plan.Spaces)); diff != "" || r.header.Plan.Trials != fullTrials || len(r.header.Plan.Primitives) != len(gate.All()) {
		t.Errorf("%+v", r.header.Plan)
	}
}

// What a primitive promises is what is found: it is cut by the namespaces that it
// names, and by no others.
func TestCutByIsWhatIsFound(t *testing.T) {
	r := fullMatrix(t)
	for _, p := range gate.All() {
		for _, s := range All() {
			if s.mapped {
				continue // more than namespaces
			}
			b := r.cells[[3]string{p.Name, s.Name, result.WayDown}]
			if b == nil || b.Outcome == result.OutcomeUnavailable {
				continue // another test's business
			}
			cut := slices.ContainsFunc(s.Namespaces, func(ns string) bool { return slices.Contains(p.CutBy, ns) })
			if cut == (b.Outcome == result.OutcomeReleased) {
				t.Errorf("%s in %s: %s, %+v; it says that it is cut by new %v", p.Name, s.Name, b.Outcome, b.Results, p.CutBy)
			}
		}
	}
}

// The table is complete here: whatever did not go well has a sentence and a source.
func TestEveryFailureHasItsReason(t *testing.T) {
	for at, b := range fullMatrix(t).cells {
		for _, r := range b.Results {
			if r.Outcome != result.OutcomeReleased && (r.Why == "" || r.Source == "") {
				t.Errorf("%v: nothing explains %+v", at, r)
			}
			if r.Outcome == result.OutcomeReleased && (r.Why != "" || r.At != "") {
				t.Errorf("%v: %+v", at, r)
			}
		}
	}
}

// Some that everything else stands on, and that the manual tells of.
func TestKnownCells(t *testing.T) {
	r := fullMatrix(t)
	for _, want := range []struct{ primitive, space, way, outcome, errno string }{
		{"pipe-eof", "all-mapped", result.WayDown, result.OutcomeReleased, ""},
		{"pipe-eof", "all-mapped", result.WayUp, result.OutcomeReleased, ""},
		{"pipe-eof", "pid", result.WayDownNamed, result.OutcomeReleased, ""},
		{"pipe-eof", "pid", result.WayUpNamed, result.OutcomeReleased, ""},
		{"pipe-eof", "user", result.WayDownNamed, result.OutcomeFailed, "EACCES"},
		{"unix-stream", "none", result.WayDownNamed, result.OutcomeFailed, "ENXIO"},
		{"fifo", "all", result.WayDown, result.OutcomeReleased, ""},
		{"fifo", "all-mapped", result.WayDown, result.OutcomeFailed, "ENOENT"},
		{"file-poll", "all-mapped", result.WayDown, result.OutcomeHung, ""},
		{"flock", "mnt", result.WayDownNamed, result.OutcomeReleased, ""},
		{"sysv-sem", "ipc", result.WayDown, result.OutcomeFailed, "EINVAL"},
		{"sysv-sem", "ipc", result.WayUpNamed, result.OutcomeFailed, "ENOENT"},
		{"posix-mq", "ipc", result.WayDown, result.OutcomeReleased, ""},
		{"posix-mq", "ipc", result.WayDownNamed, result.OutcomeFailed, "ENOENT"},
		{"unix-abstract", "net", result.WayDown, result.OutcomeFailed, "ECONNREFUSED"},
		{"unix-abstract", "net", result.WayUp, result.OutcomeReleased, ""},
		{"tcp-loopback", "net", result.WayDown, result.OutcomeFailed, "ENETUNREACH"},
		{"sigwait", "pid", result.WayDown, result.OutcomeReleased, ""},
		{"sigwait", "user", result.WayUp, result.OutcomeReleased, ""},
		{"sigwait", "pid", result.WayUp, result.OutcomeFailed, "ESRCH"},
		{"sigwait", "none", result.WayDownNamed, result.OutcomeUnavailable, ""},
		{"sigstop", "pid", result.WayDown, result.OutcomeFailed, ""},
		{"ptrace", "none", result.WayUp, result.OutcomeFailed, "ECHILD"},
		{"pidfd-signal", "pid", result.WayUp, result.OutcomeFailed, "EINVAL"},
		{"pidfd-signal", "uts", result.WayUpNamed, result.OutcomeReleased, ""},
		{"spin", "all-mapped", result.WayUp, result.OutcomeReleased, ""},
		{"spin", "all-mapped", result.WayDownNamed, result.OutcomeFailed, "EACCES"},
	} {
		b := r.cells[[3]string{want.primitive, want.space, want.way}]
		errno := ""
		if len(b.Results) > 0 {
			errno = b.Results[0].Errno
		}
		if b.Outcome != want.outcome || errno != want.errno {
			t.Errorf("%s in %s, %s: %s %s, want %s %s: %+v %s", want.primitive, want.space, want.way, b.Outcome, errno, want.outcome, want.errno, b.Results, b.Reason)
		}
	}
}

// What is left of it all would be one's own: a process, a control group, a file.
func TestNothingIsLeftBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	before := mine(t)
	var some []gate.Primitive
	for _, name := range []string{"fifo", "sysv-sem", "posix-mq", "cgroup-freeze", "pidfd-exit", "flock"} {
		p, _ := gate.Named(name)
		some = append(some, p)
	}
	r := &recorded{cells: map[[3]string]*result.Behaviour{}}
	plan := Plan{Primitives: some, Trials: 1, Deadline: trial.MinDeadline}
	if err := Run(t.Context(), plan, result.Header{}, trial.Recorder{Record: r.record}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, mine(t)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("files %v, %v; want none", entries, err)
	}
}

// mine lists what there is of this process: its children, and the control groups that are
// named after it. Files and IPC objects of trials are in namespaces of their own.
func mine(t *testing.T) (all []string) {
	t.Helper()
	children, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/children", os.Getpid()))
	if err != nil {
		t.Skip(err)
	}
	all = append(all, "children "+string(children))
	if dir, err := gate.CgroupDir(os.Getpid(), ""); err == nil {
		groups, err := filepath.Glob(filepath.Join(dir, fmt.Sprintf("nsbench-*%d*", os.Getpid())))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, groups...)
	}
	return all
}

// A run that is interrupted has recorded the cells that it has, and says so.
func TestInterrupted(t *testing.T) {
	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	pipe, _ := gate.Named("pipe-eof")
	r := &recorded{cells: map[[3]string]*result.Behaviour{}}
	err := Run(ctx, Plan{Primitives: []gate.Primitive{pipe}, Trials: 50, Deadline: trial.MinDeadline}, result.Header{}, trial.Recorder{
		Record: r.record,
		Progress: func(done, total int) {
			if want := len(All()) * len(result.Ways()) * 50; total != want {
				t.Errorf("%d of %d trials, want %d in all", done, total, want)
			}
			if done == 60 {
				cancel(enough)
			}
		},
	})
	if !errors.Is(err, enough) {
		t.Errorf("%v, want the context's cause", err)
	}
	if r.end == nil || r.end.Ended != result.EndedInterrupted || len(r.cells) == 0 {
		t.Fatalf("%d cells, %+v; want an interrupted end", len(r.cells), r.end)
	}
	trials := 0
	for _, b := range r.cells {
		trials += b.Trials
	}
	if trials < 60 {
		t.Errorf("%d trials are recorded, want the 60 that were done", trials)
	}
}

func TestErrorOfRecord(t *testing.T) {
	full := errors.New("disk full")
	pipe, _ := gate.Named("pipe-eof")
	none, _ := Named("none")
	for _, from := range []int{0, 1} { // the header, a cell
		n := 0
		err := Run(t.Context(), Plan{Primitives: []gate.Primitive{pipe}, Spaces: []Space{none}, Trials: 1, Deadline: trial.MinDeadline}, result.Header{}, trial.Recorder{
			Record: func(result.Record) error {
				if n++; n > from {
					return full
				}
				return nil
			},
		})
		if !errors.Is(err, full) {
			t.Errorf("record %d: %v, want the observer's error", from, err)
		}
	}
}

func TestRunRefusesPlans(t *testing.T) {
	err := Run(t.Context(), Plan{}, result.Header{}, trial.Recorder{})
	if err == nil || !strings.Contains(err.Error(), "no primitives") {
		t.Error(err)
	}
}
