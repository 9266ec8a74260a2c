package bench

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/condition"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

func validPlan() Plan {
	return Plan{Series: []Series{validSeries()}, Iterations: 10, Stages: 1}
}

func validSeries() Series {
	return Series{Primitive: gate.PipeEOF, Conditions: Conditions{
		Namespaces: launch.UTS | launch.IPC,
		Placement:  Free,
		Hold:       100 * time.Microsecond,
		Children:   1,
		Idle:       condition.Natural,
	}}
}

// each makes a series of each primitive, under the conditions of the first series.
func (p *Plan) each(primitives ...gate.Primitive) {
	conditions := p.Series[0].Conditions
	p.Series = nil
	for _, prim := range primitives {
		p.Series = append(p.Series, Series{Primitive: prim, Conditions: conditions})
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Plan)
		want   string // the beginning of the error, empty if there is none
	}{
		{"as it is", func(*Plan) {}, ""},
		{"no series", func(p *Plan) { p.Series = nil }, "nothing to measure"},
		{"too many series", func(p *Plan) { p.Series = slices.Repeat(p.Series, 4097) }, "the plan has 4097 series"},
		{"no iteration", func(p *Plan) { p.Iterations = 0 }, "iterations: 0 is not"},
		{"negative iterations", func(p *Plan) { p.Iterations = -1 }, "iterations: -1 is not"},
		{"most iterations", func(p *Plan) { p.Iterations = MaxIterations }, ""},
		{"too many iterations", func(p *Plan) { p.Iterations = MaxIterations + 1 }, "iterations: 10000001 is not"},
		{"no stage", func(p *Plan) { p.Stages = 0 }, "stages: 0 is not"},
		{"as many stages as iterations", func(p *Plan) { p.Stages = 10 }, ""},
		{"more stages than iterations", func(p *Plan) { p.Stages = 11 }, "stages: 11 is not"},
		{"too many stages", func(p *Plan) { p.Iterations, p.Stages = MaxIterations, maxStages+1 }, "stages: 100001 is not"},
		{"no hold", func(p *Plan) { p.Series[0].Hold = 0 }, ""},
		{"negative hold", func(p *Plan) { p.Series[0].Hold = -1 }, "hold: -1ns is not"},
		{"too long a hold", func(p *Plan) { p.Series[0].Hold = maxHold + 1 }, "hold: 1h0m0.000000001s is not"},
		{"negative warm-up", func(p *Plan) { p.Warmup = -1 }, "warmup: -1 is not"},
		{"too long a warm-up", func(p *Plan) { p.Warmup = maxWarmup + 1 }, "warmup: 1001 is not"},
		{"negative block", func(p *Plan) { p.Block = -1 }, "block: -1"},
		{"a series twice", func(p *Plan) { p.Series = append(p.Series, p.Series[0]) }, "the series of pipe-eof is there twice under the same conditions"},
		{"a self check", func(p *Plan) { p.Series = WithSelfCheck(p.Series, "pipe-eof") }, ""},
		{"two self checks", func(p *Plan) {
			p.Series = append(WithSelfCheck(p.Series, "pipe-eof"), WithSelfCheck(p.Series, "pipe-eof")[1])
		}, "the series of pipe-eof (again) is there twice"},
		{"a delay", func(p *Plan) { p.Series[0].Delay = maxDelay }, ""},
		{"a negative delay", func(p *Plan) { p.Series[0].Delay = -1 }, "delay: -1ns is not"},
		{"too long a delay", func(p *Plan) { p.Series[0].Delay = maxDelay + 1 }, "delay: 1.000000001s is not"},
		{"a delay of none beside the series", func(p *Plan) { p.Series = WithDelays(p.Series, "pipe-eof", []time.Duration{0}) }, "the series of pipe-eof is there twice"},
		{"a delayed self check", func(p *Plan) { p.Series[0].SelfCheck, p.Series[0].Delay = true, 1 }, "delay: 1ns of a self check"},
		{"a precision and a longest time", func(p *Plan) { p.Precision, p.MaxTime = 0.02, time.Minute }, ""},
		{"a negative precision", func(p *Plan) { p.Precision = -0.01 }, "precision: -0.01 is not"},
		{"a precision of all", func(p *Plan) { p.Precision = 1 }, "precision: 1 is not"},
		{"a precision that is no number", func(p *Plan) { p.Precision = math.NaN() }, "precision: NaN is not"},
		{"a longest time before the run", func(p *Plan) { p.MaxTime = -1 }, "max-time: -1ns is less than nothing"},
		{"a baseline", func(p *Plan) { p.Baseline, p.Threshold = "pipe-eof", 0.02 }, ""},
		{"a baseline that is not measured", func(p *Plan) { p.Baseline = "spin" }, "baseline: spin is not among the primitives measured"},
		{"a negative threshold", func(p *Plan) { p.Threshold = -0.01 }, "threshold: -0.01 is not"},
		{"a threshold of all", func(p *Plan) { p.Threshold = 1 }, "threshold: 1 is not"},
		{"a threshold that is no number", func(p *Plan) { p.Threshold = math.NaN() }, "threshold: NaN is not"},
		{"no placement", func(p *Plan) { p.Series[0].Placement = "" }, `placement: "" is none of`},
		{"no child", func(p *Plan) { p.Series[0].Children = 0 }, "children: 0 is not"},
		{"a thousand children", func(p *Plan) { p.Series[0].Children = 1000 }, ""},
		{"too many children", func(p *Plan) { p.Series[0].Children = maxChildren + 1 }, "children: 4097 is not"},
		{"too many stages of all children", func(p *Plan) { p.Iterations, p.Stages, p.Series[0].Children = 1000, 1000, 101 }, "stages: 1000 of each of 101"},
		{"a group without a hold", func(p *Plan) { p.Series[0].Children, p.Series[0].Hold = 2, 0 }, "hold: 0 with several children"},
		{"unknown placement", func(p *Plan) { p.Series[0].Placement = "elsewhere" }, `placement: "elsewhere" is none of`},
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

// one is a series of children that are held one by one.
var one = Series{Conditions: Conditions{Children: 1}}

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
				if got := p.groups(one, round); !slices.Equal(got, want) {
					t.Errorf("groups(%d) = %v, want %v", round, got, want)
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
				children := p.groups(one, round)
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

// Groups of children are spread over the rounds, and come to as many releases as
// the plan says, or to the few more that make the last group whole, or to eight.
func TestScheduleOfGroupsAddsUp(t *testing.T) {
	for _, children := range []int{2, 7, 100, 1000} {
		for _, iterations := range []int{1, 99, 1000, 12345} {
			p := Plan{Iterations: iterations, Stages: 1, Warmup: 2}
			s := Series{Conditions: Conditions{Children: children}}
			total, fewest, most := 0, MaxIterations, 0
			for round := range p.rounds() {
				n := len(p.groups(s, round))
				if round < p.Warmup {
					if n != 1 {
						t.Errorf("%d groups in a round of warm-up, want 1", n)
					}
					continue
				}
				total, fewest, most = total+n, min(fewest, n), max(most, n)
			}
			got := total * children
			if got < iterations || got >= iterations+children && total != fewestGroups || most-fewest > 1 {
				t.Errorf("%d iterations of %d children: %d releases, from %d to %d groups a round", iterations, children, got, fewest, most)
			}
		}
	}
}

// Where nobody knows how many rounds there will be, each has a small block of
// children that are held one by one, and a group of all others.
func TestScheduleOfAPrecision(t *testing.T) {
	for _, test := range []struct{ iterations, block int }{{1, 1}, {250, 2}, {1500, 15}, {MaxIterations, 15}} {
		p := Plan{Iterations: test.iterations, Stages: 1, Warmup: 1, Precision: 0.02}
		if p.block() != test.block {
			t.Errorf("%d iterations: a block of %d children, want %d", test.iterations, p.block(), test.block)
		}
		for _, children := range []int{1, 2, 1000} {
			s := Series{Conditions: Conditions{Children: children}}
			for round := range min(p.rounds(), 40) {
				if len(p.groups(s, round)) == 0 {
					t.Errorf("%d iterations of %d children: there is none in round %d", test.iterations, children, round)
				}
			}
		}
	}
}

func TestLongest(t *testing.T) {
	s := Series{Conditions: Conditions{Hold: 2 * time.Millisecond, Children: 5}}
	if got, want := (Plan{}).longest(s, []int{3, 1}), 4*(3*time.Millisecond+5*slowRelease); got != want {
		t.Errorf("longest() = %v, want %v", got, want)
	}
}

func TestSeriesAsRecorded(t *testing.T) {
	s := validSeries()
	r := s.record(s.Namespaces | launch.User)
	if r.Primitive != "pipe-eof" || r.Family != "pipe" || !r.Blocking || r.Placement != "free" || r.HoldNS != 100_000 || r.Children != 0 || r.FreesAll {
		t.Errorf("record() = %+v", r)
	}
	if want := []string{"uts", "ipc", "user"}; !slices.Equal(r.Namespaces, want) {
		t.Errorf("namespaces = %v, want %v", r.Namespaces, want)
	}
	s.Children = 10
	if r := s.record(0); r.Children != 10 || !r.FreesAll {
		t.Errorf("record() of 10 children = %+v", r)
	}
	s.Primitive = gate.Sigwait
	if r := s.record(0); r.FreesAll {
		t.Errorf("record() of 10 children = %+v: a signal has one receiver", r)
	}
	s.Primitive = gate.Spin
	if s.record(0).Blocking {
		t.Error("spin is recorded as blocking")
	}
}

// Every combination is there once, and what shares its conditions stands together.
func TestAxes(t *testing.T) {
	a := Axes{
		Primitives: []gate.Primitive{gate.PipeEOF, gate.Spin},
		Namespaces: []launch.Namespaces{launch.UTS, launch.IPC},
		Placements: []Placement{SameCPU, CrossCPU},
		Holds:      []time.Duration{1, 2, 3},
		Children:   []int{1},
	}
	all := a.Series()
	if len(all) != 24 {
		t.Fatalf("%d series, want 24", len(all))
	}
	for i, s := range all {
		if index(all[:i], s) >= 0 {
			t.Errorf("series %d is there twice: %+v", i, s)
		}
		if i%2 == 1 && s.Conditions != all[i-1].Conditions {
			t.Errorf("series %d and the one before do not share their conditions", i)
		}
	}
}
