package stat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// Ending a run when its median is known well enough must not cost the interval
// what it promises.
func TestStoppingKeepsCoverage(t *testing.T) {
	const block, rounds = 15, 2000
	runs, slack := trials(2000, 0.06)
	for i, p := range populations {
		for j, r := range correlations {
			if !full() && i != j {
				continue
			}
			for _, precision := range []float64{0.02, 0.05} {
				t.Run(fmt.Sprintf("%s, correlation %g, precision %g", p.name, r, precision), func(t *testing.T) {
					target := Target{Precision: precision}
					truth := p.at(0.5)
					var mu sync.Mutex
					var lengths []int
					covered := simulate(runs, uint64(400+10*i+j), func(random *rand.Rand) bool {
						values := p.draw(random, block*rounds, r)
						n := rounds
						for round := 1; round <= rounds; round++ {
							if target.Due(round) && target.Met(values[:round*block:round*block]) {
								n = round
								break
							}
						}
						iv, ok := NewSample(values[:n*block], nil).Interval(0.5, Confidence)
						mu.Lock()
						lengths = append(lengths, n)
						mu.Unlock()
						return ok && iv.Lo <= truth && truth <= iv.Hi
					})
					slices.Sort(lengths)
					t.Logf("rounds: %d to %d, median %d", lengths[0], lengths[runs-1], lengths[runs/2])
					if got := share(t, "covered", covered, runs); got < 0.94-slack {
						t.Errorf("covered %.4f, want at least 0.94", got)
					}
				})
			}
		}
	}
}

func TestLooksGrowByATenth(t *testing.T) {
	var due []int
	for rounds := range 50 {
		if (Target{}).Due(rounds) {
			due = append(due, rounds)
		}
	}
	if want := []int{20, 22, 24, 26, 28, 30, 33, 36, 39, 42, 46}; !slices.Equal(due, want) {
		t.Errorf("looks after %v rounds, want %v", due, want)
	}
}

// A target is met by more values than would do if they were as dependent as they
// seem, and not long after that.
func TestMet(t *testing.T) {
	values := populations[0].draw(rand.New(rand.NewPCG(6, 6)), 20_000, 0.6)
	target, known, met := Target{0.03}, 0, 0
	for n := 100; n <= len(values) && met == 0; n += 100 {
		if known == 0 && Reached(values[:n:n]) <= target.Precision {
			known = n
		}
		if target.Met(values[:n:n]) {
			met = n
		}
	}
	if known == 0 || met <= known || met > 3*known {
		t.Errorf("known from %d values on, met by %d", known, met)
	}
	if target.Met(nil) || target.Met(make([]float64, 1000)) || target.Met(append(slices.Clone(values), math.NaN())) {
		t.Error("met by nothing, by times of nothing, or with a NaN")
	}
}

func TestReached(t *testing.T) {
	values := make([]float64, 40) // in no order; too few to depend on each other
	for i := range values {
		values[i] = float64(i*17%40 + 1)
	}
	iv, _ := NewSample(values, nil).Interval(0.5, Confidence)
	want := max(iv.Hi-20.5, 20.5-iv.Lo) / 20.5
	if got := Reached(values); math.Abs(got-want) > 1e-12 || got < 0.2 || got > 0.5 {
		t.Errorf("%v, want %v", got, want)
	}
	if (Target{2 * want}).Met(values) {
		t.Error("met by so few values")
	}
	for name, values := range map[string][]float64{"nothing": nil, "too few": {1, 2, 3, 4, 5}, "no time at all": make([]float64, 100)} {
		if got := Reached(values); !math.IsInf(got, 1) {
			t.Errorf("of %s: %v, want that it is not known", name, got)
		}
	}
}
