package stat

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/montanaflynn/stats"
)

// Confidence is the least coverage of the intervals in a Summary.
const Confidence = 0.95

// A Summary describes one sample, in the sample's own unit. What the sample
// does not show is NaN, and Warnings say why.
type Summary struct {
	N        int
	Min, Max float64

	// The quantiles. One that has no interval at Confidence is NaN.
	P50, P90, P99, P999 float64

	// P50Interval is where the population's median lies. Its ends are NaN
	// and its confidence is 0 when P50 is NaN.
	P50Interval Interval

	// Mean and StdDev (of a sample, with n-1) are for those who must add up
	// or compare with older tools; with a heavy tail they follow a few
	// values. MAD, the median of the distances from the median, does not.
	Mean, StdDev, MAD float64

	// Short lists the quantiles that the sample is too small for.
	Short []Shortfall

	// Warnings are for readers: a sentence each, to be shown wherever the
	// figures are.
	Warnings []string
}

// A Shortfall is a quantile that a sample is too small to show.
type Shortfall struct {
	Quantile float64 // in 0..1
	Need     int     // samples that it would have taken, in all
}

// Name returns the quantile as people say it: "p99.9".
func (s Shortfall) Name() string {
	return "p" + strconv.FormatFloat(s.Quantile*100, 'g', 10, 64)
}

// Summarize describes a sample. Values in ascending order cost no copy; other
// values are copied and sorted. The argument is never changed.
//
// Infinite values count like others, though the mean and the deviations then
// follow from the arithmetic of infinities. One NaN leaves every figure NaN:
// to leave it out would be to say that it had not been measured.
func Summarize(sample []float64) Summary {
	sorted := ascending(sample)
	s := blank(len(sorted))
	s.Warnings = warnings(sorted, s.Short)
	if ordered(sorted) {
		s.describe(sorted)
	}
	return s
}

// ascending returns the values in order, as they are if they already are.
func ascending(sample []float64) []float64 {
	if slices.IsSorted(sample) {
		return sample
	}
	sorted := slices.Clone(sample)
	slices.Sort(sorted)
	return sorted
}

// blank returns the summary of n samples that show nothing.
func blank(n int) Summary {
	nan := math.NaN()
	return Summary{
		N: n, Min: nan, Max: nan,
		P50: nan, P90: nan, P99: nan, P999: nan,
		P50Interval: Interval{Lo: nan, Hi: nan},
		Mean:        nan, StdDev: nan, MAD: nan,
		Short: shortfalls(n),
	}
}

func shortfalls(n int) []Shortfall {
	var short []Shortfall
	for _, q := range []float64{0.5, 0.9, 0.99, 0.999} {
		if need := Need(q, Confidence); n < need {
			short = append(short, Shortfall{Quantile: q, Need: need})
		}
	}
	return short
}

func warnings(sorted []float64, short []Shortfall) []string {
	n := len(sorted)
	if n == 0 {
		return []string{"no samples"}
	}
	if !ordered(sorted) {
		return []string{fmt.Sprintf("%d of %d values are not numbers", countNaN(sorted), n)}
	}
	var all []string
	for _, s := range short {
		all = append(all, fmt.Sprintf("%s needs %d samples for a %g %% interval, has %d",
			s.Name(), s.Need, Confidence*100, n))
	}
	return all
}

func (s *Summary) describe(sorted []float64) {
	s.Min, s.Max = sorted[0], sorted[len(sorted)-1]
	s.P50 = supported(sorted, 0.5)
	s.P90 = supported(sorted, 0.9)
	s.P99 = supported(sorted, 0.99)
	s.P999 = supported(sorted, 0.999)
	if iv, ok := QuantileInterval(sorted, 0.5, Confidence); ok {
		s.P50Interval = iv
	}
	s.moments(sorted)
}

// supported returns the quantile where the sample can bear it, else NaN.
func supported(sorted []float64, q float64) float64 {
	if len(sorted) < Need(q, Confidence) {
		return math.NaN()
	}
	return Quantile(sorted, q)
}

// moments leaves to the library what it does well: its deviations stay exact
// where squares would overflow. It answers NaN beside every error it gives
// here, and a sample too small for a deviation has none, so the errors say
// nothing that the figures do not.
func (s *Summary) moments(sorted []float64) {
	s.Mean, _ = stats.Mean(sorted)
	s.StdDev, _ = stats.StandardDeviationSample(sorted)
	s.MAD, _ = stats.MedianAbsoluteDeviation(sorted)
}

func countNaN(sorted []float64) int {
	n := 0
	for n < len(sorted) && math.IsNaN(sorted[n]) {
		n++
	}
	return n
}
