package host

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

const (
	// muchLoad is the load average for each CPU from which on others run on
	// the two CPUs of a run a good part of the time.
	muchLoad = 0.25

	// muchPressure is the share of the last ten seconds, in percent, in which
	// some task waited for what it needed.
	muchPressure = 5.0
)

var checkLoad = check{
	name:   "load",
	effect: "whatever else runs delays a waiter that was woken, and has emptied its caches",
	look:   lookLoad,
}

// lookLoad goes by all CPUs of the host: the load average counts them all,
// inside a container too.
func lookLoad(h *Host) result.Disturbance {
	text, err := h.loadAvg()
	if err != nil {
		return unknown(err)
	}
	minute, _, _ := strings.Cut(text, " ")
	load, err := strconv.ParseFloat(minute, 64)
	if err != nil {
		return unknown(fmt.Errorf("read /proc/loadavg: %w", err))
	}
	cpus, err := h.present()
	if err != nil {
		return unknown(err)
	}
	found := fmt.Sprintf("%s over the last minute, on %d CPUs", minute, cpus)
	pressure, err := h.pressure("cpu")
	if err == nil {
		found += fmt.Sprintf("; tasks waited for a CPU in %.1f %% of the last 10 s", pressure)
	}
	if load < muchLoad*float64(cpus) && pressure < muchPressure {
		return ok(found)
	}
	return warn(found, "stop what `top` shows; after a build, wait a minute")
}

// present counts the CPUs that the load spreads over, or those to use where
// /sys does not tell: that errs towards a warning.
func (h *Host) present() (int, error) {
	if n, err := h.online(); err == nil {
		return n, nil
	}
	usable, err := h.calls.affinity()
	return len(usable), err
}

func (h *Host) loadAvg() (string, error) { return h.read("proc/loadavg") }

// pressure returns in how much of the last ten seconds, in percent, some task
// waited for cpu, memory or io; accounting/psi in the kernel's documentation.
// A kernel may be built or booted without it.
func (h *Host) pressure(of string) (float64, error) {
	name := "proc/pressure/" + of
	text, err := h.read(name)
	if err != nil {
		return 0, err
	}
	var percent float64
	if _, err := fmt.Sscanf(text, "some avg10=%f", &percent); err != nil {
		return 0, fmt.Errorf("read /%s: %w", name, err)
	}
	return percent, nil
}
