package reports

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A timeAxis is the logarithmic axis that all histograms of a run share, so that
// columns of one time stand below each other whatever the conditions.
type timeAxis struct{ low, high roundTime }

// axisOf spans all valid samples of a run, to the next round times beyond them.
// There is none where no sample is above 0: such times have no logarithm.
func axisOf(run Run) (axis timeAxis, ok bool) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range run.Series {
		all := positive(s)
		if len(all) > 0 && !math.IsInf(all[len(all)-1], 0) {
			low, high = min(low, all[0]), max(high, all[len(all)-1])
		}
	}
	if low > high {
		return timeAxis{}, false
	}
	axis = timeAxis{below(low), above(high)}
	return axis, true
}

// positive lists the times of a series that have a logarithm, ascending.
func positive(s Series) []float64 {
	if s.Release == nil {
		return nil
	}
	all := s.Release.Sorted()
	first, _ := slices.BinarySearch(all, math.SmallestNonzeroFloat64)
	return all[first:]
}

// A roundTime is 1, 2 or 5 times a power of ten, in ns.
type roundTime struct{ digit, power int }

var roundDigits = []int{1, 2, 5}

func (t roundTime) ns() float64 { return float64(t.digit) * math.Pow10(t.power) }

// below is the greatest round time that is not above a time, and 1 ns at least.
func below(ns float64) roundTime {
	at := roundTime{1, 0}
	for next := at.next(); next.ns() <= ns; next = next.next() {
		at = next
	}
	return at
}

// above is the least round time that is above a time.
func above(ns float64) roundTime { return below(ns).next() }

func (t roundTime) next() roundTime {
	if i := slices.Index(roundDigits, t.digit) + 1; i < len(roundDigits) {
		return roundTime{roundDigits[i], t.power}
	}
	return roundTime{1, t.power + 1}
}

// String is "5us", "200ms", "1s".
func (t roundTime) String() string {
	names := []string{"ns", "us", "ms", "s"}
	unit := min(t.power/3, len(names)-1)
	if t.power-3*unit > 3 {
		return fmt.Sprintf("%de%ds", t.digit, t.power-3*unit)
	}
	return strconv.Itoa(t.digit) + strings.Repeat("0", t.power-3*unit) + names[unit]
}

// bins counts the times of a series in so many bins of equal width on the axis.
// It looks for the bins' edges among the sorted times, which of ten million costs
// no more than of a thousand. Times of 0 and less are in the first bin.
func (a timeAxis) bins(s Series, cells int) []int {
	if s.Release == nil {
		return nil
	}
	all, counts, start := s.Release.Sorted(), make([]int, cells), 0
	for i := range counts {
		end := len(all)
		if i < cells-1 {
			end, _ = slices.BinarySearch(all, a.edge(i+1, cells))
		}
		counts[i], start = end-start, end
	}
	return counts
}

// edge is where bin i begins. It is rounded to where no two architectures, one of
// which fuses a product and a sum, can differ on which side of it a time is.
func (a timeAxis) edge(i, cells int) float64 {
	low, high := a.low.ns(), a.high.ns()
	return math.Round(1024*low*math.Pow(high/low, float64(i)/float64(cells))) / 1024
}

// The heights of a bin, from one sample on.
const (
	blocks = "▁▂▃▄▅▆▇█"
	ramp   = ".:-=+*#@"
)

// draw draws the histogram of a series, in characters of which each is a bin: the
// fullest has the greatest height, and one of a single sample out of a million is
// seen, since what a slow tail is lost in is the average. Nothing is drawn of
// nothing.
func (a timeAxis) draw(s Series, cells int, heights []rune) string {
	counts := a.bins(s, cells)
	if len(counts) == 0 || slices.Max(counts) == 0 {
		return ""
	}
	most := slices.Max(counts)
	line := make([]rune, cells)
	for i, n := range counts {
		line[i] = ' '
		if n > 0 {
			line[i] = heights[(n*len(heights)-1)/most]
		}
	}
	return string(line)
}

// head names the ends of the axis over their ends of the histograms, and between
// them what the scale is.
func (a timeAxis) head(cells int) string {
	const scale = "log"
	low, high := a.low.String(), a.high.String()
	gap := max(cells-len(low)-len(high), 1)
	if gap < len(scale)+2 {
		return low + strings.Repeat(" ", gap) + high
	}
	left := (gap - len(scale)) / 2
	return low + strings.Repeat(" ", left) + scale + strings.Repeat(" ", gap-left-len(scale)) + high
}
