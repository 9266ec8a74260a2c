package bench

import (
	"testing"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

func TestDoubt(t *testing.T) {
	blocking, spinning := scene{Series: validSeries(), cpus: cpus{-1, -1}}, scene{Series: validSeries(), cpus: cpus{-1, -1}}
	spinning.Primitive = gate.Spin
	atOnce, placed := blocking, blocking
	atOnce.Hold, placed.cpus = 0, cpus{0, 1}
	tests := []struct {
		name   string
		scene  scene
		change func(*program.Stage, *group)
		reason string
		detail string
	}{
		{"as it should be", blocking, func(*program.Stage, *group) {}, "", ""},
		{"resumed as it was released", blocking, func(st *program.Stage, _ *group) { st.Resumed = st.Released }, "", ""},
		{"did not block", blocking, func(st *program.Stage, _ *group) { st.After = st.Before }, result.ReasonNotBlocked, ""},
		{"need not block", spinning, func(st *program.Stage, _ *group) { st.After = st.Before }, "", ""},
		{"was preempted only", blocking, func(st *program.Stage, _ *group) { st.After = st.Before; st.After.Involuntary++ }, result.ReasonNotBlocked, ""},
		{"armed too late", blocking, func(st *program.Stage, _ *group) { st.Armed = 250 }, result.ReasonEarly, ""},
		{"armed too late, and did not block", blocking, func(st *program.Stage, _ *group) { st.Armed, st.After = 250, st.Before }, result.ReasonEarly, ""},
		{"went on without a release", blocking, func(st *program.Stage, g *group) { st.Released, st.Signalled, g.stages[0][0].ran = 0, 0, nil }, result.ReasonEarly, ""},
		{"released at once", atOnce, func(st *program.Stage, _ *group) { st.Armed, st.After = 250, st.Before }, "", ""},
		{"released at once, and not at all", atOnce, func(st *program.Stage, g *group) { st.Released, st.Signalled, g.stages[0][0].ran = 0, 0, nil }, result.ReasonEarly, ""},
		{"released at once, and resumed before it armed", atOnce, func(st *program.Stage, _ *group) { st.Armed = 301 }, result.ReasonClock,
			"armed 301, released 200, signalled 210, resumed 300"},
		{"was to be released at once and armed before", atOnce, func(st *program.Stage, _ *group) { st.After = st.Before }, result.ReasonNotBlocked, ""},
		{"where it was placed", placed, func(st *program.Stage, _ *group) { st.ChildCPU = 1 }, "", ""},
		{"elsewhere", placed, func(st *program.Stage, _ *group) { st.ParentCPU, st.ChildCPU = 1, 2 }, result.ReasonMoved,
			"released on CPU 1, resumed on CPU 2, placed on 0 and 1"},
		{"armed as it was released", blocking, func(st *program.Stage, _ *group) { st.Armed = st.Released }, result.ReasonClock,
			"armed 200, released 200, signalled 210, resumed 300"},
		{"resumed before it was released", blocking, func(st *program.Stage, _ *group) { st.Resumed = 199 }, result.ReasonClock,
			"armed 100, released 200, signalled 210, resumed 199"},
		{"signalled before it was released", blocking, func(st *program.Stage, _ *group) { st.Signalled = 199 }, result.ReasonClock,
			"armed 100, released 200, signalled 199, resumed 300"},
		{"killed", blocking, func(st *program.Stage, g *group) {
			st.Resumed, g.lives[0].outcome, g.lives[0].exit = 0, program.Outcome{}, launch.Exit{Signal: 9}
		}, result.ReasonOutcome, "the wait: unfinished, killed by signal 9"},
		{"the wait failed", blocking, func(st *program.Stage, g *group) {
			st.Resumed, g.lives[0].exit.Status = 0, int(program.Failed)
			g.lives[0].outcome = program.Outcome{Verdict: program.Failed, Part: 1, Index: 2, Errno: 22}
		}, result.ReasonOutcome, "the wait: failed: part 1 op 2: invalid argument, exit status 3"},
		{"the release failed", blocking, func(_ *program.Stage, g *group) {
			g.stages[0][0].outcome = program.Outcome{Verdict: program.Failed, Index: 1, Errno: 9}
		}, result.ReasonOutcome, "the parent's side: failed: part 0 op 1: bad file descriptor"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			st := &program.Stage{Armed: 100, Released: 200, Signalled: 210, Resumed: 300}
			st.After.Voluntary = 1
			g := &group{
				stages: [][]held{{{ran: []program.Program{nil}, outcome: program.Outcome{Verdict: program.Released}}}},
				lives: []life{{
					outcome: program.Outcome{Verdict: program.Released},
					exit:    launch.Exit{Status: int(program.Released)},
				}},
			}
			test.change(st, g)
			reason, detail := test.scene.doubt(st, g, 0, 0)
			if reason != test.reason || detail != test.detail {
				t.Errorf("doubt() = %q, %q; want %q, %q", reason, detail, test.reason, test.detail)
			}
		})
	}
}

// A child that was killed is data, one that could not even be prepared is not:
// the next one would fare no better.
func TestBroken(t *testing.T) {
	sc := scene{Series: Series{Primitive: gate.Futex}}
	tests := []struct {
		name    string
		outcome program.Outcome
		hung    bool
		want    string
	}{
		{"released", program.Outcome{Verdict: program.Released}, false, ""},
		{"killed", program.Outcome{}, false, ""},
		{"the wait failed", program.Outcome{Verdict: program.Failed, Part: 1}, false, ""},
		{"the parent seemed gone", program.Outcome{Verdict: program.ParentGone, Part: 1}, false, ""},
		{"the prologue failed", program.Outcome{Verdict: program.Failed, Part: 0, Index: 2, Errno: 1}, false,
			"futex: prepare the child: failed: part 0 op 2: operation not permitted"},
		{"the payload failed", program.Outcome{Verdict: program.Failed, Part: 2, Index: 1, Errno: 2}, false,
			"futex: the payload: failed: part 2 op 1: no such file or directory"},
		{"hung", program.Outcome{}, true, "futex: a child hung and was killed: unfinished"},
	}
	for _, test := range tests {
		g := &group{stages: make([][]held, 1), lives: []life{{outcome: test.outcome}}}
		err := sc.broken(g, test.hung)
		if got := message(err); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
