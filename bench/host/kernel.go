package host

import (
	"fmt"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

// The kernel that has everything a launch needs: clone3 came with 5.3, its
// flag CLONE_CLEAR_SIGHAND with 5.5, close_range with 5.9; clone(2) and
// close_range(2), VERSIONS.
const (
	neededMajor = 5
	neededMinor = 9
)

var checkKernel = check{
	name:   "kernel",
	effect: "a launch needs clone3 (5.3), CLONE_CLEAR_SIGHAND (5.5) and close_range (5.9)",
	look:   lookKernel,
}

func lookKernel(h *Host) result.Disturbance {
	name, err := h.calls.uname()
	if err != nil {
		return unknown(err)
	}
	var major, minor int
	if _, err := fmt.Sscanf(name.release, "%d.%d", &major, &minor); err != nil {
		return unknown(fmt.Errorf("kernel release %q: %w", name.release, err))
	}
	found := "Linux " + name.release
	if major < neededMajor || major == neededMajor && minor < neededMinor {
		return warn(found, fmt.Sprintf("boot a kernel of version %d.%d or later", neededMajor, neededMinor))
	}
	return ok(found)
}

// telling are the beginnings of the kernel parameters that move wake-up
// times; admin-guide/kernel-parameters in the kernel's documentation.
var telling = []string{
	"clocksource=", "tsc=", "nohpet", "idle=", "nohlt", "cpuidle", "haltpoll.", "intel_idle.", "processor.max_cstate=",
	"intel_pstate=", "amd_pstate=", "isolcpus=", "nohz", "rcu_nocb", "maxcpus=", "nr_cpus=", "nosmt", "nosmp",
	"mitigations=", "nopti", "pti=", "spectre", "spec_", "nospectre", "kpti=", "preempt=", "threadirqs", "sched_",
	"transparent_hugepage=", "skew_tick=", "nowatchdog", "nmi_watchdog=",
}

var checkCmdline = check{
	name:   "cmdline",
	effect: "these decide what a wake-up and a system call cost: compare only hosts that were booted alike",
	look:   lookCmdline,
}

func lookCmdline(h *Host) result.Disturbance {
	line, err := h.cmdline()
	if err != nil {
		return unknown(err)
	}
	var told []string
	for _, parameter := range parameters(line) {
		if hasAnyPrefix(parameter, telling) {
			told = append(told, parameter)
		}
	}
	if told == nil {
		return ok("no parameter that moves wake-up times")
	}
	return ok(strings.Join(told, " "))
}

func (h *Host) cmdline() (string, error) { return h.read("proc/cmdline") }

// parameters leaves out what the kernel hands on to init, which stands behind
// a lone "--".
func parameters(line string) []string {
	var found []string
	for word := range strings.FieldsSeq(line) {
		if word == "--" {
			break
		}
		found = append(found, word)
	}
	return found
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}
