package main

import (
	"cmp"
	"io"
	"time"
)

// A statusLine is one line of a terminal that is drawn over and over, or a line every
// few seconds where there is no terminal. It is drawn when it is told to, and never by
// itself: the progress bars that libraries offer tick in the background, in the middle
// of a block.
type statusLine struct {
	w        io.Writer // nil if nothing is to be drawn
	terminal bool
	width    int
	drawn    time.Duration
}

// How much time passes at least between two drawings.
const (
	redraw  = 200 * time.Millisecond
	nextRow = 5 * time.Second
)

// The width of a line where there is no terminal, and of a terminal that does not
// tell its own.
const (
	lineWidth   = 160
	screenWidth = 80
)

func newStatusLine(stderr io.Writer, quiet bool) statusLine {
	if quiet {
		return statusLine{}
	}
	l := statusLine{w: stderr, width: lineWidth}
	if screen := screenOf(stderr); screen.moves {
		l.terminal, l.width = true, cmp.Or(screen.width, screenWidth)
	}
	return l
}

// due reports whether the line is to be drawn when so much time has passed since the
// beginning, and takes it that it is.
func (l *statusLine) due(elapsed time.Duration) bool {
	interval := nextRow
	if l.terminal {
		interval = redraw
	}
	if l.w == nil || elapsed-l.drawn < interval {
		return false
	}
	l.drawn = elapsed
	return true
}

func (l *statusLine) show(line string) {
	if l.terminal { // on which a line that wraps would be left behind
		tell(l.w, "\r%s\x1b[K", line[:min(len(line), l.width-1)])
	} else {
		tell(l.w, "nsbench: %s\n", line)
	}
}

// done takes the line away.
func (l *statusLine) done() {
	if l.terminal && l.drawn > 0 {
		tell(l.w, "\r\x1b[K")
	}
}

// remaining is how long a thing will still take of which so much is done, at the pace so far.
func remaining(elapsed time.Duration, done, inAll int) time.Duration {
	return time.Duration(float64(elapsed) * float64(inAll-done) / float64(max(done, 1)))
}
