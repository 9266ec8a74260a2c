package host

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

var checkGovernor = check{
	name:   "governor",
	effect: "a governor other than performance need not hold the frequency high: a waiter that slept wakes on a slower CPU, the more so the longer the hold",
	look:   lookGovernor,
}

func lookGovernor(h *Host) result.Disturbance {
	governor, err := h.governor()
	if errors.Is(err, fs.ErrNotExist) {
		d := unknown(errors.New("no cpufreq driver"))
		d.Effect = "the frequency is not this kernel's to hold: the firmware, or the host of this VM, may change it unseen"
		return d
	}
	if err != nil {
		return unknown(err)
	}
	if governor == "performance" {
		return ok(governor)
	}
	return warn(governor, "cpupower frequency-set -g performance")
}

// governor returns the governors of all CPUs, usually one.
func (h *Host) governor() (string, error) {
	governors, err := h.readAll("sys/devices/system/cpu/cpufreq/policy*/scaling_governor")
	return strings.Join(governors, ", "), err
}
