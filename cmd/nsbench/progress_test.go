package main

import (
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
	p := newProgress(&out, false, swept())
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
	p := newProgress(&out, false, swept())
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
	p := newProgress(&out, true, swept())
	p.block(&result.Block{ReleaseNS: []int64{1}})
	p.draw(bench.Progress{Round: 1, Rounds: 1, Block: 1, Blocks: 1, Elapsed: time.Hour})
	p.done()
	if out.Len() > 0 {
		t.Errorf("it says %q", out.String())
	}
}
