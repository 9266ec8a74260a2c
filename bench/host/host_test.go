package host

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/moby/sys/capability"
	"github.com/nsbench/nsbench/bench/result"
)

// quietFiles are those of a machine on which every check is content.
var quietFiles = map[string]string{
	"proc/cmdline":                "BOOT_IMAGE=/vmlinuz root=/dev/sda1 quiet\n",
	"proc/cpuinfo":                "processor\t: 0\nmodel name\t: Example 9000\nflags\t\t: fpu tsc constant_tsc nonstop_tsc\n\nprocessor\t: 1\nmodel name\t: Example 9000\nflags\t\t: fpu tsc constant_tsc nonstop_tsc\n",
	"proc/loadavg":                "0.10 0.20 0.30 1/86 1234\n",
	"proc/meminfo":                "MemTotal:  1000 kB\nSwapTotal:    4096 kB\nSwapFree:     1024 kB\n",
	"proc/pressure/cpu":           "some avg10=0.50 avg60=0.10 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
	"proc/pressure/memory":        "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
	"proc/self/cgroup":            "0::/user.slice/shell.scope\n",
	"proc/self/mountinfo":         "22 27 0:21 / /proc rw,relatime - proc proc rw\n30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
	"proc/self/ns/user":           "",
	"proc/self/status":            "Name:\tnsbench\nNoNewPrivs:\t0\nSeccomp:\t0\nSeccomp_filters:\t0\n",
	"proc/stat":                   "cpu  1000 0 1000 50000 10 0 0 10 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n",
	"proc/sys/kernel/unused":      "1\n",
	maxUserNS:                     "63000\n",
	"sys/class/dmi/id/sys_vendor": "Example\n",
	"sys/devices/system/clocksource/clocksource0/available_clocksource": "tsc hpet acpi_pm\n",
	"sys/devices/system/clocksource/clocksource0/current_clocksource":   "tsc\n",
	"sys/devices/system/cpu/cpu0/cpuidle/state0/disable":                "0\n",
	"sys/devices/system/cpu/cpu0/cpuidle/state0/latency":                "0\n",
	"sys/devices/system/cpu/cpu0/cpuidle/state0/name":                   "POLL\n",
	"sys/devices/system/cpu/cpu0/cpuidle/state1/disable":                "0\n",
	"sys/devices/system/cpu/cpu0/cpuidle/state1/latency":                "1\n",
	"sys/devices/system/cpu/cpu0/cpuidle/state1/name":                   "C1\n",
	"sys/devices/system/cpu/cpu0/cpuidle/state2/disable":                "1\n",
	"sys/devices/system/cpu/cpu0/cpuidle/state2/latency":                "133\n",
	"sys/devices/system/cpu/cpu0/cpuidle/state2/name":                   "C6\n",
	"sys/devices/system/cpu/cpufreq/policy0/scaling_governor":           "performance\n",
	"sys/devices/system/cpu/cpufreq/policy1/scaling_governor":           "performance\n",
	"sys/devices/system/cpu/cpuidle/current_driver":                     "intel_idle\n",
	"sys/devices/system/cpu/cpuidle/current_governor":                   "menu\n",
	"sys/devices/system/cpu/online":                                     "0-1\n",
	"sys/devices/system/cpu/smt/active":                                 "0\n",
	"sys/devices/system/cpu/smt/control":                                "off\n",
	"sys/fs/cgroup/user.slice/cpu.max":                                  "max 100000\n",
	"sys/fs/cgroup/user.slice/shell.scope/cgroup.procs":                 "1234\n",
	"sys/kernel/mm/transparent_hugepage/enabled":                        "always [madvise] never\n",
}

const maxUserNS = "proc/sys/user/max_user_namespaces"

// gone as the content of a file takes the file away.
const gone = "\x00gone"

// quiet returns the quiet host with some of its files changed.
func quiet(edits map[string]string) *Host {
	texts := maps.Clone(quietFiles)
	maps.Copy(texts, edits)
	files := fstest.MapFS{}
	for name, text := range texts {
		if text != gone {
			files[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return &Host{files: files, calls: quietCalls(), os: "linux", arch: "amd64"}
}

func quietCalls() calls {
	return calls{
		uname: func() (uname, error) {
			return uname{node: "bench1", release: "6.18.4-example", version: "#1 SMP"}, nil
		},
		affinity:    func() ([]int, error) { return []int{0, 1}, nil },
		pin:         func(int) error { return nil },
		descriptors: func() (soft, hard uint64, err error) { return 1024, 4096, nil },
		capable:     func(capability.Cap) (bool, error) { return true, nil },
		uid:         func() int { return 0 },
	}
}

// without returns a capable that lacks some capabilities.
func without(missing ...capability.Cap) func(capability.Cap) (bool, error) {
	return func(c capability.Cap) (bool, error) { return !slices.Contains(missing, c), nil }
}

var errRefused = errors.New("call: refused")

// find returns the finding of one check.
func find(t *testing.T, findings []result.Disturbance, name string) result.Disturbance {
	t.Helper()
	for _, d := range findings {
		if d.Check == name {
			return d
		}
	}
	t.Fatalf("no finding %q", name)
	return result.Disturbance{}
}

// troubled lists the findings that are not ok as "name status".
func troubled(findings []result.Disturbance) string {
	var names []string
	for _, d := range findings {
		if d.Status != StatusOK {
			names = append(names, d.Check+" "+d.Status)
		}
	}
	return strings.Join(names, ", ")
}
