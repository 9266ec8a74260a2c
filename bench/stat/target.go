package stat

import "math"

// A Target is how well a median is to be known before measuring ends.
type Target struct {
	// Precision is the half-width of the median's interval, at Confidence, as
	// a share of the median.
	Precision float64
}

// The rounds after which samples are looked at. Whoever stops at the first look
// at which an interval is short enough stops when it happens to be too short: the
// oftener one looks, the less the interval holds what it says. So the first look
// comes when the dependence can be told, and each of the next when there is a tenth
// more to see. By simulation the intervals then still hold as often as they say.
const (
	firstLook = 20
	lookMore  = 10 // a tenth
)

// Due reports whether the samples are to be looked at after so many rounds.
func (t Target) Due(rounds int) bool {
	look := firstLook
	for look < rounds {
		look += max(look/lookMore, 1)
	}
	return look == rounds
}

// Reached returns how well the median of values is known, in the order in which
// they were measured: the half-width of its interval as a share of it. It is
// infinite where the median has no interval, or is not above 0.
func Reached(values []float64) float64 {
	s := NewSample(values, nil)
	iv, ok := s.Interval(0.5, Confidence)
	median := s.Quantile(0.5)
	if !ok || !(median > 0) {
		return math.Inf(1)
	}
	return max(iv.Hi-median, median-iv.Lo) / median
}

// Met reports whether that is well enough, and was when a third of the values were
// still to come. An interval that is short by chance, because little dependence was
// seen, does not stay so when so much is added.
func (t Target) Met(values []float64) bool {
	before := len(values) * 2 / 3
	return Reached(values) <= t.Precision && Reached(values[:before:before]) <= t.Precision
}
