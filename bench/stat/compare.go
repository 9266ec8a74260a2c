package stat

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Terms are what samples are compared by.
type Terms struct {
	// Threshold is the least ratio, as a share above 1, that matters in
	// practice: 0.02 is 2 %. Smaller differences are none, however sure.
	Threshold float64

	// Confidence is that all intervals of all comparisons hold at once.
	Confidence float64

	// Comparisons is how many are made with one baseline, each of which is
	// given an equal share of the doubt (Bonferroni). Intervals after Dunnett
	// would be a few hundredths narrower, since the comparisons have the
	// baseline in common, but not for rounds that are no normal deviates.
	Comparisons int
}

// Each is the confidence of each interval.
func (t Terms) Each() float64 { return 1 - (1-t.Confidence)/float64(max(t.Comparisons, 1)) }

// A Comparison is how a sample differs from a baseline that was measured in the
// same rounds. What is not known is NaN.
type Comparison struct {
	// Ratio is the Hodges-Lehmann estimate of how many times as large the
	// values are: half of all pairs of the same round have a greater ratio.
	Ratio         float64
	RatioInterval Interval

	// Shift is the same of differences, in the unit of the values.
	Shift         float64
	ShiftInterval Interval

	// Delta is Cliff's: how much likelier a value is to be greater than one of
	// the baseline than to be less, from -1 to 1.
	Delta         float64
	DeltaInterval Interval

	Verdict Verdict

	// Seen is the smallest ratio, as a share above 1, that would have been told
	// from the threshold with a probability of 0.8.
	Seen float64

	Rounds int // with values of both
}

// The power at which a difference counts as one that would have been seen: of
// five such runs, four would have shown it.
const power = 0.8

// fewestRounds are those that a comparison takes: with fewer, Student's
// distribution has so wide a tail that no interval of use comes out.
const fewestRounds = 8

// How estimates are searched for, as shares: the first step from where they are
// thought to be, and how near is near enough.
const (
	firstStep = 0.005
	precise   = 1e-6
	tiny      = 1e-6 // of what there is no share: times of nothing
)

// Errors of Compare.
var (
	ErrNoRounds   = errors.New("the samples were not measured in the same rounds")
	ErrFewRounds  = errors.New("too few rounds with values of both")
	ErrNotNumbers = errors.New("a value is not a number, or infinite")
)

// Compare tells how a sample differs from a baseline that was measured in the
// same rounds. It errs where it cannot, wrapping one of the errors above, and
// the comparison is then inconclusive.
//
// Only values of the same round are compared with each other, so that what
// changes from round to round, as hosts do, is in neither. Within a round they
// may depend on each other as they like: the unit of the inference is the round.
// Each has a share of pairs in which the sample's value is more than so many
// times the baseline's; the interval holds the multiples at which the mean of
// those shares, weighted by the rounds' sizes (van Elteren 1960), is not told
// from one half by Student's test of one sample. That is the test of
// Wilcoxon, Mann and Whitney inverted (Hodges and Lehmann 1963), with a variance
// between clusters in place of the one under independence. If neighbouring
// rounds resemble each other, the variance is raised accordingly.
//
// Ratios are NaN where a value is not above 0: nothing is so many times that.
func Compare(s, baseline *Sample, t Terms) (Comparison, error) {
	c := Comparison{Verdict: Inconclusive, Ratio: math.NaN(), RatioInterval: noInterval, Shift: math.NaN(), ShiftInterval: noInterval,
		Delta: math.NaN(), DeltaInterval: noInterval, Seen: math.NaN()}
	switch {
	case s.ends == nil || len(s.ends) != len(baseline.ends):
		return c, ErrNoRounds
	case s.N() > 0 && !s.finite() || baseline.N() > 0 && !baseline.finite():
		return c, ErrNotNumbers
	}
	p := pair(s, baseline)
	c.Rounds = len(p.rounds)
	if c.Rounds < fewestRounds {
		return c, fmt.Errorf("%w: %d, and it takes %d", ErrFewRounds, c.Rounds, fewestRounds)
	}
	sure := t.Each()
	own, other := s.Quantile(0.5), baseline.Quantile(0.5)
	least, most := s.sorted[0], s.sorted[s.N()-1]
	basis, top := baseline.sorted[0], baseline.sorted[baseline.N()-1]
	unit := max(math.Abs(own), math.Abs(other), tiny)
	c.Shift, c.ShiftInterval, _ = p.invert(shifted, search{least - top, most - basis, unit * firstStep, unit * precise}, own-other, sure)
	c.Delta, c.DeltaInterval = p.delta(sure)
	if s.positive() && baseline.positive() {
		ratio, iv, wide := p.invert(func(log float64) move { return scaled(math.Exp(log)) },
			search{math.Log(least / top), math.Log(most / basis), firstStep, precise}, math.Log(own/other), sure)
		c.Ratio, c.RatioInterval = math.Exp(ratio), Interval{math.Exp(iv.Lo), math.Exp(iv.Hi)}
		c.Verdict = t.verdict(c.RatioInterval)
		c.Seen = seen((iv.Hi-iv.Lo)/2, wide, t.Threshold)
	}
	return c, nil
}

// seen is the smallest difference that would have been noticed: the interval has
// to end beyond the threshold, and its middle is off by chance.
func seen(half, critical, threshold float64) float64 {
	deviation := half / critical
	return (1+threshold)*math.Exp(half+distuv.UnitNormal.Quantile(power)*deviation) - 1
}
