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

// Progress is how far a run has come. It is told between blocks: nothing is
// drawn while one is being measured.
type Progress struct {
	Round, Rounds int // the round under way, from 1, and how many there are
	Block, Blocks int // blocks done, and in all
	Elapsed       time.Duration
}

// An Observer is told what a run finds, as it goes. A nil member is not told.
type Observer struct {
	Record   func(result.Record) error // an error ends the run
	Progress func(Progress)

	// Enough is asked after each round that is not of warm-up, with the number of
	// those, whether enough has been measured. An answer that is not empty ends
	// the run in good order; it is one of the Stopped constants of the record.
	// What is enough is a question to statistics, of which this package knows
	// none: Plan.Precision and Plan.MaxTime are for whoever answers here.
	Enough func(rounds int) (why string)
}
