package host

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/moby/sys/capability"
	"golang.org/x/sys/unix"
)

// What this machine is like is not the test's to know: it holds the answers
// to what they promise, and to each other.
func TestThis(t *testing.T) {
	env := This().Environment()
	checkComplete(t, env.Disturbances)
	for _, d := range env.Disturbances {
		t.Logf("%-11s %-7s %s\n\teffect: %s\n\tfix: %s", d.Check, d.Status, d.Found, d.Effect, d.Fix)
	}
	if name, err := os.Hostname(); err != nil || env.Host != name {
		t.Errorf("host %q, want %q, %v", env.Host, name, err)
	}
	if env.UID != os.Geteuid() {
		t.Errorf("uid %d", env.UID)
	}
	for check, value := range map[string]string{
		"kernel": env.Kernel, "cmdline": env.Cmdline, "cpu": env.CPU, "governor": env.Governor, "idle": env.IdleDriver,
		"smt": env.SMT, "clocksource": env.Clock, "load": env.LoadAvg,
	} {
		if d := find(t, env.Disturbances, check); value == "" && d.Status == StatusOK {
			t.Errorf("%s: empty, and its check is content: %s", check, d.Found)
		}
	}
}

func TestCapableAgreesWithCapget(t *testing.T) {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		t.Fatal(err)
	}
	for _, which := range []capability.Cap{capability.CAP_SYS_ADMIN, capability.CAP_SYS_RESOURCE, capability.CAP_BPF} {
		got, err := callCapable(which)
		if err != nil {
			t.Fatal(err)
		}
		if want := data[which/32].Effective&(1<<(which%32)) != 0; got != want {
			t.Errorf("%v: %t, want %t", which, got, want)
		}
	}
}

// No thread of the process may be left on one CPU by having been asked. The
// runtime counted the CPUs at the start, before any test could pin a thread.
func TestPinLeavesNoThreadPinned(t *testing.T) {
	usable, err := callAffinity()
	if err != nil {
		t.Fatal(err)
	}
	for _, cpu := range usable[:min(len(usable), 4)] {
		if err := callPin(cpu); err != nil {
			t.Fatal(err)
		}
	}
	for _, mask := range masks(t) {
		if n, err := countList(mask); err != nil || n != runtime.NumCPU() {
			t.Errorf("a thread is left on CPUs %s of %d, %v", mask, runtime.NumCPU(), err)
		}
	}
}

func TestPinRefused(t *testing.T) {
	if err := callPin(maxCPUs - 1); err == nil || !strings.Contains(err.Error(), "sched_setaffinity") {
		t.Errorf("pinned to CPU %d, which no machine has: %v", maxCPUs-1, err)
	}
}

// masks returns the affinities of the process' threads as lists of CPUs.
func masks(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/self/task/*/status")
	if err != nil || len(files) == 0 {
		t.Fatalf("threads: %v, %v", files, err)
	}
	var found []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // the thread has ended
		}
		mask, _ := member(string(text), "Cpus_allowed_list")
		found = append(found, mask)
	}
	return found
}

func TestDescriptorsFollowTheLimit(t *testing.T) {
	soft, hard, err := callDescriptors()
	if err != nil {
		t.Fatal(err)
	}
	var want unix.Rlimit
	if err := unix.Prlimit(0, unix.RLIMIT_NOFILE, nil, &want); err != nil {
		t.Fatal(err)
	}
	if soft != want.Cur || hard != want.Max {
		t.Errorf("%d, %d, want %d, %d", soft, hard, want.Cur, want.Max)
	}
}
