package reports

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// A Bound is how much a quantile may change from one run to another before that
// is a failure. Its share is of the old run's: 0.1 is 10 %.
type Bound struct {
	Quantile float64 // in 0..1
	Share    float64 // not negative
	Faster   bool    // it is to get faster by more than that, and not slower
}

// boundTyped is a bound as it is typed. Percent are asked for, because of "p99>0.1"
// nobody could say whether it means a tenth or a thousandth.
var boundTyped = regexp.MustCompile(`^ *p(\d+(?:\.\d+)?) *(>|< *-) *(\d+(?:\.\d+)?) *% *$`)

// ParseBound reads "p99>10%", slower by more than 10 %, and "p50<-5%", faster by
// more than 5 %. The quantile is any between p0 and p100.
func ParseBound(typed string) (Bound, error) {
	parts := boundTyped.FindStringSubmatch(typed)
	if parts == nil {
		return Bound{}, fmt.Errorf("%q: want a quantile and by how many per cent it changes, such as 'p99>10%%' for slower or 'p50<-5%%' for faster", typed)
	}
	b := Bound{Quantile: hundredth(parts[1]), Share: hundredth(parts[3]), Faster: parts[2] != ">"}
	switch {
	case !(b.Quantile > 0 && b.Quantile < 1):
		return Bound{}, fmt.Errorf("%q: p%s is no quantile: want one between p0 and p100, such as 'p99>10%%'", typed, parts[1])
	case math.IsInf(b.Share, 0):
		return Bound{}, fmt.Errorf("%q: no number is that large: want one such as 'p99>10%%'", typed)
	case b.Faster && b.Share >= 1:
		return Bound{}, fmt.Errorf("%q: nothing gets faster by 100%% or more: want less, such as 'p50<-5%%'", typed)
	}
	return b, nil
}

// hundredth is the number in decimals, divided by 100: by its exponent, so that
// 99.9 % is 0.999 to the last bit. One that is too large is infinite.
func hundredth(decimals string) float64 {
	v, err := strconv.ParseFloat(decimals+"e-2", 64)
	if err != nil {
		return math.Inf(1) // the pattern leaves no other error
	}
	return v
}

// String is the bound as it may be typed.
func (b Bound) String() string {
	op := ">"
	if b.Faster {
		op = "<-"
	}
	return stat.QuantileName(b.Quantile) + op + strconv.FormatFloat(100*b.Share, 'g', 10, 64) + "%"
}

// A BoundResult is what a comparison says of a bound and a series.
type BoundResult string

// The results. Only a change that is certain is a failure: one whose whole interval
// lies beyond the bound.
const (
	BoundKept       BoundResult = "kept"
	BoundBroken     BoundResult = "broken"
	BoundReached    BoundResult = "reached"     // the ratio lies beyond, and the interval reaches back
	BoundNoInterval BoundResult = "no-interval" // so that it cannot be broken
)

// limit is the ratio beyond which the bound is broken. Shares are of the old run:
// faster by 20 % is 0.8 times as long, and not 1/1.2.
func (b Bound) limit() float64 {
	if b.Faster {
		return 1 - b.Share
	}
	return 1 + b.Share
}

// result holds a ratio against the bound.
func (b Bound) result(r stat.QuantileRatio) BoundResult {
	beyond := func(v float64) bool { return v > b.limit() }
	near := r.Interval.Lo // the end that is nearer to no change
	if b.Faster {
		beyond = func(v float64) bool { return v < b.limit() }
		near = r.Interval.Hi
	}
	switch {
	case !r.Interval.Known():
		return BoundNoInterval
	case beyond(near):
		return BoundBroken
	case beyond(r.Ratio):
		return BoundReached
	}
	return BoundKept
}

// at is the ratio of a series that a bound is on.
func (c *Changes) at(of Change, q float64) stat.QuantileRatio {
	return of.Ratios[slices.Index(c.Quantiles, q)]
}

// result is what becomes of a bound in a series.
func (c *Changes) result(b Bound, of Change) BoundResult { return b.result(c.at(of, b.Quantile)) }

// Broken is a line for each bound and series that breaks it: the bound, the series,
// and the ratio with its interval.
func (c *Changes) Broken() []string {
	var lines []string
	for _, b := range c.Bounds {
		for _, one := range c.with(b, BoundBroken) {
			lines = append(lines, fmt.Sprintf("%v: %v: %s times as long", b, one.Key, precisely(c.at(one, b.Quantile))))
		}
	}
	return lines
}

// Unsure is a line for each bound and series that might break it and for each bound
// that some series cannot break, and says why.
func (c *Changes) Unsure() []string {
	var lines []string
	for _, b := range c.Bounds {
		for _, one := range c.with(b, BoundReached) {
			r := c.at(one, b.Quantile)
			back := r.Interval.Lo
			if b.Faster {
				back = r.Interval.Hi
			}
			lines = append(lines, fmt.Sprintf("%v: %v: %s times as long would be beyond, but the interval reaches back to %.3f", b, one.Key, precisely(r), back))
		}
		if none := c.with(b, BoundNoInterval); none != nil {
			lines = append(lines, fmt.Sprintf("%v: cannot be held against %s, for want of an interval: %s: %s",
				b, outOf(len(none), len(c.Series)), strings.Join(keys(none), "; "), c.remedy(none, b.Quantile)))
		}
	}
	return lines
}

func (c *Changes) with(b Bound, result BoundResult) []Change {
	var some []Change
	for _, one := range c.Series {
		if c.result(b, one) == result {
			some = append(some, one)
		}
	}
	return some
}

// remedy is how series come to have an interval.
func (c *Changes) remedy(all []Change, q float64) string {
	need := 0
	for _, one := range all {
		need = max(need, c.need(one, q))
	}
	if need == 0 {
		return "a time that is not above 0 has no ratio"
	}
	return "it takes " + plot.Count(need) + " valid samples in each run: raise --iterations"
}

// outOf counts some of all: "3 of 20 series", "the only series".
func outOf(some, all int) string {
	if all == 1 {
		return "the only series"
	}
	return fmt.Sprintf("%s of %s series", plot.Count(some), plot.Count(all))
}

// precisely writes a ratio and its interval with as many digits as a bound may
// have: "1.314 (1.220-1.407)".
func precisely(r stat.QuantileRatio) string {
	return fmt.Sprintf("%.3f (%.3f-%.3f)", r.Ratio, r.Interval.Lo, r.Interval.Hi)
}
