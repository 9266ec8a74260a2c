package reports

import (
	"errors"
	"io"
	"slices"

	"github.com/nsbench/nsbench/bench/result"
)

// walk hands each line of a record to visit, with its number as far as a torn
// one goes, until the first error. A torn line is handed on as nil, and the
// first of them is returned as torn when all lines have been read. No visit may
// keep the columns of a block.
//
// Torn lines do not stop it wherever they are: they end the record of a run
// that was killed, whatever host's record was put behind it, and a full disk
// leaves one before the end of the run.
func walk(r io.Reader, visit func(line int, record result.Record) error) (torn, err error) {
	reader := result.NewReader(r)
	reader.ReuseBlocks = true
	for {
		record, err := reader.Next()
		line := 0
		switch {
		case errors.Is(err, io.EOF):
			return torn, nil
		case errors.Is(err, result.ErrTorn):
			if torn == nil {
				torn = err
			}
			line = lineOf(err)
		case err != nil:
			return torn, err
		}
		if err := visit(line, record); err != nil {
			return torn, err
		}
	}
}

// lineOf is the line that an error of the reader names.
func lineOf(err error) int {
	if at, ok := errors.AsType[*result.LineError](err); ok {
		return at.Line
	}
	return 0
}

// invalid lists for each sample of a block why it is not valid, empty where it
// is, in the memory of scratch. Of several reasons the first counts, so that
// the reasons add up to the number of samples. A time below zero that nobody
// marked is invalid all the same: the child cannot have gone on before it was
// released, nor before it had armed.
func invalid(scratch []string, b *result.Block) []string {
	scratch = slices.Grow(scratch[:0], len(b.ReleaseNS))[:len(b.ReleaseNS)]
	clear(scratch)
	for _, mark := range b.Invalid {
		if scratch[mark.Sample] == "" {
			scratch[mark.Sample] = mark.Reason
		}
	}
	for i, ns := range b.ReleaseNS {
		if scratch[i] == "" && (ns < 0 || took(b, i) < 0) {
			scratch[i] = result.ReasonClock
		}
	}
	return scratch
}

// stageOf names the stage of a sample by its number.
func stageOf(number int64) string {
	if number <= 1 {
		return StageFirst
	}
	return StageLater
}

// kindOf names the kind of the sample at i. A release that was not planned to be
// early is one from a wait that failed to be.
func kindOf(b *result.Block, i int, reason string) string {
	if result.Early(b.HoldNS[i]) && reason != result.ReasonEarly {
		return KindEarly
	}
	return KindHeld
}

// took is the figure of the sample at i: the release latency, and of an early
// release the time from arming to going on through an open gate. The two differ
// in sign where they are added, so that no sum is too large.
func took(b *result.Block, i int) int64 {
	if result.Early(b.HoldNS[i]) && b.ReleaseNS[i] >= 0 {
		return b.ReleaseNS[i] + b.HoldNS[i]
	}
	return b.ReleaseNS[i]
}
