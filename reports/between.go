package reports

import (
	"errors"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
)

// Changes is what changed from one run to another, series by series.
type Changes struct {
	Old, New Run

	// Threshold is the share below which a difference makes none.
	Threshold float64

	// Quantiles are those that are compared, in 0..1 and ascending: those of a
	// summary, and those that there are bounds for.
	Quantiles []float64

	Series      []Change // in the order of the old run, one at least
	Differences []Difference
	Bounds      []Bound

	// OldOnly and NewOnly are the series that the other run has not, and Apart
	// is what keeps them apart; see [Matching.Apart].
	OldOnly, NewOnly []Series
	Apart            []Difference
}

// A Change is a series of both runs.
type Change struct {
	Pair

	// Ratios are new over old, one for each of the quantiles. Of children that
	// were released together they are those of the last of each group.
	Ratios []stat.QuantileRatio
}

// A NoPairError says that two runs have no series in common.
type NoPairError struct {
	// Apart is each facet of which they have no value in common; there may be
	// none, where no two series agree in all facets at once.
	Apart []Difference
}

func (e *NoPairError) Error() string {
	if len(e.Apart) == 0 {
		return "no series is in both runs: none agrees with one of the other in all of its axes"
	}
	parts := []string{"no series is in both runs"}
	for _, d := range e.Apart {
		parts = append(parts, d.String())
	}
	return strings.Join(parts, "; ")
}

// Between compares two runs. The threshold is the share below which a difference
// makes none, not negative. It errs with a *NoPairError where there is nothing to
// be compared, and where a bound is none that [ParseBound] makes.
//
// Rounds of two runs have nothing to do with each other, so that quantiles are
// compared and not pairs, see [stat.RatioOf]: the doubt of each run by itself, with
// its dependence, is in the interval. At each quantile the intervals of all series
// hold at once with [stat.Confidence] (Bonferroni). Quantiles do not share that
// doubt: to ask for one more would widen the intervals of all others, and a bound
// on one quantile is broken by chance, to one side, in 2.5 % of comparisons at most,
// however many series there are.
func Between(old, now Run, threshold float64, bounds []Bound) (*Changes, error) {
	m := Match(old, now)
	if len(m.Pairs) == 0 {
		return nil, &NoPairError{m.Apart()}
	}
	c := &Changes{
		Old: old, New: now, Threshold: threshold, Quantiles: quantilesFor(bounds), Series: make([]Change, len(m.Pairs)),
		Differences: Differs(old, now), Bounds: bounds, OldOnly: m.OldOnly, NewOnly: m.NewOnly, Apart: m.Apart(),
	}
	for _, q := range c.Quantiles {
		if !(q > 0 && q < 1) {
			return nil, errors.New("a bound is not on a quantile between 0 and 1")
		}
	}
	inParallel(len(m.Pairs), func(i int) {
		p := m.Pairs[i]
		ratios := make([]stat.QuantileRatio, len(c.Quantiles))
		for k, q := range c.Quantiles {
			ratios[k] = stat.RatioOf(p.New.judged(), p.Old.judged(), q, c.terms().Each())
		}
		c.Series[i] = Change{p, ratios}
	})
	return c, nil
}

func quantilesFor(bounds []Bound) []float64 {
	all := []float64{0.5, 0.9, 0.99, 0.999}
	for _, b := range bounds {
		all = append(all, b.Quantile)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (c *Changes) terms() stat.Terms {
	return stat.Terms{Threshold: c.Threshold, Confidence: stat.Confidence, Comparisons: len(c.Series)}
}

// need is how many samples the interval at a quantile would take, in the run that
// would take more, as dependent as they are; 0 where more would not help.
func (c *Changes) need(of Change, q float64) int {
	confidence := c.terms().Each()
	need := 0
	for _, s := range []*stat.Sample{of.Old.judged(), of.New.judged()} {
		if n := s.Need(q, confidence); n > s.N() {
			need = max(need, n)
		}
	}
	return need
}
