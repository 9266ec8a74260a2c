package host

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

var checkVM = check{
	name:   "vm",
	effect: "a hypervisor takes CPUs away unseen and makes a halted one slow to wake: figures were seen to move by a factor of two with the neighbours, the ratios within a run less; nothing typed inside the VM changes that",
	look:   lookVM,
}

func lookVM(h *Host) result.Disturbance {
	vm, err := h.hypervisor()
	if err != nil {
		return unknown(err)
	}
	if vm != "" {
		return warn("a virtual machine: "+vm, "")
	}
	d := ok("no hypervisor shows")
	d.Effect = "none: the CPUs are this kernel's own"
	return d
}

// hypervisor names what the host is a virtual machine of, and returns an
// empty name on bare metal. On amd64 the flag that a hypervisor sets in CPUID
// decides, and the rest only names it: the DMI strings of a cloud's bare
// metal speak of the cloud as well. On arm64 there is no such flag.
func (h *Host) hypervisor() (string, error) {
	if name, err := h.read("sys/hypervisor/type"); err == nil {
		return name, nil
	}
	info, err := h.cpuinfo()
	if err == nil && len(info.flags) > 0 {
		if !slices.Contains(info.flags, "hypervisor") {
			return "", nil
		}
		return cmp.Or(h.vmByFirmware(), h.vmByClock(), "of a kind that it does not tell"), nil
	}
	if name := cmp.Or(h.vmByTree(), h.vmByFirmware()); name != "" {
		return name, nil
	}
	if err != nil {
		return "", err
	}
	return "", h.firmwareTells()
}

// firmwareTells returns nil where the firmware would have named a hypervisor.
func (h *Host) firmwareTells() error {
	_, err := h.read(path.Join(firmware, "sys_vendor"))
	if err == nil {
		return nil
	}
	if _, err := h.read(path.Join(deviceTree, "compatible")); err == nil {
		return nil
	}
	return fmt.Errorf("neither CPU flags nor firmware tell of a hypervisor: %w", err)
}

const (
	firmware   = "sys/class/dmi/id"
	deviceTree = "proc/device-tree"
)

// vendors tell hypervisors by what their firmware calls the machine, the most
// telling first.
var vendors = []struct{ says, name string }{
	{"KubeVirt", "kvm"},
	{"OpenStack", "kvm"},
	{"Google Compute Engine", "google"},
	{"Amazon EC2", "amazon"},
	{"VMware", "vmware"},
	{"VirtualBox", "virtualbox"},
	{"innotek", "virtualbox"},
	{"Parallels", "parallels"},
	{"Apple Virtualization", "apple"},
	{"Microsoft Corporation Virtual Machine", "hyperv"},
	{"BHYVE", "bhyve"},
	{"Xen", "xen"},
	{"Bochs", "bochs"},
	{"KVM", "kvm"},
	{"QEMU", "qemu"},
}

func (h *Host) vmByFirmware() string {
	vendor, _ := h.read(path.Join(firmware, "sys_vendor"))
	product, _ := h.read(path.Join(firmware, "product_name"))
	if strings.HasSuffix(product, ".metal") || strings.Contains(product, ".metal-") {
		return "" // Amazon's name for a machine without a hypervisor
	}
	for _, v := range vendors {
		if strings.Contains(vendor+" "+product, v.says) {
			return v.name
		}
	}
	return ""
}

// vmByClock serves machines without DMI, such as Firecracker's: the kernel
// offers a paravirtual clock only where it recognised its hypervisor.
func (h *Host) vmByClock() string {
	offered, _ := h.read(path.Join(clocksources, "available_clocksource"))
	for clock := range strings.FieldsSeq(offered) {
		switch {
		case clock == "kvm-clock":
			return "kvm"
		case clock == "xen":
			return "xen"
		case strings.HasPrefix(clock, "hyperv"):
			return "hyperv"
		}
	}
	return ""
}

func (h *Host) vmByTree() string {
	if name, err := h.read(path.Join(deviceTree, "hypervisor/compatible")); err == nil {
		return name
	}
	if board, _ := h.read(path.Join(deviceTree, "compatible")); strings.Contains(board, "dummy-virt") {
		return board // the board that QEMU and Firecracker make up
	}
	return ""
}

// muchSteal is the share of a host's busy time that its hypervisor took, in
// percent, from which on the far percentiles are the hypervisor's.
const muchSteal = 1.0

var checkSteal = check{
	name:   "steal",
	effect: "time that the hypervisor gave to others while a CPU here had work: it ends up in the slowest samples, and nothing typed inside the VM prevents it",
	look:   lookSteal,
}

func lookSteal(h *Host) result.Disturbance {
	share, err := h.stealShare()
	if err != nil {
		return unknown(err)
	}
	found := fmt.Sprintf("%.1f %% of the busy time since boot", share)
	if share >= muchSteal {
		return warn(found, "")
	}
	return ok(found)
}

// stealShare is in percent of the time in which a CPU had work. Steal cannot
// arise in idle time, so the share of all time would hide it on a quiet host.
// The columns are user, nice, system, idle, iowait, irq, softirq, steal;
// proc_stat(5).
func (h *Host) stealShare() (float64, error) {
	text, err := h.read("proc/stat")
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(text, "\n")
	words := strings.Fields(line)
	if len(words) < 9 || words[0] != "cpu" {
		return 0, fmt.Errorf("read /proc/stat: %q: no column of steal", line)
	}
	var busy, steal float64
	for i, word := range words[1:9] {
		ticks, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return 0, fmt.Errorf("read /proc/stat: %w", err)
		}
		switch i {
		case 3, 4: // idle, iowait
		case 7:
			steal = ticks
			busy += ticks
		default:
			busy += ticks
		}
	}
	return 100 * steal / max(busy, 1), nil
}
