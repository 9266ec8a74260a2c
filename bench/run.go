package bench

import (
	"time"

	"github.com/nsbench/nsbench/bench/result"
)

// About is what a record says of a run besides what the run knows itself.
type About struct {
	Version     string
	Command     []string
	Environment result.Environment
}

// Progress is how far a run has come. It is told between rounds: nothing is
// drawn while a block is being measured.
type Progress struct {
	Round, Rounds int // rounds done, and in all
	Elapsed       time.Duration
}

// An Observer is told what a run finds, as it goes. A nil member is not told.
type Observer struct {
	Record   func(result.Record) error // an error ends the run
	Progress func(Progress)
}
