package stat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/aclements/go-moremath/stats"
	"pgregory.net/rapid"
)

func TestNeed(t *testing.T) {
	tests := []struct {
		q, confidence float64
		want          int
	}{
		{0.5, 0.95, 6},
		{0.9, 0.95, 36},
		{0.99, 0.95, 368},
		{0.01, 0.95, 368},
		{0.999, 0.95, 3688},
		{0.9999, 0.95, 36887},
		{0, 0.95, math.MaxInt},
		{1, 0.95, math.MaxInt},
		{0.5, 0, math.MaxInt},
		{0.5, 1, math.MaxInt},
		{math.NaN(), 0.95, math.MaxInt},
		{0.5, math.NaN(), math.MaxInt},
		{1e-300, 0.95, math.MaxInt},
	}
	for _, test := range tests {
		if got := Need(test.q, test.confidence); got != test.want {
			t.Errorf("Need(%v, %v) = %d, want %d", test.q, test.confidence, got, test.want)
		}
	}
}

// counting returns 1, 2, ... n, so that a value is its own rank.
func counting(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(i + 1)
	}
	return values
}

func TestIntervalExistsFromNeedOn(t *testing.T) {
	for _, q := range []float64{0.01, 0.25, 0.5, 0.9, 0.99, 0.999} {
		need := Need(q, 0.95)
		if _, ok := QuantileInterval(counting(need-1), q, 0.95); ok {
			t.Errorf("q %v: %d samples have an interval, Need says %d", q, need-1, need)
		}
		iv, ok := QuantileInterval(counting(need), q, 0.95)
		if !ok || iv.Confidence < 0.95 {
			t.Errorf("q %v: %d samples have %v, %v", q, need, iv, ok)
		}
	}
}

// coverage sums P(lo <= X < hi) from the oracle's probabilities.
func coverage(n int, q float64, lo, hi int) float64 {
	law := stats.BinomialDist{N: n, P: q}
	sum := 0.0
	for k := lo; k < hi; k++ {
		sum += law.PMF(float64(k))
	}
	if math.IsNaN(sum) {
		panic("n is too large for the oracle")
	}
	return sum
}

// Over sizes that the oracle can bear, the confidence stated is the one
// reached, it is enough, and each end is as far in as half of the doubt allows.
func TestIntervalAgreesWithBinomial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.Float64Range(0.02, 0.98).Draw(t, "q")
		confidence := rapid.Float64Range(0.5, 0.999).Draw(t, "confidence")
		need := Need(q, confidence)
		n := rapid.IntRange(need, need+300).Draw(t, "n")
		iv, ok := QuantileInterval(counting(n), q, confidence)
		if !ok {
			t.Fatalf("no interval from %d samples", n)
		}
		lo, hi := int(iv.Lo), int(iv.Hi)
		if got := coverage(n, q, lo, hi); math.Abs(got-iv.Confidence) > 1e-9 {
			t.Fatalf("[%d, %d] of %d covers %v, stated %v", lo, hi, n, got, iv.Confidence)
		}
		if iv.Confidence < confidence-1e-12 {
			t.Fatalf("[%d, %d] of %d covers %v, wanted %v", lo, hi, n, iv.Confidence, confidence)
		}
		half := (1 - confidence) / 2
		if beyond := coverage(n, q, 0, lo+1); beyond < half-1e-9 {
			t.Fatalf("lower end %d of %d could be further in: %v < %v", lo, n, beyond, half)
		}
		if beyond := coverage(n, q, hi-1, n+1); beyond < half-1e-9 {
			t.Fatalf("upper end %d of %d could be further in: %v < %v", hi, n, beyond, half)
		}
	})
}

// For a median the normal approximation is good, so the two must agree within
// a rank however large the sample is.
func TestMedianIntervalAgreesWithMoremath(t *testing.T) {
	for _, n := range []int{31, 100, 1001, 50_000, 1_000_000} {
		iv, ok := QuantileInterval(counting(n), 0.5, 0.95)
		other := stats.QuantileCI(n, 0.5, 0.95)
		if !ok || math.Abs(iv.Lo-float64(other.LoOrder)) > 1 || math.Abs(iv.Hi-float64(other.HiOrder)) > 1 {
			t.Errorf("n %d: %v, go-moremath [%d, %d]", n, iv, other.LoOrder, other.HiOrder)
		}
	}
}

// The reason for sums of our own; when it falls, so may they.
func TestMoremathAsksTooManySamples(t *testing.T) {
	if ci := stats.QuantileCI(368, 0.99, 0.95); ci.HiOrder <= 368 {
		t.Errorf("go-moremath now gives a p99 of 368 samples the interval [%d, %d]", ci.LoOrder, ci.HiOrder)
	}
}

func TestIntervalRefuses(t *testing.T) {
	tests := []struct {
		name          string
		values        []float64
		q, confidence float64
	}{
		{"empty", nil, 0.5, 0.95},
		{"single", []float64{1}, 0.5, 0.95},
		{"a NaN", append([]float64{math.NaN()}, counting(100)...), 0.5, 0.95},
		{"q 0", counting(100), 0, 0.95},
		{"q 1", counting(100), 1, 0.95},
		{"certainty", counting(100), 0.5, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if iv, ok := QuantileInterval(test.values, test.q, test.confidence); ok {
				t.Errorf("got %v", iv)
			}
		})
	}
}

// A tail met to the last bit: of n values none lies below the median with a
// probability of exactly one in 2^n.
func TestIntervalAtTheEdge(t *testing.T) {
	for n := 2; n <= 52; n++ {
		confidence := 1 - math.Ldexp(2, -n)
		if need := Need(0.5, confidence); need != n {
			t.Errorf("Need(0.5, %v) = %d, want %d", confidence, need, n)
		}
		iv, ok := QuantileInterval(counting(n), 0.5, confidence)
		if !ok || iv.Lo != 1 || iv.Hi != float64(n) || math.Abs(iv.Confidence-confidence) > 1e-12 {
			t.Errorf("n %d: got %v, %v; want all of it at %v", n, iv, ok, confidence)
		}
	}
}

func TestIntervalOfTies(t *testing.T) {
	iv, ok := QuantileInterval(slices.Repeat([]float64{4}, 50), 0.5, 0.95)
	if !ok || iv.Lo != 4 || iv.Hi != 4 {
		t.Errorf("got %v, %v; want a point at 4", iv, ok)
	}
}

// Coverage is the promise: over many samples from a known population, the
// intervals cover its quantile as often as they say, on a tail as heavy as
// latencies have. The seed is fixed, so this cannot pass by luck one day.
func TestCoverage(t *testing.T) {
	tests := []struct {
		q float64
		n int
	}{{0.5, 25}, {0.5, 100}, {0.9, 100}, {0.99, 368}, {0.99, 1000}}
	for _, test := range tests {
		t.Run(fmt.Sprintf("q=%v,n=%d", test.q, test.n), func(t *testing.T) {
			reached, stated := simulate(t, test.q, test.n, 2000)
			if reached < 0.94 {
				t.Errorf("covered %.4f, want at least 0.94", reached)
			}
			if math.Abs(reached-stated) > 0.015 {
				t.Errorf("covered %.4f, stated %.4f", reached, stated)
			}
		})
	}
}

// simulate draws runs samples of a Pareto distribution with exponent 1.5,
// whose variance is infinite, and returns the share of intervals that cover
// its quantile, and the confidence that they state.
func simulate(t *testing.T, q float64, n, runs int) (reached, stated float64) {
	t.Helper()
	random := rand.New(rand.NewPCG(20, 26))
	pareto := func(u float64) float64 { return math.Pow(1-u, -1/1.5) }
	values, truth, covered := make([]float64, n), pareto(q), 0
	for range runs {
		for i := range values {
			values[i] = pareto(random.Float64())
		}
		slices.Sort(values)
		iv, ok := QuantileInterval(values, q, 0.95)
		if !ok {
			t.Fatalf("no interval from %d samples", n)
		}
		if iv.Lo <= truth && truth <= iv.Hi {
			covered++
		}
		stated = iv.Confidence
	}
	return float64(covered) / float64(runs), stated
}

func BenchmarkQuantileInterval(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		values := counting(n)
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			for b.Loop() {
				QuantileInterval(values, 0.5, 0.95)
			}
		})
	}
}
