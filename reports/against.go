package reports

import (
	"math"

	"github.com/nsbench/nsbench/bench/stat"
)

// What series are compared by where the record does not say.
const (
	usualBaseline  = "pipe-eof"
	usualThreshold = 0.02
)

// Against is how a series compares with the baseline under the same conditions:
// its release latencies, and where children are released together, those of the
// last of each group.
type Against struct {
	stat.Comparison

	// Quantiles is the shift function: the ratio at each of several quantiles.
	Quantiles []stat.QuantileRatio

	// Why says why there is no comparison, nil where there is one.
	Why error
}

// Compare compares the series of each run with a baseline, in place of what the
// record says; empty is the record's. The threshold is the share below which a
// difference makes none; NaN is the record's.
//
// Only series of one stage and kind under the same conditions are compared, round
// by round. All intervals of a run hold at once.
func (r *Report) Compare(baseline string, threshold float64) {
	for i := range r.Runs {
		r.Runs[i].compare(baseline, threshold)
	}
}

func (run *Run) compare(baseline string, threshold float64) {
	plan := run.Header.Plan
	run.Baseline, run.Threshold = orElse(baseline, orElse(plan.Baseline, usualBaseline)), threshold
	switch {
	case !math.IsNaN(threshold):
	case plan.Baseline != "":
		run.Threshold = plan.Threshold
	default:
		run.Threshold = usualThreshold
	}
	type pair struct{ series, baseline *Series }
	var pairs []pair
	own := make(map[setting]*Series)
	for i := range run.Series {
		s := &run.Series[i]
		s.Against = nil
		if s.Primitive == run.Baseline {
			own[settingOf(*s)] = s
		}
	}
	for i := range run.Series {
		s := &run.Series[i]
		if with := own[settingOf(*s)]; with != nil && with != s {
			pairs = append(pairs, pair{s, with})
		}
	}
	run.Comparisons = len(pairs)
	terms := stat.Terms{Threshold: run.Threshold, Confidence: stat.Confidence, Comparisons: len(pairs)}
	inParallel(len(pairs), func(i int) {
		p := pairs[i]
		p.series.Against = against(p.series.judged(), p.baseline.judged(), terms)
	})
}

func against(s, baseline *stat.Sample, terms stat.Terms) *Against {
	c, err := stat.Compare(s, baseline, terms)
	a := &Against{Comparison: c, Why: err}
	if err == nil {
		a.Quantiles = stat.ShiftFunction(s, baseline, terms)
	}
	return a
}

// judged is what the series is compared by.
func (s Series) judged() *stat.Sample {
	if s.Children > 1 && s.Fan != nil {
		return s.Fan.last
	}
	return s.Release
}
