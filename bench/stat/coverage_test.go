package stat

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
)

// Coverage is the promise: over many runs, each with as many samples as a run has
// by default, the intervals hold the population's quantile as often as they say,
// and not much oftener. The seeds are fixed, so this cannot pass by luck one day.
func TestCoverage(t *testing.T) {
	const runs, n = 2000, 1500
	quantiles := []float64{0.5, 0.9, 0.99}
	for i, p := range populations {
		for j, r := range correlations {
			t.Run(fmt.Sprintf("%s, correlation %g", p.name, r), func(t *testing.T) {
				var covered [3]atomic.Int64
				simulate(runs, uint64(100+10*i+j), func(random *rand.Rand) bool {
					s := NewSample(p.draw(random, n, r), nil)
					for k, q := range quantiles {
						iv, ok := s.Interval(q, Confidence)
						if truth := p.at(q); ok && iv.Lo <= truth && truth <= iv.Hi {
							covered[k].Add(1)
						}
					}
					return true
				})
				for k, q := range quantiles {
					if got := share(t, QuantileName(q), int(covered[k].Load()), runs); got < 0.94 || got > 0.97 {
						t.Errorf("%s: covered %.4f, want 0.94 to 0.97", QuantileName(q), got)
					}
				}
			})
		}
	}
}
