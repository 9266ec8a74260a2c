package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Sorting by digits and by comparing come to the same bits.
func TestAscending(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	negative := math.Copysign(0, -1)
	for name, draw := range map[string]func() float64{
		"times":      func() float64 { return math.Floor(math.Exp(9 + random.NormFloat64())) },
		"one digit":  func() float64 { return float64(random.IntN(1 << digitBits)) },
		"high digit": func() float64 { return float64(random.IntN(8) << (2 * digitBits)) },
		"32 bits":    func() float64 { return float64(random.Uint32()) },
		"33 bits":    func() float64 { return float64(random.Int64N(1 << 33)) },
		"fractions":  random.Float64,
		"signs":      random.NormFloat64,
		"zeros":      func() float64 { return []float64{0, negative, 1}[random.IntN(3)] },
		"infinite":   func() float64 { return []float64{math.Inf(1), math.Inf(-1), 7}[random.IntN(3)] },
		"NaN":        func() float64 { return []float64{math.NaN(), 3, 1, 2}[random.IntN(4)] },
		"equal":      func() float64 { return 5 },
	} {
		for _, n := range []int{0, 1, 2, fewestByDigit - 1, fewestByDigit, 5000} {
			values := make([]float64, n)
			for i := range values {
				values[i] = draw()
			}
			before, want := slices.Clone(values), slices.Clone(values)
			slices.Sort(want)
			got := ascending(values)
			same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
			if !slices.EqualFunc(got, want, same) {
				t.Errorf("%d %s are not in order", n, name)
			}
			if !slices.EqualFunc(values, before, same) {
				t.Errorf("%d %s were moved where they were", n, name)
			}
			signs := func(values []float64) (n int) {
				for _, v := range values {
					if math.Signbit(v) {
						n++
					}
				}
				return n
			}
			if signs(got) != signs(want) {
				t.Errorf("%d %s: a sign was lost", n, name)
			}
		}
	}
}
