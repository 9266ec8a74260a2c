package bench

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/condition"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/gate"
)

// under runs a plan of one primitive under conditions, and holds that no control
// group is left of it.
func under(t *testing.T, p Plan, primitives ...gate.Primitive) *recording {
	t.Helper()
	before := quotaGroups(t)
	p.each(primitives...)
	rec := &recording{}
	if err := carryOut(t, t.Context(), p, Observer{Record: rec.record}); err != nil {
		t.Fatal(err)
	}
	if after := quotaGroups(t); !slices.Equal(before, after) {
		t.Errorf("control groups %v, before %v", after, before)
	}
	rec.readBack(t)
	return rec
}

func quotaGroups(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"/sys/fs/cgroup/nsbench-*-quota-*", "/sys/fs/cgroup/*/nsbench-*-quota-*", "/sys/fs/cgroup/*/*/nsbench-*-quota-*"} {
		groups, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, groups...)
	}
	return all
}

// A child that spins and has a tenth of a CPU is kept waiting for the most of its
// hold, and the record says for how long and by what.
func TestUnderQuota(t *testing.T) {
	requireRoot(t)
	p := validPlan()
	p.Iterations, p.Series[0].Hold, p.Series[0].Quota = 4, 400*time.Millisecond, 0.1
	rec := under(t, p, gate.Spin)
	if by := rec.header.Environment.QuotaBy; !strings.HasPrefix(by, "cgroup v") || rec.header.Plan.Series[0].Quota != 10 {
		t.Errorf("a quota of %d%% by %q", rec.header.Plan.Series[0].Quota, by)
	}
	var used, waited, throttled int64
	for _, b := range rec.blocks {
		throttled += *b.ThrottledNS
		for i := range b.HoldNS {
			used, waited = used+b.WaitCPUNS[i], waited+b.HoldNS[i]+b.ReleaseNS[i]
		}
	}
	if used*3 > waited || throttled*3 < waited {
		t.Errorf("of %d ns the child had %d and was kept waiting for %d", waited, used, throttled)
	}
}

func requireRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		return
	}
	if slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), "root") {
		t.Fatal("NSBENCH_TEST_REQUIRE names root")
	}
	t.Skip("needs root")
}

// What goes on around a block is named in the record, and is over when the run is.
func TestUnderConditions(t *testing.T) {
	requireRoot(t)
	p := validPlan()
	c := &p.Series[0].Conditions
	c.Idle, c.Load, c.Sched = condition.Poll, condition.Load{PerCPU: 1, Nice: 19}, condition.Sched{Policy: condition.SchedRR, Priority: 1}
	rec := under(t, p, gate.PipeEOF, gate.Sigwait)
	s := rec.header.Plan.Series[1]
	if s.Idle != "poll" || s.Load != 1 || s.LoadNice != 19 || s.Sched != "rr:1" || rec.header.Environment.KeptAwake == "" {
		t.Errorf("recorded as %+v, kept awake by %q", s, rec.header.Environment.KeptAwake)
	}
}

// Network namespaces are waited for, and the record says how long that took.
func TestDrained(t *testing.T) {
	requireRoot(t)
	p := validPlan()
	p.Series[0].Namespaces, p.Iterations, p.Block = launch.Net, 4, 2
	rec := under(t, p, gate.PipeEOF)
	if by := rec.header.Environment.DrainedBy; by != "marker" {
		t.Errorf("drained by %q", by)
	}
	for _, b := range rec.blocks {
		if b.DrainNS == nil || *b.DrainNS <= 0 {
			t.Errorf("round %d was not drained", b.Round)
		}
	}
}

// A child whose mask is not what it was given is found out.
func TestStrayed(t *testing.T) {
	allowed := usable(t)
	s := newProbe(probed(0, 1, gate.PipeEOF), 1)
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	if err := errors.Join(s.launch(), s.mapBoard(), s.board.Reset(1)); err != nil {
		t.Fatal(err)
	}
	sc := scene{cpus: cpus{-1, allowed[0]}}
	c, err := s.launcher.Start(sc.config(), s.board)
	if err != nil {
		t.Fatal(err)
	}
	if how := sc.strayed(c); how != "" {
		t.Errorf("where it was put: %s", how)
	}
	sc.cpus.child++
	if how := sc.strayed(c); how == "" {
		t.Errorf("not on CPU %d: nothing is said", sc.cpus.child)
	}
	if _, err := c.Wait(); err != nil {
		t.Error(err)
	}
}

// What cannot be had is refused before anything is measured.
func TestRefusedConditions(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Conditions)
		want   string
	}{
		{"deadline and a pinned child", func(c *Conditions) {
			c.Placement, c.Sched = SameCPU, condition.Sched{Policy: condition.SchedDeadline}
		}, "use placement free"},
		{"a quota that does not bind", func(c *Conditions) {
			c.Quota, c.Sched = 0.2, condition.Sched{Policy: condition.SchedFIFO, Priority: 1}
		}, "leave one of the two out"},
		{"too much load", func(c *Conditions) { c.Load.PerCPU = 1000 }, "want 0 to 64"},
		{"no way to idle", func(c *Conditions) { c.Idle = "deep" }, `idle: "deep" is none of`},
	}
	for _, test := range tests {
		p := validPlan()
		test.change(&p.Series[0].Conditions)
		err := Run(t.Context(), p, About{}, Observer{Record: func(rec result.Record) error {
			t.Errorf("%s: told of a %T", test.name, rec)
			return errors.ErrUnsupported
		}})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want ...%s...", test.name, err, test.want)
		}
	}
}
