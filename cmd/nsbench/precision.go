package main

import (
	"math"
	"slices"

	"github.com/nsbench/nsbench/bench/stat"
)

// A target is what run --precision asks the statistics of the values that it has
// so far, which are in the order in which they were measured.
type target struct{ Precision float64 }

// firstLook is after how many rounds there is something to be asked.
const firstLook = 20

// Due reports whether the values are to be looked at after so many rounds: after
// 20, 22, 25, 28 and so on, by a tenth more each time. Each look is one more
// chance to stop by chance: few of them keep the coverage of the intervals that
// the run ends with, and the time that looking takes.
func (t target) Due(rounds int) bool {
	look := firstLook
	for look < rounds {
		look = (look*11 + 9) / 10
	}
	return look == rounds
}

// Met reports whether the median of the values is known to the precision.
func (t target) Met(values []float64) bool { return precisionOf(values) <= t.Precision }

// precisionOf is how well the median of the values is known: half of its 95 %
// interval as a share of it, and infinite for too few values.
var precisionOf = func(values []float64) float64 {
	s := stat.Summarize(slices.Sorted(slices.Values(values)))
	p := (s.P50Interval.Hi - s.P50Interval.Lo) / 2 / s.P50
	if math.IsNaN(p) || s.P50 <= 0 {
		return math.Inf(1)
	}
	return p
}
