package host

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

const (
	cpuidle  = "sys/devices/system/cpu/cpuidle"
	haltpoll = "sys/module/haltpoll/parameters/guest_halt_poll_ns"

	// quickIdle is the exit latency, in microseconds, up to which an idle
	// state is lost in the noise of a wake-up.
	quickIdle = 2

	// enoughPoll is the time, in nanoseconds, for which an idle CPU has to
	// poll in order to outlast the default hold: 200 us and a half more.
	enoughPoll = 300_000
)

var checkIdle = check{
	name:   "idle",
	effect: "a CPU that went to sleep during the hold has to wake first, and that may cost more than the release: it is second only to the placement",
	look:   lookIdle,
}

func lookIdle(h *Host) result.Disturbance {
	if line, err := h.cmdline(); err == nil && slices.Contains(parameters(line), h.polling()) {
		return ok("an idle CPU polls: " + h.polling() + " on the kernel's command line")
	}
	driver, policy, err := h.cpuidle()
	vm, vmErr := h.hypervisor()
	switch {
	case err == nil && policy == "haltpoll":
		return h.lookHaltpoll()
	case vm != "":
		return h.haltsInVM(driver, policy)
	case err != nil:
		return unknown(err)
	case driver == "none":
		return unknown(errors.New("no cpuidle driver: what waking costs is not told"))
	case vmErr != nil: // the latencies of the states mean nothing in a VM
		return unknown(vmErr)
	}
	return h.lookStates(driver, policy)
}

// polling is the kernel parameter that keeps an idle CPU awake.
func (h *Host) polling() string {
	if h.arch == "arm64" {
		return "nohlt"
	}
	return "idle=poll"
}

// cpuidle returns the driver and the governor of the idle loop;
// admin-guide/pm/cpuidle in the kernel's documentation. Before 5.8 the
// governor could be read under another name only.
func (h *Host) cpuidle() (driver, policy string, err error) {
	driver, err = h.read(path.Join(cpuidle, "current_driver"))
	if err != nil {
		return "", "", err
	}
	policy, err = h.read(path.Join(cpuidle, "current_governor"))
	if errors.Is(err, fs.ErrNotExist) {
		policy, err = h.read(path.Join(cpuidle, "current_governor_ro"))
	}
	return driver, policy, err
}

// haltsInVM does not look at the states: their latencies are the guest's
// guess, and leave the exit to the hypervisor out.
func (h *Host) haltsInVM(driver, policy string) result.Disturbance {
	how := "driver " + cmp.Or(driver, "none")
	if policy != "" {
		how += ", governor " + policy
	}
	d := warn("an idle CPU halts ("+how+")", "boot with "+h.polling()+" on the kernel's command line")
	d.Effect = "halting leaves the VM, and each release across CPUs pays for the way back: 15 to 25 us were seen, many times what the primitive costs"
	return d
}

// lookHaltpoll is about a governor that polls for a while and then halts;
// virt/guest-halt-polling in the kernel's documentation.
func (h *Host) lookHaltpoll() result.Disturbance {
	ns, err := h.readInt(haltpoll)
	if err != nil {
		return unknown(err)
	}
	if ns >= enoughPoll {
		d := ok(fmt.Sprintf("haltpoll: an idle CPU polls for up to %d us, then halts", ns/1000))
		d.Effect = "a hold longer than that finds the CPU halted, and its release pays for the way out of the hypervisor"
		return d
	}
	d := warn(fmt.Sprintf("haltpoll: an idle CPU polls for up to %d us, then halts", ns/1000), "echo 1000000 > /"+haltpoll)
	d.Effect = "at the default hold some or all releases find the CPU halted and pay for the way back into the VM: 15 to 25 us were seen, which hides the primitive or splits its figures into two modes"
	if ns == 0 {
		d.Found = "haltpoll with a polling time of 0: an idle CPU halts at once"
	}
	return d
}

// An idleState is one of the states that an idle CPU may enter.
type idleState struct {
	name    string
	latency int64 // to leave it, in microseconds
}

func (h *Host) lookStates(driver, policy string) result.Disturbance {
	states, err := h.idleStates()
	if err != nil {
		return unknown(err)
	}
	slowest := idleState{name: "polling"}
	if len(states) > 0 {
		slowest = slices.MaxFunc(states, func(a, b idleState) int { return cmp.Compare(a.latency, b.latency) })
	}
	found := fmt.Sprintf("driver %s, governor %s, down to %s, which takes %d us to leave", driver, policy, slowest.name, slowest.latency)
	if slowest.latency <= quickIdle {
		return ok(found)
	}
	return warn(found, fmt.Sprintf("cpupower idle-set -D %d", quickIdle+1))
}

// idleStates returns the states of all CPUs that are not disabled.
func (h *Host) idleStates() ([]idleState, error) {
	pattern := "sys/devices/system/cpu/cpu*/cpuidle/state*"
	dirs, err := fs.Glob(h.files, pattern)
	if err != nil {
		return nil, err
	}
	if len(dirs) == 0 {
		return nil, h.explain(pattern, fs.ErrNotExist)
	}
	var states []idleState
	for _, dir := range dirs {
		if disabled, err := h.read(path.Join(dir, "disable")); err == nil && disabled != "0" {
			continue
		}
		state, err := h.idleState(dir)
		if err != nil {
			return nil, err
		}
		states = append(states, state)
	}
	return states, nil
}

func (h *Host) idleState(dir string) (idleState, error) {
	name, err := h.read(path.Join(dir, "name"))
	if err != nil {
		return idleState{}, err
	}
	latency, err := h.readInt(path.Join(dir, "latency"))
	return idleState{strings.TrimSpace(name), latency}, err
}
