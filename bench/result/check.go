package result

import (
	"cmp"
	"errors"
	"fmt"
)

// The sizes above which a header is refused. A reader sizes its tables by the
// plan, and one line of nonsense must not make it ask for the machine's memory.
const (
	MaxSeries = 1 << 12 // series in a plan
	MaxCount  = 1 << 30 // any count in a plan
)

// ErrNoHeader is the error of a block or an end that belongs to no run: none
// was opened, the last one has ended, or its header could not be read.
var ErrNoHeader = errors.New("no header before it")

// A run is what must be remembered of the lines before to judge the next one.
// The zero run is one that is not open.
type run struct {
	open   bool
	series int
	stages int64
}

// after judges a record that follows, and returns the run as it stands then.
// A header that is refused closes the run before it all the same: blocks that
// follow are not that run's.
func (r run) after(rec Record) (run, error) {
	switch rec := rec.(type) {
	case *Header:
		if err := checkHeader(rec); err != nil {
			return run{}, err
		}
		return run{open: true, series: len(rec.Plan.Series), stages: int64(rec.Plan.Stages)}, nil
	case *Block:
		return r, r.checkBlock(rec)
	case *End:
		if !r.open {
			return r, ErrNoHeader
		}
		return run{}, checkEnd(rec)
	}
	return r, nil
}

func checkHeader(h *Header) error {
	if h.Schema != Schema {
		return fmt.Errorf("schema %d is not the one known here, %d", h.Schema, Schema)
	}
	if n := len(h.Plan.Series); n > MaxSeries {
		return fmt.Errorf("plan of %d series, at most %d are possible", n, MaxSeries)
	}
	for i, s := range h.Plan.Series {
		if err := checkSeries(s); err != nil {
			return fmt.Errorf("series %d: %w", i, err)
		}
	}
	return cmp.Or(
		checkCount("iterations", h.Plan.Iterations),
		checkCount("stages", h.Plan.Stages),
		checkCount("block", h.Plan.Block),
		checkCount("warmup", h.Plan.Warmup),
		checkShare("threshold", h.Plan.Threshold),
		checkShare("precision", h.Plan.Precision),
		atLeastZero("max_time_ns", h.Plan.MaxTimeNS),
	)
}

func checkSeries(s Series) error {
	return cmp.Or(
		checkCount("children", s.Children),
		checkCount("load", s.Load),
		checkCount("cpu_quota", s.Quota),
		atLeastZero("delay_ns", s.DelayNS),
	)
}

func checkEnd(e *End) error {
	if e.Ended == "" {
		return errors.New("does not say how the run ended")
	}
	return cmp.Or(
		atLeastZero("blocks", int64(e.Blocks)),
		atLeastZero("samples", int64(e.Samples)),
	)
}

func (r run) checkBlock(b *Block) error {
	if !r.open {
		return ErrNoHeader
	}
	if b.Series < 0 || b.Series >= r.series {
		return fmt.Errorf("series %d of a plan of %d", b.Series, r.series)
	}
	return cmp.Or(
		atLeastZero("round", int64(b.Round)),
		atLeastZero("place", int64(b.Place)),
		checkLengths(b.ofSamples()),
		checkLengths(b.ofChildren()),
		r.checkStages(b.Stage),
		noneNegative("voluntary", b.Voluntary),
		noneNegative("delay_ns", b.DelayNS),
		noneNegative("involuntary", b.Involuntary),
		checkMarks(b.Invalid, len(b.ReleaseNS)),
	)
}

// checkLengths holds every column to the length of the first, so that a reader
// may go through all of them by one index.
func checkLengths(columns []column) error {
	want := columns[0]
	for _, c := range columns[1:] {
		if len(*c.values) != len(*want.values) {
			return fmt.Errorf("%s has %d entries, %s has %d",
				c.name, len(*c.values), want.name, len(*want.values))
		}
	}
	return nil
}

func (r run) checkStages(stages []int64) error {
	for i, s := range stages {
		if s < 1 || s > r.stages {
			return fmt.Errorf("sample %d is of stage %d, the plan has %d", i, s, r.stages)
		}
	}
	return nil
}

func checkMarks(marks []Mark, samples int) error {
	for i, m := range marks {
		if m.Sample < 0 || m.Sample >= samples {
			return fmt.Errorf("mark %d is on sample %d of %d", i, m.Sample, samples)
		}
		if m.Reason == "" {
			return fmt.Errorf("mark %d has no reason", i)
		}
	}
	return nil
}

func checkCount(name string, n int) error {
	if n > MaxCount {
		return fmt.Errorf("plan with %s %d, at most %d is possible", name, n, MaxCount)
	}
	return atLeastZero(name, int64(n))
}

// checkShare refuses what is no share of a whole, NaN with it.
func checkShare(name string, share float64) error {
	if !(share >= 0 && share < 1) {
		return fmt.Errorf("plan with a %s of %v, which is not from 0 to less than 1", name, share)
	}
	return nil
}

func atLeastZero(name string, n int64) error {
	if n < 0 {
		return fmt.Errorf("%s %d is negative", name, n)
	}
	return nil
}

func noneNegative(name string, counts []int64) error {
	for i, n := range counts {
		if n < 0 {
			return fmt.Errorf("%s %d of sample %d is negative", name, n, i)
		}
	}
	return nil
}
