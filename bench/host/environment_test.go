package host

import (
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/nsbench/nsbench/bench/result"
)

func TestEnvironment(t *testing.T) {
	h := quiet(map[string]string{
		"proc/cpuinfo":                strings.Repeat("model name : Example 9000\nflags : constant_tsc nonstop_tsc hypervisor\n\n", 2),
		"proc/loadavg":                "0.10 0.20 0.30 1/86 1234\n",
		"sys/class/dmi/id/sys_vendor": "QEMU\n",
	})
	h.calls.uid = func() int { return 1000 }
	want := result.Environment{
		Host:       "bench1",
		OS:         "linux",
		Arch:       "amd64",
		Kernel:     "6.18.4-example #1 SMP",
		Cmdline:    "BOOT_IMAGE=/vmlinuz root=/dev/sda1 quiet",
		Go:         runtime.Version(),
		CPU:        "Example 9000",
		CPUs:       2,
		ParentCPU:  -1,
		ChildCPU:   -1,
		VM:         "qemu",
		Governor:   "performance",
		IdleDriver: "intel_idle",
		IdlePolicy: "menu",
		SMT:        "off",
		Clock:      "tsc",
		THP:        "madvise",
		LoadAvg:    "0.10 0.20 0.30 1/86 1234",
		UID:        1000,
	}
	got := h.Environment()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(got, "Disturbances")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(h.Checks(), got.Disturbances); diff != "" {
		t.Error(diff)
	}
}

// Nothing is mounted: every value from a file is empty, and a finding says
// that it is not known and what would help.
func TestNothingMounted(t *testing.T) {
	h := hostOf(nil)
	got := h.Environment()
	want := result.Environment{
		Host: "bench1", OS: "linux", Arch: "amd64", Kernel: "6.18.4-example #1 SMP", Go: runtime.Version(),
		CPUs: 2, ParentCPU: -1, ChildCPU: -1,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(got, "Disturbances")); diff != "" {
		t.Error(diff)
	}
	checkComplete(t, got.Disturbances)
	blind := map[string]string{
		"cmdline": "proc", "userns": "proc", "seccomp": "proc", "cpu": "proc", "vm": "proc", "steal": "proc",
		"counter": "proc", "load": "proc", "cpu-limit": "proc", "memory": "proc",
		"smt": "sys", "idle": "sys", "governor": "sys", "clocksource": "sys", "thp": "sys",
	}
	fixes := map[string]string{"proc": "mount -t proc proc /proc", "sys": "mount -t sysfs sysfs /sys"}
	for _, d := range got.Disturbances {
		dir, isBlind := blind[d.Check]
		if !isBlind {
			if d.Status != StatusOK {
				t.Errorf("%s: %s, though no file bears on it", d.Check, d.Found)
			}
			continue
		}
		if d.Status != StatusUnknown || d.Found != "/"+dir+" is not mounted" || d.Fix != fixes[dir] {
			t.Errorf("%s: %s, %s, fix %q", d.Check, d.Status, d.Found, d.Fix)
		}
	}
}

// Every call is refused too, as under a hostile seccomp filter.
func TestNothingTold(t *testing.T) {
	h := hostOf(nil)
	h.calls.uname = func() (uname, error) { return uname{}, errRefused }
	h.calls.affinity = func() ([]int, error) { return nil, errRefused }
	limits(0, 0)(h)
	ordinary(h)
	env := h.Environment()
	checkComplete(t, env.Disturbances)
	if env.CPUs != 0 || env.Host != "" || env.Kernel != "" {
		t.Errorf("invented: %+v", env)
	}
	for _, name := range []string{"kernel", "cpus"} {
		if d := find(t, env.Disturbances, name); d.Status != StatusUnknown {
			t.Errorf("%s: %s", name, d.Status)
		}
	}
}

// The tree is mounted, and whatever is opened is refused.
func TestNothingReadable(t *testing.T) {
	h := quiet(nil)
	h.files = deaf{h.files}
	for _, d := range h.Checks() {
		if d.Check == "kernel" || d.Check == "caps" || d.Check == "nofile" || d.Check == "cpus" || d.Check == "pinning" {
			continue
		}
		if d.Status != StatusUnknown || !strings.Contains(d.Found, "permission denied") {
			t.Errorf("%s: %s, %s", d.Check, d.Status, d.Found)
		}
	}
}

// A deaf file system lists its files and does not let them be read.
type deaf struct{ fs.FS }

func (d deaf) ReadFile(name string) ([]byte, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func TestElsewhere(t *testing.T) {
	h := quiet(nil)
	h.os, h.arch = "darwin", "arm64"
	got := h.Environment()
	want := result.Environment{
		Host: "bench1", OS: "darwin", Arch: "arm64", Go: runtime.Version(), CPUs: runtime.NumCPU(),
		ParentCPU: -1, ChildCPU: -1,
		Disturbances: []result.Disturbance{{
			Check:  "kernel",
			Status: StatusUnknown,
			Found:  "releases are measured on Linux only",
			Effect: "this is darwin: it renders recorded runs and makes none",
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAt(t *testing.T) {
	h := At(fstest.MapFS{"proc/cmdline": {Data: []byte("quiet")}})
	env := h.Environment()
	if env.OS != runtime.GOOS || env.Arch != runtime.GOARCH {
		t.Errorf("%s/%s", env.OS, env.Arch)
	}
	if runtime.GOOS == "linux" && env.Cmdline != "quiet" {
		t.Errorf("command line %q is not the tree's", env.Cmdline)
	}
}
