package host

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
)

func TestHypervisor(t *testing.T) {
	const (
		info      = "proc/cpuinfo"
		amd64VM   = "flags : fpu hypervisor\n"
		amd64     = "flags : fpu\n"
		arm64     = "Features : fp asimd\n"
		vendor    = "sys/class/dmi/id/sys_vendor"
		product   = "sys/class/dmi/id/product_name"
		available = "sys/devices/system/clocksource/clocksource0/available_clocksource"
		board     = "proc/device-tree/compatible"
	)
	const untold = "of a kind that it does not tell"
	cases := []struct {
		about string
		files map[string]string
		want  string
	}{
		{"bare metal", map[string]string{info: amd64, vendor: "Dell Inc.", product: "PowerEdge"}, ""},
		{"a cloud's bare metal", map[string]string{info: amd64, vendor: "Amazon EC2", product: "m7i.metal-24xl"}, ""},
		{"no firmware tables and no flag", map[string]string{info: amd64}, ""},
		{"flag alone", map[string]string{info: amd64VM}, untold},
		{"flag and firmware that tells nothing", map[string]string{info: amd64VM, vendor: "Dell Inc.", product: "PowerEdge"}, untold},
		{"QEMU", map[string]string{info: amd64VM, vendor: "QEMU", product: "Standard PC (Q35 + ICH9, 2009)"}, "qemu"},
		{"OpenStack on KVM", map[string]string{info: amd64VM, vendor: "OpenStack Foundation", product: "OpenStack Nova"}, "kvm"},
		{"Hyper-V", map[string]string{info: amd64VM, vendor: "Microsoft Corporation", product: "Virtual Machine"}, "hyperv"},
		{"Google", map[string]string{info: amd64VM, vendor: "Google", product: "Google Compute Engine"}, "google"},
		{"VirtualBox", map[string]string{info: amd64VM, vendor: "innotek GmbH", product: "VirtualBox"}, "virtualbox"},
		{"Firecracker by its clock", map[string]string{info: amd64VM, available: "tsc kvm-clock"}, "kvm"},
		{"Xen by its clock", map[string]string{info: amd64VM, available: "xen tsc"}, "xen"},
		{"Hyper-V by its clock", map[string]string{info: amd64VM, available: "hyperv_clocksource_tsc_page acpi_pm"}, "hyperv"},
		{"a clock that tells nothing", map[string]string{info: amd64VM, available: "tsc hpet"}, untold},
		{"Xen by /sys/hypervisor", map[string]string{info: amd64, "sys/hypervisor/type": "xen\n"}, "xen"},
		{"arm64 bare metal", map[string]string{info: arm64, vendor: "Ampere", product: "Mt. Jade"}, ""},
		{"arm64 laptop of a VM's maker", map[string]string{info: arm64, vendor: "Microsoft Corporation", product: "Surface Pro X"}, ""},
		{"arm64 at Amazon", map[string]string{info: arm64, vendor: "Amazon EC2", product: "c7g.large"}, "amazon"},
		{"arm64 at Amazon, bare metal", map[string]string{info: arm64, vendor: "Amazon EC2", product: "c7g.metal"}, ""},
		{"arm64 board with a tree", map[string]string{info: arm64, board: "raspberrypi,4-model-b\x00brcm,bcm2711\x00"}, ""},
		{"arm64 Firecracker", map[string]string{info: arm64, board: "linux,dummy-virt\x00"}, "linux,dummy-virt"},
		{"no cpuinfo, but firmware", map[string]string{vendor: "QEMU"}, "qemu"},
		{"arm64 Xen", map[string]string{info: arm64, "proc/device-tree/hypervisor/compatible": "xen,xen-4.17\x00xen,xen\x00"}, "xen,xen-4.17 xen,xen"},
	}
	for _, c := range cases {
		t.Run(c.about, func(t *testing.T) {
			got, err := hostOf(c.files).hypervisor()
			if got != c.want || err != nil {
				t.Errorf("hypervisor %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestHypervisorUnknown(t *testing.T) {
	if name, err := hostOf(map[string]string{"proc/cpuinfo": "Features : fp\n"}).hypervisor(); err == nil {
		t.Errorf("nothing tells, got %q", name)
	}
	if name, err := hostOf(map[string]string{"sys/class/dmi/id/sys_vendor": "Dell Inc."}).hypervisor(); err == nil {
		t.Errorf("no flags to read, got %q", name)
	}
	_, err := hostOf(nil).hypervisor()
	if _, ok := errors.AsType[*unmounted](err); !ok {
		t.Errorf("nothing is mounted, got %v", err)
	}
	if errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v passes for a file that the kernel lacks", err)
	}
}

// hostOf returns a host that has no other files.
func hostOf(texts map[string]string) *Host {
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return &Host{files: files, calls: quietCalls(), os: "linux", arch: "amd64"}
}
