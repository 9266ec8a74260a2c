//go:build amd64 || arm64

package launch

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// strace cannot see a child that its parent traces. So the parent looks here as
// strace does, at each entry into a call and each exit, and what the child calls
// between arming and resuming is what its program says.
func TestPtraceCallsWhatItsProgramSays(t *testing.T) { underEach(t, testPtraceCallsWhatItsProgramSays) }

func testPtraceCallsWhatItsProgramSays(t *testing.T, kind Kind) {
	l, b := startLauncher(t), newBoard(t)
	g, err := gate.Ptrace.New(b)
	if err != nil {
		t.Fatal(err)
	}
	wait := append(g.Wait(), program.Resumed())
	arm := slices.IndexFunc(wait, func(op program.Op) bool { return op.String() == "arm()" })
	stop := wait[arm+1]
	// It stops once more, before it arms, and is watched from there on.
	watched := slices.Insert(slices.Clone(wait), arm, stop)
	c, err := l.Start(Config{Kind: kind, CPU: -1}, b, program.Part{Program: watched})
	if err != nil {
		t.Fatal(err)
	}
	trace := watch(t, c)
	if _, err := wait[arm:].Match(trace); err != nil {
		t.Errorf("%v\n%s", err, trace)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}

// A stop is no end, although the kernel reports that of a tracee to whoever waits for
// its end.
func TestStoppedTraceeHasNotEnded(t *testing.T) {
	l, b := startLauncher(t), newBoard(t)
	g, err := gate.Ptrace.New(b)
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.Start(Config{CPU: -1}, b, program.Part{Program: g.Wait()})
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Waitid(unix.P_PID, c.PID, nil, unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT|unix.WALL, nil); err != nil {
		t.Fatal(err)
	}
	if c.Ended() {
		t.Errorf("it has ended, want it stopped: %v", c.Outcome())
	}
	awaited := make(chan error, 1)
	go func() { awaited <- c.AwaitEnd() }()
	select {
	case err := <-awaited:
		t.Fatalf("its end was awaited, and it is stopped: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	if exit, err := c.reap(nil); !errors.Is(err, errLives) {
		t.Fatalf("it was reaped: %v, %v", exit, err)
	}
	if err := unix.PtraceDetach(c.PID); err != nil {
		t.Fatal(err)
	}
	if err := <-awaited; err != nil {
		t.Error(err)
	}
	if exit, err := c.Wait(); err != nil || c.Outcome().Verdict != program.Released {
		t.Errorf("%v, %v, %v; want it released", exit, err, c.Outcome())
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}

// watch lets a stopped tracee go from one call to the next until it has ended,
// and returns the calls but for the last, the exit, as strace would print them.
func watch(t *testing.T, c *Child) string {
	t.Helper()
	var trace strings.Builder
	call := ""
	for first := true; ; first = false {
		var status unix.WaitStatus
		if _, err := unix.Wait4(c.PID, &status, unix.WALL|unix.WUNTRACED, nil); err != nil {
			t.Fatal(err)
		}
		if !status.Stopped() {
			t.Fatalf("the child ended unseen: %v, %v", status, c.Outcome())
		}
		if status.StopSignal() == unix.SIGTRAP|0x80 {
			info := callAt(t, c.PID)
			if info.op == callEntry && info.number == unix.SYS_EXIT_GROUP {
				if err := unix.PtraceDetach(c.PID); err != nil {
					t.Fatal(err)
				}
				if _, err := c.Wait(); err != nil {
					t.Fatal(err)
				}
				return trace.String()
			}
			if info.op == callEntry {
				call = printed(info)
			} else {
				fmt.Fprintf(&trace, "%s = %d\n", call, int64(info.number)) // the result lies where the number was
			}
		}
		if first {
			if err := unix.PtraceSetOptions(c.PID, unix.PTRACE_O_TRACESYSGOOD); err != nil {
				t.Fatal(err)
			}
		}
		if err := unix.PtraceSyscall(c.PID, 0); err != nil { // 0: the stop's own signal is taken away
			t.Fatal(err)
		}
	}
}

// A callInfo is struct ptrace_syscall_info. ptrace(2), PTRACE_GET_SYSCALL_INFO.
type callInfo struct {
	op     uint8
	_      [23]byte
	number uint64 // at an entry; at an exit the result
	args   [6]uint64
}

const callEntry = 1 // PTRACE_SYSCALL_INFO_ENTRY

func callAt(t *testing.T, pid int) (info callInfo) {
	t.Helper()
	_, _, errno := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(pid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		t.Fatal(errors.Join(errors.New("PTRACE_GET_SYSCALL_INFO"), errno))
	}
	return info
}

// printed is a call as strace prints it, of those that the program makes and
// of the harness's proof; any other goes by its number, and matches nothing.
func printed(c callInfo) string {
	switch {
	case c.number == unix.SYS_TGKILL && c.args[2] == uint64(unix.SIGSTOP):
		return fmt.Sprintf("tgkill(%d, %d, SIGSTOP)", c.args[0], c.args[1])
	case c.number == unix.SYS_GETRUSAGE && c.args[0] == unix.RUSAGE_THREAD:
		return "getrusage(RUSAGE_THREAD, {...})"
	case c.number == unix.SYS_CLOCK_GETTIME && c.args[0] == unix.CLOCK_THREAD_CPUTIME_ID:
		return "clock_gettime(CLOCK_THREAD_CPUTIME_ID, {...})"
	case c.number == unix.SYS_CLOCK_GETTIME && c.args[0] == unix.CLOCK_MONOTONIC:
		return "clock_gettime(CLOCK_MONOTONIC, {...})"
	case c.number == unix.SYS_GETCPU:
		return "getcpu([0], NULL, NULL)"
	}
	return fmt.Sprintf("syscall_%d(...)", c.number)
}
