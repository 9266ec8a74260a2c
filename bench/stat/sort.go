package stat

import (
	"math"
	"slices"
)

// ascending returns the values in order, as they are if they already are.
func ascending(values []float64) []float64 {
	if slices.IsSorted(values) {
		return values
	}
	if sorted := byDigits(values); sorted != nil {
		return sorted
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted
}

// How sorting by digits goes: so many bits a digit, in 32 bits; and fewer values are
// sorted as fast by comparing them.
const (
	digitBits     = 11
	digitCount    = 3
	fewestByDigit = 1 << 9
)

// byDigits sorts values that are whole numbers of 32 bits, digit by digit from the
// last, as times in ns are that last less than 4.3 s. It takes a sixth of what
// comparing them does. It returns nil for other values, and for few.
func byDigits(values []float64) []float64 {
	if len(values) < fewestByDigit {
		return nil
	}
	from := make([]uint32, len(values), 2*len(values))
	var counts [digitCount][1 << digitBits]int
	for i, v := range values {
		if !(v >= 0 && v <= math.MaxUint32) {
			return nil
		}
		n := uint32(v)
		if float64(n) != v || n == 0 && math.Signbit(v) {
			return nil
		}
		from[i] = n
		for d := range counts {
			counts[d][digit(n, d)]++
		}
	}
	to := from[len(values) : 2*len(values)]
	for d := range counts {
		if counts[d][digit(from[0], d)] == len(values) {
			continue // all have the same
		}
		before := 0
		for i, n := range counts[d] {
			counts[d][i] = before
			before += n
		}
		for _, n := range from {
			at := &counts[d][digit(n, d)]
			to[*at] = n
			*at++
		}
		from, to = to, from
	}
	sorted := make([]float64, len(values))
	for i, n := range from {
		sorted[i] = float64(n)
	}
	return sorted
}

// digit is the d-th digit from the last.
func digit(n uint32, d int) uint32 { return n >> (d * digitBits) & (1<<digitBits - 1) }
