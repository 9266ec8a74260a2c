package plot

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// minSpan is the least that an axis of time spans, in decades. A narrower one
// would blow a difference of nothing up to the whole width, and might hold no
// label at all: 1, 2 and 5 leave gaps of up to 0.4.
const minSpan = 0.85

// span is the range of an axis of time, in powers of ten of a nanosecond: a
// little more than what the series hold, and 1 us to 1 ms when they hold none.
func span(series []Series) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, s := range series {
		if n := len(s.Values); n > 0 {
			low, high = min(low, log10(s.Values[0])), max(high, log10(s.Values[n-1]))
		}
	}
	if low > high {
		return 3, 6
	}
	if short := minSpan - (high - low); short > 0 {
		low, high = low-short/2, high+short/2
	}
	margin := 0.03 * (high - low)
	return low - margin, high + margin
}

// decadeTicks labels an axis that runs over powers of ten: every decade if there
// are few, some of them if there are many, and 2 and 5 between them where there
// is room.
type decadeTicks struct {
	most  int // labels, about
	label func(multiple float64, power int) string
}

var _ plot.Ticker = decadeTicks{}

// Ticks lists the marks from low to high.
func (t decadeTicks) Ticks(low, high float64) []plot.Tick {
	if (high-low)*3 <= float64(t.most) {
		return steps(low, high, 1, []float64{1, 2, 5}, t.label)
	}
	return steps(low, high, int(math.Ceil((high-low)/float64(t.most))), []float64{1}, t.label)
}

// timeTicks labels an axis of time.
func timeTicks(most int) decadeTicks { return decadeTicks{most, tickTime} }

// steps marks the multiples of each decade whose power is divisible by every.
// The other decades get a mark without a label, unless they are too many.
func steps(low, high float64, every int, multiples []float64, label func(multiple float64, power int) string) []plot.Tick {
	var ticks []plot.Tick
	for power := int(math.Floor(low)); power <= int(math.Ceil(high)); power++ {
		for _, multiple := range multiples {
			at := float64(power) + math.Log10(multiple)
			if at < low || at > high {
				continue
			}
			tick := plot.Tick{Value: at}
			if power%every == 0 {
				tick.Label = label(multiple, power)
			} else if every > 5 {
				continue
			}
			ticks = append(ticks, tick)
		}
	}
	return ticks
}

// tickTime writes a round latency without decimals: "20us". Below a nanosecond,
// where only the margin of an axis reaches, there is none to write.
func tickTime(multiple float64, power int) string {
	if power < 0 {
		return ""
	}
	unit := units[max(0, len(units)-1-power/3)]
	in := multiple * math.Pow10(min(power, 308)) / unit.ns
	if in >= 1e4 {
		return strconv.FormatFloat(in, 'g', 3, 64) + unit.name
	}
	return strconv.FormatFloat(math.Round(in), 'f', 0, 64) + unit.name
}

// A stretched axis of percentiles gives each nine of the tail the same width:
// 0 to 90 % takes as much as 90 to 99 %. HdrHistogram made the form customary.
func stretch(q float64) float64 { return -math.Log10(1 - q) }

// unstretch is the quantile at a place on the axis.
func unstretch(at float64) float64 { return 1 - math.Pow(10, -at) }

// percentiles are the quantiles that the axis names and curves mark.
var percentiles = []struct {
	q     float64
	label string
}{
	{0, "0"}, {0.5, "50"}, {0.9, "90"}, {0.99, "99"}, {0.999, "99.9"},
	{0.9999, "99.99"}, {0.99999, "99.999"}, {0.999999, "99.9999"},
}

// percentileTicks labels the stretched axis.
type percentileTicks struct{}

var _ plot.Ticker = percentileTicks{}

// Ticks lists the marks from low to high.
func (percentileTicks) Ticks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for _, p := range percentiles {
		if at := stretch(p.q); at >= low-1e-9 && at <= high+1e-9 {
			ticks = append(ticks, plot.Tick{Value: at, Label: p.label})
		}
	}
	return ticks
}

// fineTicks labels an axis over powers of ten that spans no more than a decade at
// round values evenly apart, and a longer one as wide says.
type fineTicks struct {
	wide  plot.Ticker
	label func(value float64) string
}

var _ plot.Ticker = fineTicks{}

const (
	shortAxis = 0.9 // decades
	fineMost  = 7   // labels
)

// Ticks lists the marks from low to high.
func (t fineTicks) Ticks(low, high float64) []plot.Tick {
	if high-low > shortAxis {
		return t.wide.Ticks(low, high)
	}
	return evenly(low, high, t.label)
}

// evenly marks the multiples of a round step on a logarithmic axis.
func evenly(low, high float64, label func(value float64) string) []plot.Tick {
	from, to := math.Pow(10, low), math.Pow(10, high)
	step := roundStep((to - from) / fineMost)
	var ticks []plot.Tick
	for i := math.Ceil(from / step); i*step <= to && len(ticks) <= 2*fineMost; i++ {
		if at := math.Log10(i * step); at >= low && at <= high {
			ticks = append(ticks, plot.Tick{Value: at, Label: label(i * step)})
		}
	}
	return ticks
}

// roundStep is the least 1, 2 or 5 of a decade that is not below a number.
func roundStep(least float64) float64 {
	decade := math.Pow(10, math.Floor(math.Log10(least)))
	for _, multiple := range []float64{1, 2, 5} {
		if multiple*decade >= least {
			return multiple * decade
		}
	}
	return 10 * decade
}
