package isolation

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/gate"
)

// The order is what tables go by: none first, each by itself, all.
func TestSpaces(t *testing.T) {
	var names []string
	for _, s := range All() {
		names = append(names, s.Name)
		if got, ok := Named(s.Name); !ok || got.Name != s.Name {
			t.Errorf("Named(%q) = %v, %v", s.Name, got.Name, ok)
		}
		if !strings.HasSuffix(s.About, ".") || s.Namespaces == nil {
			t.Errorf("%+v", s)
		}
		flags := s.flags() // which panics if there is no such namespace
		if len(flags.Names()) != len(s.Namespaces) {
			t.Errorf("%s has the flags of %v", s.Name, flags)
		}
	}
	if diff := cmp.Diff([]string{"none", "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts", "all", "all-mapped"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	single := slices.Sorted(slices.Values(launch.NamespaceNames()))
	if diff := cmp.Diff(single, names[1:9]); diff != "" {
		t.Errorf("each by itself (-want +got):\n%s", diff)
	}
	if _, ok := Named("pids"); ok {
		t.Error("there is a space pids")
	}
}

func TestAllIsACopy(t *testing.T) {
	All()[0].Name = "changed"
	if All()[0].Name != "none" {
		t.Error("a caller has changed it")
	}
}

func TestCheck(t *testing.T) {
	good := Plan{Primitives: gate.All(), Trials: 1, Deadline: trial.DefaultDeadline}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*Plan){
		"no primitives":     func(p *Plan) { p.Primitives = nil },
		"0 trials":          func(p *Plan) { p.Trials = 0 },
		"10001 trials":      func(p *Plan) { p.Trials = trial.MaxTrials + 1 },
		"a deadline of 0s":  func(p *Plan) { p.Deadline = 0 },
		"a deadline of 2h":  func(p *Plan) { p.Deadline = 2 * time.Hour },
		"a deadline of 1ms": func(p *Plan) { p.Deadline = time.Millisecond },
	} {
		bad := good
		change(&bad)
		if err := bad.Check(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestRecord(t *testing.T) {
	one, _ := Named("pid")
	got := Plan{Primitives: gate.All()[:2], Spaces: []Space{one}, Trials: 7}.record()
	want := trial.PlanOf(gate.All()[:2], 7)
	want.Spaces = []result.Space{one.Space}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := (Plan{}).record(); len(got.Spaces) != len(All()) {
		t.Errorf("%d spaces, want all", len(got.Spaces))
	}
}

func at(t *testing.T, primitive, space, way string) place {
	t.Helper()
	p, known := gate.Named(primitive)
	s, has := Named(space)
	if !known || !has {
		t.Fatal(primitive, space)
	}
	return place{p, s, way}
}

func reports(all ...result.Result) (reps []trial.Report) {
	for _, r := range all {
		reps = append(reps, trial.Report{Result: r})
	}
	return reps
}

// Of trials that disagree the split shows, the most frequent first; of equally many
// the worse is the cell's.
func TestSplit(t *testing.T) {
	released := result.Result{Outcome: result.OutcomeReleased}
	gone := result.Result{Outcome: result.OutcomeParentGone, At: "read(r, buf, 1)"}
	hung := result.Result{Outcome: result.OutcomeHung, At: "read(r, buf, 1)"}
	for want, all := range map[string][]result.Result{
		result.OutcomeReleased:   {released, hung, released},
		result.OutcomeHung:       {released, hung},
		result.OutcomeParentGone: {gone, released},
	} {
		b := at(t, "pipe-byte", "none", result.WayDown).cell().Behaviour(reports(all...)...)
		n := 0
		for _, r := range b.Results {
			n += r.N
		}
		if b.Outcome != want || n != len(all) || b.Trials != n || !slices.IsSortedFunc(b.Results, func(x, y result.Result) int { return y.N - x.N }) {
			t.Errorf("%+v, want %s", b, want)
		}
	}
}

// What the table explains has the names in it that stand for those that were drawn.
func TestReasonOfWhatIsDrawn(t *testing.T) {
	b := at(t, "fifo", "all-mapped", result.WayDown).cell().Behaviour(reports(
		result.Result{Outcome: result.OutcomeFailed, Errno: "ENOENT", At: `openat(AT_FDCWD, "/tmp/nsbench-PID-fifo-N", O_RDONLY|O_CLOEXEC)`},
	)...)
	if len(b.Results) != 1 || b.Results[0].Source != "mount_namespaces(7), path_resolution(7)" {
		t.Errorf("%+v", b.Results)
	}
}

// A gate that does not hold has failed, whatever came after.
func TestNotHeld(t *testing.T) {
	b := at(t, "sigstop", "pid", result.WayDown).cell().Behaviour(reports(result.Result{Outcome: result.OutcomeReleased, Early: true})...)
	if b.Outcome != result.OutcomeFailed || !b.Results[0].Early || !strings.Contains(b.Results[0].Why, "SIGSTOP") || b.LatencyNS != nil {
		t.Errorf("%+v", b)
	}
}

// One unavailable trial makes the cell so: nothing of it is a finding.
func TestUnavailable(t *testing.T) {
	c := at(t, "pipe-eof", "none", result.WayDown).cell()
	if b := c.Behaviour(append(reports(result.Result{Outcome: result.OutcomeReleased}), trial.Report{Unavailable: "no such thing"})...); b.Outcome != result.OutcomeUnavailable || b.Reason != "no such thing" || b.Trials != 0 || b.Results != nil {
		t.Errorf("%+v", b)
	}
	unmounted := result.Result{Outcome: result.OutcomeFailed, Errno: "EPERM", At: `mount("tmpfs", "/tmp", "tmpfs", 0, NULL)`}
	if b := c.Behaviour(reports(unmounted)...); b.Outcome != result.OutcomeUnavailable || !strings.HasPrefix(b.Reason, `mount("tmpfs", "/tmp"`) {
		t.Errorf("who could not come into the space: %+v", b)
	}
}

// An error that nobody expected has its text, and no source: nobody claims to know.
func TestUnknownError(t *testing.T) {
	r := at(t, "pipe-eof", "pid", result.WayDown).explained(result.Result{Outcome: result.OutcomeFailed, Errno: "EDOM", At: "read(r, buf, 1) = 0"})
	if r.Source != "" || (r.Why != "" && r.Why != "numerical argument out of domain") {
		t.Errorf("%+v", r)
	}
}

// The table explains by what the space has: the same error elsewhere is not explained
// by a namespace that is not new there.
func TestReasonsAreOfTheirNamespaces(t *testing.T) {
	einval := result.Result{Outcome: result.OutcomeFailed, Errno: "EINVAL", At: "semop(set, [{sem_num=0, sem_op=0, sem_flg=0}], 1)"}
	for space, explained := range map[string]bool{"ipc": true, "all": true, "none": false, "net": false} {
		if r := at(t, "sysv-sem", space, result.WayDown).explained(einval); (r.Source != "") != explained {
			t.Errorf("%s: %+v", space, r)
		}
	}
}

func TestReasonsAreWhole(t *testing.T) {
	page := func(s string) bool {
		return strings.Contains(s, "(2)") || strings.Contains(s, "(7)") || strings.Contains(s, "(5)")
	}
	for _, r := range reasons {
		if !strings.HasSuffix(r.why, ".") || strings.Contains(r.why, ". ") || !page(r.source) {
			t.Errorf("%q, %q: want one sentence and a page of the manual", r.why, r.source)
		}
		if _, err := launch.ParseNamespace(r.new); r.new != "" && err != nil {
			t.Error(err)
		}
	}
	for errno, why := range refusals {
		if !page(why) || !strings.HasPrefix(errno, "E") {
			t.Errorf("%s: %q", errno, why)
		}
	}
}
