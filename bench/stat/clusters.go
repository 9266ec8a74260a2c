package stat

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// paired are the rounds of two samples that have values of both, each of which
// is one observation.
type paired struct {
	rounds  []pairedRound
	weights float64   // their sum
	scores  []float64 // of the rounds, for use in between
}

// A pairedRound holds the values of a round, ascending.
type pairedRound struct {
	ours, theirs []float64
	weight       float64
}

func pair(s, baseline *Sample) *paired {
	p := &paired{}
	for i := range s.ends {
		r := pairedRound{ours: s.round(i), theirs: baseline.round(i)}
		if m, n := float64(len(r.ours)), float64(len(r.theirs)); m > 0 && n > 0 {
			r.weight = m * n / (m + n)
			p.weights += r.weight
			p.rounds = append(p.rounds, r)
		}
	}
	p.scores = make([]float64, len(p.rounds))
	return p
}

// A move is what is done to a value of theirs before it is compared.
type move struct{ times, plus float64 }

func scaled(by float64) move  { return move{times: by} }
func shifted(by float64) move { return move{1, by} }

// above is the share of pairs in which ours is greater than theirs as moved, ties
// counting half.
func (r pairedRound) above(m move) float64 {
	above, equal, i, j := 0, 0, 0, 0
	for _, v := range r.theirs {
		at := v*m.times + m.plus
		for i < len(r.ours) && r.ours[i] < at {
			i++
		}
		for j = max(i, j); j < len(r.ours) && r.ours[j] == at; {
			j++
		}
		above += len(r.ours) - j
		equal += j - i
	}
	return (float64(above) + float64(equal)/2) / float64(len(r.ours)*len(r.theirs))
}

// score fills the scores of the rounds: how far each is from one half. It
// returns their mean and its standard error, the weights considered.
func (p *paired) score(m move) (mean, stderr float64) {
	for i, r := range p.rounds {
		p.scores[i] = r.above(m) - 0.5
		mean += r.weight * p.scores[i]
	}
	mean /= p.weights
	squares := 0.0
	for i, r := range p.rounds {
		d := r.weight * (p.scores[i] - mean)
		squares += d * d
	}
	n := float64(len(p.rounds))
	return mean, math.Sqrt(squares*n/(n-1)) / p.weights
}

// invert finds by how much theirs have to be moved until ours are as often above
// them as below, and the interval of it, which is so many standard errors wide to
// either side.
func (p *paired) invert(by func(float64) move, s search, guess, confidence float64) (estimate float64, iv Interval, wide float64) {
	estimate = s.from(guess, func(v float64) float64 { m, _ := p.score(by(v)); return m })
	p.score(by(estimate))
	wide = p.critical(confidence)
	from := func(sign float64) func(v float64) float64 {
		return func(v float64) float64 {
			mean, stderr := p.score(by(v))
			return mean - sign*wide*stderr
		}
	}
	// Where all pairs are alike the mean jumps at the estimate, from far above
	// nothing to far below it.
	lo, hi := s.from(estimate, from(1)), s.from(estimate, from(-1))
	return estimate, Interval{min(lo, estimate), max(hi, estimate)}, wide
}

// critical is how many standard errors an interval is wide to either side, from
// the scores at its middle.
//
// If a round resembles the one before it, as in an autoregression of first order,
// the variance of the mean is raised by (1+r)/(1-r), and is known as badly as r:
// the degrees of freedom follow from the variance of r, which is 1/n. Rounds are
// too few for a sum over lags: of a hundred it would be off by half of itself.
func (p *paired) critical(confidence float64) float64 {
	n := float64(len(p.rounds))
	freedom, factor := n-1, 1.0
	if r := p.resemblance(); r > 0 {
		factor = (1 + r) / (1 - r)
		freedom = min(freedom, max(n*(1-r*r)*(1-r*r)/2, 1))
	}
	return distuv.StudentsT{Sigma: 1, Nu: freedom}.Quantile((1+confidence)/2) * math.Sqrt(factor)
}

// resemblance is the correlation of the scores with those of the round before, as
// far as it is believed.
func (p *paired) resemblance() float64 {
	mean := sum(p.scores) / float64(len(p.scores))
	var all, next float64
	for i, v := range p.scores {
		all += (v - mean) * (v - mean)
		if i > 0 {
			next += (v - mean) * (p.scores[i-1] - mean)
		}
	}
	if all == 0 {
		return 0
	}
	const most = 0.9
	return min(next/all, most)
}

// delta is Cliff's.
func (p *paired) delta(confidence float64) (float64, Interval) {
	mean, stderr := p.score(move{times: 1})
	half := p.critical(confidence) * stderr
	return 2 * mean, Interval{max(2*(mean-half), -1), min(2*(mean+half), 1)}
}
