package plot

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// units are the units of time, from the largest that a latency may need.
var units = []struct {
	ns   float64
	name string
}{{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}}

// Time writes a latency in nanoseconds with three significant digits and the
// unit that suits it: "97ns", "17.2us", "1.23ms", "4.00s". Whole nanoseconds
// below a hundred get no decimals, since the clock has none to give. A value
// that is not finite is a dash.
//
// It writes us and not µs: a report is read in terminals of every locale, and
// searched with a keyboard.
func Time(ns float64) string {
	if math.IsNaN(ns) || math.IsInf(ns, 0) {
		return "-"
	}
	for _, u := range units {
		if math.Abs(ns) >= 0.9995*u.ns || u.ns == 1 {
			return significant(ns/u.ns, u.ns == 1) + u.name
		}
	}
	return "-"
}

// significant writes v with three significant digits, and without decimals
// when whole is set and v has none.
func significant(v float64, whole bool) string {
	abs := math.Abs(v)
	if abs >= 1e6 {
		return strconv.FormatFloat(v, 'e', 2, 64)
	}
	if whole && v == math.Trunc(v) {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	decimals := 2
	for bound := 9.995; abs >= bound && decimals > 0; bound *= 10 {
		decimals--
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// Count writes a number with its thousands set apart: "10,000".
func Count(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, parts...), ",")
}

// Multiple writes a ratio: "0.007", "1.29", "12.4", "149", "2.00e+07".
func Multiple(ratio float64) string {
	switch {
	case math.IsNaN(ratio):
		return "-"
	case ratio < 0.0005:
		return "<0.001"
	case ratio < 0.0995:
		return fmt.Sprintf("%.3f", ratio)
	case ratio < 9.995:
		return fmt.Sprintf("%.2f", ratio)
	case ratio < 99.95:
		return fmt.Sprintf("%.1f", ratio)
	}
	if ratio < 999_999.5 {
		return Count(int(math.Round(ratio)))
	}
	return fmt.Sprintf("%.2e", ratio)
}

// yes is 1 for true.
func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}
