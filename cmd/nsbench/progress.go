package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// A progress tells how far a run is and what its medians are so far: on one line
// of a terminal, or as a line every few seconds. It is drawn when it is told to,
// between blocks, and never by itself: the progress bars that libraries offer
// tick in the background, in the middle of a block.
type progress struct {
	w        io.Writer // nil if nothing is to be drawn
	terminal bool
	width    int
	plan     bench.Plan
	latest   [][]int64 // by series, of its release latencies
	drawn    time.Duration
}

// How much time passes at least between two drawings.
const (
	redraw  = 200 * time.Millisecond
	nextRow = 5 * time.Second
)

// remembered is how many release latencies of a series the running median is of:
// the latest, so that a long run costs no more than a short one.
const remembered = 512

func newProgress(stderr io.Writer, quiet bool, plan bench.Plan) *progress {
	if quiet {
		return &progress{}
	}
	p := &progress{w: stderr, plan: plan, latest: make([][]int64, len(plan.Series))}
	if file, ok := stderr.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.terminal = true
		p.width, _, _ = term.GetSize(int(file.Fd())) // 0 where it is not known
	}
	if p.width < 40 {
		p.width = 80
	}
	return p
}

// block takes note of what was measured.
func (p *progress) block(b *result.Block) {
	if p.w == nil || b.Warmup {
		return
	}
	all := append(p.latest[b.Series], b.ReleaseNS...)
	p.latest[b.Series] = all[max(0, len(all)-remembered):]
}

func (p *progress) draw(now bench.Progress) {
	interval := nextRow
	if p.terminal {
		interval = redraw
	}
	if p.w == nil || now.Elapsed-p.drawn < interval {
		return
	}
	p.drawn = now.Elapsed
	left := now.Elapsed * time.Duration(now.Blocks-now.Block) / time.Duration(max(now.Block, 1))
	line := fmt.Sprintf("round %d of %d, block %d of %d, about %v left", now.Round, now.Rounds, now.Block, now.Blocks, left.Round(time.Second))
	if !p.terminal {
		tell(p.w, "nsbench: %s%s\n", line, p.medians(now, 1000))
		return
	}
	tell(p.w, "\r%s\x1b[K", line+p.medians(now, p.width-len(line)-1))
}

// medians are the running medians of as many series as have room, beginning with
// another one each time, so that all come to be seen.
func (p *progress) medians(now bench.Progress, room int) string {
	var b strings.Builder
	begin := 0
	if p.terminal {
		begin = int(now.Elapsed/(3*time.Second)) * 2
	}
	for i := range p.plan.Series {
		at := (begin + i) % len(p.plan.Series)
		if len(p.latest[at]) == 0 {
			continue
		}
		sorted := slices.Sorted(slices.Values(p.latest[at]))
		s := p.plan.Series[at]
		text := fmt.Sprintf(", %s %s %s", s.Placement, s.Primitive.Name, plot.Time(float64(sorted[len(sorted)/2])))
		if b.Len()+len(text) > room {
			break
		}
		b.WriteString(text)
	}
	return b.String()
}

// done takes the line away.
func (p *progress) done() {
	if p.terminal && p.drawn > 0 {
		tell(p.w, "\r\x1b[K")
	}
}
