package stat

import (
	"math"
	"slices"
	"testing"

	"github.com/montanaflynn/stats"
	"pgregory.net/rapid"
)

// sample draws values in ascending order, at least least of them.
func sample(t *rapid.T, least int) []float64 {
	values := rapid.SliceOfN(rapid.Float64Range(-1e12, 1e12), least, 400).Draw(t, "values")
	slices.Sort(values)
	return values
}

// near allows for rounding in figures made from values as large as scale.
func near(a, b, scale float64) bool {
	return math.Abs(a-b) <= 1e-12*max(1, math.Abs(scale))
}

// The library is the oracle: same type, another hand.
func TestQuantileAgreesWithMontanaflynn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := sample(t, 1)
		percent := rapid.Float64Range(0.001, 100).Draw(t, "percent")
		want, err := stats.Percentile(values, percent)
		if err != nil {
			t.Fatal(err)
		}
		scale := max(math.Abs(values[0]), math.Abs(values[len(values)-1]))
		if got := Quantile(values, percent/100); !near(got, want, scale) {
			t.Fatalf("Quantile(%v) = %v, the library says %v", percent/100, got, want)
		}
	})
}

func TestQuantileIsMonotoneAndInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := sample(t, 1)
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		q := rapid.Float64Range(p, 1).Draw(t, "q")
		low, high := Quantile(values, p), Quantile(values, q)
		slack := 1e-12 * max(1, math.Abs(high))
		if low > high+slack {
			t.Fatalf("Quantile(%v) = %v > Quantile(%v) = %v", p, low, q, high)
		}
		if low < values[0]-slack || high > values[len(values)-1]+slack {
			t.Fatalf("[%v, %v] is outside the sample", low, high)
		}
	})
}

func TestQuantile(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	tests := []struct {
		name   string
		values []float64
		q      float64
		want   float64
	}{
		{"empty", nil, 0.5, nan},
		{"single, low", []float64{7}, 0, 7},
		{"single, middle", []float64{7}, 0.5, 7},
		{"single, high", []float64{7}, 1, 7},
		{"least, where the library errs", []float64{1, 2, 3}, 0, 1},
		{"greatest", []float64{1, 2, 3}, 1, 3},
		{"on a value", []float64{1, 2, 3}, 0.5, 2},
		{"between values", []float64{1, 2, 3, 10}, 0.9, 7.9},
		{"ties", []float64{5, 5, 5, 5}, 0.37, 5},
		{"q below 0", []float64{1, 2}, -0.1, nan},
		{"q above 1", []float64{1, 2}, 1.1, nan},
		{"q not a number", []float64{1, 2}, nan, nan},
		{"a value not a number", []float64{nan, 1, 2}, 1, nan},
		{"towards infinity", []float64{1, 2, inf}, 0.75, inf},
		{"before infinity", []float64{1, 2, inf}, 0.5, 2},
		{"from infinity to infinity", []float64{-inf, inf}, 0.5, nan},
		{"among infinities", []float64{inf, inf}, 0.5, inf},
		{"a difference that overflows", []float64{-math.MaxFloat64, math.MaxFloat64}, 0.5, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Quantile(test.values, test.q)
			if got != test.want && !near(got, test.want, 10) && !(math.IsNaN(got) && math.IsNaN(test.want)) {
				t.Errorf("Quantile(%v, %v) = %v, want %v", test.values, test.q, got, test.want)
			}
		})
	}
}
