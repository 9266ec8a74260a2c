package bench

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

func validPlan() Plan {
	return Plan{
		Primitives: []gate.Primitive{gate.PipeEOF},
		Namespaces: launch.UTS | launch.IPC,
		Placement:  Free,
		Iterations: 10,
		Stages:     1,
		Hold:       100 * time.Microsecond,
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Plan)
		want   string // the beginning of the error, empty if there is none
	}{
		{"as it is", func(*Plan) {}, ""},
		{"no primitive", func(p *Plan) { p.Primitives = nil }, "no primitive"},
		{"no iteration", func(p *Plan) { p.Iterations = 0 }, "iterations: 0 is not"},
		{"negative iterations", func(p *Plan) { p.Iterations = -1 }, "iterations: -1 is not"},
		{"most iterations", func(p *Plan) { p.Iterations = maxIterations }, ""},
		{"too many iterations", func(p *Plan) { p.Iterations = maxIterations + 1 }, "iterations: 10000001 is not"},
		{"no stage", func(p *Plan) { p.Stages = 0 }, "stages: 0 is not"},
		{"as many stages as iterations", func(p *Plan) { p.Stages = 10 }, ""},
		{"more stages than iterations", func(p *Plan) { p.Stages = 11 }, "stages: 11 is not"},
		{"too many stages", func(p *Plan) { p.Iterations, p.Stages = maxIterations, maxStages+1 }, "stages: 100001 is not"},
		{"no hold", func(p *Plan) { p.Hold = 0 }, ""},
		{"negative hold", func(p *Plan) { p.Hold = -1 }, "hold: -1ns is not"},
		{"too long a hold", func(p *Plan) { p.Hold = maxHold + 1 }, "hold: 1h0m0.000000001s is not"},
		{"negative warm-up", func(p *Plan) { p.Warmup = -1 }, "warmup: -1 is not"},
		{"too long a warm-up", func(p *Plan) { p.Warmup = maxWarmup + 1 }, "warmup: 1001 is not"},
		{"negative block", func(p *Plan) { p.Block = -1 }, "block: -1"},
		{"no placement", func(p *Plan) { p.Placement = "" }, `placement: "" is none of`},
		{"unknown placement", func(p *Plan) { p.Placement = "elsewhere" }, `placement: "elsewhere" is none of`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := validPlan()
			test.change(&p)
			switch err := p.Check(); {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want)):
				t.Errorf("Check() = %v, want %s...", err, test.want)
			}
		})
	}
}

func TestSchedule(t *testing.T) {
	tests := []struct {
		name                              string
		iterations, stages, warmup, block int
		want                              [][]int // by round: the stages of each child
	}{
		{"one", 1, 1, 0, 0, [][]int{{1}}},
		{"one and its warm-up", 1, 1, 1, 0, [][]int{{1}, {1}}},
		{"blocks come out even", 6, 1, 0, 3, [][]int{{1, 1, 1}, {1, 1, 1}}},
		{"the last block is short", 7, 1, 0, 3, [][]int{{1, 1, 1}, {1, 1, 1}, {1}}},
		{"warm-up is as the first round", 7, 1, 2, 3, [][]int{{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1}}},
		{"stages come out even", 6, 3, 0, 1, [][]int{{3}, {3}}},
		{"the last child is short", 7, 3, 0, 2, [][]int{{3, 3}, {1}}},
		{"the last child of a full block is short", 8, 3, 0, 3, [][]int{{3, 3, 2}}},
		{"warm-up of a plan that is all one short child", 2, 2, 1, 5, [][]int{{2}, {2}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Plan{Iterations: test.iterations, Stages: test.stages, Warmup: test.warmup, Block: test.block}
			if p.rounds() != len(test.want) {
				t.Fatalf("rounds() = %d, want %d", p.rounds(), len(test.want))
			}
			for round, want := range test.want {
				if got := p.children(round); !slices.Equal(got, want) {
					t.Errorf("children(%d) = %v, want %v", round, got, want)
				}
			}
		})
	}
}

// Whatever the plan, the measured rounds come to as many releases as it says.
func TestScheduleAddsUp(t *testing.T) {
	for _, iterations := range []int{1, 2, 99, 100, 101, 399, 4000, 12345} {
		for _, stages := range []int{1, 2, 7, 100} {
			if stages > iterations {
				continue
			}
			p := Plan{Iterations: iterations, Stages: stages, Warmup: 2}
			total := 0
			for round := p.Warmup; round < p.rounds(); round++ {
				children := p.children(round)
				if len(children) == 0 || len(children) > p.block() {
					t.Errorf("%d iterations of %d stages: round %d has %d children, a block %d", iterations, stages, round, len(children), p.block())
				}
				for _, n := range children {
					total += n
				}
			}
			if total != iterations {
				t.Errorf("%d iterations of %d stages: %d releases", iterations, stages, total)
			}
		}
	}
}

func TestLongest(t *testing.T) {
	p := Plan{Hold: 2 * time.Millisecond}
	if got, want := p.longest([]int{3, 1}), 4*(3*time.Millisecond+slowRelease); got != want {
		t.Errorf("longest() = %v, want %v", got, want)
	}
}

func TestPlanAsRecorded(t *testing.T) {
	p := validPlan()
	p.Primitives = []gate.Primitive{gate.PipeEOF, gate.Spin}
	p.Block = 4
	got := p.record(p.Namespaces | launch.User)
	if got.Block != 4 || got.Iterations != 10 || got.Stages != 1 || len(got.Series) != 2 {
		t.Errorf("record() = %+v", got)
	}
	s := got.Series[0]
	if s.Primitive != "pipe-eof" || s.Family != "pipe" || !s.Blocking || s.Placement != "free" || s.HoldNS != 100_000 {
		t.Errorf("series 0 = %+v", s)
	}
	if want := []string{"uts", "ipc", "user"}; !slices.Equal(s.Namespaces, want) {
		t.Errorf("namespaces = %v, want %v", s.Namespaces, want)
	}
	if got.Series[1].Blocking {
		t.Error("spin is recorded as blocking")
	}
}
