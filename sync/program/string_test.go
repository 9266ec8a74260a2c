package program

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// As strace prints them, but that descriptors, words and the other side go by
// their names, and that what is wanted stands where strace has what came.
func TestOpString(t *testing.T) {
	r, w := FD{"r", 7}, FD{"w", 8}
	go1 := Word{"go", wordsStart}
	tests := []struct {
		op   Op
		want string
	}{
		{Close(w), `close(w)`},
		{Close(FD{"", 8}), `close(8)`},
		{Close(FD{"a\nb", 8}), `close("a\nb")`},
		{Read(r, 1), `read(r, buf, 1)`},
		{Read(r, 1).Want(0), `read(r, buf, 1) = 0`},
		{Read(r, 1).Want(1).Gone(0).GoneError(104), `read(r, buf, 1) = 1; 0: parent-gone; connection reset by peer: parent-gone`},
		{Write(w, "\x01"), `write(w, "\x01", 1) = 1`},
		{Kill(Child, SIGUSR1), `kill(child, SIGUSR1)`},
		{Kill(Child, 15), `kill(child, signal 15)`},
		{Sigwait(Signals(SIGUSR1)).Want(10), `rt_sigtimedwait([USR1], NULL, NULL, 8) = 10`},
		{SetMask(Signals(SIGUSR2, SIGUSR1, RealTime(4))), `rt_sigprocmask(SIG_SETMASK, [USR1 USR2 RT_4], NULL, 8)`},
		{SetMask(0), `rt_sigprocmask(SIG_SETMASK, [], NULL, 8)`},
		{Interrupt(SIGUSR2), `rt_sigaction(SIGUSR2, {return, sa_flags=0}, NULL, 8)`},
		{Store(go1, 1), `*go = 1`},
		{SpinUntil(go1, 1), `while (*go != 1);`},
		{YieldWhile(go1, 0), `while (*go == 0) sched_yield();`},
		{FutexWait(go1, 0), `while (*go == 0) futex(go, FUTEX_WAIT, 0, NULL);`},
		{FutexWake(go1, 2).Want(1), `futex(go, FUTEX_WAKE, 2, NULL) = 1`},
		{Sleep(1200 * time.Millisecond), `clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, now + {tv_sec=1, tv_nsec=200000000}, NULL)`},
		{PollIn(r).Want(0).Gone(1), `ppoll([{fd=r, events=POLLIN}], 1, {tv_sec=0, tv_nsec=0}, NULL, 0) = 0; 1: parent-gone`},
		{ParentDeathSignal(SIGKILL), `prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)`},
		{CloseRange(3, 5), `close_range(3, 5, 0)`},
		{CloseRange(3, ^uint32(0)), `close_range(3, ~0U, 0)`},
		{Sethostname("In Namespace").Try(), `sethostname("In Namespace", 12); or fails`},
		{Exec("/bin/sh", []string{"sh", "-c", "exit 1"}, []string{"A=b c"}), `execve("/bin/sh", ["sh", "-c", "exit 1"], ["A=b c"])`},
		{Exec("/bin/true", nil, nil), `execve("/bin/true", [], [])`},
		{Exec("/bin/true", []string{""}, nil), `execve("/bin/true", [""], [])`},
		{Exit(3), `exit_group(3)`},
		{AwaitEnd(Child), `waitid(P_PID, child, NULL, WEXITED|WNOWAIT|__WALL, NULL)`},
		{Arm(), `arm()`},
		{Resumed(), `stamp(resumed)`},
		{Stamp(StampReleased), `stamp(released)`},
		{ReleaseCPU(), `getcpu(cpu, NULL, NULL)`},
		{Op{}, `invalid(0)`},
		{Op{kind: kindCall}, `invalid call(0)`},
		{Op{kind: kindCall, call: calls}, `invalid call(52)`},
		{Stamp(200), `stamp(field(200))`},
	}
	for _, test := range tests {
		if got := test.op.String(); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// The counter is in the order of the machine's bytes: little-endian on both architectures.
func TestWriteCountString(t *testing.T) {
	want := `write(e, "\x01\x00\x00\x00\x00\x00\x00\x00", 8) = 8`
	if got := WriteCount(FD{"e", 5}, 1).String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestProgramString(t *testing.T) {
	r, w := FD{"r", 7}, FD{"w", 8}
	p := Program{Close(w), Arm(), Read(r, 1).Want(0)}
	want := strings.TrimPrefix(`
close(w)
arm()
read(r, buf, 1) = 0
`, "\n")
	if diff := cmp.Diff(want, p.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := (Program)(nil).String(); got != "" {
		t.Errorf("the empty program prints %q, want nothing", got)
	}
}

func TestOutcomeString(t *testing.T) {
	tests := []struct {
		o    Outcome
		want string
	}{
		{Outcome{}, "unfinished"},
		{Outcome{Verdict: Released, Part: 1, Index: 2}, "released"},
		{Outcome{Verdict: ParentGone, Part: 1, Index: 2}, "parent-gone: part 1 op 2: result 0"},
		{Outcome{Verdict: Failed, Part: 0, Index: 3, Errno: 9, Result: -1}, "failed: part 0 op 3: bad file descriptor"},
		{Outcome{Verdict: Failed, Result: 5}, "failed: part 0 op 0: result 5"},
		{Outcome{Verdict: 9}, "verdict(9): part 0 op 0: result 0"},
	}
	for _, test := range tests {
		if got := test.o.String(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
