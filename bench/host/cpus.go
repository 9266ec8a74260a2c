package host

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

var checkCPUs = check{
	name:   "cpus",
	effect: "a run uses two CPUs, one a side",
	look:   lookCPUs,
}

func lookCPUs(h *Host) result.Disturbance {
	usable, err := h.calls.affinity()
	if err != nil {
		return unknown(err)
	}
	if len(usable) > 1 {
		return ok(fmt.Sprintf("%d CPUs to use", len(usable)))
	}
	d := warn("one CPU to use", "")
	d.Effect = "only same-cpu can be measured, and a spinning waiter holds the CPU that its release needs until its time slice ends"
	list, err := h.read(onlineFile)
	if err != nil {
		return d
	}
	if online, err := countList(list); err == nil && online > 1 {
		d.Found = fmt.Sprintf("one CPU to use of %d", online)
		d.Fix = "taskset -c " + list + " nsbench run"
	}
	return d
}

const onlineFile = "sys/devices/system/cpu/online"

// online counts the CPUs that are switched on, this process' or not.
func (h *Host) online() (int, error) {
	list, err := h.read(onlineFile)
	if err != nil {
		return 0, err
	}
	return countList(list)
}

// countList counts the members of a list such as 0-3,8; cpuset(7), "List
// format".
func countList(list string) (int, error) {
	total := 0
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, err1 := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err := errors.Join(err1, err2); err != nil || to < from {
			return 0, fmt.Errorf("list of CPUs %q: not of the form 0-3,8", list)
		}
		total += to - from + 1
	}
	return total, nil
}

var checkPinning = check{
	name:   "pinning",
	effect: "a side that cannot be pinned wanders: only --placement free can be measured",
	look:   lookPinning,
}

func lookPinning(h *Host) result.Disturbance {
	usable, err := h.calls.affinity()
	if err != nil {
		return unknown(err)
	}
	usable = usable[:min(len(usable), 2)] // a run uses no more
	for _, cpu := range usable {
		if err := h.calls.pin(cpu); err != nil {
			return warn(fmt.Sprintf("CPU %d: %v", cpu, err), "nsbench run --placement free")
		}
	}
	return ok(fmt.Sprintf("a thread can be pinned, tried on CPUs %v", usable))
}

var checkSMT = check{
	name:   "smt",
	effect: "two threads of one core share its units: what runs on the one slows the other, and cross-cpu may come to lie within one core",
	look:   lookSMT,
}

func lookSMT(h *Host) result.Disturbance {
	control, err := h.smt()
	if err != nil {
		return unknown(err)
	}
	active, err := h.read("sys/devices/system/cpu/smt/active")
	if err != nil {
		return unknown(err)
	}
	if active == "1" {
		return warn("on", "echo off > /sys/devices/system/cpu/smt/control")
	}
	return ok("not active: " + control)
}

// smt returns on, off, forceoff, notsupported or notimplemented;
// ABI/testing/sysfs-devices-system-cpu in the kernel's documentation.
func (h *Host) smt() (string, error) { return h.read("sys/devices/system/cpu/smt/control") }
