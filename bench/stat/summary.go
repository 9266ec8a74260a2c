package stat

import (
	"math"
	"slices"
	"strconv"

	"github.com/montanaflynn/stats"
)

// Confidence is that of the intervals in a Summary.
const Confidence = 0.95

// A Summary describes one sample, in the sample's own unit. What the sample
// does not show is NaN, and Warnings say why.
type Summary struct {
	N        int
	Min, Max float64

	// The quantiles and where those of the population are. Without an interval
	// at Confidence there is no quantile either.
	P50, P90, P99, P999                                 float64
	P50Interval, P90Interval, P99Interval, P999Interval Interval

	// Mean and StdDev (of a sample, with n-1) are for those who must add up
	// or compare with older tools; with a heavy tail they follow a few values.
	Mean, StdDev float64

	// Dependence is that of the median.
	Dependence Dependence

	// Modes are where the values gather. None are told of fewer than 500
	// values, or where one is not above 0.
	Modes []Mode

	// Drift is the second half's median as a multiple of the first half's.
	Drift QuantileRatio

	// Tied is the share of values that equal the median, or the one below it,
	// and Step the least difference between unequal values, but for the tails,
	// as a share of the median. NaN where the median is not above 0.
	Tied, Step float64

	// Short lists the quantiles that the sample is too small for.
	Short []Shortfall

	// Warnings are for readers, to be shown wherever the figures are.
	Warnings []Warning
}

// A Shortfall is a quantile that a sample is too small to show.
type Shortfall struct {
	Quantile float64 // in 0..1
	Need     int     // samples that it would have taken, in all, as dependent as these
}

// Name returns the quantile as people say it: "p99.9".
func (s Shortfall) Name() string { return QuantileName(s.Quantile) }

// QuantileName returns a quantile as people say it: "p99.9".
func QuantileName(q float64) string {
	return "p" + strconv.FormatFloat(q*100, 'g', 10, 64)
}

// Summarize describes a sample, of any size: what it does not bear is NaN.
//
// Infinite values count like others, though the mean and the deviation then
// follow from the arithmetic of infinities. One NaN leaves every figure NaN:
// to leave it out would be to say that it had not been measured.
func (s *Sample) Summarize() Summary {
	nan := math.NaN()
	sum := Summary{
		N: s.N(), Min: nan, Max: nan, Mean: nan, StdDev: nan, Tied: nan, Step: nan,
		Dependence: Dependence{Factor: nan, Freedom: nan}, Drift: QuantileRatio{0.5, nan, noInterval},
	}
	for _, q := range []struct {
		q    float64
		at   *float64
		over *Interval
	}{
		{0.5, &sum.P50, &sum.P50Interval}, {0.9, &sum.P90, &sum.P90Interval},
		{0.99, &sum.P99, &sum.P99Interval}, {0.999, &sum.P999, &sum.P999Interval},
	} {
		iv, ok := s.Interval(q.q, Confidence)
		*q.at, *q.over = nan, iv
		if ok {
			*q.at = s.Quantile(q.q)
		} else {
			sum.Short = append(sum.Short, Shortfall{q.q, s.Need(q.q, Confidence)})
		}
	}
	if s.numbers() {
		sum.describe(s)
	}
	sum.Warnings = s.doubts(sum)
	return sum
}

func (sum *Summary) describe(s *Sample) {
	sum.Min, sum.Max = s.sorted[0], s.sorted[s.N()-1]
	// The library's deviation stays exact where squares would overflow. It
	// answers NaN beside every error it gives here, and a sample too small for
	// a deviation has none, so the errors say nothing that the figures do not.
	sum.Mean, _ = stats.Mean(s.sorted)
	sum.StdDev, _ = stats.StandardDeviationSample(s.sorted)
	sum.Dependence = s.Dependence(0.5)
	sum.Drift = s.drift()
	sum.Modes = s.modes()
	sum.Tied = s.tied()
	if median := s.Quantile(0.5); median > 0 {
		sum.Step = s.step() / median
	}
}

// drift compares the halves, where each is large enough for a median.
func (s *Sample) drift() QuantileRatio {
	half := s.N() / 2
	return RatioOf(s.part(half, s.N()), s.part(0, half), 0.5, driftConfidence)
}

// tied is the share of values that equal the median, or the one below it.
func (s *Sample) tied() float64 {
	middle := s.sorted[(s.N()-1)/2]
	first, _ := slices.BinarySearch(s.sorted, middle)
	end := first
	for end < s.N() && s.sorted[end] == middle {
		end++
	}
	return float64(end-first) / float64(s.N())
}
