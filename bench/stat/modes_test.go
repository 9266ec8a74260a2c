package stat

import (
	"math/rand/v2"
	"testing"
)

// One hill is seldom taken for two, and two that stand apart are found.
func TestModes(t *testing.T) {
	const runs = 400
	several := func(p population, n int, correlation float64) func(*rand.Rand) bool {
		return func(random *rand.Rand) bool {
			return len(NewSample(p.draw(random, n, correlation), nil).modes()) > 1
		}
	}
	for _, n := range []int{500, 1500, 20000} {
		for _, p := range populations {
			got := share(t, p.name, simulate(runs, 300, several(p, n, 0.3)), runs)
			switch {
			case p.name == "bimodal" && got < 0.99:
				t.Errorf("%d values in two modes: found in %.3f of runs", n, got)
			case p.name != "bimodal" && got > 0.02:
				t.Errorf("%d values, %s: several modes in %.3f of runs", n, p.name, got)
			}
		}
	}
}
