package main

import (
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/nsbench/nsbench/bench"
)

// A progress draws how far a run is, on one line of a terminal. It is drawn
// when it is told to, between rounds, and never by itself: the progress bars
// that libraries offer tick in the background, in the middle of a block.
type progress struct {
	w     io.Writer // nil if nothing is to be drawn
	drawn time.Duration
}

// redraw is how much time passes at least between two drawings.
const redraw = 200 * time.Millisecond

func newProgress(stderr io.Writer, quiet bool) *progress {
	file, ok := stderr.(*os.File)
	if quiet || !ok || !term.IsTerminal(int(file.Fd())) {
		return &progress{}
	}
	return &progress{w: stderr}
}

func (p *progress) draw(now bench.Progress) {
	if p.w == nil || now.Elapsed-p.drawn < redraw {
		return
	}
	p.drawn = now.Elapsed
	left := now.Elapsed * time.Duration(now.Rounds-now.Round) / time.Duration(now.Round)
	tell(p.w, "\rround %d of %d, about %v left \x1b[K", now.Round, now.Rounds, left.Round(time.Second))
}

// done takes the line away.
func (p *progress) done() {
	if p.w != nil && p.drawn > 0 {
		tell(p.w, "\r\x1b[K")
	}
}
