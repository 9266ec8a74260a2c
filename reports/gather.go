package reports

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// ErrNoRun is returned for a record without a header.
var ErrNoRun = errors.New("the record holds no run")

// Gather reads a record to its end, summarizes it, and compares its series as the
// record says, see [Report.Compare]. It keeps 24 bytes a sample and 72 a group of
// children: each as measured, sorted, and sorted by rounds. Until it has read all,
// each time that the record has takes as many bytes as it needs, three as a rule.
// Time and memory are in proportion to the number of samples, but for a logarithm
// where times are not all less than 4.3 s.
//
// A line that was torn, as the death of the run or a full disk leaves it, is
// told of in Run.Problems, like a run without an end and lines of a kind that
// this version does not know. Any other bad line is an error, which wraps the
// *result.LineError that names the line.
func Gather(r io.Reader) (*Report, error) {
	var g gathering
	torn, err := walk(r, g.add)
	switch {
	case err != nil:
		return nil, fmt.Errorf("gather record: %w", err)
	case len(g.runs) == 0:
		return nil, fmt.Errorf("gather record: %w", errors.Join(ErrNoRun, torn))
	}
	return g.report(), nil
}

// A gathering is a report under way.
type gathering struct{ runs []*gatheredRun }

func (g *gathering) last() *gatheredRun { return g.runs[len(g.runs)-1] }

// add takes one line, or nil for a torn one. The reader vouches for its sense:
// a header comes first, columns have one length, series and marks are in range.
func (g *gathering) add(line int, record result.Record) error {
	switch record := record.(type) {
	case nil:
		if len(g.runs) > 0 {
			g.last().torn = append(g.last().torn, line)
		}
	case *result.Header:
		g.runs = append(g.runs, newGatheredRun(*record))
	case *result.Block:
		g.last().block(record)
	case *result.Behaviour:
		g.last().matrix.add(record)
	case *result.Handshake:
		g.last().handshakes.add(record)
	case *result.Break:
		g.last().breaks.add(record)
	case *result.End:
		g.last().end = record
	case *result.Unknown:
		if len(g.runs) > 0 {
			g.last().unknown++
		}
	}
	return nil
}

func (g *gathering) report() *Report {
	all := &Report{}
	for i, run := range g.runs {
		all.Runs = append(all.Runs, run.finish())
		g.runs[i] = nil // the raw columns are not needed any more
		all.Runs[i].compare("", math.NaN())
	}
	rep := &Report{}
	rep.Join(all)
	return rep
}

// A gatheredRun collects the samples of one run.
type gatheredRun struct {
	header     result.Header
	end        *result.End
	series     []gatheredSeries // as in the plan
	blocks     int
	samples    int   // all of them, as the end line counts
	unknown    int   // lines of unknown kinds
	torn       []int // the numbers of torn lines
	problems   []string
	reasons    []string            // of the samples of the block at hand, kept for its memory
	matrix     *Matrix             // nil in a run of series
	handshakes *gatheredHandshakes // nil where the plan has none
	breaks     *Breaks             // likewise
	rounds     map[int]int         // the measured rounds, by their numbers in the record, in the order in which they come
}

func newGatheredRun(header result.Header) *gatheredRun {
	r := &gatheredRun{header: header, series: make([]gatheredSeries, len(header.Plan.Series)), rounds: make(map[int]int)}
	if checks := &r.header.Environment.Disturbances; len(*checks) > mostChecks {
		r.problem("Shown of the checks of the host: the first %d, and there are %s more.", mostChecks, plot.Count(len(*checks)-mostChecks))
		*checks = slices.Clip((*checks)[:mostChecks])
	}
	if isMatrix(header.Plan) {
		r.matrix = newMatrix(r.header)
		r.problems = append(r.problems, r.matrix.clip()...)
	}
	switch {
	case isHandshakes(header.Plan) && header.Plan.Trials > 0:
		r.breaks = newBreaks(r.header)
	case isHandshakes(header.Plan):
		r.handshakes = newGatheredHandshakes(r.header)
	}
	return r
}

// mostChecks is how many findings about a host a report has. A host has a dozen;
// eighty thousand of a record that somebody made up are lines that nobody reads.
const mostChecks = 40

func (r *gatheredRun) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

// block adds the samples of one block to its series.
func (r *gatheredRun) block(b *result.Block) {
	r.blocks++
	r.samples += len(b.ReleaseNS)
	if b.Warmup {
		return
	}
	appear(r.rounds, b.Round)
	round := r.rounds[b.Round]
	r.reasons = invalid(r.reasons, b)
	planned, series := r.header.Plan.Series[b.Series], &r.series[b.Series]
	for i, reason := range r.reasons {
		series.at(kindOf(b, i, reason), stageOf(b.Stage[i])).sample(b, i, reason, round)
	}
	if planned.Children > 1 {
		series.groups(b, r.reasons, planned.Children, max(r.header.Plan.Stages, 1), round)
	}
	series.life.block(b, max(planned.Children, 1))
}

// A gatheredSeries is the samples of one series of the plan.
type gatheredSeries struct {
	held, early [2]gatheredStage // the first stage and the later ones
	fans        [2]gatheredFan   // likewise
	life        gatheredLife
}

// numberOf is the place of a stage in a gatheredSeries.
func numberOf(stage string) int { return yes(stage != StageFirst) }

func (s *gatheredSeries) at(kind, stage string) *gatheredStage {
	if kind == KindEarly {
		return &s.early[numberOf(stage)]
	}
	return &s.held[numberOf(stage)]
}

// A gatheredStage is the samples of a series at one stage and of one kind.
type gatheredStage struct {
	took         packed // in ns, as the other two
	ends         roundEnds
	signal, hold packed
	invalid      map[string]int
	used, waited float64 // CPU time and wall time of the waits, ns
}

// sample adds the sample of a block at i.
func (s *gatheredStage) sample(b *result.Block, i int, reason string, round int) {
	if reason != "" {
		if s.invalid == nil {
			s.invalid = make(map[string]int)
		}
		s.invalid[reason]++
		return
	}
	s.took.add(took(b, i))
	s.ends.add(round, s.took.n)
	s.signal.add(b.SignalNS[i])
	if result.Early(b.HoldNS[i]) {
		return
	}
	s.hold.add(b.HoldNS[i])
	s.used += float64(b.WaitCPUNS[i])
	s.waited += float64(b.HoldNS[i]) + float64(b.ReleaseNS[i])
}

// finish summarizes the run.
func (r *gatheredRun) finish() Run {
	r.check()
	var handshakes *Handshakes
	if r.handshakes != nil {
		handshakes = r.handshakes.finish(r.end)
		r.problems = append(r.problems, handshakes.clip()...)
	}
	run := Run{Header: r.header, End: r.end, Problems: r.problems, Handshakes: handshakes, Breaks: r.breaks}
	fans := slices.ContainsFunc(r.header.Plan.Series, func(s result.Series) bool { return s.Children > 1 })
	finished := make([][]Series, len(r.series))
	inParallel(len(r.series), func(i int) {
		finished[i] = r.series[i].finish(r.header.Plan.Series[i], r.header.Plan.Stages, len(r.rounds), fans)
		r.series[i] = gatheredSeries{}
	})
	run.Series = slices.Concat(finished...)
	order(run.Series)
	if r.matrix != nil {
		*run.matrixNamed(r.matrix.Name) = r.matrix
	}
	return run
}

// finish makes a Series of each stage that was planned or measured, and one
// more where releases were early. A stage whose releases all were has no other.
func (s *gatheredSeries) finish(planned result.Series, stages, rounds int, fans bool) []Series {
	var all []Series
	planned.Primitive = planned.Label() // a series of its own, which is not what it is once more
	life := s.life.finish()
	for i, stage := range []string{StageFirst, StageLater} {
		held, early := &s.held[i], &s.early[i]
		wanted := stage == StageFirst || stages > 1
		if !held.empty() || wanted && early.empty() {
			one := held.finish(rounds)
			one.Series, one.Stage, one.Kind, one.Life = planned, stage, KindHeld, life
			if fans {
				one.Fan = s.fans[i].finish(planned, one, rounds)
			}
			all = append(all, one)
		}
		if !early.empty() {
			one := early.finish(rounds)
			one.Series, one.Stage, one.Kind, one.Life = planned, stage, KindEarly, life
			all = append(all, one)
		}
	}
	return all
}

// check finds what is wrong with the record as a whole.
func (r *gatheredRun) check() {
	if n := len(r.torn); n > 0 {
		r.problem("Torn and left out: %s of the record, the first being line %d.", plural(n, "line"), r.torn[0])
	}
	if r.unknown > 0 {
		r.problem("Passed over: %s of a kind that this version does not know.", plural(r.unknown, "line"))
	}
	switch {
	case r.matrix != nil:
		r.matrix.End = r.end
		if text := r.matrix.incomplete(); text != "" {
			r.problem("%s", text)
		}
	case r.handshakes != nil:
		r.problems = append(r.problems, r.handshakes.check(r.end)...)
	case r.breaks != nil:
		r.breaks.End = r.end
		r.problems = slices.Concat(r.problems, r.breaks.check(), r.breaks.clip())
	case r.end == nil:
		r.problem("The record has no end: the run was cut short after %s.", plural(r.blocks, "block"))
	case r.end.Samples != r.samples || r.end.Blocks != r.blocks:
		r.problem("The end counts %s in %s, the record holds %s in %s.",
			plural(r.end.Samples, "sample"), plural(r.end.Blocks, "block"), plural(r.samples, "sample"), plural(r.blocks, "block"))
	}
}

func (s *gatheredStage) empty() bool { return s.took.n == 0 && len(s.invalid) == 0 }

// finish sorts and summarizes.
func (s *gatheredStage) finish(rounds int) Series {
	sample := stat.NewSample(s.took.take(), s.ends.all(rounds))
	share := math.NaN()
	if s.waited > 0 {
		share = s.used / s.waited
	}
	return Series{
		Release:      sample,
		Summary:      sample.Summarize(),
		firm:         firmOf(sample),
		Invalid:      s.invalid,
		WaitCPUShare: share,
		SignalP50:    s.signal.median(),
		HoldP50:      s.hold.median(),
	}
}

// inRounds are values in the order in which they were measured.
type inRounds struct {
	values []float64
	ends   roundEnds
}

// add takes one of a round.
func (r *inRounds) add(round int, value float64) {
	r.values = append(r.values, value)
	r.ends.add(round, len(r.values))
}

// sample is what statistics are made of, with so many rounds.
func (r *inRounds) sample(rounds int) *stat.Sample {
	return stat.NewSample(r.values, r.ends.all(rounds))
}

// roundEnds are how many values there were at the end of each round.
type roundEnds []int

// add says that the last of so many values is one of a round. A record whose rounds
// go backwards is no record of a run, and what it is to be taken for does not
// matter.
func (e *roundEnds) add(round, values int) {
	for len(*e) <= round {
		*e = append(*e, values-1)
	}
	(*e)[len(*e)-1]++
}

// all lists those of so many rounds.
func (e roundEnds) all(rounds int) []int {
	end := 0
	if len(e) > 0 {
		end = e[len(e)-1]
	}
	for len(e) < rounds {
		e = append(e, end)
	}
	return e
}
