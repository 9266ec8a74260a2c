package stat

import (
	"math"
	"slices"
)

// An Interval covers an unknown value of the population with some confidence.
type Interval struct {
	Lo, Hi float64

	// Confidence is the coverage reached, in 0..1. It is at least the one
	// asked for: ranks are whole numbers, so it can seldom be met exactly.
	Confidence float64
}

// QuantileInterval returns a two-sided interval for the q-quantile of the
// population from which the values, in ascending order, were drawn.
//
// The ends are two values of the sample. How many of n independent values lie
// below the population's quantile is binomial with n and q, whatever the
// distribution, so the ranks follow from the binomial's tails, each of which
// is given at most half of the doubt (David and Nagaraja, Order Statistics,
// 3rd edition, section 7.1). Ties make the interval wider than it need be,
// never narrower.
//
// It reports false where there is no such interval: the sample is smaller than
// Need says, holds a NaN, or q or confidence is not strictly between 0 and 1.
//
// The sums are exact. go-moremath's QuantileCI turns to the normal
// approximation above 30 samples, which is good for a median and poor for a
// tail: it asks 441 samples of a p99 where 368 are enough, and the confidence
// that it states is off by up to a hundredth.
func QuantileInterval(sorted []float64, q, confidence float64) (iv Interval, ok bool) {
	n := len(sorted)
	if !ordered(sorted) || n < Need(q, confidence) {
		return Interval{}, false
	}
	lo, hi, reached := ranks(n, q, (1-confidence)/2)
	return Interval{Lo: sorted[lo-1], Hi: sorted[hi-1], Confidence: reached}, true
}

// Need returns the size of the smallest sample that has a QuantileInterval.
//
// The widest interval reaches from the sample's least value to its greatest.
// It misses when all n values fall on one side of the quantile, which has a
// probability of q^n for the lower side and (1-q)^n for the upper, and neither
// may exceed half of the doubt. At 95 % a median needs 6 samples, a p99 368, a
// p99.9 3,688.
//
// Need is math.MaxInt where no sample is large enough.
func Need(q, confidence float64) int {
	if !within(q) || !within(confidence) {
		return math.MaxInt
	}
	tail := (1 - confidence) / 2 * (1 + rounding/2) // half, so that ranks finds what is promised here
	n := math.Ceil(math.Log(tail) / math.Log1p(-min(q, 1-q)))
	if n >= math.MaxInt {
		return math.MaxInt
	}
	return int(n)
}

// within reports whether p lies strictly between impossible and certain.
func within(p float64) bool { return p > 0 && p < 1 }

// rounding is the share by which a probability may exceed its tail. Where the
// two are equal, as for a median they can be, the last bit must not cost a
// rank.
const rounding = 1e-9

// ranks returns the greatest lo and the least hi, counted from 1, such that of
// n values fewer than lo lie below the q-quantile with a probability of at
// most tail, and hi or more of them likewise. Reached is what remains between.
func ranks(n int, q, tail float64) (lo, hi int, reached float64) {
	lo, mass := binomial(n, q)
	hi = lo + len(mass)
	tail *= 1 + rounding
	below, above := 0.0, 0.0
	for len(mass) > 1 && below+mass[0] <= tail {
		below += mass[0]
		mass = mass[1:]
		lo++
	}
	for len(mass) > 1 && above+mass[len(mass)-1] <= tail {
		above += mass[len(mass)-1]
		mass = mass[:len(mass)-1]
		hi--
	}
	return lo, hi, 1 - below - above
}

// negligible is the mass, relative to that of the mode, at which a binomial is
// cut off. It falls faster than geometrically from there on.
const negligible = 1e-20

// binomial returns the probabilities of first, first+1 and so on successes in
// n trials, each of which succeeds with probability q.
//
// It walks from the mode in both directions by the ratio of neighbours and
// divides by the sum. Starting from a closed form instead loses digits: the
// logarithms of factorials of 10 million are known to about 1e-8.
func binomial(n int, q float64) (first int, mass []float64) {
	odds := q / (1 - q)
	mode := min(int(float64(n+1)*q), n)
	var down []float64
	for k, m := mode, 1.0; k > 0 && m > negligible; k-- {
		m *= float64(k) / (float64(n-k+1) * odds)
		down = append(down, m)
	}
	slices.Reverse(down)
	mass = append(down, 1)
	for k, m := mode, 1.0; k < n && m > negligible; k++ {
		m *= float64(n-k) * odds / float64(k+1)
		mass = append(mass, m)
	}
	return mode - len(down), normalized(mass)
}

// normalized scales the values, in place, to a sum of 1.
func normalized(mass []float64) []float64 {
	sum := 0.0
	for _, m := range mass {
		sum += m
	}
	for i := range mass {
		mass[i] /= sum
	}
	return mass
}
