package condition

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Quota is the CPU time that a child may have, as a share of one CPU: 0.2 is a
// fifth, 1.5 one and a half. The zero Quota is none.
type Quota float64

// QuotaPeriod is how often a group is given its quota anew: the kernel's default,
// which container runtimes leave as it is. A child that has used its quota up
// waits for the rest of the period. Documentation/scheduler/sched-bwc.rst.
const QuotaPeriod = 100 * time.Millisecond

// The range of quotas. The kernel gives no less than 1 ms a period.
const (
	minQuota = Quota(time.Millisecond) / Quota(QuotaPeriod)
	maxQuota = 1000
)

// ParseQuota parses "none" or a percentage of one CPU, such as "20%".
func ParseQuota(s string) (Quota, error) {
	if s == "none" {
		return 0, nil
	}
	digits, ok := strings.CutSuffix(s, "%")
	percent, err := strconv.ParseFloat(digits, 64)
	if !ok || err != nil || math.IsNaN(percent) {
		return 0, fmt.Errorf("cpu quota %q: want none, or a percentage of one CPU, such as 20%%", s)
	}
	q := Quota(percent / 100)
	if q < minQuota || q > maxQuota {
		return 0, fmt.Errorf("cpu quota %s: want %v to %v", s, minQuota, Quota(maxQuota))
	}
	return q, nil
}

// String is what ParseQuota parses.
func (q Quota) String() string {
	if q == 0 {
		return "none"
	}
	return strconv.FormatFloat(math.Round(float64(q)*1e6)/1e4, 'f', -1, 64) + "%"
}

// perPeriod is the quota in microseconds, as control groups have it.
func (q Quota) perPeriod() int64 {
	return int64(math.Round(float64(q) * float64(QuotaPeriod.Microseconds())))
}

// Fits refuses a policy that a quota does not bind, or that may not be had in the
// group of one: the kernel throttles the fair policies alone. sched(7).
func (q Quota) Fits(s Sched) error {
	if q != 0 && s.Realtime() {
		return fmt.Errorf("cpu quota %s: it does not bind a child under sched %s: leave one of the two out", q, s)
	}
	return nil
}

// Throttling is what a quota has done to a group. cgroup-v2 in the kernel's
// documentation, cpu.stat.
type Throttling struct {
	Periods   int64         // in which somebody ran
	Throttled int64         // of them, those in which the quota was used up
	Time      time.Duration // for which the group had to wait, summed over its CPUs
}

// parseThrottling reads a cpu.stat. Version 1 has the time in nanoseconds under
// another name.
func parseThrottling(text string) (t Throttling, err error) {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		unit := time.Nanosecond
		var into *int64
		switch name {
		case "nr_periods":
			into = &t.Periods
		case "nr_throttled":
			into = &t.Throttled
		case "throttled_usec":
			into, unit = (*int64)(&t.Time), time.Microsecond
		case "throttled_time":
			into = (*int64)(&t.Time)
		default:
			continue
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return Throttling{}, fmt.Errorf("cpu.stat: %q: %w", strings.TrimSpace(line), err)
		}
		*into = n * int64(unit)
	}
	return t, nil
}
