package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// An Interval covers an unknown value of the population with some confidence.
type Interval struct{ Lo, Hi float64 }

// noInterval is what is known where there is none.
var noInterval = Interval{math.NaN(), math.NaN()}

// Apart reports whether two intervals have no value in common. Ones that are
// not known have.
func (iv Interval) Apart(other Interval) bool { return iv.Hi < other.Lo || other.Hi < iv.Lo }

// Known reports whether there is an interval.
func (iv Interval) Known() bool { return !math.IsNaN(iv.Lo) && !math.IsNaN(iv.Hi) }

// Interval returns a two-sided interval for the q-quantile of what the sample
// was drawn from, with a confidence strictly between 0 and 1. It reports false
// where there is none: the sample is smaller than Need says, or holds a NaN.
//
// How many of n independent values lie below a quantile is binomial, whatever
// the distribution, so the level at which the k-th of them stands is beta
// distributed, and the ends of the interval follow from its tails, each of which
// is given half of the doubt (David and Nagaraja, Order Statistics, 3rd edition,
// section 7.1). Ranks are fractions, and values between two are interpolated
// (Hutson, "Calculating nonparametric confidence intervals for quantiles using
// fractional order statistics", Journal of Applied Statistics 26, 1999): whole
// ranks cover more than was asked for, and of a tail much more. The ends are in the
// unit of the values.
//
// Values that depend on each other tell less than as many that do not, so n is
// the number of independent values that they are worth, and the doubt about that
// number is added by Student's distribution instead of the normal one. Resampling
// whole rounds lost: it covers too little where few values lie beyond the
// quantile, takes a thousand times as long, and needs a seed.
func (s *Sample) Interval(q, confidence float64) (Interval, bool) {
	if !within(q) || !within(confidence) || !s.numbers() {
		return noInterval, false
	}
	d := s.Dependence(q)
	if s.N() < d.need(q, confidence) {
		return noInterval, false
	}
	return s.within(q, confidence, d), true
}

// within is the interval of a sample that is large enough for one.
func (s *Sample) within(q, confidence float64, d Dependence) Interval {
	lo, hi := levels(float64(s.N())/d.Factor, q, doubt(confidence, d.Freedom))
	return Interval{s.at(lo), s.at(hi)}
}

// doubt is the tail of the normal distribution at which a two-sided interval
// with so many degrees of freedom begins.
func doubt(confidence, freedom float64) float64 {
	tail := (1 - confidence) / 2
	if math.IsInf(freedom, 1) {
		return tail
	}
	return distuv.UnitNormal.CDF(distuv.StudentsT{Sigma: 1, Nu: freedom}.Quantile(tail))
}

// at is the value that stands at a level, k-th of n at k/(n+1), interpolated.
func (s *Sample) at(level float64) float64 {
	rank := level*float64(s.N()+1) - 1
	below := int(max(rank, 0))
	if above := below + 1; above < s.N() {
		return between(s.sorted[below], s.sorted[above], max(rank, 0)-float64(below))
	}
	return s.sorted[s.N()-1]
}

// levels are those at which the interval of the q-quantile ends: that below
// which the quantile lies with the probability of a tail, were the sample of n
// values to hold one there, and that above which it does.
func levels(n, q, tail float64) (lo, hi float64) {
	below := func(k float64) float64 { return mathext.RegIncBeta(k, n+1-k, q) } // that the k-th lies below the quantile
	const steps = 50
	a, b := 0.0, n+1
	for range steps {
		if k := (a + b) / 2; 1-below(k) <= tail {
			a = k
		} else {
			b = k
		}
	}
	lo = a / (n + 1)
	a, b = 0, n+1
	for range steps {
		if k := (a + b) / 2; below(k) <= tail {
			b = k
		} else {
			a = k
		}
	}
	return lo, b / (n + 1)
}

// Need returns the size of the smallest sample of independent values that has an
// interval.
//
// The widest interval reaches from the sample's least value to its greatest.
// It misses when all n values fall on one side of the quantile, which has a
// probability of q^n for the lower side and (1-q)^n for the upper, and neither
// may exceed half of the doubt. At 95 % a median needs 6 samples, a p99 368, a
// p99.9 3,688 (the same section of David and Nagaraja).
//
// Need is math.MaxInt where no sample is large enough.
func Need(q, confidence float64) int {
	if !within(q) || !within(confidence) {
		return math.MaxInt
	}
	n := math.Ceil(math.Log((1-confidence)/2) * (1 - rounding) / math.Log1p(-min(q, 1-q)))
	if n >= math.MaxInt {
		return math.MaxInt
	}
	return int(n)
}

// Need returns how many values the sample would have to hold for its q-quantile to
// have an interval, about, if they depend on each other as these do: the interval
// is there from so many on. For a sample that shows no dependence, is empty or
// holds a NaN it is what [Need] says, and math.MaxInt where no size is enough.
func (s *Sample) Need(q, confidence float64) int {
	if !s.numbers() {
		return Need(q, confidence)
	}
	return s.Dependence(q).need(q, confidence)
}

// need is how many values that depend on each other like that an interval takes.
//
// If the estimate at hand decided, intervals would be shown just where it happened
// to be low, and be too short: of p99 under a correlation of 0.9 that were shown,
// 76 % covered. So what decides is a factor that is above the true one in nineteen
// cases of twenty. The ends of the interval are then those of the estimate.
func (d Dependence) need(q, confidence float64) int {
	least := Need(q, confidence)
	if least == math.MaxInt || d.Factor <= 1 {
		return least
	}
	n := math.Ceil(d.surely().Factor * math.Log(doubt(confidence, d.Freedom)) * (1 - rounding) / math.Log1p(-min(q, 1-q)))
	if !(n < math.MaxInt) {
		return math.MaxInt
	}
	return max(least, int(n))
}

// within reports whether p lies strictly between impossible and certain.
func within(p float64) bool { return p > 0 && p < 1 }

// rounding is the share by which a probability's logarithm may miss. Where two
// are equal, as for a median they can be, the last bit must not cost a sample.
const rounding = 1e-9
