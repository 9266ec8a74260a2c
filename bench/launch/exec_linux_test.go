//go:build amd64 || arm64

package launch

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// All threads of an executed child are on its CPU, and the parent's thread is
// where it was.
func TestThreadsOfAnExecutedChild(t *testing.T) {
	var usable unix.CPUSet
	if err := unix.SchedGetaffinity(0, &usable); err != nil {
		t.Fatal(err)
	}
	cpu := 0
	for !usable.IsSet(cpu) {
		cpu++
	}
	ns := permitted(t, PID|Mnt)
	l, b := startLauncher(t), newBoard(t)
	var before, after, want unix.CPUSet
	want.Set(cpu)
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		t.Fatal(err)
	}
	h := hold(t, l, Config{Kind: Exec, Namespaces: ns, CPU: cpu}, b, 0, gate.PipeEOF)
	if err := unix.SchedGetaffinity(0, &after); err != nil || after != before {
		t.Errorf("this thread has %v CPUs, %v; before it had %v", after.Count(), err, before.Count())
	}
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", h.PID))
	if err != nil {
		t.Fatal(err)
	}
	if len(threads) < 2 {
		t.Errorf("%d threads, want those of a Go runtime", len(threads))
	}
	for _, thread := range threads {
		var got unix.CPUSet
		var tid int
		if _, err := fmt.Sscan(thread.Name(), &tid); err != nil {
			t.Fatal(err)
		}
		if err := unix.SchedGetaffinity(tid, &got); err != nil || got != want {
			t.Errorf("thread %d has %d CPUs, %v; want only CPU %d", tid, got.Count(), err, cpu)
		}
	}
	h.goes()
}

// A child in a new user namespace keeps its capabilities there, whether its users
// are mapped by the time it executes or not; and this process goes on to withhold
// its memory.
func TestCapabilitiesOfAChild(t *testing.T) { underEach(t, testCapabilitiesOfAChild) }

func testCapabilitiesOfAChild(t *testing.T, kind Kind) {
	ns := permitted(t, User|UTS)
	l, b := startLauncher(t), newBoard(t)
	h := hold(t, l, Config{Kind: kind, Namespaces: ns, CPU: -1}, b, 0, gate.PipeEOF)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.PID))
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("CapEff:\t%016x\n", uint64(1)<<(unix.CAP_LAST_CAP+1)-1); !bytes.Contains(status, []byte(want)) {
		t.Errorf("want %q in\n%s", want, status)
	}
	h.goes()
	hold(t, l, Config{CPU: -1}, b, 1, gate.PipeEOF).goes()
}

// Somebody who finds out how the program starts itself, and does so, is told that
// this is not for them, or what is missing.
func TestReexecutedByHand(t *testing.T) {
	l, b := startLauncher(t), newBoard(t)
	h := hold(t, l, Config{Kind: Exec, CPU: -1}, b, 0, gate.PipeEOF)
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", h.PID))
	if err != nil {
		t.Fatal(err)
	}
	h.goes()
	args := strings.Split(strings.TrimSuffix(string(cmdline), "\x00"), "\x00")
	numbers := strings.Fields(args[1])
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"nothing":          {args[:1], "it cannot be started so by hand"},
		"something else":   {[]string{args[0], "run"}, "it cannot be started so by hand"},
		"more":             {append(args[:2:2], "run"), "it cannot be started so by hand"},
		"no board":         {args, "descriptor " + numbers[0] + " of the board: fstat: bad file descriptor"},
		"no code there":    {[]string{args[0], "0 0 " + strings.Join(numbers[2:4], " ") + " 0x1"}, "its code lies at other addresses than its parent's: it is another build, or one that the kernel moves (go build -buildmode=pie)"},
		"no file of ours":  {[]string{args[0], "0 0 " + strings.Join(numbers[2:], " ")}, "map the board of 0 bytes at " + numbers[2] + ": mmap: "},
		"no place for one": {[]string{args[0], "0 0 0x400000 " + strings.Join(numbers[3:], " ")}, "map the board of "},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("/proc/self/exe")
			cmd.Args = test.args
			var stderr strings.Builder
			cmd.Stderr = &stderr
			err := cmd.Run()
			if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 2 {
				t.Errorf("%v, want exit status 2", err)
			}
			if got := stderr.String(); !strings.HasPrefix(got, "nsbench: error: ") || !strings.Contains(got, test.want) || strings.Count(got, "\n") != 1 {
				t.Errorf("stderr: %q, want %q in a line", got, test.want)
			}
		})
	}
}

// An executed child that cannot run its code says so to Start, and is gone then.
func TestExecutedChildThatCannotStart(t *testing.T) {
	l := startLauncher(t)
	small, err := program.NewBoard(16<<10, program.Syscall)
	if err != nil {
		t.Fatal(err)
	}
	if err := small.Reset(1); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := small.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := l.exec(Config{Kind: Exec, CPU: -1}, small, program.Code{}, nil)
	if c != nil || err == nil || !strings.Contains(err.Error(), ": there is no code at 0x0: the board is at 0x") {
		t.Errorf("Start = %v, %v; want that there is no code", c, err)
	}
	mustHaveNoChildren(t)
}
