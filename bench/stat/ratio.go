package stat

import (
	"math"
	"slices"
)

// A QuantileRatio is how many times as large one sample's quantile is as
// another's. The interval is not known where a sample is too small for it.
type QuantileRatio struct {
	Q        float64 // in 0..1
	Ratio    float64
	Interval Interval
}

// RatioOf compares the q-quantiles of two samples that need not have been
// measured together. What is not known of it is NaN: all of it where a value is
// not above 0.
//
// The interval is made of those of the two quantiles, on logarithms: the
// distances of their ends, squared and added, as by Zou and Donner ("Construction
// of confidence limits about effect measures: a general approach", Statistics in
// Medicine 27, 2008), which takes the two for independent. So it holds under what
// dependence within a sample those two hold under. Samples that were measured in
// turn drift together, which makes it wider than it need be.
//
// Ratios have no unit. The interval is not known where a sample is too small for
// one of its own, and for a q or a confidence that is not between 0 and 1.
func RatioOf(s, baseline *Sample, q, confidence float64) QuantileRatio {
	r := QuantileRatio{Q: q, Ratio: math.NaN(), Interval: noInterval}
	if !s.positive() || !baseline.positive() {
		return r
	}
	ours, theirs := s.Quantile(q), baseline.Quantile(q)
	r.Ratio = ours / theirs
	own, ok := s.Interval(q, confidence)
	other, alsoOK := baseline.Interval(q, confidence)
	if !ok || !alsoOK {
		return r
	}
	down := math.Hypot(math.Log(ours/own.Lo), math.Log(other.Hi/theirs))
	up := math.Hypot(math.Log(own.Hi/ours), math.Log(theirs/other.Lo))
	r.Interval = Interval{r.Ratio * math.Exp(-down), r.Ratio * math.Exp(up)}
	return r
}

// Verdict holds the interval of the ratio against the least one that matters.
func (r QuantileRatio) Verdict(threshold float64) Verdict {
	return Terms{Threshold: threshold}.verdict(r.Interval)
}

// ShiftQuantiles are those at which a shift function is told: the deciles, and
// the tail that a summary has.
func ShiftQuantiles() []float64 {
	return slices.Clone([]float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 0.999})
}

// ShiftFunction tells at which quantiles two samples differ, and how: by a
// constant factor, in the tail only, or in opposite directions (Doksum,
// "Empirical probability plots and statistical inference for nonlinear models in
// the two-sample case", Annals of Statistics 2, 1974; his function is a difference at
// each value, this one a ratio at each quantile, without a band). An interval holds
// for its own quantile, and for all comparisons that there are, at once.
func ShiftFunction(s, baseline *Sample, t Terms) []QuantileRatio {
	var all []QuantileRatio
	for _, q := range ShiftQuantiles() {
		all = append(all, RatioOf(s, baseline, q, t.Each()))
	}
	return all
}
