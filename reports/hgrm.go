package reports

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/bits"
	"sort"
)

// A Distribution is one series as HdrHistogram's tools read it.
type Distribution struct {
	// Name is a file name ending in ".hgrm", of lower-case letters, digits,
	// dashes and underscores before that, and no other distribution of the
	// report has it. The plotter labels the curve with it.
	Name string

	// Title says which series it is, in words.
	Title string

	// N is the number of its valid samples.
	N int

	// Write writes it. Without a valid sample it has no line of values.
	Write func(io.Writer) error
}

// Distributions lists the series of a report for HdrHistogram's plotter, in the
// order of the tables. Nothing is written before Write is called.
//
// The text is that of AbstractHistogram.outputPercentileDistribution with five
// ticks per half distance: value, percentile as a share, samples up to the value,
// and 1/(1-percentile). The figures are those of HdrHistogram 2.1.11 with five
// significant digits. Values are in microseconds with three decimals, so that each
// is a measured time to the nanosecond. The first line, a comment as
// HistogramLogProcessor begins its files with, names the unit, which the format
// has no other place for; in the plotter it has to be chosen.
//
// A histogram lost: with three significant digits it prints a bound of the bucket
// in which a sample fell and not the sample, and we have the samples. What it
// says of its buckets at the end is here what it would be of one that is exact:
// one bucket, with a place for every nanosecond.
//
// The plotter sets the lines of several files side by side by their number, under
// the percentiles of the first file that is long enough. So the ticks are the
// same in every file, whatever its number of samples; a longer one has more of them.
func Distributions(rep *Report) []Distribution {
	var all []Distribution
	names := make(map[string]bool)
	for i, run := range rep.Runs {
		for _, g := range groups(run) {
			for _, s := range g.series {
				title := joined(word(s.Primitive), g.title())
				name := unused(names, prefixed(rep, i, distributionName(g, s))) + ".hgrm"
				all = append(all, Distribution{Name: name, Title: title, N: s.Release.N(), Write: func(w io.Writer) error {
					return emit(w, name, distribution(quantityOf(g)+" in us: "+title, s.Release.Sorted()))
				}})
			}
		}
	}
	return all
}

// distributionLimit is how long the name of a file may be without its run, its
// number and its end: file systems take 255 bytes of all.
const distributionLimit = 180

func distributionName(g group, s Series) string {
	moment := "_" + s.Stage
	if s.Kind == KindEarly {
		moment += "_" + s.Kind
	}
	name := slug(s.Primitive) + "_" + slug(g.where())
	return name[:min(len(name), distributionLimit)] + moment
}

// distribution writes ascending times in ns.
func distribution(title string, sorted []float64) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "#[%s]\n%12s %14s %10s %14s\n\n", title, "Value", "Percentile", "TotalCount", "1/(1-Percentile)")
	n := len(sorted)
	for t := (tick{}); n > 0; t = t.next() {
		value := sorted[t.rank(n)-1]
		count := upTo(sorted, value)
		fmt.Fprintf(&out, "%12.3f %2.12f %10d %14.2f\n", value/1000, 1-t.beyond(), count, 1/t.beyond())
		if count == n {
			fmt.Fprintf(&out, "%12.3f %2.12f %10d %14s\n", value/1000, 1.0, n, "inf")
			break
		}
	}
	mean, deviation, most := moments(sorted)
	fmt.Fprintf(&out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", mean/1000, deviation/1000)
	fmt.Fprintf(&out, "#[Max     = %12.3f, Total count    = %12d]\n", most/1000, n)
	fmt.Fprintf(&out, "#[Buckets = %12d, SubBuckets     = %12d]\n", 1, uint64(1)<<min(bits.Len64(uint64(most)), 63))
	return out.Bytes()
}

// A tick is a percentile at which there is a line: five in each half of what
// the half before has left.
type tick struct{ half, step int }

func (t tick) next() tick {
	if t.step == 4 {
		return tick{half: t.half + 1}
	}
	return tick{t.half, t.step + 1}
}

// beyond is the share of the samples above the tick. Summing steps up instead, as
// HdrHistogram does, loses a bit now and then.
func (t tick) beyond() float64 { return math.Ldexp(float64(10-t.step), -t.half) / 10 }

// rank is the least, from 1, that reaches the tick among n samples. No digit is
// lost in it either.
func (t tick) rank(n int) int { return max(1, n-n*(10-t.step)/10>>t.half) }

// upTo counts the values up to the given one.
func upTo(sorted []float64, value float64) int {
	return sort.Search(len(sorted), func(i int) bool { return sorted[i] > value })
}

// moments are the mean, the standard deviation of the population, as HdrHistogram
// has it, and the greatest value: 0 where there is none.
func moments(sorted []float64) (mean, deviation, most float64) {
	if len(sorted) == 0 {
		return 0, 0, 0
	}
	n := float64(len(sorted))
	for _, v := range sorted {
		mean += v / n
	}
	for _, v := range sorted {
		deviation += (v - mean) / n * (v - mean)
	}
	return mean, math.Sqrt(deviation), sorted[len(sorted)-1]
}
