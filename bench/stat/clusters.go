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
	scores  []float64 // of the rounds, as last moved
	scored  []scored  // of moves of one kind
	moves   int       // how many there were
}

// scored are the scores of the rounds under a move.
type scored struct {
	move   move
	scores []float64
	needed int // when: at which move
}

// mostScored is how many of these are kept. A search narrows a stretch down, whose
// ends are needed at every step.
const mostScored = 6

// A pairedRound holds the values of a round, ascending.
type pairedRound struct {
	ours, theirs []float64
	below        []int32 // of each of theirs: how many of ours were below it as last moved
	weight       float64
}

func pair(s, baseline *Sample) *paired {
	p, below := &paired{}, make([]int32, baseline.N())
	for i := range s.ends {
		r := pairedRound{ours: s.round(i), theirs: baseline.round(i)}
		if m, n := float64(len(r.ours)), float64(len(r.theirs)); m > 0 && n > 0 {
			r.weight = m * n / (m + n + 1)
			p.weights += r.weight
			r.below, below = below[:len(r.theirs)], below[len(r.theirs):]
			p.rounds = append(p.rounds, r)
		}
	}
	return p
}

// A move is what is done to a value of theirs before it is compared.
type move struct{ times, plus float64 }

// before reports whether a move makes no value greater than another does.
func (m move) before(other move) bool { return m.times <= other.times && m.plus <= other.plus }

func scaled(by float64) move  { return move{times: by} }
func shifted(by float64) move { return move{1, by} }

// above is the share of pairs in which ours is greater than theirs as moved, ties
// counting half. A search moves them less and less, so that each stands where it
// did the last time, or else is looked for from where the one before it stands.
func (r pairedRound) above(m move) float64 {
	above, equal, i, j := 0, 0, 0, 0
	for k, v := range r.theirs {
		at := v*m.times + m.plus
		if last := int(r.below[k]); last > i && r.ours[last-1] < at {
			i = last
		}
		for i < len(r.ours) && r.ours[i] < at {
			i++
		}
		r.below[k] = int32(i)
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
//
// The further theirs are moved up, the lower is each score. So where one is the same
// under a lesser move and under a greater one, it is that in between, and nothing is
// counted anew: at the end of a search, of hardly any round. Only numbers above 0 are
// multiplied.
func (p *paired) score(m move) (mean, stderr float64) {
	under, over := p.around(m)
	p.scores = p.room(m)
	for i, r := range p.rounds {
		if under != nil && over != nil && under[i] == over[i] {
			p.scores[i] = under[i]
		} else {
			p.scores[i] = r.above(m) - 0.5
		}
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

// around returns the scores under the greatest move that is known of those that are
// not greater, and under the least of those that are not less; nil where there is
// none.
func (p *paired) around(m move) (under, over []float64) {
	below, above := -1, -1
	for i, s := range p.scored {
		if s.move.before(m) && (below < 0 || p.scored[below].move.before(s.move)) {
			below = i
		}
		if m.before(s.move) && (above < 0 || s.move.before(p.scored[above].move)) {
			above = i
		}
	}
	p.moves++
	if below >= 0 {
		p.scored[below].needed, under = p.moves, p.scored[below].scores
	}
	if above >= 0 {
		p.scored[above].needed, over = p.moves, p.scored[above].scores
	}
	return under, over
}

// room is where the scores under a move go: in place of those that were not needed
// for the longest time, once there are many.
func (p *paired) room(m move) []float64 {
	at := len(p.scored)
	if at < mostScored {
		p.scored = append(p.scored, scored{scores: make([]float64, len(p.rounds))})
	} else {
		at = 0
		for i, s := range p.scored {
			if s.needed < p.scored[at].needed {
				at = i
			}
		}
	}
	p.scored[at].move, p.scored[at].needed = m, p.moves
	return p.scored[at].scores
}

// invert finds by how much theirs have to be moved until ours are as often above
// them as below, and the interval of it, which is so many standard errors wide to
// either side. Its ends are rounded outwards: scores of tied values jump, and what
// a jump is at belongs to the interval.
func (p *paired) invert(by func(float64) move, s search, guess, confidence float64) (estimate float64, iv Interval, wide float64) {
	p.scored = nil // of moves of another kind
	below, above := s.from(guess, func(v float64) float64 { m, _ := p.score(by(v)); return m })
	estimate = below + (above-below)/2
	p.score(by(estimate))
	if wide = p.critical(confidence); math.IsInf(wide, 1) {
		return estimate, noInterval, wide
	}
	from := func(sign float64) func(v float64) float64 {
		return func(v float64) float64 {
			mean, stderr := p.score(by(v))
			return mean - sign*wide*stderr
		}
	}
	// Where all pairs are alike the mean jumps at the estimate, from far above
	// nothing to far below it.
	lo, _ := s.from(estimate, from(1))
	_, hi := s.from(estimate, from(-1))
	return estimate, Interval{min(lo, below), max(hi, above)}, wide
}

// critical is how many standard errors an interval is wide to either side, from
// the scores at its middle. It is infinite where there are too few rounds for any.
//
// The scores are tested against nothing with the variance that they have around
// nothing, not around their mean, which bounds the test by the root of their
// number: a few rounds that all point one way have a mean without variance, and
// mean little. In standard errors around the mean that is z times the root of
// (n-1)/(n-z^2).
//
// Rounds of unequal weights are worth fewer (Kish, Survey Sampling, 1965). Those
// that resemble their neighbours are worth fewer by a factor, see resemblance, and
// that is known as badly as a correlation, whose variance is 1/n.
func (p *paired) critical(confidence float64) float64 {
	n := p.size()
	factor, freedom := p.resemblance()
	z := distuv.UnitNormal.Quantile((1 + confidence) / 2)
	if !math.IsInf(freedom, 1) {
		z = distuv.StudentsT{Sigma: 1, Nu: freedom}.Quantile((1 + confidence) / 2)
	}
	if n /= factor; n <= z*z {
		return math.Inf(1)
	}
	return z * math.Sqrt(factor*(n-1)/(n-z*z))
}

// size is how many rounds of equal weights these are worth.
func (p *paired) size() float64 {
	squares := 0.0
	for _, r := range p.rounds {
		squares += r.weight * r.weight
	}
	return p.weights * p.weights / squares
}

// resemblance is the factor by which it raises the variance of the mean of the
// scores that a round resembles those before it, and how well that is known, in
// degrees of freedom. It is the greater of two.
//
// What a series does in a round by itself, beside others, may last for some rounds,
// and the scores are that and the noise of a block. So their correlations begin
// lower than they fall: of an autoregression of first order with noise, which is an
// ARMA(1, 1), they are r, r*f, r*f*f and so on, which sum up to r/(1-f). The rate of
// the fall is believed where r is more than chance; else it is r itself.
//
// Where r is small and falls slowly, that is blind. So the rounds are also taken
// together, some in a row, and the variance of the means of these is compared with
// that of as many independent rounds (batch means; Law and Kelton, Simulation
// Modeling and Analysis).
//
// A sum over lags without a model lost: of a hundred rounds it is off by half of
// itself.
func (p *paired) resemblance() (factor, freedom float64) {
	n := float64(len(p.scores))
	mean := sum(p.scores) / n
	var all, one, two float64
	for i, v := range p.scores {
		all += (v - mean) * (v - mean)
		if i > 0 {
			one += (v - mean) * (p.scores[i-1] - mean)
		}
		if i > 1 {
			two += (v - mean) * (p.scores[i-2] - mean)
		}
	}
	factor, freedom = 1, math.Inf(1)
	if all == 0 {
		return factor, freedom
	}
	if one > 0 {
		const most = 0.9
		r := min(one/all, most)
		falls := r
		if r*math.Sqrt(n) > 2 {
			falls = min(max(two/one, r), most)
		}
		// A correlation has the variance 1/n.
		factor, freedom = 1+2*r/(1-falls), max(n*(1-r*r)*(1-r*r)/2, 1)
	}
	if batched, batches := p.batched(mean); batched/(all/n) > factor {
		factor, freedom = batched/(all/n), batches-1
	}
	return factor, freedom
}

// batched is the variance of a round's score that the means of batches of rounds
// tell of, and how many batches there are.
func (p *paired) batched(mean float64) (variance, batches float64) {
	size := int(math.Sqrt(float64(len(p.scores))) / 2)
	count := 0
	if size < 2 {
		return 0, 0
	}
	squares := 0.0
	for i := 0; i+size <= len(p.scores); i += size {
		d := sum(p.scores[i:i+size])/float64(size) - mean
		squares += d * d
		count++
	}
	return squares / float64(count-1) * float64(size), float64(count)
}

// delta is Cliff's ("Dominance statistics", Psychological Bulletin 114, 1993),
// within rounds. Its interval is Wilson's of a share, of as many independent pairs
// as the standard error tells, so that it stays within its bounds.
func (p *paired) delta(confidence float64) (float64, Interval) {
	mean, stderr := p.score(scaled(1))
	share := mean + 0.5
	factor, _ := p.resemblance()
	n := p.size() / factor
	if stderr > 0 {
		n = max(n, share*(1-share)/(stderr*stderr*factor))
	}
	z := distuv.UnitNormal.Quantile((1 + confidence) / 2)
	middle := (share + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(share*(1-share)/n+z*z/(4*n*n))
	return 2 * mean, Interval{2*max(middle-half, 0) - 1, 2*min(middle+half, 1) - 1}
}
