package host

import (
	"slices"
	"strings"
	"testing"

	"github.com/moby/sys/capability"
	"github.com/nsbench/nsbench/bench/result"
)

// stable are the names that records and scripts rely on, in their order.
const stable = "kernel cmdline userns caps seccomp nofile cpu cpus pinning smt vm steal idle governor clocksource counter load cpu-limit memory thp"

func TestNamesAreStable(t *testing.T) {
	var names []string
	seen := map[string]bool{}
	for _, d := range quiet(nil).Checks() {
		if seen[d.Check] {
			t.Errorf("two checks %q", d.Check)
		}
		seen[d.Check] = true
		names = append(names, d.Check)
	}
	if got := strings.Join(names, " "); got != stable {
		t.Errorf("checks\n%s\nwant\n%s", got, stable)
	}
}

func TestQuietHostIsOK(t *testing.T) {
	findings := quiet(nil).Checks()
	checkComplete(t, findings)
	if got := troubled(findings); got != "" {
		t.Errorf("troubled: %s", got)
	}
	for _, d := range findings {
		if d.Fix != "" {
			t.Errorf("%s: ok, and to be fixed with %q", d.Check, d.Fix)
		}
	}
}

// Each case changes one thing about the quiet host, and names all findings
// that are then not ok: a check that takes another's trouble for its own
// fails here.
func TestChecks(t *testing.T) {
	const (
		flags     = "proc/cpuinfo"
		vmCPU     = "model name\t: Example 9000\nflags\t\t: constant_tsc nonstop_tsc hypervisor\n"
		cpu       = "sys/devices/system/cpu/"
		available = "sys/devices/system/clocksource/clocksource0/available_clocksource"
		current   = "sys/devices/system/clocksource/clocksource0/current_clocksource"
		cpuMax    = "sys/fs/cgroup/user.slice/cpu.max"
		deny      = "proc/sys/kernel/unprivileged_userns_clone"
		apparmor  = "proc/sys/kernel/apparmor_restrict_unprivileged_userns"
		v1Mounts  = "31 27 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n32 31 0:29 /docker/abc /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n33 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
		v1Groups  = "5:cpu,cpuacct:/docker/abc/inner\n1:name=systemd:/docker/abc\n0::/docker/abc\n"
		v1Outer   = "sys/fs/cgroup/cpu/cpu.cfs_quota_us"
		v1Period  = "sys/fs/cgroup/cpu/cpu.cfs_period_us"
		v1Inner   = "sys/fs/cgroup/cpu/inner/cpu.cfs_quota_us"
	)
	cases := []struct {
		about   string
		edits   map[string]string
		calls   func(*Host)
		trouble string // all findings that are not ok
		check   string // the finding to look at
		found   string // a part of it
		fix     string
	}{
		{about: "old kernel", calls: release("5.8.18"), trouble: "kernel warn", check: "kernel", found: "5.8.18", fix: "boot a kernel of version 5.9 or later"},
		{about: "oldest kernel that will do", calls: release("5.9.0-rc1"), check: "kernel", found: "5.9.0-rc1"},
		{about: "later kernel with a low second number", calls: release("6.1.0-13-amd64"), check: "kernel", found: "6.1.0"},
		{about: "kernel of another age", calls: release("4.19.1"), trouble: "kernel warn", check: "kernel", fix: "boot a kernel of version 5.9 or later"},
		{about: "release that is none", calls: release("next"), trouble: "kernel unknown", check: "kernel", found: `"next"`},
		{about: "uname refused", calls: func(h *Host) { h.calls.uname = func() (uname, error) { return uname{}, errRefused } }, trouble: "kernel unknown", check: "kernel", found: "refused"},

		{about: "telling parameters", edits: map[string]string{"proc/cmdline": "quiet isolcpus=1 mitigations=off -- idle=poll\n"}, check: "cmdline", found: "isolcpus=1 mitigations=off"},
		{about: "no parameters", check: "cmdline", found: "no parameter"},
		{about: "no command line", edits: map[string]string{"proc/cmdline": gone}, trouble: "cmdline unknown", check: "cmdline", found: "read /proc/cmdline: file does not exist"},

		{about: "userns forbidden, not to root", edits: map[string]string{deny: "0\n"}, check: "userns", found: "kernel.unprivileged_userns_clone=0, which does not hold"},
		{about: "userns forbidden by Debian", edits: map[string]string{deny: "0\n"}, calls: ordinary, trouble: "userns warn, caps warn", check: "userns", found: "kernel.unprivileged_userns_clone=0", fix: "sysctl -w kernel.unprivileged_userns_clone=1"},
		{about: "userns allowed by Debian", edits: map[string]string{deny: "1\n"}, calls: ordinary, trouble: "caps warn", check: "userns", found: "allowed"},
		{about: "userns restricted by AppArmor", edits: map[string]string{apparmor: "1\n"}, calls: ordinary, trouble: "userns warn, caps warn", check: "userns", found: "apparmor", fix: "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
		{about: "no userns for anyone", edits: map[string]string{maxUserNS: "0\n"}, trouble: "userns warn", check: "userns", found: "user.max_user_namespaces=0", fix: "sysctl -w user.max_user_namespaces=15000"},
		{about: "two barriers", edits: map[string]string{maxUserNS: "0\n", deny: "0\n"}, calls: ordinary, trouble: "userns warn, caps warn", check: "userns", found: "user.max_user_namespaces=0, kernel.unprivileged_userns_clone=0", fix: "sysctl -w user.max_user_namespaces=15000; sysctl -w kernel.unprivileged_userns_clone=1"},
		{about: "barriers and unknown privileges", edits: map[string]string{deny: "0\n"}, calls: func(h *Host) { h.calls.capable = func(capability.Cap) (bool, error) { return false, errRefused } }, trouble: "userns warn, caps unknown", check: "userns", fix: "sysctl -w kernel.unprivileged_userns_clone=1"},
		{about: "kernel without userns", edits: map[string]string{"proc/self/ns/user": gone, "proc/self/ns/mnt": "", maxUserNS: gone}, trouble: "userns warn", check: "userns", found: "no user namespaces", fix: "boot a kernel built with CONFIG_USER_NS=y"},

		{about: "root without CAP_SYS_RESOURCE", calls: func(h *Host) { h.calls.capable = without(capability.CAP_SYS_RESOURCE) }, trouble: "caps warn", check: "caps", found: "without CAP_SYS_RESOURCE", fix: "docker run --cap-add SYS_RESOURCE"},
		{about: "a container's root", calls: func(h *Host) {
			h.calls.capable = without(capability.CAP_SYS_RESOURCE, capability.CAP_SYS_ADMIN)
		}, trouble: "caps warn", check: "caps", found: "without CAP_SYS_ADMIN and CAP_SYS_RESOURCE", fix: "docker run --cap-add SYS_ADMIN --cap-add SYS_RESOURCE"},
		{about: "an ordinary user", calls: ordinary, trouble: "caps warn", check: "caps", found: "without CAP_SYS_ADMIN", fix: "sudo nsbench run"},

		{about: "seccomp filter", edits: map[string]string{"proc/self/status": "Seccomp:\t2\nSeccomp_filters:\t3\n"}, trouble: "seccomp warn", check: "seccomp", found: "filters: 3", fix: "docker run --security-opt seccomp=unconfined"},
		{about: "seccomp filter before 5.9", edits: map[string]string{"proc/self/status": "Seccomp:\t2\n"}, trouble: "seccomp warn", check: "seccomp", found: "are filtered", fix: "docker run --security-opt seccomp=unconfined"},
		{about: "kernel without seccomp", edits: map[string]string{"proc/self/status": "Name:\tnsbench\n"}, check: "seccomp", found: "the kernel has no seccomp"},
		{about: "seccomp mode of the future", edits: map[string]string{"proc/self/status": "Seccomp:\t7\n"}, trouble: "seccomp unknown", check: "seccomp", found: "Seccomp: 7"},
		{about: "no status", edits: map[string]string{"proc/self/status": gone}, trouble: "seccomp unknown", check: "seccomp", found: "/proc/self/status"},

		{about: "few descriptors", calls: limits(20, 20), trouble: "nofile warn", check: "nofile", found: "20 descriptors", fix: "sudo prlimit --pid $$ --nofile=1024:1024"},
		{about: "few descriptors that may be more", calls: limits(1023, 1024), trouble: "nofile warn", check: "nofile", found: "could be raised to 1024", fix: "ulimit -n 1024"},
		{about: "endless descriptors", calls: limits(^uint64(0), ^uint64(0)), check: "nofile", found: "unlimited"},
		{about: "limit refused", calls: func(h *Host) {
			h.calls.descriptors = func() (soft, hard uint64, err error) { return 0, 0, errRefused }
		}, trouble: "nofile unknown", check: "nofile", found: "refused"},

		{about: "arm64 cores of two kinds", edits: map[string]string{flags: "processor : 0\nFeatures : fp asimd\nCPU implementer : 0x41\nCPU part : 0xd03\n\nprocessor : 1\nFeatures : fp asimd\nCPU implementer : 0x41\nCPU part : 0xd08\n"}, check: "cpu", found: "implementer 0x41 part 0xd03, implementer 0x41 part 0xd08"},
		{about: "arm64 counter", edits: map[string]string{flags: "model name : Example\nFeatures : fp asimd\n"}, check: "counter", found: "the architecture's counter"},
		{about: "nothing about the CPU", edits: map[string]string{flags: "processor : 0\n"}, trouble: "cpu unknown, counter unknown", check: "cpu", found: "no model"},
		{about: "not known whether a VM", edits: map[string]string{flags: gone}, trouble: "cpu unknown, vm unknown, idle unknown, counter unknown", check: "idle", found: "/proc/cpuinfo"},
		{about: "TSC that stops", edits: map[string]string{flags: "model name : Example\nflags : tsc constant_tsc\n"}, trouble: "counter warn", check: "counter", found: "not invariant: no nonstop_tsc"},
		{about: "TSC withheld from a VM", edits: map[string]string{flags: "model name : Example\nflags : tsc hypervisor\n"}, trouble: "vm warn, idle warn, counter warn", check: "counter", found: "no constant_tsc, no nonstop_tsc", fix: "on the VM's host: qemu-system-x86_64 -cpu host,migratable=no,+invtsc"},

		{about: "one CPU", edits: map[string]string{cpu + "online": "0\n"}, calls: uses(0), trouble: "cpus warn", check: "cpus", found: "one CPU to use"},
		{about: "one CPU of several", edits: map[string]string{cpu + "online": "0-3,8\n"}, calls: uses(2), trouble: "cpus warn", check: "cpus", found: "one CPU to use of 5", fix: "taskset -c 0-3,8 nsbench run"},
		{about: "affinity refused", calls: func(h *Host) { h.calls.affinity = func() ([]int, error) { return nil, errRefused } }, trouble: "cpus unknown, pinning unknown", check: "cpus", found: "refused"},
		{about: "pinning refused on the second CPU", calls: func(h *Host) {
			h.calls.pin = func(cpu int) error {
				if cpu == 1 {
					return errRefused
				}
				return nil
			}
		}, trouble: "pinning warn", check: "pinning", found: "CPU 1: call: refused", fix: "nsbench run --placement free"},
		{about: "SMT", edits: map[string]string{cpu + "smt/active": "1\n", cpu + "smt/control": "on\n"}, trouble: "smt warn", check: "smt", found: "on", fix: "echo off > /sys/devices/system/cpu/smt/control"},
		{about: "no siblings", edits: map[string]string{cpu + "smt/control": "notsupported\n"}, check: "smt", found: "not active: notsupported"},
		{about: "SMT not told", edits: map[string]string{cpu + "smt/control": gone}, trouble: "smt unknown", check: "smt", found: "smt/control"},
		{about: "SMT half told", edits: map[string]string{cpu + "smt/active": gone}, trouble: "smt unknown", check: "smt", found: "smt/active"},

		{about: "steal", edits: map[string]string{"proc/stat": "cpu  980 0 0 99999 99999 0 0 20 0 0\n"}, trouble: "steal warn", check: "steal", found: "2.0 % of the busy time"},
		{about: "no column of steal", edits: map[string]string{"proc/stat": "cpu  1 2 3 4\n"}, trouble: "steal unknown", check: "steal", found: "no column of steal"},
		{about: "stat that is no number", edits: map[string]string{"proc/stat": "cpu 1 2 3 4 5 6 7 x\n"}, trouble: "steal unknown", check: "steal", found: `"x"`},

		{about: "deep idle states", edits: map[string]string{cpu + "cpu0/cpuidle/state2/disable": "0\n"}, trouble: "idle warn", check: "idle", found: "down to C6, which takes 133 us", fix: "cpupower idle-set -D 3"},
		{about: "deep idle states on another CPU", edits: map[string]string{cpu + "cpu1/cpuidle/state1/name": "C3\n", cpu + "cpu1/cpuidle/state1/latency": "50\n"}, trouble: "idle warn", check: "idle", found: "C3", fix: "cpupower idle-set -D 3"},
		{about: "deep idle states, never entered", edits: map[string]string{cpu + "cpu0/cpuidle/state2/disable": "0\n", "proc/cmdline": "idle=poll\n"}, check: "idle", found: "idle=poll on the kernel's command line"},
		{about: "idle=poll for init, not the kernel", edits: map[string]string{cpu + "cpu0/cpuidle/state2/disable": "0\n", "proc/cmdline": "quiet -- idle=poll\n"}, trouble: "idle warn", check: "idle", fix: "cpupower idle-set -D 3"},
		{about: "all idle states disabled", edits: map[string]string{cpu + "cpu0/cpuidle/state0/disable": "1\n", cpu + "cpu0/cpuidle/state1/disable": "1\n"}, check: "idle", found: "down to polling"},
		{about: "no idle states", edits: map[string]string{cpu + "cpu0/cpuidle/state0/disable": gone, cpu + "cpu0/cpuidle/state0/latency": gone, cpu + "cpu0/cpuidle/state0/name": gone, cpu + "cpu0/cpuidle/state1/disable": gone, cpu + "cpu0/cpuidle/state1/latency": gone, cpu + "cpu0/cpuidle/state1/name": gone, cpu + "cpu0/cpuidle/state2/disable": gone, cpu + "cpu0/cpuidle/state2/latency": gone, cpu + "cpu0/cpuidle/state2/name": gone}, trouble: "idle unknown", check: "idle", found: "state*: file does not exist"},
		{about: "idle state without a latency", edits: map[string]string{cpu + "cpu0/cpuidle/state1/latency": "soon\n"}, trouble: "idle unknown", check: "idle", found: `"soon"`},
		{about: "no idle driver", edits: map[string]string{cpu + "cpuidle/current_driver": "none\n"}, trouble: "idle unknown", check: "idle", found: "no cpuidle driver"},
		{about: "no cpuidle", edits: map[string]string{cpu + "cpuidle/current_driver": gone}, trouble: "idle unknown", check: "idle", found: "current_driver"},
		{about: "idle governor before 5.8", edits: map[string]string{cpu + "cpuidle/current_governor": gone, cpu + "cpuidle/current_governor_ro": "ladder\n"}, check: "idle", found: "governor ladder"},
		{about: "haltpoll that does not poll", edits: map[string]string{cpu + "cpuidle/current_governor": "haltpoll\n", haltpoll: "0\n"}, trouble: "idle warn", check: "idle", found: "halts at once", fix: "echo 1000000 > /sys/module/haltpoll/parameters/guest_halt_poll_ns"},
		{about: "haltpoll that polls too little", edits: map[string]string{cpu + "cpuidle/current_governor": "haltpoll\n", haltpoll: "200000\n"}, trouble: "idle warn", check: "idle", found: "polls for up to 200 us", fix: "echo 1000000 > /sys/module/haltpoll/parameters/guest_halt_poll_ns"},
		{about: "haltpoll that polls", edits: map[string]string{cpu + "cpuidle/current_governor": "haltpoll\n", haltpoll: "300000\n"}, check: "idle", found: "polls for up to 300 us"},
		{about: "haltpoll that does not tell", edits: map[string]string{cpu + "cpuidle/current_governor": "haltpoll\n"}, trouble: "idle unknown", check: "idle", found: "guest_halt_poll_ns"},
		{about: "idle in a VM", edits: map[string]string{flags: vmCPU}, trouble: "vm warn, idle warn", check: "idle", found: "driver intel_idle, governor menu", fix: "boot with idle=poll on the kernel's command line"},
		{about: "idle in a VM without cpuidle", edits: map[string]string{flags: vmCPU, cpu + "cpuidle/current_driver": gone}, trouble: "vm warn, idle warn", check: "idle", found: "driver none", fix: "boot with idle=poll on the kernel's command line"},
		{about: "idle in an arm64 VM", edits: map[string]string{flags: vmCPU}, calls: func(h *Host) { h.arch = "arm64" }, trouble: "vm warn, idle warn", check: "idle", fix: "boot with nohlt on the kernel's command line"},

		{about: "another governor", edits: map[string]string{cpu + "cpufreq/policy1/scaling_governor": "schedutil\n"}, trouble: "governor warn", check: "governor", found: "performance, schedutil", fix: "cpupower frequency-set -g performance"},
		{about: "no governor", edits: map[string]string{cpu + "cpufreq/policy0/scaling_governor": gone, cpu + "cpufreq/policy1/scaling_governor": gone}, trouble: "governor unknown", check: "governor", found: "no cpufreq driver"},

		{about: "TSC not chosen", edits: map[string]string{current: "hpet\n"}, trouble: "clocksource warn", check: "clocksource", found: "hpet", fix: "echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource"},
		{about: "TSC ruled out", edits: map[string]string{current: "hpet\n", available: "hpet acpi_pm\n"}, trouble: "clocksource warn", check: "clocksource", found: "hpet, and the kernel offers no cycle counter"},
		{about: "clock sources not told", edits: map[string]string{current: "hpet\n", available: gone}, trouble: "clocksource warn", check: "clocksource", found: "hpet"},
		{about: "arm64 clock", edits: map[string]string{current: "arch_sys_counter\n"}, check: "clocksource", found: "arch_sys_counter"},
		{about: "clock source not told", edits: map[string]string{current: gone}, trouble: "clocksource unknown", check: "clocksource", found: "current_clocksource"},

		{about: "load", edits: map[string]string{"proc/loadavg": "0.50 0 0 1/86 1\n"}, trouble: "load warn", check: "load", found: "0.50 over the last minute, on 2 CPUs", fix: "stop what `top` shows; after a build, wait a minute"},
		{about: "load of many CPUs", edits: map[string]string{"proc/loadavg": "0.50 0 0 1/86 1\n", cpu + "online": "0-7\n"}, check: "load", found: "on 8 CPUs"},
		{about: "pressure without load", edits: map[string]string{"proc/pressure/cpu": "some avg10=5.00 avg60=0.00 avg300=0.00 total=0\n"}, trouble: "load warn", check: "load", found: "5.0 % of the last 10 s", fix: "stop what `top` shows; after a build, wait a minute"},
		{about: "load without pressure", edits: map[string]string{"proc/pressure/cpu": gone}, check: "load", found: "0.10 over the last minute, on 2 CPUs"},
		{about: "load without a count of CPUs", edits: map[string]string{"proc/loadavg": "0.50 0 0 1/86 1\n", cpu + "online": "0-x\n"}, calls: uses(0, 1, 2), check: "load", found: "on 3 CPUs"},
		{about: "load that is no number", edits: map[string]string{"proc/loadavg": "high\n"}, trouble: "load unknown", check: "load", found: `"high"`},
		{about: "load not told", edits: map[string]string{"proc/loadavg": gone}, trouble: "load unknown", check: "load", found: "/proc/loadavg"},

		{about: "limit of an ancestor", edits: map[string]string{cpuMax: "50000 100000\n"}, trouble: "cpu-limit warn", check: "cpu-limit", found: "0.50 CPUs in periods of 100000 us, by /sys/fs/cgroup/user.slice/cpu.max", fix: "echo max > /sys/fs/cgroup/user.slice/cpu.max"},
		{about: "the tightest limit of two", edits: map[string]string{cpuMax: "50000 100000\n", "sys/fs/cgroup/user.slice/shell.scope/cpu.max": "9000 10000\n"}, trouble: "cpu-limit warn", check: "cpu-limit", found: "0.50 CPUs", fix: "echo max > /sys/fs/cgroup/user.slice/cpu.max"},
		{about: "the tighter one further down", edits: map[string]string{cpuMax: "150000 100000\n", "sys/fs/cgroup/user.slice/shell.scope/cpu.max": "9000 10000\n"}, trouble: "cpu-limit warn", check: "cpu-limit", found: "0.90 CPUs", fix: "echo max > /sys/fs/cgroup/user.slice/shell.scope/cpu.max"},
		{about: "limit that cannot be reached", edits: map[string]string{cpuMax: "200000 100000\n"}, check: "cpu-limit", found: "which the CPUs to use cannot exceed"},
		{about: "limit of a container's namespace", edits: map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"}, trouble: "cpu-limit warn", check: "cpu-limit", found: "by /sys/fs/cgroup/cpu.max", fix: "echo max > /sys/fs/cgroup/cpu.max"},
		{about: "limit of the first version", edits: map[string]string{"proc/self/cgroup": v1Groups, "proc/self/mountinfo": v1Mounts, v1Inner: "-1\n", v1Outer: "25000\n", v1Period: "50000\n"}, trouble: "cpu-limit warn", check: "cpu-limit", found: "0.50 CPUs in periods of 50000 us", fix: "echo -1 > /sys/fs/cgroup/cpu/cpu.cfs_quota_us"},
		{about: "limit of the mounted group itself", edits: map[string]string{"proc/self/cgroup": "3:cpu:/docker/abc\n", "proc/self/mountinfo": v1Mounts, v1Outer: "25000\n", v1Period: "50000\n"}, trouble: "cpu-limit warn", check: "cpu-limit", found: "0.50 CPUs", fix: "echo -1 > /sys/fs/cgroup/cpu/cpu.cfs_quota_us"},
		{about: "first version's group, second version mounted before", edits: map[string]string{"proc/self/cgroup": "3:cpu:/a\n0::/a\n", "proc/self/mountinfo": "30 23 0:26 / /v2 rw - cgroup2 cgroup2 rw\n31 23 0:27 / /v1 rw - cgroup cgroup rw,cpu\n", "v2/a/cgroup.procs": "", "v1/a/cpu.cfs_quota_us": "500\n", "v1/a/cpu.cfs_period_us": "1000\n"}, trouble: "cpu-limit warn", check: "cpu-limit", found: "0.50 CPUs", fix: "echo -1 > /v1/a/cpu.cfs_quota_us"},
		{about: "group beside the mounted one", edits: map[string]string{"proc/self/cgroup": "3:cpu:/docker/abcdef\n", "proc/self/mountinfo": v1Mounts, v1Outer: "25000\n", v1Period: "50000\n"}, trouble: "cpu-limit unknown", check: "cpu-limit", found: "not below any mount"},
		{about: "no limit of the first version", edits: map[string]string{"proc/self/cgroup": v1Groups, "proc/self/mountinfo": v1Mounts, v1Inner: "-1\n", v1Outer: "-1\n"}, check: "cpu-limit", found: "no limit from /sys/fs/cgroup/cpu/inner up"},
		{about: "quota without a period", edits: map[string]string{"proc/self/cgroup": v1Groups, "proc/self/mountinfo": v1Mounts, v1Inner: "5000\n", "sys/fs/cgroup/cpu/inner/cpu.cfs_period_us": "often\n"}, trouble: "cpu-limit unknown", check: "cpu-limit", found: `"often"`},
		{about: "nonsense as a limit", edits: map[string]string{cpuMax: "5 0\n"}, trouble: "cpu-limit unknown", check: "cpu-limit", found: "5 us in 0 us is no limit"},
		{about: "half a limit", edits: map[string]string{cpuMax: "5\n"}, trouble: "cpu-limit unknown", check: "cpu-limit", found: "cpu.max"},
		{about: "mount point with a space", edits: map[string]string{"proc/self/mountinfo": "30 23 0:26 / /my\\040groups rw - cgroup2 none rw\n", "my groups/user.slice/shell.scope/cpu.max": "50000 100000\n"}, trouble: "cpu-limit warn", check: "cpu-limit", found: "0.50 CPUs", fix: "echo max > /my groups/user.slice/shell.scope/cpu.max"},
		{about: "group outside the namespace", edits: map[string]string{"proc/self/cgroup": "0::/..\n"}, trouble: "cpu-limit unknown", check: "cpu-limit", found: `"/.." is not below any mount`},
		{about: "groups not mounted", edits: map[string]string{"proc/self/mountinfo": "short\n"}, trouble: "cpu-limit unknown", check: "cpu-limit", found: "not below any mount"},
		{about: "mounts not told", edits: map[string]string{"proc/self/mountinfo": gone}, trouble: "cpu-limit unknown", check: "cpu-limit", found: "mountinfo"},
		{about: "kernel without groups", edits: map[string]string{"proc/self/cgroup": gone}, trouble: "cpu-limit unknown", check: "cpu-limit", found: "/proc/self/cgroup"},

		{about: "memory short", edits: map[string]string{"proc/pressure/memory": "some avg10=1.00 avg60=0.00 avg300=0.00 total=0\n"}, trouble: "memory warn", check: "memory", found: "1.0 % of the last 10 s; 3 MiB", fix: "stop what `ps aux --sort=-rss` shows first"},
		{about: "swap in use, pressure not told", edits: map[string]string{"proc/pressure/memory": gone}, trouble: "memory warn", check: "memory", found: "3 MiB swapped out", fix: "swapoff -a"},
		{about: "pressure that is no pressure", edits: map[string]string{"proc/pressure/memory": "none\n"}, trouble: "memory warn", check: "memory", fix: "swapoff -a"},
		{about: "no swap, pressure not told", edits: map[string]string{"proc/pressure/memory": gone, "proc/meminfo": "SwapTotal: 0 kB\nSwapFree: 0 kB\n"}, check: "memory", found: "nothing swapped out"},
		{about: "swap not told", edits: map[string]string{"proc/meminfo": "MemTotal: 1 kB\n"}, trouble: "memory unknown", check: "memory", found: "SwapTotal"},

		{about: "huge pages everywhere", edits: map[string]string{hugePagesFile: "[always] madvise never\n"}, trouble: "thp warn", check: "thp", found: "always", fix: "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"},
		{about: "kernel without huge pages", edits: map[string]string{hugePagesFile: gone}, check: "thp", found: "no transparent huge pages"},
		{about: "no choice of huge pages", edits: map[string]string{hugePagesFile: "always madvise\n"}, trouble: "thp unknown", check: "thp", found: "nothing is chosen"},
	}
	for _, c := range cases {
		t.Run(c.about, func(t *testing.T) {
			h := quiet(c.edits)
			if c.calls != nil {
				c.calls(h)
			}
			findings := h.Checks()
			checkComplete(t, findings)
			if got := troubled(findings); got != c.trouble {
				t.Errorf("troubled: %s\nwant: %s", got, c.trouble)
			}
			d := find(t, findings, c.check)
			if !strings.Contains(d.Found, c.found) {
				t.Errorf("found %q, want %q in it", d.Found, c.found)
			}
			if d.Fix != c.fix {
				t.Errorf("fix %q, want %q", d.Fix, c.fix)
			}
		})
	}
}

// A finding may know better than its check what follows from it.
func TestEffects(t *testing.T) {
	cases := []struct {
		check string
		edits map[string]string
		calls func(*Host)
		want  string
	}{
		{check: "cpus", calls: uses(0), want: "only same-cpu can be measured"},
		{check: "cpus", want: checkCPUs.effect},
		{check: "vm", want: "none: "},
		{check: "userns", edits: map[string]string{maxUserNS: "0\n"}, want: "the others can, as this process has CAP_SYS_ADMIN"},
		{check: "userns", edits: map[string]string{maxUserNS: "0\n"}, calls: ordinary, want: checkUserNS.effect},
		{check: "caps", calls: func(h *Host) { h.calls.capable = without(capability.CAP_SYS_RESOURCE) }, want: "the hard limits"},
		{check: "caps", calls: func(h *Host) { h.calls.capable = without(capability.CAP_SYS_ADMIN) }, want: "a user namespace is added"},
	}
	for _, c := range cases {
		h := quiet(c.edits)
		if c.calls != nil {
			c.calls(h)
		}
		if d := find(t, h.Checks(), c.check); !strings.Contains(d.Effect, c.want) {
			t.Errorf("%s: effect %q, want %q in it", c.check, d.Effect, c.want)
		}
	}
}

// checkComplete holds findings to what Checks promises of each.
func checkComplete(t *testing.T, findings []result.Disturbance) {
	t.Helper()
	for _, d := range findings {
		if d.Found == "" || d.Effect == "" {
			t.Errorf("%s %s: found %q, effect %q", d.Check, d.Status, d.Found, d.Effect)
		}
		if !slices.Contains([]string{StatusOK, StatusWarn, StatusUnknown}, d.Status) {
			t.Errorf("%s: status %q", d.Check, d.Status)
		}
		for _, text := range []string{d.Found, d.Effect, d.Fix} {
			if strings.ContainsAny(text, "\n\x00") {
				t.Errorf("%s: %q is not one line", d.Check, text)
			}
		}
	}
}

func release(text string) func(*Host) {
	return func(h *Host) {
		h.calls.uname = func() (uname, error) { return uname{release: text}, nil }
	}
}

func limits(soft, hard uint64) func(*Host) {
	return func(h *Host) {
		h.calls.descriptors = func() (uint64, uint64, error) { return soft, hard, nil }
	}
}

func uses(cpus ...int) func(*Host) {
	return func(h *Host) {
		h.calls.affinity = func() ([]int, error) { return cpus, nil }
	}
}

func ordinary(h *Host) {
	h.calls.uid = func() int { return 1000 }
	h.calls.capable = without(capability.CAP_SYS_ADMIN, capability.CAP_SYS_RESOURCE)
}
