package stat

import (
	"math"
	"slices"
	"sync"
)

// A Sample is values of one thing, in the order in which they were measured and
// in ascending order. The first tells how they depend on each other, the second
// is what quantiles are read off. It sorts once, and is not changed after that; it
// may be used by several goroutines.
type Sample struct {
	ordered []float64 // as measured
	sorted  []float64
	ends    []int     // where each round ends in ordered; nil where there are no rounds
	byRound []float64 // ordered, each round for itself in ascending order

	looked     sync.Mutex
	dependence map[float64]Dependence // by the level of which it is, because it takes long
}

// NewSample makes a sample of values in the order in which they were measured,
// and keeps them: the caller must not change them any more.
//
// The ends are, for each round of the run, how many values there were at its
// end: values[ends[i-1]:ends[i]] were measured in round i. A round may be empty,
// and values behind the last end are in none: they are summarized, not compared.
// Without rounds a sample can be summarized, and not compared. Ends that fall,
// or that are not in the values, panic.
func NewSample(values []float64, ends []int) *Sample {
	s := &Sample{ordered: values, sorted: ascending(values), ends: ends}
	if ends == nil {
		return s
	}
	s.byRound = slices.Clone(values)
	for i := range ends {
		slices.Sort(s.round(i))
	}
	return s
}

// N is the number of values.
func (s *Sample) N() int { return len(s.sorted) }

// Sorted are the values in ascending order, which belong to the sample.
func (s *Sample) Sorted() []float64 { return s.sorted }

// Ordered are the values as they were measured, which belong to the sample.
func (s *Sample) Ordered() []float64 { return s.ordered }

// Ends are how many values there were at the end of each round, nil without
// rounds. They belong to the sample.
func (s *Sample) Ends() []int { return s.ends }

// round is the values of round i, ascending.
func (s *Sample) round(i int) []float64 {
	start := 0
	if i > 0 {
		start = s.ends[i-1]
	}
	return s.byRound[start:s.ends[i]]
}

// part is the values from place i to before place j, as a sample without rounds.
func (s *Sample) part(i, j int) *Sample { return NewSample(s.ordered[i:j], nil) }

// Quantile returns the q-quantile of the sample, see [Quantile].
func (s *Sample) Quantile(q float64) float64 { return Quantile(s.sorted, q) }

// numbers reports whether there are values and all of them are numbers.
func (s *Sample) numbers() bool { return ordered(s.sorted) }

// finite reports whether there are values and all of them are finite.
func (s *Sample) finite() bool {
	return s.numbers() && !math.IsInf(s.sorted[0], 0) && !math.IsInf(s.sorted[s.N()-1], 0)
}

// positive reports whether all values are finite and above 0, so that they have
// ratios.
func (s *Sample) positive() bool {
	return s.finite() && s.sorted[0] > 0
}
