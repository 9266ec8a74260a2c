//go:build amd64 || arm64

package condition

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/program"
)

// missing ends a test for want of an ability: it is skipped, or it fails where
// NSBENCH_TEST_REQUIRE names the ability.
func missing(t testing.TB, ability string, why any) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), ability) {
		t.Fatalf("%s is required: %v", ability, why)
	}
	t.Skipf("no %s: %v", ability, why)
}

// startLauncher is a launcher for one test, on the test's goroutine: a subtest has
// another, and starts its own.
func startLauncher(t testing.TB) *launch.Launcher {
	t.Helper()
	l, err := launch.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		mustHaveNoChildren(t)
	})
	return l
}

func mustHaveNoChildren(t testing.TB) {
	t.Helper()
	if pid, err := unix.Wait4(-1, nil, unix.WNOHANG|unix.WALL, nil); !errors.Is(err, unix.ECHILD) {
		t.Errorf("wait for any child: %d, %v; want that there is none", pid, err)
	}
}

// usable are the CPUs that this thread may use.
func usable(t testing.TB) []int { return maskOf(t, 0) }

func maskOf(t testing.TB, pid int) []int {
	t.Helper()
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(pid, &set); err != nil {
		t.Fatal(err)
	}
	return Members(&set)
}

func twoCPUs(t testing.TB) []int {
	t.Helper()
	cpus := usable(t)
	if len(cpus) < 2 {
		missing(t, "cpus", "one CPU")
	}
	return cpus[:2]
}

// mustBeRoot leaves out what takes privileges.
func mustBeRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		missing(t, "root", "an ordinary user")
	}
}

// ran is the CPU time that a process has had, in nanoseconds: the first field of
// /proc/PID/schedstat, or that of stat, in hundredths of a second.
func ran(t testing.TB, pid int) int64 {
	t.Helper()
	unit := int64(1)
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	fields := bytes.Fields(text)
	if errors.Is(err, os.ErrNotExist) {
		unit = 10_000_000
		text, err = os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		fields = bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])[11:]
	}
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n * unit
}

// idleChild is a child that sleeps until the test ends.
func idleChild(t testing.TB, l *launch.Launcher) *launch.Child {
	t.Helper()
	return startChild(t, l, program.Sigwait(program.Signals()))
}

func startChild(t testing.TB, l *launch.Launcher, last program.Op) *launch.Child {
	t.Helper()
	b, err := program.NewBoard(spinnerRoom, program.Syscall)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Reset(1); err != nil {
		t.Fatal(err)
	}
	c, err := l.Start(launch.Config{CPU: -1}, b, program.Part{Program: program.Program{program.Arm(), last}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		err := c.Kill()
		_, waitErr := c.Wait()
		if err := errors.Join(err, waitErr, b.Close()); err != nil {
			t.Error(err)
		}
	})
	for !b.AwaitArmed(0, 1) {
		if c.Ended() {
			t.Fatal(c.Outcome())
		}
		nap()
	}
	return c
}

// busyChild is a child that uses the CPU until the test ends.
func busyChild(t testing.TB, l *launch.Launcher) *launch.Child {
	t.Helper()
	b, err := program.NewBoard(spinnerRoom, program.Syscall)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Reset(1); err != nil {
		t.Fatal(err)
	}
	w, err := b.Word("never")
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.Start(launch.Config{CPU: -1}, b, program.Part{Program: program.Program{program.PauseUntil(w, 1)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		err := c.Kill()
		_, waitErr := c.Wait()
		if err := errors.Join(err, waitErr, b.Close()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// harness is what this test binary is told when it is to be a run that is killed.
const harness = "NSBENCH_CONDITION_HARNESS"

func TestMain(m *testing.M) {
	switch os.Getenv(harness) {
	case "run":
		fmt.Fprintln(os.Stderr, harnessMain())
		os.Exit(1)
	case "threads":
		fmt.Println("here")
		if _, err := bufio.NewReader(os.Stdin).ReadByte(); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// harnessMain begins every condition that is a process or a group, tells that,
// and waits to be killed.
func harnessMain() error {
	l, err := launch.New()
	if err != nil {
		return err
	}
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return err
	}
	cpus := Members(&set)
	awake, err := Poll.begin(Spinning, l, cpus)
	if err != nil {
		return err
	}
	load, err := Load{PerCPU: 1}.Begin(l, cpus)
	if err != nil {
		return err
	}
	group, err := Quota(0.2).Open(l)
	if err != nil {
		return err
	}
	if err := group.Add(load.children[0].PID); err != nil {
		return err
	}
	fmt.Println(len(awake.spinners.children)+len(load.children)+1, group.dir)
	select {}
}

// A run that is killed leaves neither processes nor a group behind, though one
// of the processes is in the group. The orphans become children of this process,
// which then sees the end of each.
func TestKilledRunLeavesNothing(t *testing.T) {
	mustBeRoot(t)
	if _, err := findPlace(); err != nil {
		missing(t, "cgroup", err)
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0); err != nil {
			t.Error(err)
		}
	})
	for _, sig := range []unix.Signal{unix.SIGKILL, unix.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			cmd := exec.Command("/proc/self/exe")
			cmd.Env = append(os.Environ(), harness+"=run")
			var stderr strings.Builder
			cmd.Stderr = &stderr
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var children int
			var dir string
			if _, err := fmt.Fscan(stdout, &children, &dir); err != nil {
				t.Fatalf("the harness told nothing: %v, %v\n%s", err, cmd.Wait(), stderr.String())
			}
			if _, err := os.Stat(dir); err != nil {
				t.Error(err)
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Error(err)
			}
			if err := cmd.Wait(); err == nil {
				t.Error("the harness ended well, though it was killed")
			}
			killed, ended := reapOrphans(t)
			if killed != children-1 || ended != 1 {
				t.Errorf("%d orphans killed and %d ended by themselves, want %d and the janitor", killed, ended, children-1)
			}
			if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s after the run: %v, want that it is gone", dir, err)
			}
		})
	}
}

// reapOrphans reaps children until there are none.
func reapOrphans(t *testing.T) (killed, ended int) {
	t.Helper()
	for {
		var status unix.WaitStatus
		_, err := unix.Wait4(-1, &status, unix.WALL, nil)
		switch {
		case errors.Is(err, unix.ECHILD):
			return killed, ended
		case errors.Is(err, unix.EINTR):
		case err != nil:
			t.Fatal(err)
		case status.Signaled():
			killed++
		default:
			ended++
		}
	}
}

// nobody is a user without privileges.
const nobody = 65534

// What the unprivileged are told. This test binary is executed again for another
// user; there, this test is another one.
func TestUnprivileged(t *testing.T) {
	if os.Geteuid() == 0 {
		exe, err := os.Open("/proc/self/exe") // its folder may be for this user only
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("/proc/self/fd/3", "-test.v", "-test.run=^TestUnprivileged$")
		cmd.ExtraFiles = []*os.File{exe}
		cmd.Env = append(os.Environ(), "NSBENCH_TEST_REQUIRE=")
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		out, err := cmd.CombinedOutput()
		if err := errors.Join(err, exe.Close()); err != nil || bytes.Contains(out, []byte("--- SKIP")) {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Logf("%s", out)
		return
	}
	l := startLauncher(t)
	cpus := usable(t)
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"load":     {second(Load{PerCPU: 1, Nice: -5}.Begin(l, cpus)), "setpriority -5: permission denied: run as root, or with CAP_SYS_NICE, or raise `ulimit -e` to 25"},
		"fifo":     {Sched{SchedFIFO, 10}.Check(l, -1), "sched fifo:10: sched_setattr: operation not permitted: run as root, or with CAP_SYS_NICE, or raise `ulimit -r` to 10"},
		"deadline": {Sched{Policy: SchedDeadline}.Check(l, -1), "sched deadline: sched_setattr: operation not permitted: run as root, or with CAP_SYS_NICE"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("%s: %v, want %q in it", name, test.err, test.want)
		}
	}
	// What everybody may.
	for _, s := range []Sched{{Policy: SchedBatch}, {Policy: SchedIdle}, {Policy: SchedOther}} {
		if err := s.Check(l, -1); err != nil {
			t.Error(err)
		}
	}
	a, err := Poll.Begin(l, cpus) // the file is root's: it spins
	if err != nil {
		t.Fatal(err)
	}
	if a.Means != Spinning {
		t.Errorf("means %s, want %s", a.Means, Spinning)
	}
	if err := a.End(); err != nil {
		t.Error(err)
	}
	if d, err := NewDrainer(l); err != nil && !errors.Is(err, ErrCannotTell) {
		t.Error(err)
	} else if err == nil {
		if err := errors.Join(d.Drain(), d.Close()); err != nil {
			t.Error(err)
		}
		t.Logf("drained by %s (%v)", d.Means, d.Why)
	}
	if _, err := findPlace(); err != nil {
		return
	}
	if g, err := Quota(0.2).Open(l); err == nil || !strings.Contains(err.Error(), "permission denied: run as root") {
		t.Errorf("a quota: %v, %v; want that it is refused", g, err)
	}
}

func second[T any](_ T, err error) error { return err }
