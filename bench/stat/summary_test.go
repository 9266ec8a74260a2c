package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/montanaflynn/stats"
	"pgregory.net/rapid"
)

// kinds are those of the warnings of a summary.
func kinds(s Summary) []Doubt {
	var all []Doubt
	for _, w := range s.Warnings {
		all = append(all, w.Kind)
	}
	return all
}

func TestSummarize(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tests := []struct {
		name                     string
		values                   []float64
		min, max, p50, mean, dev float64
		short                    []int
		kinds                    []Doubt
	}{
		{"empty", nil, nan, nan, nan, nan, nan, []int{6, 36, 368, 3688}, []Doubt{DoubtEmpty}},
		{"single", []float64{3}, 3, 3, nan, 3, nan, []int{6, 36, 368, 3688}, slices.Repeat([]Doubt{DoubtShort}, 4)},
		{"six, out of order", []float64{6, 1, 2, 5, 3, 4}, 1, 6, 3.5, 3.5, math.Sqrt(3.5), []int{36, 368, 3688}, append(slices.Repeat([]Doubt{DoubtShort}, 3), DoubtUnseen)},
		{"ties", slices.Repeat([]float64{9}, 4000), 9, 9, 9, 9, 0, nil, []Doubt{DoubtTies}},
		{"a NaN among numbers", []float64{1, nan, 2}, nan, nan, nan, nan, nan, []int{6, 36, 368, 3688}, []Doubt{DoubtNaN}},
		{"infinity", []float64{1, 2, 3, 4, 5, inf}, 1, inf, 3.5, inf, nan, []int{36, 368, 3688}, append(slices.Repeat([]Doubt{DoubtShort}, 3), DoubtUnseen)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := NewSample(test.values, nil).Summarize()
			for what, pair := range map[string][2]float64{
				"min": {s.Min, test.min}, "max": {s.Max, test.max}, "p50": {s.P50, test.p50}, "mean": {s.Mean, test.mean}, "deviation": {s.StdDev, test.dev},
			} {
				if got, want := pair[0], pair[1]; got != want && !near(got, want, want) && !(math.IsNaN(got) && math.IsNaN(want)) {
					t.Errorf("%s: %v, want %v", what, got, want)
				}
			}
			var need []int
			for _, short := range s.Short {
				need = append(need, short.Need)
			}
			if !slices.Equal(need, test.short) || !slices.Equal(kinds(s), test.kinds) || s.N != len(test.values) {
				t.Errorf("n %d, needs %v, warnings %v", s.N, need, s.Warnings)
			}
			if math.IsNaN(s.P50) == s.P50Interval.Known() {
				t.Errorf("p50 %v, its interval %v", s.P50, s.P50Interval)
			}
		})
	}
}

// Enough samples that depend on nothing leave nothing to warn of, and the figures
// stand in order.
func TestSummaryOfEnough(t *testing.T) {
	values := populations[0].draw(rand.New(rand.NewPCG(1, 2)), 8000, 0)
	s := NewSample(values, nil).Summarize()
	if len(s.Short) != 0 || len(s.Warnings) != 0 {
		t.Errorf("short %v, warnings %v", s.Short, s.Warnings)
	}
	rising := []float64{s.Min, s.P50Interval.Lo, s.P50, s.P50Interval.Hi, s.P90Interval.Lo, s.P90, s.P90Interval.Hi, s.P99Interval.Lo, s.P99, s.P99Interval.Hi, s.P999Interval.Lo, s.P999, s.P999Interval.Hi}
	if !slices.IsSorted(rising) || math.IsNaN(rising[0]) || s.P999Interval.Hi > s.Max {
		t.Errorf("figures out of order: %v", rising)
	}
	mean, _ := stats.Mean(values)
	if !near(s.Mean, mean, mean) {
		t.Errorf("mean %v, want %v", s.Mean, mean)
	}
}

// Each doubt is told of a sample that deserves it, with what to do, and of one that
// does not it is not.
func TestDoubts(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	plain := populations[0].draw(random, 4000, 0)
	drifting := slices.Clone(plain)
	for i := range drifting[2000:] {
		drifting[2000+i] *= 1.3
	}
	coarse := make([]float64, len(plain))
	for i, v := range plain {
		coarse[i] = math.Round(v/3000) * 3000
	}
	for name, test := range map[string]struct {
		values []float64
		want   Doubt
		says   string
	}{
		"drift":     {drifting, DoubtDrift, "the second half is 1.3"},
		"modes":     {populations[1].draw(random, 4000, 0), DoubtModes, "2 modes, the greatest with 6"},
		"ties":      {coarse, DoubtTies, "% of the values equal the median"},
		"dependent": {populations[0].draw(random, 20_000, 0.95), DoubtDependent, "20000 values that depend on each other are worth"},
		"unsettled": {counting(400), DoubtDependent, "over 100 in a row and more"},
	} {
		s := NewSample(test.values, nil).Summarize()
		at := slices.IndexFunc(s.Warnings, func(w Warning) bool { return w.Kind == test.want })
		if at < 0 || !strings.Contains(s.Warnings[at].Text, test.says) || s.Warnings[at].Do == "" {
			t.Errorf("%s: %v", name, s.Warnings)
		}
		if got := kinds(NewSample(plain, nil).Summarize()); slices.Contains(got, test.want) {
			t.Errorf("%s: told of a plain sample, too: %v", name, got)
		}
	}
}

// A sample that does not drift is seldom told to.
func TestDriftIsSeldomSeenWhereThereIsNone(t *testing.T) {
	const runs = 1000
	for _, r := range correlations {
		told := simulate(runs, 700, func(random *rand.Rand) bool {
			s := NewSample(populations[0].draw(random, 500, r), nil)
			v := s.drift().Verdict(driftThreshold)
			return v == Faster || v == Slower
		})
		if got := share(t, "told to drift", told, runs); got > 0.005 {
			t.Errorf("correlation %g: %.4f of samples are told to drift", r, got)
		}
	}
}

// What is read off the sorted values does not depend on their order, and the
// caller's values are not changed.
func TestSummarizeKeepsItsArgument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.Float64Range(-1e9, 1e9)).Draw(t, "values")
		before := slices.Clone(values)
		got := NewSample(values, nil).Summarize()
		if !slices.Equal(values, before) {
			t.Fatalf("%v became %v", before, values)
		}
		slices.Sort(before)
		want := NewSample(before, nil).Summarize()
		same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) || near(a, b, 1e9) }
		if !same(got.Min, want.Min) || !same(got.Max, want.Max) || !same(got.Mean, want.Mean) || got.N != want.N {
			t.Fatalf("%+v\n%+v", got, want)
		}
	})
}

// The ratio of two quantiles lies in its interval, whichever is above the other,
// and as often as the interval says.
func TestRatioOfCovers(t *testing.T) {
	runs, slack := trials(2000, 0.05)
	for i, p := range populations {
		for j, q := range []float64{0.5, 0.99} {
			covered := simulate(runs, uint64(800+10*i+j), func(random *rand.Rand) bool {
				a, b := NewSample(p.draw(random, 1500, 0.3), nil), NewSample(p.draw(random, 2500, 0.3), nil)
				iv := RatioOf(a, b, q, Confidence).Interval
				return iv.Lo <= 1 && 1 <= iv.Hi
			})
			if got := share(t, p.name+" "+QuantileName(q), covered, runs); got < 0.94-slack || got > 0.985 {
				t.Errorf("%s, %s: covered %.4f, want 0.94 to 0.985", p.name, QuantileName(q), got)
			}
		}
	}
}

func TestRatioOfRefuses(t *testing.T) {
	fine := NewSample(shuffled(100), nil)
	for name, values := range map[string][]float64{"empty": nil, "zero": {0, 1, 2, 3, 4, 5, 6}, "negative": {-1, 1, 2, 3, 4, 5}, "infinite": {1, 2, 3, 4, 5, math.Inf(1)}} {
		if r := RatioOf(NewSample(values, nil), fine, 0.5, Confidence); !math.IsNaN(r.Ratio) || r.Interval.Known() || r.Verdict(0.1) != Inconclusive {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := RatioOf(NewSample([]float64{1, 2}, nil), fine, 0.5, Confidence); math.IsNaN(r.Ratio) || r.Interval.Known() {
		t.Errorf("too few for an interval: %+v", r)
	}
}
