package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Values of which half are equal have no density that could have hills.
func TestModesOfTies(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	values := make([]float64, 5000)
	for i := range values {
		values[i] = 10 * math.Round((100+4*random.NormFloat64())/10)
	}
	if m := NewSample(values, nil).modes(); len(m) > 1 {
		t.Errorf("%v", m)
	}
}

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
