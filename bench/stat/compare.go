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

	// Confidence, strictly between 0 and 1, is that the intervals of the ratios
	// of all comparisons hold at once.
	Confidence float64

	// Comparisons is how many are made with one baseline, each of which is
	// given an equal share of the doubt (Bonferroni; Dunn, "Multiple comparisons
	// among means", Journal of the American Statistical Association 56, 1961).
	// Intervals after Dunnett (the same journal 50, 1955) would be a few
	// hundredths narrower, since the comparisons have the baseline in common, but
	// not for rounds that are no normal deviates.
	Comparisons int
}

// Each is the confidence of each interval.
func (t Terms) Each() float64 { return 1 - (1-t.Confidence)/float64(max(t.Comparisons, 1)) }

// A Comparison is how a sample differs from a baseline that was measured in the
// same rounds. What is not known is NaN.
type Comparison struct {
	// Ratio is the Hodges-Lehmann estimate of how many times as large the
	// values are: half of the pairs of the same round, all rounds weighted, have
	// a greater ratio.
	Ratio         float64
	RatioInterval Interval

	// Shift is the same of differences, in the unit of the values.
	Shift         float64
	ShiftInterval Interval

	// Delta is Cliff's: how much likelier a value is to be greater than one of
	// the baseline in its round than to be less, from -1 to 1.
	Delta         float64
	DeltaInterval Interval

	Verdict Verdict

	// Seen is the smallest ratio, as a share above 1, that would have been told
	// from the threshold with a probability of about 0.8.
	Seen float64

	Rounds int // with values of both
}

// The power at which a difference counts as one that would have been seen: of
// five such runs, four would have shown it.
const power = 0.8

// fewestRounds are those that a comparison takes at the least. More comparisons
// take more: the test is bounded by the root of the number of rounds.
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
	ErrTerms      = errors.New("the confidence is not between 0 and 1, or the threshold is below 0")
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
// those shares, weighted by the rounds' sizes (van Elteren, "On the combination of
// independent two sample tests of Wilcoxon", Bulletin of the International
// Statistical Institute 37, 1960), is not told from one half. That is the test of
// Wilcoxon, Mann and Whitney inverted (Hodges and Lehmann, "Estimates of location
// based on rank tests", Annals of Mathematical Statistics 34, 1963), with a variance
// between rounds in place of the one under independence. If neighbouring rounds
// resemble each other, that variance is raised, as far as it can be told: what lasts
// for ten rounds and more is underestimated.
//
// The verdict is never that values are the same which stand further apart than the
// threshold. The intervals of the ratios, on which verdicts rest, hold at once for
// all comparisons; those of the difference and of the delta likewise, each kind for
// itself.
//
// Ratios are NaN where a value is not above 0: nothing is so many times that.
func Compare(s, baseline *Sample, t Terms) (Comparison, error) {
	c := Comparison{Verdict: Inconclusive, Ratio: math.NaN(), RatioInterval: noInterval, Shift: math.NaN(), ShiftInterval: noInterval,
		Delta: math.NaN(), DeltaInterval: noInterval, Seen: math.NaN()}
	switch {
	case !within(t.Confidence) || !(t.Threshold >= 0):
		return c, ErrTerms
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
	var wide float64
	c.Shift, c.ShiftInterval, wide = p.invert(shifted, search{least - top, most - basis, unit * firstStep, unit * precise}, own-other, sure)
	c.Delta, c.DeltaInterval = p.delta(sure)
	if s.positive() && baseline.positive() {
		var ratio float64
		var iv Interval
		ratio, iv, wide = p.invert(func(log float64) move { return scaled(math.Exp(log)) },
			search{math.Log(least) - math.Log(top), math.Log(most) - math.Log(basis), firstStep, precise}, math.Log(own)-math.Log(other), sure)
		c.Ratio, c.RatioInterval = math.Exp(ratio), Interval{math.Exp(iv.Lo), math.Exp(iv.Hi)}
		c.Verdict = t.verdict(c.RatioInterval)
		if coarse := max(s.step(), baseline.step()) / min(own, other); c.Verdict == Same && coarse > t.Threshold {
			c.Verdict = Inconclusive // values that stand further apart than the threshold cannot tell
		}
		c.Seen = seen((iv.Hi-iv.Lo)/2, wide, t.Threshold)
	}
	if math.IsInf(wide, 1) {
		return c, fmt.Errorf("%w: %d, which bear no interval at so much confidence", ErrFewRounds, c.Rounds)
	}
	return c, nil
}

// seen is the smallest difference that would have been noticed: the interval has
// to end beyond the threshold, and its middle is off by chance.
func seen(half, critical, threshold float64) float64 {
	deviation := half / critical
	return (1+threshold)*math.Exp(half+distuv.UnitNormal.Quantile(power)*deviation) - 1
}
