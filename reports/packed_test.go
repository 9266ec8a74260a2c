package reports

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Whatever the numbers: they come back as they were, and their median is that of
// sorting them.
func TestPacked(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func() int64{
		"latencies": func() int64 { return int64(math.Exp(9 + random.NormFloat64())) },
		"few":       func() int64 { return random.Int64N(3) },
		"equal":     func() int64 { return 77 },
		"far apart": func() int64 { return random.Int64N(2) * (math.MaxInt64 - 3) },
		"any":       random.Int64,
		"negative":  func() int64 { return random.Int64N(10) - 8 },
	} {
		for _, n := range []int{0, 1, 2, 3, 10, 1001, 20000} {
			var p packed
			values := make([]int64, n)
			for i := range values {
				values[i] = draw()
			}
			p.addAll(values)
			q := p
			sorted := slices.Clone(values)
			for i := range sorted {
				sorted[i] = max(sorted[i], 0)
			}
			ordered := slices.Clone(sorted)
			slices.Sort(sorted)
			want := math.NaN()
			if n > 0 {
				want = (float64(sorted[(n-1)/2]) + float64(sorted[n/2])) / 2
			}
			if got := p.median(); got != want && n > 0 || n == 0 && !math.IsNaN(got) {
				t.Errorf("median of %d %s is %v, want %v", n, name, got, want)
			}
			back := q.take()
			if len(back) != n || p.n+q.n != 0 {
				t.Fatalf("%d of %d %s came back, and %d are left", len(back), n, name, p.n+q.n)
			}
			for i, v := range back {
				if v != float64(ordered[i]) {
					t.Fatalf("number %d of %d %s came back as %v, was %v", i, n, name, v, ordered[i])
				}
			}
		}
	}
}
