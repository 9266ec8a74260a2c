package bench

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// Of every primitive, the children of a group are all let go, whether one release
// frees them or each has its own; and their samples share a beginning.
func TestGroups(t *testing.T) {
	for _, placement := range []Placement{SameCPU, Free} {
		t.Run(string(placement), func(t *testing.T) {
			const children, releases = 5, 5 * 2 * fewestGroups
			p := validPlan()
			p.Series[0].Children, p.Series[0].Placement = children, placement
			p.each(uncut(p.Series[0].Namespaces, 2)...)
			p.Iterations, p.Stages, p.Warmup = 20, 2, 1
			rec := &recording{}
			if err := carryOut(t, t.Context(), p, Observer{Record: rec.record}); err != nil {
				t.Fatal(err)
			}
			measured, _ := rec.sums()
			for i, s := range p.Series {
				if measured[i] != releases {
					t.Errorf("%s: %d samples, want %d", s.Primitive.Name, measured[i], releases)
				}
				if r := rec.header.Plan.Series[i]; r.Children != children || r.FreesAll != (s.Primitive.Frees == gate.FreesAll) {
					t.Errorf("%s: recorded as %+v", s.Primitive.Name, r)
				}
			}
			for _, b := range rec.blocks {
				checkGroups(t, p, b, children)
			}
			rec.readBack(t)
		})
	}
}

func checkGroups(t *testing.T, p Plan, b *result.Block, children int) {
	t.Helper()
	prim := p.Series[b.Series].Primitive
	for _, m := range b.Invalid {
		if m.Reason != result.ReasonNotBlocked || !prim.Blocking {
			t.Errorf("%s: sample %d is marked: %s %s", prim.Name, m.Sample, m.Reason, m.Detail)
		}
	}
	if len(b.CloneNS)%children != 0 || len(b.Stage) != len(b.CloneNS)*p.Stages {
		t.Fatalf("%s: %d samples of %d children in groups of %d", prim.Name, len(b.Stage), len(b.CloneNS), children)
	}
	// A release of its own begins when the one before it has ended: the signal
	// costs, which count from the beginning of the group, rise. A shared one has
	// one cost.
	for i := range b.Stage {
		if i/p.Stages%children == 0 {
			continue
		}
		before := i - p.Stages // the same stage of the child before
		rises := b.SignalNS[i] > b.SignalNS[before]
		if shared := prim.Frees == gate.FreesAll; shared == rises || shared && b.SignalNS[i] != b.SignalNS[before] {
			t.Errorf("%s: signal costs %d and %d ns in one group", prim.Name, b.SignalNS[before], b.SignalNS[i])
		}
	}
}

// A group whose last child cannot be started has none of its children left.
func TestGroupThatCannotBeStarted(t *testing.T) {
	p := validPlan()
	p.Series[0].Children, p.Iterations = 3, 3
	bad := otherWait{wait: program.Program{program.Read(program.FD{Name: "none", N: -1}, 1)}}
	p.each(nth(2, func(g gate.Gate) gate.Gate { bad.Gate = g; return bad }))
	p.Series[0].Primitive.Frees = gate.FreesOne
	rec := &recording{}
	err := runStopped(t, t.Context(), p, rec)
	if err == nil || len(rec.blocks) != 0 {
		t.Errorf("Run = %v with %d blocks, want an error and none", err, len(rec.blocks))
	}
}

// A gate with another wait, that cannot be run.
type otherWait struct {
	gate.Gate
	wait program.Program
}

func (g otherWait) Wait() program.Program { return g.wait }

// A child of a group that is killed takes no other with it into the record, and
// the run goes on.
func TestKilledInAGroup(t *testing.T) {
	kill := program.Program{program.Kill(program.Child, program.SIGKILL)}
	p := validPlan()
	p.Series[0].Children, p.Iterations = 4, 8
	p.each(nth(1, func(g gate.Gate) gate.Gate { return otherRelease{g, kill} }))
	p.Series[0].Primitive.Frees = gate.FreesOne
	rec := &recording{}
	if err := runStopped(t, t.Context(), p, rec); err != nil {
		t.Fatal(err)
	}
	var marks []result.Mark
	for _, b := range rec.blocks {
		marks = append(marks, b.Invalid...)
	}
	isKill := func(m result.Mark) bool { return strings.Contains(m.Detail, "killed by signal 9") }
	if len(marks) != 1 || !slices.ContainsFunc(marks, isKill) {
		t.Errorf("marks: %+v, want one of a child that was killed", marks)
	}
}

// A payload is executed by each child, after its last stage, in the order of
// things that its columns tell.
func TestPayload(t *testing.T) {
	const sleeps = 20 * time.Millisecond
	for _, test := range []struct {
		launcher launch.Kind
		children int
	}{{launch.Clone, 1}, {launch.Clone, 3}, {launch.VM, 1}, {launch.Exec, 1}, {launch.Exec, 3}} {
		children := test.children
		p := validPlan()
		p.Series[0].Children, p.Series[0].Launcher = children, test.launcher
		p.Iterations, p.Stages, p.Payload = 12, 2, []string{"/bin/sleep", "0.02"}
		p.each(gate.PipeEOF, gate.Sigwait)
		rec := &recording{}
		if err := carryOut(t, t.Context(), p, Observer{Record: rec.record}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(rec.header.Plan.Payload, p.Payload) {
			t.Errorf("payload %q is recorded as %q", p.Payload, rec.header.Plan.Payload)
		}
		longest := int64(0)
		for _, b := range rec.blocks {
			for i := range b.CycleNS {
				longest = max(longest, b.ExitNS[i])
				if b.PrepareNS[i] <= 0 || b.CloneNS[i] <= 0 || b.ExecNS[i] <= 0 || b.ExitNS[i] <= 0 || b.ReapNS[i] <= 0 {
					t.Errorf("of %d children, one took %d ns to prepare, %d to clone, %d to execute, %d to exit, %d to reap",
						children, b.PrepareNS[i], b.CloneNS[i], b.ExecNS[i], b.ExitNS[i], b.ReapNS[i])
				}
			}
			for i, reason := range b.Invalid {
				if reason.Reason != result.ReasonNotBlocked {
					t.Errorf("mark %d: %+v", i, reason)
				}
			}
		}
		// The parent may come late to see one executing, but not to see all.
		if longest < sleeps.Nanoseconds()/2 {
			t.Errorf("%v: payloads that sleep for %v had at most %d ns between executing and ending", test.launcher, sleeps, longest)
		}
	}
}

// A payload that cannot be executed ends the run, and says why.
func TestPayloadThatIsNone(t *testing.T) {
	p := validPlan()
	p.Payload = []string{"/nonexistent"}
	rec := &recording{}
	err := runStopped(t, t.Context(), p, rec)
	if err == nil || !strings.Contains(err.Error(), "the payload: failed") || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("Run = %v", err)
	}
}

// Where a group is as large as it may be, its children are all held at a time.
func TestThousandChildren(t *testing.T) {
	p := validPlan()
	p.Series[0].Children, p.Series[0].Hold, p.Iterations = 1000, time.Millisecond, 1000
	p.each(gate.PipeEOF, gate.Futex)
	rec := &recording{}
	if err := carryOut(t, t.Context(), p, Observer{Record: rec.record}); err != nil {
		t.Fatal(err)
	}
	for _, b := range rec.blocks {
		if len(b.CloneNS) != 1000 || len(b.Invalid) > 0 {
			t.Errorf("%d children, marks %+v", len(b.CloneNS), b.Invalid)
		}
	}
}
