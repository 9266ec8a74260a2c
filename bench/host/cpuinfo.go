package host

import (
	"errors"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

// A cpuinfo is /proc/cpuinfo as far as it is of use here. Its form differs
// from architecture to architecture.
type cpuinfo struct {
	models   []string // the different ones: a big.LITTLE machine has two
	flags    []string // of the first CPU; amd64
	features []string // of the first CPU; arm64
}

func (h *Host) cpuinfo() (cpuinfo, error) {
	text, err := h.read("proc/cpuinfo")
	if err != nil {
		return cpuinfo{}, err
	}
	var info cpuinfo
	for block := range strings.SplitSeq(text, "\n\n") {
		info.add(block)
	}
	return info, nil
}

func (info *cpuinfo) add(block string) {
	if model := modelOf(block); model != "" && !slices.Contains(info.models, model) {
		info.models = append(info.models, model)
	}
	if len(info.flags) == 0 {
		flags, _ := member(block, "flags")
		info.flags = strings.Fields(flags)
	}
	if len(info.features) == 0 {
		features, _ := member(block, "Features")
		info.features = strings.Fields(features)
	}
}

// modelOf falls back on the numbers that arm64 gives in place of a name. What
// name belongs to them is for lscpu(1), which keeps the list.
func modelOf(block string) string {
	if name, ok := member(block, "model name"); ok {
		return name
	}
	implementer, ok1 := member(block, "CPU implementer")
	part, ok2 := member(block, "CPU part")
	if !ok1 || !ok2 {
		return ""
	}
	return "implementer " + implementer + " part " + part
}

func (h *Host) cpuModel() (string, error) {
	info, err := h.cpuinfo()
	if err != nil {
		return "", err
	}
	if info.models == nil {
		return "", errors.New("read /proc/cpuinfo: it names no model")
	}
	return strings.Join(info.models, ", "), nil
}

var checkCPU = check{
	name:   "cpu",
	effect: "every figure scales with it: compare only within one model",
	look: func(h *Host) result.Disturbance {
		model, err := h.cpuModel()
		if err != nil {
			return unknown(err)
		}
		return ok(model)
	},
}

var checkCounter = check{
	name:   "counter",
	effect: "both sides stamp with the cycle counter; one that changes its rate or stops cannot be used, and clock_gettime takes its place at a higher cost a stamp",
	look:   lookCounter,
}

// lookCounter takes the kernel's word, which has it from CPUID 80000007h. The
// counter of arm64 ticks at a constant rate by the architecture's definition.
func lookCounter(h *Host) result.Disturbance {
	info, err := h.cpuinfo()
	switch {
	case err != nil:
		return unknown(err)
	case len(info.features) > 0:
		return ok("the architecture's counter, at a constant rate")
	case len(info.flags) == 0:
		return unknown(errors.New("read /proc/cpuinfo: it lists no flags"))
	}
	var missing []string
	for _, flag := range []string{"constant_tsc", "nonstop_tsc"} {
		if !slices.Contains(info.flags, flag) {
			missing = append(missing, flag)
		}
	}
	if missing == nil {
		return ok("an invariant TSC: constant_tsc, nonstop_tsc")
	}
	return h.variantCounter("the TSC is not invariant: no " + strings.Join(missing, ", no "))
}

// variantCounter knows one remedy: a virtual machine that is allowed to be
// moved to other hardware has the flag withheld by its host.
func (h *Host) variantCounter(found string) result.Disturbance {
	if vm, _ := h.hypervisor(); vm != "" {
		return warn(found, "on the VM's host: qemu-system-x86_64 -cpu host,migratable=no,+invtsc")
	}
	return warn(found, "")
}
