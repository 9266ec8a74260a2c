package stat

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestSummarize(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tooFew := func(n string) []string {
		return []string{
			"p50 needs 6 samples for a 95 % interval, has " + n,
			"p90 needs 36 samples for a 95 % interval, has " + n,
			"p99 needs 368 samples for a 95 % interval, has " + n,
			"p99.9 needs 3688 samples for a 95 % interval, has " + n,
		}
	}
	short := []Shortfall{{0.5, 6}, {0.9, 36}, {0.99, 368}, {0.999, 3688}}
	none := Interval{Lo: nan, Hi: nan}
	tests := []struct {
		name   string
		values []float64
		want   Summary
	}{
		{"empty", nil, Summary{
			Min: nan, Max: nan, P50: nan, P90: nan, P99: nan, P999: nan, P50Interval: none,
			Mean: nan, StdDev: nan, MAD: nan,
			Short: short, Warnings: []string{"no samples"},
		}},
		{"single", []float64{3}, Summary{
			N: 1, Min: 3, Max: 3, P50: nan, P90: nan, P99: nan, P999: nan, P50Interval: none,
			Mean: 3, StdDev: nan, MAD: 0,
			Short: short, Warnings: tooFew("1"),
		}},
		{"six, out of order", []float64{6, 1, 2, 5, 3, 4}, Summary{
			N: 6, Min: 1, Max: 6, P50: 3.5, P90: nan, P99: nan, P999: nan,
			P50Interval: Interval{Lo: 1, Hi: 6, Confidence: 1 - 2.0/64},
			Mean:        3.5, StdDev: math.Sqrt(3.5), MAD: 1.5,
			Short: short[1:], Warnings: tooFew("6")[1:],
		}},
		{"ties", slices.Repeat([]float64{9}, 4000), Summary{
			N: 4000, Min: 9, Max: 9, P50: 9, P90: 9, P99: 9, P999: 9,
			P50Interval: Interval{Lo: 9, Hi: 9, Confidence: confidenceOf(4000)},
			Mean:        9,
		}},
		{"a NaN among numbers", []float64{1, nan, 2}, Summary{
			N: 3, Min: nan, Max: nan, P50: nan, P90: nan, P99: nan, P999: nan, P50Interval: none,
			Mean: nan, StdDev: nan, MAD: nan,
			Short: short, Warnings: []string{"1 of 3 values are not numbers"},
		}},
		{"infinity", []float64{1, 2, 3, 4, 5, inf}, Summary{
			N: 6, Min: 1, Max: inf, P50: 3.5, P90: nan, P99: nan, P999: nan,
			P50Interval: Interval{Lo: 1, Hi: inf, Confidence: 1 - 2.0/64},
			Mean:        inf, StdDev: nan, MAD: 1.5,
			Short: short[1:], Warnings: tooFew("6")[1:],
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Summarize(test.values)
			if diff := cmp.Diff(test.want, got, cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// confidenceOf returns, by whole numbers, what the interval of a median of n
// covers: the sum of n over k, from its lower rank to below its upper one, by
// 2^n.
func confidenceOf(n int64) float64 {
	iv, _ := QuantileInterval(counting(int(n)), 0.5, Confidence)
	sum := new(big.Int)
	for k := int64(iv.Lo); k < int64(iv.Hi); k++ {
		sum.Add(sum, new(big.Int).Binomial(n, k))
	}
	covered, _ := new(big.Rat).SetFrac(sum, new(big.Int).Lsh(big.NewInt(1), uint(n))).Float64()
	return covered
}

// Enough samples leave nothing to warn of, and the figures stand in order.
func TestSummaryOfEnough(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, Need(0.999, Confidence))
	for i := range values {
		values[i] = math.Exp(random.NormFloat64())
	}
	s := Summarize(values)
	if len(s.Short) != 0 || len(s.Warnings) != 0 {
		t.Errorf("short %v, warnings %v", s.Short, s.Warnings)
	}
	rising := []float64{s.Min, s.P50Interval.Lo, s.P50, s.P50Interval.Hi, s.P90, s.P99, s.P999, s.Max}
	if !slices.IsSorted(rising) || math.IsNaN(rising[0]) {
		t.Errorf("figures out of order: %v", rising)
	}
}

// The order in which the samples come is none of the summary's business, and
// the caller's slice is none of its property.
func TestSummarizeIgnoresOrderAndKeepsItsArgument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.Float64Range(-1e9, 1e9)).Draw(t, "values")
		before := slices.Clone(values)
		got := Summarize(values)
		if !slices.Equal(values, before) {
			t.Fatalf("%v became %v", before, values)
		}
		slices.Sort(before)
		if diff := cmp.Diff(Summarize(before), got, cmpopts.EquateNaNs()); diff != "" {
			t.Fatalf("-sorted +as drawn\n%s", diff)
		}
	})
}

func BenchmarkSummarize(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, 1_000_000)
	for i := range values {
		values[i] = math.Floor(math.Exp(10 + random.NormFloat64()))
	}
	slices.Sort(values)
	b.ReportAllocs()
	for b.Loop() {
		Summarize(values)
	}
}
