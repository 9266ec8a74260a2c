package reports

import (
	"fmt"
	"math"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// How much is shown of a text in a record.
const (
	wordLimit = 32  // a name
	lineLimit = 200 // a sentence
)

// word is a name from a record, fit to be shown.
func word(s string) string { return plot.Clean(s, wordLimit) }

// sentence is a longer text from a record, fit to be shown.
func sentence(s string) string { return plot.Clean(s, lineLimit) }

// familyName is what a family is called, which a record may leave open.
func familyName(family string) string { return orElse(word(family), "none") }

// span writes an interval with its unit once where both ends have the same:
// "17.0-17.4us".
func span(iv stat.Interval) string {
	lo, hi := plot.Time(iv.Lo), plot.Time(iv.Hi)
	if lo == "-" || hi == "-" {
		return "-"
	}
	number := strings.TrimRight(lo, "nums")
	if unit := lo[len(number):]; unit == strings.TrimLeft(hi, "0123456789.e+-") {
		lo = number
	}
	return lo + "-" + hi
}

// ratioSpan writes the interval of a ratio: "0.98-1.02".
func ratioSpan(iv stat.Interval) string { return multiple(iv.Lo) + "-" + multiple(iv.Hi) }

// burned writes the CPU time that a share of it comes to in a second, with two
// digits, which is as much as it is good for, and in ms down to one, so that a
// column of it can be read down: "28ms", "950ms", "1,000ms", "4.2us".
func burned(share float64) string {
	ms := share * 1000
	switch {
	case math.IsNaN(ms) || math.IsInf(ms, 0):
		return "-"
	case ms >= 99.5:
		return plot.Count(int(10*math.Round(math.Min(ms, 1e15)/10))) + "ms"
	case ms >= 0.995:
		return digits(ms) + "ms"
	case ms >= 0.000995:
		return digits(ms*1000) + "us"
	}
	return fmt.Sprintf("%.0fns", ms*1e6)
}

// digits writes a number from 1 on with two digits, or all before the point.
func digits(v float64) string {
	if v < 9.95 {
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// percent writes a share with as many digits as it has meaning: "0.31%", "99%".
func percent(share float64) string {
	switch {
	case math.IsNaN(share) || math.IsInf(share, 0):
		return "-"
	case share >= 0.0995:
		return fmt.Sprintf("%.0f%%", 100*share)
	case share >= 0.00995:
		return fmt.Sprintf("%.1f%%", 100*share)
	}
	return fmt.Sprintf("%.2f%%", 100*share)
}

// multiple writes a ratio: "0.007", "1.29", "149".
func multiple(ratio float64) string { return plot.Multiple(ratio) }

// plural counts things: "1 line", "2,000 lines".
func plural(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return plot.Count(n) + " " + thing
}
