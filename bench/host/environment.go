package host

import (
	"runtime"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

// Environment returns what the host is like, with the findings of Checks.
//
// A value that could not be found out is empty, and the finding of the check
// that looks at the same thing says why. Where a run puts its sides and
// whether it adds a user namespace is not known here: ParentCPU and ChildCPU
// are -1 and UserNS is false, for the run to fill.
//
// It is to be called before the calling thread is pinned, because CPUs counts
// those that this thread may use.
func (h *Host) Environment() result.Environment {
	name, _ := h.calls.uname()
	env := result.Environment{
		Host:         name.node,
		OS:           h.os,
		Arch:         h.arch,
		Go:           runtime.Version(),
		CPUs:         runtime.NumCPU(),
		ParentCPU:    -1,
		ChildCPU:     -1,
		UID:          h.calls.uid(),
		Disturbances: h.Checks(),
	}
	if h.os == "linux" {
		h.fill(&env, name)
	}
	return env
}

// fill drops the errors: the checks ask the same questions and tell them.
func (h *Host) fill(env *result.Environment, name uname) {
	usable, _ := h.calls.affinity()
	env.CPUs = len(usable)
	env.Kernel = strings.TrimSpace(name.release + " " + name.version)
	env.Cmdline, _ = h.cmdline()
	env.CPU, _ = h.cpuModel()
	env.VM, _ = h.hypervisor()
	env.Governor, _ = h.governor()
	env.IdleDriver, env.IdlePolicy, _ = h.cpuidle()
	env.SMT, _ = h.smt()
	env.Clock, _ = h.clocksource()
	env.THP, _ = h.hugePages()
	env.LoadAvg, _ = h.loadAvg()
}
