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
	MaxSteps  = 1 << 8  // steps of a profile, and processes
	MaxCount  = 1 << 30 // any count in a plan
)

// ErrNoHeader is the error of a line that belongs to no run: none
// was opened, the last one has ended, or its header could not be read.
var ErrNoHeader = errors.New("no header before it")

// A run is what must be remembered of the lines before to judge the next one.
// The zero run is one that is not open.
type run struct {
	open   bool
	series int
	stages int64
	matrix *matrix // nil in a run of series
	last   cell    // of the matrix, the one before

	handshakes *handshakes // nil where the plan has no profiles
	lastBreak  breakCell   // the break before
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
		return run{open: true, series: len(rec.Plan.Series), stages: int64(rec.Plan.Stages), matrix: matrixOf(rec.Plan), handshakes: handshakesOf(rec.Plan)}, nil
	case *Block:
		return r, r.checkBlock(rec)
	case *Behaviour:
		return r.afterBehaviour(rec)
	case *Handshake:
		return r, r.checkHandshake(rec)
	case *Break:
		return r.afterBreak(rec)
	case *End:
		if !r.open {
			return r, ErrNoHeader
		}
		return run{}, checkEnd(rec)
	}
	return r, nil
}

func checkHeader(h *Header) error {
	if err := checkSchema(h.Schema); err != nil {
		return err
	}
	if n := len(h.Plan.Series); n > MaxSeries {
		return fmt.Errorf("plan of %d series, at most %d are possible", n, MaxSeries)
	}
	for i, s := range h.Plan.Series {
		if err := checkSeries(s); err != nil {
			return fmt.Errorf("series %d: %w", i, err)
		}
	}
	if err := checkTwins(h.Plan.Series); err != nil {
		return err
	}
	return cmp.Or(
		checkCount("iterations", h.Plan.Iterations),
		checkCount("stages", h.Plan.Stages),
		checkCount("block", h.Plan.Block),
		checkCount("warmup", h.Plan.Warmup),
		checkShare("threshold", h.Plan.Threshold),
		checkShare("precision", h.Plan.Precision),
		atLeastZero("max_time_ns", h.Plan.MaxTimeNS),
		checkMatrix(h.Plan),
		checkProfiles(h.Plan.Profiles),
		atLeastZero("environment.cpus", int64(h.Environment.CPUs)),
		checkCPU("environment.cpu_parent", h.Environment.ParentCPU),
		checkCPU("environment.cpu_child", h.Environment.ChildCPU),
	)
}

func checkSchema(schema int) error {
	if schema != Schema {
		return fmt.Errorf("schema %d is not the one known here, %d", schema, Schema)
	}
	return nil
}

// checkTwins refuses two series of which nothing but their place tells which is which:
// reports, and whoever selects series, would mix their samples up.
func checkTwins(all []Series) error {
	places := make(map[string]int, len(all))
	for i, s := range all {
		key := s.key()
		if first, known := places[key]; known {
			return fmt.Errorf("series %d is series %d once more", i, first)
		}
		places[key] = i
	}
	return nil
}

// key is all that tells a series from others of its plan. What it leaves out is in it
// as what it stands for.
func (s Series) key() string {
	nice := s.LoadNice
	if s.Load == 0 {
		nice = 0 // of threads that are not there
	}
	return fmt.Sprintf("%q %q %q %q %d %d %d %d %d %q %q %t %d", s.Primitive, s.Launcher, s.Namespaces, s.Placement, s.HoldNS,
		max(s.Children, 1), s.Load, nice, s.Quota, cmp.Or(s.Idle, "natural"), cmp.Or(s.Sched, "other"), s.SelfCheck, s.DelayNS)
}

func checkSeries(s Series) error {
	return cmp.Or(
		atLeastZero("hold_ns", s.HoldNS),
		checkCount("children", s.Children),
		checkCount("load", s.Load),
		checkNice(s.LoadNice),
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

func checkNice(n int) error {
	if n < -20 || n > 19 {
		return fmt.Errorf("load_nice %d is not from -20 to 19", n)
	}
	return nil
}

// checkCPU refuses what is neither the number of a CPU nor -1 for none.
func checkCPU(name string, cpu int) error {
	if cpu < -1 {
		return fmt.Errorf("%s %d is below -1, which is none", name, cpu)
	}
	return nil
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
