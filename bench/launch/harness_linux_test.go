//go:build amd64 || arm64

package launch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// nobody is a user without privileges.
const nobody = 65534

// The tests that ask for namespaces pass without privileges, too: this test
// binary is executed again for another user. There, this test is another one.
func TestUnprivileged(t *testing.T) {
	if os.Geteuid() != 0 {
		underEach(t, cloneNotPermitted)
		return
	}
	exe, err := os.Open("/proc/self/exe") // its folder may be for this user only
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/fd/3", "-test.v", "-test.run=^(TestUnprivileged|TestWriteMaps|TestWriteMapsOfAnEndingChild|TestNamespaces|TestPrimitives)$")
	cmd.ExtraFiles = []*os.File{exe}
	cmd.Env = append(os.Environ(), "NSBENCH_TEST_REQUIRE=")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err := errors.Join(err, exe.Close()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	skipped, wants := string(out), []string{"TestWriteMapsOfAnEndingChild ", "TestUnprivileged"}
	for _, kind := range Kinds() {
		skipped = strings.ReplaceAll(skipped, fmt.Sprintf("--- SKIP: TestPrimitives/%v/%s", kind, gate.CgroupFreeze.Name), "") // a cgroup is root's to make
		for _, want := range []string{"TestWriteMaps/%v ", "TestUnprivileged/%v ", "TestNamespaces/%v/time ", "TestPrimitives/%v/futex "} {
			wants = append(wants, fmt.Sprintf(want, kind))
		}
	}
	if strings.Contains(skipped, "--- SKIP") {
		missing(t, "userns", string(out))
	}
	for _, want := range wants {
		if !strings.Contains(string(out), "--- PASS: "+want) {
			t.Errorf("want that %s passes in\n%s", want, out)
		}
	}
}

// cloneNotPermitted shows what an unprivileged process is told that asks for
// namespaces without a user namespace.
func cloneNotPermitted(t *testing.T, kind Kind) {
	c, err := startLauncher(t).Start(Config{Kind: kind, Namespaces: UTS | IPC, CPU: -1}, newBoard(t))
	var cloneErr *CloneError
	if c != nil || !errors.As(err, &cloneErr) || !errors.Is(err, os.ErrPermission) || cloneErr.Namespaces != UTS|IPC {
		t.Errorf("Start = %v, %v; want a *CloneError that is EPERM", c, err)
	}
	mustHaveNoChildren(t)
}

const harness = "NSBENCH_LAUNCH_HARNESS" // what a harness is told of its child: launcher and namespaces

func TestMain(m *testing.M) {
	program.Reexecuted()
	if child, ok := os.LookupEnv(harness); ok {
		err := harnessMain(strings.Fields(child))
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// harnessMain starts a child that waits for ever, tells its process ID, and
// ends as it is told to on its standard input, or from outside.
func harnessMain(child []string) error {
	l, err := New()
	if err != nil {
		return err
	}
	b, err := program.NewBoard(64<<10, program.Syscall)
	if err != nil {
		return err
	}
	if err := b.Reset(1); err != nil {
		return err
	}
	g, err := gate.Spin.New(b) // it waits for ever whatever its parent does
	if err != nil {
		return err
	}
	cfg := Config{CPU: -1}
	if cfg.Kind, err = ParseKind(child[0]); err != nil {
		return err
	}
	for _, name := range child[1:] {
		ns, err := ParseNamespace(name)
		if err != nil {
			return err
		}
		cfg.Namespaces |= ns
	}
	c, err := l.Start(cfg, b, program.Part{Program: g.Wait()})
	if err != nil {
		return err
	}
	for !b.AwaitArmed(0, 1) {
		if c.Ended() {
			return errors.New("the child ended")
		}
	}
	fmt.Println(c.PID)
	how, err := bufio.NewReader(os.Stdin).ReadString('\n')
	switch how {
	case "exit\n":
		os.Exit(0)
	case "panic\n":
		panic("as told")
	}
	return err
}

// A child never outlives its harness, however that ends. The orphan becomes a
// child of this process, which can then tell how it ended.
func TestChildDoesNotOutliveItsHarness(t *testing.T) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0); err != nil {
			t.Error(err)
		}
	})
	underEach(t, testChildDoesNotOutliveItsHarness)
}

func testChildDoesNotOutliveItsHarness(t *testing.T, kind Kind) {
	all := UTS | IPC | PID | Mnt | Net | User | Cgroup | Time
	for _, test := range []struct {
		name string
		ns   Namespaces
		end  func(*exec.Cmd, io.Writer) error
	}{
		{"killed", 0, signalled(unix.SIGKILL)},
		{"killed, uts and ipc", UTS | IPC, signalled(unix.SIGKILL)},
		{"killed, pid", PID, signalled(unix.SIGKILL)},
		{"killed, user", User, signalled(unix.SIGKILL)},
		{"killed, all", all, signalled(unix.SIGKILL)},
		{"interrupted", UTS | IPC, signalled(unix.SIGINT)},
		{"terminated", UTS | IPC, signalled(unix.SIGTERM)},
		{"exits", UTS | IPC, told("exit")},
		{"panics", UTS | IPC, told("panic")},
	} {
		t.Run(test.name, func(t *testing.T) {
			ns := test.ns
			if ns != 0 {
				ns = permitted(t, ns)
			}
			cmd, stdin, pid := startHarness(t, kind, ns)
			if err := test.end(cmd, stdin); err != nil {
				t.Error(err)
			}
			// Its exit status is that of its end, which is not looked at.
			if err := cmd.Wait(); err != nil && cmd.ProcessState == nil {
				t.Fatal(err)
			}
			if status := reapOrphan(t, pid); !status.Signaled() || status.Signal() != unix.SIGKILL {
				t.Errorf("the orphan ended with status %#x, want killed", status)
			}
			mustHaveNoChildren(t)
		})
	}
}

// reapOrphan reaps a child that spins. One that goes on spinning for a second of
// its own time has outlived its harness.
func reapOrphan(t *testing.T, pid int) (status unix.WaitStatus) {
	t.Helper()
	const second = 100
	for began := ticks(t, pid); ; {
		ended, err := unix.Wait4(pid, &status, unix.WNOHANG|unix.WALL, nil)
		switch {
		case ended == pid:
			return status
		case err != nil && !errors.Is(err, unix.EINTR):
			t.Fatalf("the orphan: %v", err)
		case ticks(t, pid)-began > second:
			t.Fatalf("the orphan spins: %v", unix.Kill(pid, unix.SIGKILL))
		}
		pause(t)
	}
}

// ticks is the CPU time of a process in user mode, in hundredths of a second.
// proc_pid_stat(5).
func ticks(t *testing.T, pid int) int {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	n, err := strconv.Atoi(fields[11])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// startHarness starts a harness and returns the process ID of its child.
func startHarness(t *testing.T, kind Kind, ns Namespaces) (cmd *exec.Cmd, stdin io.WriteCloser, pid int) {
	t.Helper()
	cmd = exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), harness+"="+strings.Join(append([]string{kind.String()}, ns.Names()...), " "))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fscan(stdout, &pid); err != nil {
		waitErr := cmd.Wait()
		t.Fatalf("the harness told of no child: %v, %v\n%s", err, waitErr, stderr.String())
	}
	return cmd, stdin, pid
}

func signalled(sig os.Signal) func(*exec.Cmd, io.Writer) error {
	return func(cmd *exec.Cmd, _ io.Writer) error { return cmd.Process.Signal(sig) }
}

func told(how string) func(*exec.Cmd, io.Writer) error {
	return func(_ *exec.Cmd, stdin io.Writer) error {
		_, err := fmt.Fprintln(stdin, how)
		return err
	}
}
