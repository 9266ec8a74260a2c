package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/sync/gate"
)

// wanted is a plan of two series that is to end when both are known to 10 %, or
// after a minute.
func wanted() bench.Plan {
	return bench.Plan{
		Series: bench.Axes{
			Primitives: []gate.Primitive{gate.PipeEOF}, Placements: []bench.Placement{bench.SameCPU, bench.CrossCPU},
		}.Series(),
		Iterations: bench.MaxIterations, Stages: 1, Precision: 0.1, MaxTime: time.Minute,
	}
}

// A made-up run is told to an adaptive one, a round every second.
type made struct {
	*adaptive
	at time.Time
}

func makeUp(plan bench.Plan) *made {
	m := &made{newAdaptive(plan), time.Unix(0, 0)}
	m.now = func() time.Time { return m.at }
	m.record(&result.Header{})
	return m
}

// round is one in which each series has these latencies, and says what ended the
// run behind it.
func (m *made) round(latencies ...[]int64) string {
	for series, ns := range latencies {
		m.record(&result.Block{Series: series, Stage: each(1, ns), HoldNS: each(1000, ns), ReleaseNS: ns})
	}
	m.at = m.at.Add(time.Second)
	return m.enough(m.rounds + 1)
}

// each is a column with v for each of a column.
func each(v int64, column []int64) []int64 { return slices.Repeat([]int64{v}, len(column)) }

// told is what is said at the end of a run.
func (m *made) told() string {
	var b strings.Builder
	m.tell(&b)
	return b.String()
}

func TestStopsAtThePrecision(t *testing.T) {
	m := makeUp(wanted())
	exact, vague := slices.Repeat([]int64{100, 101, 99}, 10), []int64{100, 900}
	for range 24 { // looks after 20 and 22
		if why := m.round(exact, vague); why != "" {
			t.Fatalf("stopped by %s after %d rounds: %+v", why, m.rounds, m.worst)
		}
	}
	if m.worst.series != 1 || m.worst.precision < 0.1 {
		t.Errorf("the worst is %+v", m.worst)
	}
	for range 200 {
		if m.why == "" {
			m.round(exact, exact)
		}
	}
	if m.why != result.StoppedPrecision || !m.target.Due(m.rounds) {
		t.Errorf("stopped by %q after %d rounds", m.why, m.rounds)
	}
	if got := m.told(); !strings.HasPrefix(got, "nsbench: stopped after ") || !strings.HasSuffix(got, " rounds: every median is known to within 10 %\n") {
		t.Errorf("told %q", got)
	}
	if f := m.firsts[0].held; len(f.values) != 30*m.rounds || len(f.ends) != m.rounds || f.ends[1] != 60 {
		t.Errorf("%d values of %d rounds, of which two have %d", len(f.values), len(f.ends), f.ends[1])
	}
}

func TestStopsAtTheTime(t *testing.T) {
	m := makeUp(wanted())
	for m.rounds < 59 {
		if why := m.round([]int64{100, 101, 99}, []int64{100, 900}); why != "" {
			t.Fatalf("stopped by %s after %d rounds", why, m.rounds)
		}
	}
	if left := m.left(time.Hour); left != time.Second {
		t.Errorf("%v left at the most, want 1s", left)
	}
	if left := m.left(time.Millisecond); left != time.Millisecond {
		t.Errorf("%v left at the most, want what the iterations take", left)
	}
	if why := m.round(nil, nil); why != result.StoppedMaxTime {
		t.Errorf("stopped by %q after a minute", why)
	}
	if got, want := m.told(), "nsbench: stopped after 60 rounds by --max-time: the median of pipe-eof (cross-cpu) is known to within 80 %\n"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestToldOfAStop(t *testing.T) {
	p := wanted()
	m := makeUp(p)
	m.round(slices.Repeat([]int64{100}, 10), []int64{100})
	if got, want := m.told(), "nsbench: stopped after 1 round by --iterations: too few releases of pipe-eof (cross-cpu) are valid to say how well its median is known\n"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	p.Precision = 0
	if m := makeUp(p); m.round() != "" || m.told() != "" {
		t.Errorf("of a run that the time was enough for: %q", m.told())
	}
	p.MaxTime = 0
	if m := makeUp(p); m.round([]int64{1}) != "" || m.told() != "" || m.firsts[0].held.values != nil {
		t.Errorf("of a run that only its iterations end: %q", m.told())
	}
}

// A median that is known to the precision and does not count as such is told of with
// the reason.
func TestToldWhyThePrecisionWasNotEnough(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n, want := range map[int]string{
		400: ", but not for certain: its values may depend on each other more than they seem to",
		200: ", but from 200 values, and it takes 300",
	} {
		m := makeUp(wanted())
		for i := range m.firsts {
			for range n {
				m.firsts[i].held.add(5 + rng.Int64N(190))
			}
		}
		reached := max(stat.Reached(m.firsts[0].held.values), stat.Reached(m.firsts[1].held.values)) * 1.001
		m.plan.Precision, m.target.Precision = reached, reached
		if got := m.known(); !strings.HasPrefix(got, "the median of pipe-eof (") || !strings.HasSuffix(got, want) {
			t.Errorf("of %d: %q, want %q", n, got, want)
		}
	}
	m := makeUp(wanted())
	for i := range m.firsts {
		m.firsts[i].held.values = slices.Repeat([]float64{100, 101, 99}, 200)
	}
	if got, want := m.known(), "every median is known to within 10 %, which had not been looked at yet"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What counts is the first release, if it is valid and was measured; early ones
// are a kind of their own.
func TestFirsts(t *testing.T) {
	m := makeUp(wanted())
	b := &result.Block{
		Stage:     []int64{1, 2, 1, 1, 1, 1},
		HoldNS:    []int64{1000, 1000, 1000, 1000, -30, -80},
		ReleaseNS: []int64{11, 12, 13, -14, 50, 70},
		Invalid:   []result.Mark{{Sample: 2, Reason: result.ReasonMoved}},
	}
	m.record(b)
	warmup := *b
	warmup.Warmup = true
	m.record(&warmup)
	f := &m.firsts[0]
	if !slices.Equal(f.held.values, []float64{11}) || !slices.Equal(f.early.values, []float64{20}) {
		t.Errorf("held %v, early %v, want 11 and 20", f.held.values, f.early.values)
	}
	if f.most() != &f.held {
		t.Error("as many early as held: want the held")
	}
	f.early.add(1)
	if f.most() != &f.early {
		t.Error("more early than held: want the early")
	}
}

// Of a group that is whole and valid the middle one counts, and nothing of another.
func TestFirstsOfGroups(t *testing.T) {
	var f firsts
	const children, stages = 3, 2
	b := &result.Block{ReleaseNS: []int64{
		30, 1, 10, 1, 20, 1, // whole
		30, 1, 10, 1, 20, 1, // one child was released early
		30, 1, 10, 1, 20, 1, // one child's later release is marked, and its first is not
		30, 1, 10, 1, 20, 1, // one child's first is
		30, 1, 10, // cut short
	}}
	for i := range b.ReleaseNS {
		b.Stage, b.HoldNS = append(b.Stage, int64(i%stages+1)), append(b.HoldNS, 1000)
	}
	b.HoldNS[8] = -5
	b.Invalid = []result.Mark{{Sample: 13, Reason: result.ReasonMoved}, {Sample: 18, Reason: result.ReasonMoved}}
	f.add(b, children, stages)
	if !slices.Equal(f.held.values, []float64{20, 20}) || f.early.values != nil {
		t.Errorf("held %v, early %v, want 20 twice", f.held.values, f.early.values)
	}
}

func TestPerCent(t *testing.T) {
	for share, want := range map[float64]string{
		0.02: "2 %", 0.031: "3.1 %", 0.0311: "3.2 %", 0.03: "3 %", 0.1: "10 %", 0.111: "12 %", 0.00123: "0.13 %", 1.01: "110 %", 0.999: "100 %", 0: "0 %",
	} {
		if got := perCent(roundUp(share)); got != want {
			t.Errorf("%v is rounded up to %s, want %s", share, got, want)
		}
	}
}
