package stat

import (
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

// shuffled is the same in an order without dependence.
func shuffled(n int) []float64 {
	values := counting(n)
	rand.New(rand.NewPCG(3, uint64(n))).Shuffle(n, func(i, j int) { values[i], values[j] = values[j], values[i] })
	return values
}

// independent is a sample whose values show no dependence, as far as that bears on
// a quantile.
func independent(t *testing.T, n int, q float64) *Sample {
	for seed := range uint64(1000) {
		values := counting(n)
		rand.New(rand.NewPCG(seed, uint64(n))).Shuffle(n, func(i, j int) { values[i], values[j] = values[j], values[i] })
		if s := NewSample(values, nil); s.Dependence(q).Factor == 1 {
			return s
		}
	}
	t.Fatalf("no order of %d values is independent", n)
	return nil
}

func TestIntervalExistsFromNeedOn(t *testing.T) {
	for _, q := range []float64{0.01, 0.25, 0.5, 0.9, 0.99, 0.999} {
		need := Need(q, 0.95)
		if _, ok := independent(t, need-1, q).Interval(q, 0.95); ok {
			t.Errorf("q %v: %d samples have an interval, Need says %d", q, need-1, need)
		}
		if iv, ok := independent(t, need, q).Interval(q, 0.95); !ok || !iv.Known() {
			t.Errorf("q %v: %d samples have %v, %v", q, need, iv, ok)
		}
	}
}

// Of independent values, each end lies between the whole ranks that the binomial's
// tails leave: the one that covers too much and the one that covers too little.
func TestIntervalAgreesWithBinomial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.Float64Range(0.02, 0.98).Draw(t, "q")
		confidence := rapid.Float64Range(0.5, 0.999).Draw(t, "confidence")
		n := rapid.IntRange(Need(q, confidence), Need(q, confidence)+300).Draw(t, "n")
		lo, hi := levels(float64(n), q, (1-confidence)/2)
		below := func(rank float64) float64 { return stats.BinomialDist{N: n, P: q}.CDF(math.Round(rank) - 1) } // that fewer than so many lie below
		half, lower, upper := (1-confidence)/2, lo*float64(n+1), hi*float64(n+1)
		if below(math.Floor(lower)) > half+1e-9 || below(math.Floor(lower)+1) < half-1e-9 {
			t.Fatalf("lower end at rank %v: %v and %v around %v", lower, below(math.Floor(lower)), below(math.Floor(lower)+1), half)
		}
		if 1-below(math.Ceil(upper)) > half+1e-9 || 1-below(math.Ceil(upper)-1) < half-1e-9 {
			t.Fatalf("upper end at rank %v: %v and %v around %v", upper, 1-below(math.Ceil(upper)), 1-below(math.Ceil(upper)-1), half)
		}
	})
}

// For a median the normal approximation is good, so the two agree within a rank
// however large the sample is.
func TestMedianIntervalAgreesWithMoremath(t *testing.T) {
	for _, n := range []int{31, 100, 1001, 50_000, 1_000_000} {
		lo, hi := levels(float64(n), 0.5, 0.025)
		other := stats.QuantileCI(n, 0.5, 0.95)
		if math.Abs(lo*float64(n+1)-float64(other.LoOrder)) > 1.5 || math.Abs(hi*float64(n+1)-float64(other.HiOrder)) > 1.5 {
			t.Errorf("n %d: %v to %v, go-moremath [%d, %d]", n, lo*float64(n+1), hi*float64(n+1), other.LoOrder, other.HiOrder)
		}
	}
}

// The reason for intervals of our own, apart from dependence; when it falls, so may
// they.
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
		{"q 0", shuffled(100), 0, 0.95},
		{"q 1", shuffled(100), 1, 0.95},
		{"certainty", shuffled(100), 0.5, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if iv, ok := NewSample(test.values, nil).Interval(test.q, test.confidence); ok || iv.Known() {
				t.Errorf("got %v", iv)
			}
		})
	}
}

func TestIntervalOfTies(t *testing.T) {
	iv, ok := NewSample(slices.Repeat([]float64{4}, 50), nil).Interval(0.5, 0.95)
	if !ok || iv.Lo != 4 || iv.Hi != 4 {
		t.Errorf("got %v, %v; want a point at 4", iv, ok)
	}
}

// Values that depend on each other are worth fewer, have a wider interval, and
// need more of them for a tail.
func TestDependence(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, test := range []struct {
		correlation, least, most float64
	}{{0, 1, 1.3}, {0.6, 2.4, 3.6}, {0.9, 7, 17}} {
		s := NewSample(populations[0].draw(random, 20_000, test.correlation), nil)
		d := s.Dependence(0.5)
		if d.Factor < test.least || d.Factor > test.most || !d.Settled {
			t.Errorf("correlation %g: %+v, want a factor of %g to %g", test.correlation, d, test.least, test.most)
		}
		if need := s.Need(0.99, 0.95); test.correlation > 0.5 && need < 400 {
			t.Errorf("correlation %g: a p99 needs %d", test.correlation, need)
		}
	}
	rising := NewSample(counting(10_000), nil)
	if d := rising.Dependence(0.5); d.Settled {
		t.Errorf("values that rise all the time: %+v", d)
	}
}

// The correlation that is counted in words is that which is summed up in values.
func TestCorrelation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.SliceOfN(rapid.IntRange(0, 1), 2, 300).Draw(t, "bits")
		lag := rapid.IntRange(1, len(bits)-1).Draw(t, "lag")
		values, mean := make([]float64, len(bits)), 0.0
		for i, b := range bits {
			values[i] = float64(b)
			mean += values[i] / float64(len(bits))
		}
		if mean == 0 || mean > 1-1e-9 {
			t.Skip("no variance")
		}
		want := 0.0
		for i := range values[lag:] {
			want += (values[i] - mean) * (values[i+lag] - mean)
		}
		want /= float64(len(values)-lag) * mean * (1 - mean)
		ind := indicate(values, func(v float64) bool { return v > 0.5 })
		if got := ind.correlation(lag); math.Abs(got-want) > 1e-9 {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}
