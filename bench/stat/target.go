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

// Due reports whether the samples are to be looked at after so many rounds: 20, 22,
// 24 and so on, by a tenth more each time.
func (t Target) Due(rounds int) bool {
	look := firstLook
	for look < rounds {
		look += max(look/lookMore, 1)
	}
	return look == rounds
}

// Reached returns how well the median of values is known, in the order in which
// they were measured: the half-width of its interval as a share of it. It is
// infinite where the median has no interval or is not above 0, and where one of them
// is not a number.
func Reached(values []float64) float64 {
	s := NewSample(values, nil)
	iv, ok := s.Interval(0.5, Confidence)
	median := s.Quantile(0.5)
	if !ok || !(median > 0) {
		return math.Inf(1)
	}
	return max(iv.Hi-median, median-iv.Lo) / median
}

// Met reports whether that is well enough for certain: were the values as dependent
// as they may be at the most, and not as they seem to be, and when a quarter of them
// were still to come already. So what seems to be little dependence by chance ends
// no run.
func (t Target) Met(values []float64) bool {
	before := len(values) * 3 / 4
	return len(values) >= FewestForTarget && t.met(values) && t.met(values[:before:before])
}

func (t Target) met(values []float64) bool {
	s := NewSample(values, nil)
	median := s.Quantile(0.5)
	if !(median > 0) {
		return false
	}
	iv := s.within(0.5, Confidence, s.Dependence(0.5).surely())
	return max(iv.Hi-median, median-iv.Lo) <= t.Precision*median
}

// FewestForTarget are the values that a target takes, however short the interval:
// fewer show too little of how they depend on each other.
const FewestForTarget = 300
