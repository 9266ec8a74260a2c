package stat

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/aclements/go-moremath/stats"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// A trial is how a simulated run is made: so many series in rounds of blocks. What
// the host does in a round is the same for all series of it.
type trial struct {
	series, rounds, block int
	population            population
	correlation           float64 // of neighbours in a series
	host                  float64 // standard deviation of what a round multiplies all by, on logarithms
	own                   float64 // the same of what it multiplies a series by that others are not
	lasts                 float64 // correlation of that with the round before
	step                  float64 // that values are rounded to; 0 is none
}

// ends are where the rounds end.
func (tr trial) ends() []int {
	return counted(tr.rounds, tr.block)
}

// run draws the samples of a run, which differ by nothing.
func (tr trial) run(random *rand.Rand) []*Sample {
	host := make([]float64, tr.rounds)
	level := 0.0
	for i := range host {
		level = 0.9*level + math.Sqrt(1-0.81)*tr.host*random.NormFloat64()
		host[i] = math.Exp(level)
	}
	all := make([]*Sample, tr.series)
	for i := range all {
		values := tr.population.draw(random, tr.rounds*tr.block, tr.correlation)
		own := 0.0
		for j := range values {
			if j%tr.block == 0 {
				own = tr.lasts*own + math.Sqrt(1-tr.lasts*tr.lasts)*tr.own*random.NormFloat64()
			}
			values[j] *= host[j/tr.block] * math.Exp(own)
			if tr.step > 0 {
				values[j] = math.Round(values[j]/tr.step) * tr.step
			}
		}
		all[i] = NewSample(values, tr.ends())
	}
	return all
}

// Of runs in which nothing differs, at most one in twenty may find a difference in
// any of its series, even where every difference counts.
func TestFalseAlarms(t *testing.T) {
	runs, slack := trials(2000, 0.05)
	for i, p := range populations {
		for j, r := range correlations {
			if !full() && i != j { // each of both once
				continue
			}
			t.Run(fmt.Sprintf("%s, correlation %g", p.name, r), func(t *testing.T) {
				tr := trial{series: 10, rounds: 100, block: 15, population: p, correlation: r, host: 0.2}
				terms := Terms{Confidence: Confidence, Comparisons: tr.series - 1}
				alarms := simulate(runs, uint64(200+10*i+j), func(random *rand.Rand) bool {
					all := tr.run(random)
					for _, s := range all[1:] {
						if c := compared(t, s, all[0], terms); c.Verdict == Faster || c.Verdict == Slower {
							return true
						}
					}
					return false
				})
				if got := share(t, "false alarms", alarms, runs); got > 0.05+slack {
					t.Errorf("%.4f of runs gave a false alarm, want at most 0.05", got)
				}
			})
		}
	}
}

// So it is under conditions that are hard: few rounds of one value, rounds in which
// each series does something of its own that lasts for some of them, and values that
// are tied.
func TestFalseAlarmsWhereItIsHard(t *testing.T) {
	narrow := population{"narrow", func(u float64) float64 { return 100 + 8*normal(u) }}
	for i, test := range []struct {
		name string
		trial
		most float64
	}{
		{"8 rounds of one", trial{series: 10, rounds: 8, block: 1, population: populations[0]}, 0.05},
		{"12 rounds of one, 40 series", trial{series: 40, rounds: 12, block: 1, population: populations[0]}, 0.05},
		{"20 rounds", trial{series: 10, rounds: 20, block: 15, population: populations[0], correlation: 0.3}, 0.05},
		{"rounded", trial{series: 10, rounds: 100, block: 15, population: narrow, step: 10}, 0.05},
		{"rounds of their own", trial{series: 10, rounds: 100, block: 15, population: populations[0], own: 0.26}, 0.05},
		// What lasts for ten rounds of a hundred is not told from chance as it should.
		{"for two rounds", trial{series: 10, rounds: 100, block: 15, population: populations[0], own: 0.26, lasts: 0.5}, 0.10},
		{"for ten rounds", trial{series: 2, rounds: 400, block: 15, population: populations[0], own: 0.26, lasts: 0.9}, 0.10},
	} {
		t.Run(test.name, func(t *testing.T) {
			runs, slack := trials(1000, test.most)
			terms := Terms{Confidence: Confidence, Comparisons: test.series - 1}
			alarms := simulate(runs, uint64(600+i), func(random *rand.Rand) bool {
				all := test.run(random)
				for _, s := range all[1:] {
					c, err := Compare(s, all[0], terms)
					if err != nil && !errors.Is(err, ErrFewRounds) {
						t.Error(err)
					}
					if c.Verdict == Faster || c.Verdict == Slower {
						return true
					}
				}
				return false
			})
			if got := share(t, "false alarms", alarms, runs); got > test.most+slack {
				t.Errorf("%.4f of runs gave a false alarm, want at most %g", got, test.most)
			}
		})
	}
}

// A known factor lies in the interval as often as the interval says, and so does a
// known difference.
func TestComparisonCovers(t *testing.T) {
	runs, slack := trials(2000, 0.05)
	for i, p := range populations {
		for j, r := range correlations {
			if !full() && i != j {
				continue
			}
			t.Run(fmt.Sprintf("%s, correlation %g", p.name, r), func(t *testing.T) {
				tr := trial{series: 2, rounds: 100, block: 15, population: p, correlation: r, host: 0.2}
				terms := Terms{Confidence: Confidence, Comparisons: 1}
				var ratios, shifts atomic.Int64
				simulate(runs, uint64(300+10*i+j), func(random *rand.Rand) bool {
					all := tr.run(random)
					if iv := compared(t, moved(all[0], 1.1, 0), all[1], terms).RatioInterval; iv.Lo <= 1.1 && 1.1 <= iv.Hi {
						ratios.Add(1)
					}
					if iv := compared(t, moved(all[0], 1, 250), all[1], terms).ShiftInterval; iv.Lo <= 250 && 250 <= iv.Hi {
						shifts.Add(1)
					}
					return true
				})
				for what, n := range map[string]int64{"ratio": ratios.Load(), "difference": shifts.Load()} {
					if got := share(t, what, int(n), runs); got < 0.94-slack || got > 0.985 {
						t.Errorf("%s: covered %.4f, want 0.94 to 0.985", what, got)
					}
				}
			})
		}
	}
}

func compared(t *testing.T, s, baseline *Sample, terms Terms) Comparison {
	c, err := Compare(s, baseline, terms)
	if err != nil {
		t.Error(err)
	}
	return c
}

// moved is the sample with all values multiplied and raised.
func moved(s *Sample, times, plus float64) *Sample {
	values := make([]float64, s.N())
	for i, v := range s.ordered {
		values[i] = v*times + plus
	}
	return NewSample(values, s.ends)
}

// The estimates are the medians of all ratios and differences within rounds, and
// Cliff's delta is a count.
func TestCompareIsHodgesLehmann(t *testing.T) {
	tr := trial{series: 2, rounds: 30, block: 9, population: populations[0], host: 0.3}
	all := tr.run(rand.New(rand.NewPCG(5, 6)))
	s, baseline := moved(all[0], 1.2, 0), all[1]
	var ratios, differences []float64
	sign := 0
	for i := range s.ends {
		for _, v := range s.round(i) {
			for _, w := range baseline.round(i) {
				ratios, differences = append(ratios, v/w), append(differences, v-w)
				sign += cmp.Compare(v, w)
			}
		}
	}
	slices.Sort(ratios)
	slices.Sort(differences)
	c := compared(t, s, baseline, Terms{Confidence: Confidence, Comparisons: 1})
	if want := Quantile(ratios, 0.5); math.Abs(c.Ratio/want-1) > 1e-3 {
		t.Errorf("ratio %v, the median of all ratios is %v", c.Ratio, want)
	}
	if want := Quantile(differences, 0.5); math.Abs(c.Shift-want) > 5 {
		t.Errorf("shift %v, the median of all differences is %v", c.Shift, want)
	}
	if want := float64(sign) / float64(len(ratios)); math.Abs(c.Delta-want) > 1e-12 {
		t.Errorf("delta %v, counted %v", c.Delta, want)
	}
	if c.Rounds != 30 || !(c.RatioInterval.Lo < c.Ratio && c.Ratio < c.RatioInterval.Hi) || !(c.ShiftInterval.Lo < c.Shift && c.Shift < c.ShiftInterval.Hi) {
		t.Errorf("%+v", c)
	}
}

// In a single round the score is the U of Mann and Whitney.
func TestScoreAgreesWithMoremath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Map(rapid.IntRange(1, 20), func(i int) float64 { return float64(i) }), 2, 30)
		ours, theirs := values.Draw(t, "ours"), values.Draw(t, "theirs")
		test, err := stats.MannWhitneyUTest(ours, theirs, stats.LocationDiffers)
		if err != nil {
			t.Skip(err)
		}
		p := pair(NewSample(ours, []int{len(ours)}), NewSample(theirs, []int{len(theirs)}))
		if got, want := p.rounds[0].above(shifted(0)), test.U/float64(len(ours)*len(theirs)); math.Abs(got-want) > 1e-12 {
			t.Fatalf("%v, go-moremath says %v", got, want)
		}
	})
}

// Whichever of two is called the baseline, the other way round is the inverse.
func TestComparisonIsSymmetric(t *testing.T) {
	tr := trial{series: 2, rounds: 40, block: 10, population: populations[1], host: 0.3}
	all := tr.run(rand.New(rand.NewPCG(7, 8)))
	terms := Terms{Threshold: 0.02, Confidence: Confidence, Comparisons: 3}
	opposite := map[Verdict]Verdict{Faster: Slower, Slower: Faster, Same: Same, Inconclusive: Inconclusive}
	for _, times := range []float64{1, 1.01, 1.5, 3} {
		s := moved(all[0], times, 0)
		there, back := compared(t, s, all[1], terms), compared(t, all[1], s, terms)
		near := func(what string, a, b float64) {
			if math.Abs(a-b) > 1e-3*max(1, math.Abs(a)) { // within the gap between two ratios
				t.Errorf("times %g: %s: %v and %v", times, what, a, b)
			}
		}
		near("ratio", there.Ratio, 1/back.Ratio)
		near("lower end", there.RatioInterval.Lo, 1/back.RatioInterval.Hi)
		near("upper end", there.RatioInterval.Hi, 1/back.RatioInterval.Lo)
		near("delta", there.Delta, -back.Delta)
		near("seen", there.Seen, back.Seen)
		if opposite[there.Verdict] != back.Verdict {
			t.Errorf("times %g: %s there, %s back", times, there.Verdict, back.Verdict)
		}
	}
}

// What a run could have seen it sees in four of five runs.
func TestSeen(t *testing.T) {
	const runs = 400
	tr := trial{series: 2, rounds: 60, block: 10, population: populations[0], correlation: 0.3, host: 0.2}
	terms := Terms{Threshold: 0.02, Confidence: Confidence, Comparisons: 1}
	var all []float64
	for seed := range uint64(51) {
		run := tr.run(rand.New(rand.NewPCG(9, seed)))
		all = append(all, compared(t, run[0], run[1], terms).Seen)
	}
	slices.Sort(all)
	seen := all[25] // each run knows its own noise but roughly
	found := simulate(runs, 500, func(random *rand.Rand) bool {
		all := tr.run(random)
		return compared(t, moved(all[0], 1+seen, 0), all[1], terms).Verdict == Slower
	})
	if got := share(t, fmt.Sprintf("a difference of %.3f seen", seen), found, runs); got < 0.7 || got > 0.9 {
		t.Errorf("seen in %.3f of runs, want about 0.8", got)
	}
}

func TestCompareVerdicts(t *testing.T) {
	tr := trial{series: 2, rounds: 400, block: 20, population: populations[0]}
	all := tr.run(rand.New(rand.NewPCG(3, 4)))
	for times, want := range map[float64]Verdict{1: Same, 1.5: Slower, 0.7: Faster, 1.02: Inconclusive} {
		if c := compared(t, moved(all[0], times, 0), all[1], Terms{0.02, Confidence, 1}); c.Verdict != want {
			t.Errorf("%g times: %s (%v), want %s", times, c.Verdict, c.RatioInterval, want)
		}
	}
}

func TestCompareRefuses(t *testing.T) {
	eight := []int{1, 2, 3, 4, 5, 6, 7, 8}
	fine := NewSample(counting(8), eight)
	tests := []struct {
		name        string
		s, baseline *Sample
		want        error
	}{
		{"no rounds", NewSample(counting(8), nil), fine, ErrNoRounds},
		{"other rounds", NewSample(counting(8), eight[:7]), fine, ErrNoRounds},
		{"empty", NewSample(nil, make([]int, 8)), fine, ErrFewRounds},
		{"empty baseline", fine, NewSample(nil, make([]int, 8)), ErrFewRounds},
		{"seven rounds", NewSample(counting(7), []int{1, 2, 3, 4, 5, 6, 7, 7}), fine, ErrFewRounds},
		{"a NaN", NewSample(append(counting(7), math.NaN()), eight), fine, ErrNotNumbers},
		{"an infinity", fine, NewSample(append(counting(7), math.Inf(1)), eight), ErrNotNumbers},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := Compare(test.s, test.baseline, Terms{0.02, Confidence, 1})
			if !errors.Is(err, test.want) || c.Verdict != Inconclusive || !math.IsNaN(c.Ratio) || c.RatioInterval.Known() {
				t.Errorf("%v, %+v", err, c)
			}
		})
	}
}

func TestCompareRefusesTerms(t *testing.T) {
	fine := NewSample(shuffled(100), counted(20, 5))
	for _, terms := range []Terms{{}, {0, 1, 1}, {0, math.NaN(), 1}, {-0.1, 0.95, 1}, {math.NaN(), 0.95, 1}} {
		if c, err := Compare(fine, fine, terms); !errors.Is(err, ErrTerms) || c.Verdict != Inconclusive {
			t.Errorf("%+v: %v, %s", terms, err, c.Verdict)
		}
	}
}

// More comparisons than the rounds can bear have estimates, and no intervals.
func TestCompareWithTooFewRoundsForAllOfThem(t *testing.T) {
	a, b := NewSample([]float64{3, 1, 5, 2, 8, 4, 9, 6, 7}, counted(9, 1)), NewSample([]float64{2, 4, 1, 6, 3, 8, 5, 9, 7}, counted(9, 1))
	c, err := Compare(a, b, Terms{0.02, Confidence, 100})
	if !errors.Is(err, ErrFewRounds) || c.RatioInterval.Known() || math.IsNaN(c.Ratio) || c.Verdict != Inconclusive {
		t.Errorf("%v, %+v", err, c)
	}
	if _, err := Compare(a, b, Terms{0.02, Confidence, 1}); err != nil {
		t.Error(err)
	}
}

// The interval of Cliff's delta holds it near its bounds, too, where nearly all of
// one are greater.
func TestDeltaCovers(t *testing.T) {
	const runs = 600
	tr := trial{series: 2, rounds: 50, block: 10, population: populations[0]}
	terms := Terms{Confidence: Confidence, Comparisons: 1}
	for _, times := range []float64{1.3, 3, 4.5} {
		truth := 2*distuv.UnitNormal.CDF(math.Log(times)/(0.4*math.Sqrt2)) - 1
		covered := simulate(runs, 610, func(random *rand.Rand) bool {
			all := tr.run(random)
			iv := compared(t, moved(all[0], times, 0), all[1], terms).DeltaInterval
			return iv.Lo <= truth && truth <= iv.Hi && iv.Lo > -1 && iv.Hi <= 1
		})
		if got := share(t, fmt.Sprintf("delta %.3f", truth), covered, runs); got < 0.91 {
			t.Errorf("%g times: covered %.4f", times, got)
		}
	}
}

// Values that stand further apart than the threshold are not told to be the same.
func TestCompareIsNoFinerThanTheClock(t *testing.T) {
	narrow := population{"narrow", func(u float64) float64 { return 100 + 4*normal(u) }}
	all := trial{series: 2, rounds: 100, block: 15, population: narrow, step: 10}.run(rand.New(rand.NewPCG(2, 2)))
	if c := compared(t, all[0], all[1], Terms{0.02, Confidence, 1}); c.Verdict != Inconclusive {
		t.Errorf("%+v", c)
	}
	if c := compared(t, all[0], all[1], Terms{0.2, Confidence, 1}); c.Verdict != Same {
		t.Errorf("%+v", c)
	}
}

// Times of nothing have no ratio, and do have a difference.
func TestCompareZeros(t *testing.T) {
	values := make([]float64, 100)
	for i := range values {
		values[i] = float64(i % 3)
	}
	zeros := NewSample(values, counted(20, 5))
	c := compared(t, moved(zeros, 1, 10), zeros, Terms{0.02, Confidence, 1})
	if !math.IsNaN(c.Ratio) || c.Verdict != Inconclusive || c.Shift != 10 || c.Delta != 1 {
		t.Errorf("%+v", c)
	}
}

// Samples that are all the same come to a point and to an end.
func TestCompareTies(t *testing.T) {
	ends := counted(20, 5)
	a, b := NewSample(slices.Repeat([]float64{7}, 100), ends), NewSample(slices.Repeat([]float64{14}, 100), ends)
	c := compared(t, b, a, Terms{0.02, Confidence, 1})
	if math.Abs(c.Ratio-2) > 1e-5 || c.Verdict != Slower || math.Abs(c.Shift-7) > 1e-4 || c.Delta != 1 {
		t.Errorf("%+v", c)
	}
}

// counted are the ends of n rounds of a block each.
func counted(n, block int) []int {
	ends := make([]int, n)
	for i := range ends {
		ends[i] = (i + 1) * block
	}
	return ends
}

// Whatever the values are, a comparison comes to an end, and its intervals hold
// its estimates.
func TestCompareEnds(t *testing.T) {
	value := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(-5, 5), rapid.Int64Range(0, math.MaxInt64), rapid.Just(int64(math.MaxInt64)))
	rapid.Check(t, func(t *rapid.T) {
		block := rapid.IntRange(1, 3).Draw(t, "block")
		draw := func(name string) *Sample {
			values := make([]float64, 10*block)
			for i := range values {
				values[i] = float64(value.Draw(t, name))
			}
			return NewSample(values, counted(10, block))
		}
		c, err := Compare(draw("ours"), draw("theirs"), Terms{0.02, Confidence, 2})
		if errors.Is(err, ErrFewRounds) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		if !(c.ShiftInterval.Lo <= c.Shift && c.Shift <= c.ShiftInterval.Hi) || c.Ratio < c.RatioInterval.Lo || c.Ratio > c.RatioInterval.Hi {
			t.Fatalf("%+v", c)
		}
	})
}
