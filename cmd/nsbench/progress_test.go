package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/gate"
)

// swept is a plan of two primitives and two holds.
func swept() bench.Plan {
	return bench.Plan{Series: bench.Axes{
		Primitives: []gate.Primitive{gate.PipeEOF, gate.Spin},
		Placements: []bench.Placement{bench.Free},
		Holds:      []time.Duration{time.Millisecond, time.Second},
	}.Series()}
}

// Where nobody looks at a terminal there is a line every few seconds, which tells
// what is done, what is left, and the medians so far, by what varies.
func TestProgressOfLines(t *testing.T) {
	var out strings.Builder
	p := newProgress(&out, false, swept(), newAdaptive(swept()))
	p.block(&result.Block{Series: 1, Warmup: true, ReleaseNS: []int64{1}})
	p.block(&result.Block{Series: 1, ReleaseNS: []int64{3000, 9000, 2000}})
	p.draw(bench.Progress{Round: 1, Rounds: 3, Block: 1, Blocks: 12, Elapsed: nextRow - 1})
	p.draw(bench.Progress{Round: 1, Rounds: 3, Block: 3, Blocks: 12, Elapsed: nextRow})
	p.draw(bench.Progress{Round: 2, Rounds: 3, Block: 4, Blocks: 12, Elapsed: 2*nextRow - 1})
	p.done()
	want := "nsbench: round 1 of 3, block 3 of 12, 15s left; hold 1ms spin 3.00us\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// Each series comes to be seen, if not at the same time.
func TestProgressTakesTurns(t *testing.T) {
	var out strings.Builder
	p := newProgress(&out, false, swept(), newAdaptive(swept()))
	p.width = 80
	for i := range 4 {
		p.block(&result.Block{Series: i, ReleaseNS: []int64{int64(i+1) * 1000}})
	}
	for i := range 4 {
		p.draw(bench.Progress{Round: 1, Rounds: 3, Block: 3, Blocks: 12, Elapsed: time.Duration(i+1) * nextRow})
	}
	for line := range strings.Lines(out.String()) {
		if len(line) > len("nsbench: ")+p.width {
			t.Errorf("too long: %q", line)
		}
	}
	for _, median := range []string{"hold 1ms pipe-eof 1.00us", "hold 1ms spin 2.00us", "hold 1s pipe-eof 3.00us", "hold 1s spin 4.00us"} {
		if !strings.Contains(out.String(), median) {
			t.Errorf("%q is not in\n%s", median, out.String())
		}
	}
}

func TestQuietProgress(t *testing.T) {
	var out strings.Builder
	p := newProgress(&out, true, swept(), newAdaptive(swept()))
	p.block(&result.Block{ReleaseNS: []int64{1}})
	p.draw(bench.Progress{Round: 1, Rounds: 1, Block: 1, Blocks: 1, Elapsed: time.Hour})
	p.done()
	if out.Len() > 0 {
		t.Errorf("it says %q", out.String())
	}
}

// Of a run that may end early it is told how long it takes at the most, and how
// well the worst median is known.
func TestProgressOfAnOpenRun(t *testing.T) {
	plan := swept()
	plan.MaxTime = time.Minute
	for _, test := range []struct {
		precision float64
		worst     worst
		want      string
	}{
		{0, worst{}, "nsbench: round 1 of 3, block 3 of 12, at most 15s left\n"},
		{0.02, worst{}, "nsbench: round 1, at most 15s left\n"},
		{0.02, worst{1, 0.0312}, "nsbench: round 1, at most 15s left; least known: hold 1ms spin to 3.2 %\n"},
		{0.02, worst{1, math.Inf(1)}, "nsbench: round 1, at most 15s left\n"},
	} {
		plan.Precision = test.precision
		a := newAdaptive(plan)
		a.began, a.worst = a.now(), test.worst
		var out strings.Builder
		p := newProgress(&out, false, plan, a)
		p.draw(bench.Progress{Round: 1, Rounds: 3, Block: 3, Blocks: 12, Elapsed: nextRow})
		if out.String() != test.want {
			t.Errorf("%q, want %q", out.String(), test.want)
		}
	}
}
