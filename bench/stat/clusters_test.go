package stat

import (
	"math/rand/v2"
	"testing"
)

// Whatever was asked before, a move's scores are those of counting all pairs: with
// ties, rounds of any size, and moves from near to far in any order.
func TestScoresAreThoseOfAllPairs(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	draw := func() *Sample {
		var values []float64
		var ends []int
		for range 30 {
			for range random.IntN(12) {
				values = append(values, float64(1+random.IntN(20)))
			}
			ends = append(ends, len(values))
		}
		return NewSample(values, ends)
	}
	for range 20 {
		s, baseline := draw(), draw()
		for _, by := range []func(float64) move{func(v float64) move { return shifted(20 * (v - 1)) }, scaled} {
			p := pair(s, baseline)
			near := 1.0
			for range 100 {
				if random.IntN(10) == 0 {
					near = 0.1 + 2*random.Float64()
				}
				m := by(near + []float64{0, 1e-9, 0.01, 0.5}[random.IntN(4)]*(random.Float64()-0.5))
				p.score(m)
				for i, r := range p.rounds {
					if want := r.counted(m) - 0.5; p.scores[i] != want {
						t.Fatalf("round %d of %v and %v under %+v: %v, want %v", i, r.ours, r.theirs, m, p.scores[i], want)
					}
				}
			}
		}
	}
}

// counted is above, pair by pair.
func (r pairedRound) counted(m move) float64 {
	above, equal := 0, 0
	for _, v := range r.theirs {
		for _, w := range r.ours {
			switch at := v*m.times + m.plus; {
			case w > at:
				above++
			case w == at:
				equal++
			}
		}
	}
	return (float64(above) + float64(equal)/2) / float64(len(r.ours)*len(r.theirs))
}

// How often a comparison moves all pairs does not rise with how many there are.
func TestSearchesTakeAsManyMovesOfMoreRounds(t *testing.T) {
	moves := func(rounds int) int {
		tr := trial{series: 2, rounds: rounds, block: 15, population: populations[0]}
		all := tr.run(rand.New(rand.NewPCG(7, 8)))
		p := pair(all[1], all[0])
		s, baseline := all[1].Sorted(), all[0].Sorted()
		n := len(s) - 1
		p.invert(shifted, search{s[0] - baseline[n], s[n] - baseline[0], 50, 0.01}, 0, Confidence)
		return p.moves
	}
	few, many := moves(100), moves(1600)
	t.Logf("%d moves of 100 rounds, %d of 1,600", few, many)
	if many > few*3/2 {
		t.Errorf("%d moves of 100 rounds, %d of 1,600", few, many)
	}
}
