package stat

import (
	"math"
	"math/bits"
)

// Dependence is how much less a sample tells than as many independent values.
type Dependence struct {
	// Factor is by how much serial dependence raises the variance of the
	// share of values below a level: 1 for independent values, and never less.
	// A sample is worth N/Factor independent values. It is also called the
	// statistical inefficiency, and is twice the integrated autocorrelation
	// time of those who count each correlation once.
	Factor float64

	// Freedom is how well the factor is known: the degrees of freedom that a
	// variance would have which is known as well. Infinite where it is 1.
	Freedom float64

	// Settled is false where the correlation had not died away within the
	// longest lag that is looked at. The factor is then too small.
	Settled bool
}

// Bounds of the lags that are looked at. The window is so many factors long: a
// shorter one cuts off correlation, a longer one adds noise. Sokal (Monte Carlo
// Methods in Statistical Mechanics: Foundations and New Algorithms, 1996, section
// 3) suggests 4 to 6 of his autocorrelation times, each half a factor, if
// correlations fall exponentially; a host's fall by several rates at once.
const (
	windows    = 5
	longestLag = 2000
)

// fewest is the size from which on a sample can tell anything of dependence. A
// smaller one is taken for independent.
const fewest = 50

// Dependence estimates how values of the sample depend on those before them,
// as far as that bears on the q-quantile.
//
// What counts for a quantile is not the correlation of the values, which a heavy
// tail hides, but that of lying below it: of an indicator, which has no tail.
// Its autocorrelations are summed up to a window that follows from the sum
// itself (Sokal's automatic windowing).
//
// In a tail few values lie beyond the level, and what they seem to depend on is
// chance: an estimate from 15 of them is low just when the interval is short,
// and intervals of a p99 under a correlation of 0.6 covered 93.7 % instead of
// 95. So the indicator is taken where twice as many lie beyond. Dependence
// weakens into the tail, so that errs to the wide side, by little.
//
// A sample of fewer than 50 values, of one value, or with a NaN is taken for
// independent.
func (s *Sample) Dependence(q float64) Dependence {
	level := s.Quantile(inward(q))
	s.looked.Lock()
	defer s.looked.Unlock()
	d, known := s.dependence[level]
	if known {
		return d
	}
	d = s.dependent(level)
	if s.dependence == nil {
		s.dependence = make(map[float64]Dependence)
	}
	if !math.IsNaN(level) { // which would never be found
		s.dependence[level] = d
	}
	return d
}

// dependent estimates the dependence of lying below a level.
func (s *Sample) dependent(level float64) Dependence {
	n := len(s.ordered)
	ind := indicate(s.ordered, func(v float64) bool { return v < level })
	if ind.ones == 0 { // ties down to the least value
		ind = indicate(s.ordered, func(v float64) bool { return v <= level })
	}
	d := Dependence{Factor: 1, Freedom: math.Inf(1), Settled: true}
	if n < fewest || ind.ones == 0 || ind.ones == n || !s.numbers() {
		return d
	}
	limit := min(n/4, longestLag)
	lag, sum := 1, 1.0
	for ; lag <= limit; lag++ {
		sum += 2 * ind.correlation(lag)
		if float64(lag) >= windows*sum {
			break
		}
	}
	d.Settled = lag <= limit
	window := 2 * float64(min(lag, limit))
	// Distances from the sample's own mean make each correlation short, by a
	// factor of 1/n (Wolff, "Monte Carlo errors with less errors", Computer
	// Physics Communications 156, 2004, section 3).
	if sum *= 1 + window/float64(n); sum > 1 {
		// The variance of the estimate is 2(2M+1)/n of its square (the same
		// section of Sokal), and a variance with f degrees of freedom has 2/f.
		d.Factor, d.Freedom = sum, float64(n)/(window+1)
	}
	return d
}

// surely is the same with a factor that is above the true one in nineteen cases of
// twenty.
func (d Dependence) surely() Dependence {
	const deviations = 1.645
	if d.Factor > 1 {
		d.Factor *= 1 + deviations*math.Sqrt(2/d.Freedom)
	}
	return d
}

// inward is the level at which dependence is looked for: twice as far from the
// end of the distribution, but no further than the median.
func inward(q float64) float64 {
	if q < 0.5 {
		return min(2*q, 0.5)
	}
	return max(1-2*(1-q), 0.5)
}

// An indicator is a row of bits.
type indicator struct {
	words  []uint64 // one more than it takes
	before []int    // how many bits are set before each word
	n      int
	ones   int
}

func indicate(values []float64, is func(float64) bool) indicator {
	ind := indicator{words: make([]uint64, len(values)/64+2), n: len(values)}
	for i, v := range values {
		if is(v) {
			ind.words[i/64] |= 1 << (i % 64)
		}
	}
	ind.before = make([]int, len(ind.words))
	for i, w := range ind.words {
		ind.before[i] = ind.ones
		ind.ones += bits.OnesCount64(w)
	}
	return ind
}

// first is how many of the first n bits are set.
func (ind indicator) first(n int) int {
	return ind.before[n/64] + bits.OnesCount64(ind.words[n/64]&(1<<(n%64)-1))
}

// correlation is that of the bits with those lag places further on, 64 of them
// at a time.
func (ind indicator) correlation(lag int) float64 {
	both, skip, shift := 0, lag/64, lag%64
	for i, last := 0, len(ind.words)-1; i+skip < last; i++ {
		later := ind.words[i+skip]>>shift | ind.words[i+skip+1]<<(64-shift)
		both += bits.OnesCount64(ind.words[i] & later)
	}
	pairs, mean := float64(ind.n-lag), float64(ind.ones)/float64(ind.n)
	earlier, later := float64(ind.first(ind.n-lag)), float64(ind.ones-ind.first(lag))
	covariance := float64(both) - mean*(earlier+later) + pairs*mean*mean
	return covariance / pairs / (mean * (1 - mean))
}
