package stat

import "math"

// Quantile returns the q-quantile, 0 <= q <= 1, of values in ascending order.
//
// It is the type 7 of Hyndman and Fan ("Sample Quantiles in Statistical
// Packages", The American Statistician 50, 1996), which interpolates between
// the two values around rank (n-1)q and is the default of R and NumPy. Types
// part ways in the tail, on a heavy one by half the value and more, so every
// figure is of this type. Sorting is left to the caller, who wants many
// quantiles of one sample and should pay for one sort.
//
// The result is NaN for an empty sample, for a q outside [0, 1], and where a
// value is NaN, since a sample with such a value has no order. Infinite values
// are ordered like others.
func Quantile(sorted []float64, q float64) float64 {
	if !ordered(sorted) || math.IsNaN(q) || q < 0 || q > 1 {
		return math.NaN()
	}
	rank := q * float64(len(sorted)-1)
	below := int(rank)
	if above := below + 1; above < len(sorted) {
		return between(sorted[below], sorted[above], rank-float64(below))
	}
	return sorted[below]
}

// between goes the fraction f of the way from a to b. Equal ends and a
// fraction of nothing are answered first: Inf - Inf and 0 * Inf are NaN. So
// are the ends weighted apart where b - a would overflow.
func between(a, b, f float64) float64 {
	if f == 0 || a == b {
		return a
	}
	if d := b - a; !math.IsInf(d, 0) {
		return a + f*d
	}
	return (1-f)*a + f*b
}

// ordered reports whether the values, already sorted, have a first one that is
// a number. Sorting puts every NaN in front, so one look is enough.
func ordered(sorted []float64) bool {
	return len(sorted) > 0 && !math.IsNaN(sorted[0])
}
