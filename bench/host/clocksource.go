package host

import (
	"path"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

const clocksources = "sys/devices/system/clocksource/clocksource0"

// counters are the clock sources that are a CPU's own counter.
var counters = []string{"tsc", "arch_sys_counter"}

var checkClocksource = check{
	name:   "clocksource",
	effect: "stamps are scaled to the kernel's clock; where that is not the cycle counter, the two may drift apart, and reading it may cost a system call",
	look:   lookClocksource,
}

func lookClocksource(h *Host) result.Disturbance {
	current, err := h.clocksource()
	if err != nil {
		return unknown(err)
	}
	if slices.Contains(counters, current) {
		return ok(current)
	}
	offered, err := h.read(path.Join(clocksources, "available_clocksource"))
	if err != nil {
		return warn(current, "")
	}
	for _, counter := range counters {
		if slices.Contains(strings.Fields(offered), counter) {
			return warn(current, "echo "+counter+" > /"+path.Join(clocksources, "current_clocksource"))
		}
	}
	d := warn(current+", and the kernel offers no cycle counter", "")
	d.Effect = counterRefused
	return d
}

// counterRefused stands for a fix: a kernel that found a counter
// unstable takes it off the list, and no setting brings it back.
const counterRefused = "the kernel found the cycle counter unfit, or does not see one (dmesg says why): stamps that rely on it may be wrong, and clock_gettime may cost a system call"

func (h *Host) clocksource() (string, error) {
	return h.read(path.Join(clocksources, "current_clocksource"))
}
