package stat

import (
	"fmt"
	"math"
)

// A Warning is a doubt about the figures of a sample.
type Warning struct {
	Kind Doubt
	Text string // what is so, with the figures
	Do   string // what to do about it; empty where nothing is to be done
}

// String is the whole of it, in a line.
func (w Warning) String() string {
	if w.Do == "" {
		return w.Text
	}
	return w.Text + ": " + w.Do
}

// A Doubt is a kind of warning.
type Doubt string

// The kinds of doubt, under which many samples' warnings can be told together.
const (
	DoubtEmpty     Doubt = "empty"
	DoubtNaN       Doubt = "not-a-number"
	DoubtShort     Doubt = "too-few"
	DoubtDrift     Doubt = "drift"
	DoubtModes     Doubt = "modes"
	DoubtTies      Doubt = "ties"
	DoubtDependent Doubt = "dependent"
	DoubtUnseen    Doubt = "dependence-unseen"
)

// What is to be done about each doubt.
var remedies = map[Doubt]string{
	DoubtEmpty:     "see why samples were left out",
	DoubtShort:     "raise --iterations",
	DoubtDrift:     "let the host come to rest, raise --warmup, and compare within rounds only",
	DoubtModes:     "look at the distribution: a median between two modes describes neither",
	DoubtTies:      "take a difference of no more than a step for none",
	DoubtDependent: "trust the ratios, which are taken round by round, before the figure",
	DoubtUnseen:    "raise --iterations",
}

// Remedy is what to do about a doubt; empty where nothing is to be done.
func (d Doubt) Remedy() string { return remedies[d] }

// Bounds from which on something is worth a warning. The halves of a sample are
// compared with so much confidence that, of forty series that do not drift, none
// is told to; they differ by more than a few hundredths on every shared host.
const (
	driftConfidence = 0.999
	driftThreshold  = 0.05
	manyTies        = 0.1
	strongFactor    = 10
)

// doubts are the warnings that belong to the summary of a sample.
func (s *Sample) doubts(sum Summary) []Warning {
	var all []Warning
	warn := func(d Doubt, format string, args ...any) {
		all = append(all, Warning{d, fmt.Sprintf(format, args...), d.Remedy()})
	}
	switch {
	case sum.N == 0:
		warn(DoubtEmpty, "no samples")
		return all
	case !s.numbers():
		warn(DoubtNaN, "%d of %d values are not numbers", s.notNumbers(), sum.N)
		return all
	}
	for _, short := range sum.Short {
		warn(DoubtShort, "%s needs %d samples for a %g %% interval, has %d", short.Name(), short.Need, Confidence*100, sum.N)
	}
	if v := sum.Drift.Verdict(driftThreshold); v == Faster || v == Slower {
		warn(DoubtDrift, "the median of the second half is %.2f times that of the first", sum.Drift.Ratio)
	}
	if n := len(sum.Modes); n > 1 {
		warn(DoubtModes, "%d modes, the greatest with %.0f %% of the values", n, 100*greatest(sum.Modes).Share)
	}
	if sum.Tied > manyTies && sum.N >= fewest {
		warn(DoubtTies, "%.0f %% of the values equal the median: they stand in steps of %.2g %% of it", 100*sum.Tied, 100*sum.Step)
	}
	switch d := sum.Dependence; {
	case sum.N < fewest && sum.P50Interval.Known():
		warn(DoubtUnseen, "%d values do not show how they depend on each other: intervals take them for independent", sum.N)
	case !d.Settled:
		warn(DoubtDependent, "values depend on each other over %d in a row and more: what they are worth is not known", min(sum.N/4, longestLag))
	case d.Factor > strongFactor:
		warn(DoubtDependent, "%d values that depend on each other are worth %.0f that do not", sum.N, float64(sum.N)/d.Factor)
	}
	return all
}

func (s *Sample) notNumbers() int {
	n := 0
	for n < s.N() && math.IsNaN(s.sorted[n]) {
		n++
	}
	return n
}
