//go:build amd64 || arm64

package program

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// run runs a program in this process, on a board of its own.
func run(t *testing.T, p ...Op) Outcome {
	t.Helper()
	return Run(load(t, newBoard(t, 1), Part{Program: p}))
}

// ebadf is what a descriptor that is none yields.
const ebadf = Errno(unix.EBADF)

var released = Outcome{Verdict: Released}

func TestClose(t *testing.T) {
	b := newBoard(t, 1) // before the close: it has a descriptor, too
	r, _ := pipe(t)
	if got := Run(load(t, b, Part{Program: Program{Close(r)}})); got != released {
		t.Fatal(got)
	}
	if _, err := unix.FcntlInt(uintptr(r.N), unix.F_GETFD, 0); !errors.Is(err, unix.EBADF) {
		t.Errorf("descriptor after its close: %v, want EBADF", err)
	}
	if got, want := Run(load(t, b, Part{Program: Program{Close(r)}})), (Outcome{Verdict: Failed, Errno: ebadf, Result: -1}); got != want {
		t.Errorf("a second close: %v, want %v", got, want)
	}
}

func TestReadAndWrite(t *testing.T) {
	r, w := pipe(t)
	if got := run(t, Write(w, "two"), Read(r, 2).Want(2), Read(r, 2).Want(1), Close(w), Read(r, 2).Want(0)); got != released {
		t.Error(got)
	}
}

func TestWriteWritesItsBytes(t *testing.T) {
	r, w := pipe(t)
	if got := run(t, Write(w, "a\x00b")); got != released {
		t.Fatal(got)
	}
	b := make([]byte, 8)
	if n, err := unix.Read(r.N, b); err != nil || string(b[:n]) != "a\x00b" {
		t.Errorf("read %q, %v", b[:n], err)
	}
}

func TestWriteCountIsOneOfTheMachine(t *testing.T) {
	n, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	e := FD{"e", n}
	if got := run(t, WriteCount(e, 3), WriteCount(e, 4), PollIn(e).Want(1)); got != released {
		t.Fatal(got)
	}
	b := make([]byte, 8)
	if _, err := unix.Read(n, b); err != nil || b[0]+b[7] != 7 {
		t.Errorf("the counter reads % x, %v; want 7", b, err)
	}
	if got := run(t, PollIn(e).Want(0), Close(e)); got != released {
		t.Error(got)
	}
}

func TestPollIn(t *testing.T) {
	r, w := pipe(t)
	if got := run(t, PollIn(r).Want(0), Write(w, "x"), PollIn(r).Want(1), Read(r, 1), PollIn(r).Want(0)); got != released {
		t.Error(got)
	}
}

// On a pidfd it tells an end, and tells it before the process is reaped.
func TestPollInOfAProcess(t *testing.T) {
	b := newBoard(t, 1)
	r, w := pipe(t)
	c := start(t, b, Part{Program: Program{Arm(), Read(r, 1)}})
	c.awaitAsleep(t, b, 0)
	other := FD{"pidfd", c.pidfd}
	if got := run(t, PollIn(other).Want(0), Write(w, "x")); got != released {
		t.Fatal(got)
	}
	for c.state(t) != 'Z' {
		pause(t)
	}
	if got := run(t, PollIn(other).Want(1)); got != released {
		t.Error(got)
	}
}

func TestSleepTakesItsTime(t *testing.T) {
	b := newBoard(t, 1)
	if got := Run(load(t, b, Part{Program: Program{Arm(), Sleep(20 * time.Millisecond), Resumed()}})); got != released {
		t.Fatal(got)
	}
	if s := b.Stage(0); s.Resumed-s.Armed < 20e6 {
		t.Errorf("slept %d ns, want at least 20 ms", s.Resumed-s.Armed)
	}
}

// By either clock a delay takes at least the ticks that it is of, in this process
// and in a child, and none at all takes none.
func TestBusyTakesItsTicks(t *testing.T) {
	for name, clock := range map[string]Clock{"counter": Counter, "call": Syscall} {
		t.Run(name, func(t *testing.T) {
			b, err := NewBoard(64<<10, clock)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := b.Close(); err != nil {
					t.Error(err)
				}
			}()
			for _, ticks := range []uint64{0, 1, 1000, 1_000_000} {
				if err := b.Reset(2); err != nil {
					t.Fatal(err)
				}
				p := Program{Stamp(StampReleased), Busy(ticks), Stamp(StampDelayed), Stamp(StampSignalled)}
				if got := Run(load(t, b, Part{Stage: 0, Program: p})); got != released {
					t.Fatal(got)
				}
				start(t, b, Part{Stage: 1, Program: p}).ends(t, released)
				for i := range 2 {
					s := b.Stage(i)
					if s.Delayed-s.Released < ticks || s.Signalled < s.Delayed {
						t.Errorf("%d ticks, side %d: released %d, delayed %d, signalled %d", ticks, i, s.Released, s.Delayed, s.Signalled)
					}
				}
			}
		})
	}
}

func TestFutexWakeCountsWhoSlept(t *testing.T) {
	b := newBoard(t, 2)
	w := newWord(t, b)
	one := start(t, b, Part{Stage: 0, Program: Program{Arm(), FutexWait(w, 0)}})
	two := start(t, b, Part{Stage: 1, Program: Program{Arm(), FutexWait(w, 0)}})
	one.awaitAsleep(t, b, 0)
	two.awaitAsleep(t, b, 1)
	if got := Run(load(t, b, Part{Program: Program{Store(w, 1), FutexWake(w, 1).Want(1), FutexWake(w, 9).Want(1), FutexWake(w, 9).Want(0)}})); got != released {
		t.Error(got)
	}
	one.ends(t, released)
	two.ends(t, released)
}

// A word that has changed before the wait lets it through: the wait reads it.
func TestFutexWaitOfAnotherValue(t *testing.T) {
	b := newBoard(t, 1)
	w := newWord(t, b)
	if got := Run(load(t, b, Part{Program: Program{Store(w, 1), FutexWait(w, 0)}})); got != released {
		t.Error(got)
	}
}

// The waits that do not sleep end with their value and with no other.
func TestSpinAndPause(t *testing.T) {
	for name, until := range map[string]func(Word, uint32) Op{"spin": SpinUntil, "pause": PauseUntil} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t, 1)
			w := newWord(t, b)
			c := start(t, b, Part{Program: Program{Arm(), until(w, 2), Resumed()}})
			for !b.AwaitArmed(0, 1) {
				pause(t)
			}
			for _, v := range []uint32{1, 3, ^uint32(0)} {
				if got := Run(load(t, b, Part{Program: Program{Store(w, v), Sleep(5 * time.Millisecond)}})); got != released {
					t.Fatal(got)
				}
				if state := c.state(t); state == 'Z' || b.Stage(0).Resumed != 0 {
					t.Fatalf("at %d the child went on: %v", v, c.code.Outcome())
				}
			}
			Run(load(t, b, Part{Program: Program{Store(w, 2)}}))
			c.ends(t, released)
		})
	}
}

func TestKillAndSigwait(t *testing.T) {
	b := newBoard(t, 1)
	r, w := pipe(t)
	set := Signals(SIGUSR1)
	c := start(t, b, Part{Program: Program{SetMask(set), Read(r, 1).Want(1), Arm(), Sigwait(set).Want(int64(SIGUSR1))}})
	code, err := b.Load(Env{Peer: c.pid}, Part{Program: Program{
		Kill(Child, SIGUSR1), // before the wait: it stays pending
		Write(w, "x"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := Run(code); got != released {
		t.Fatal(got)
	}
	c.ends(t, released)
}

// A signal that is neither blocked nor handled has its default action.
func TestSetMaskUnblocks(t *testing.T) {
	b := newBoard(t, 1)
	r, _ := pipe(t)
	c := start(t, b, Part{Program: Program{SetMask(Signals(SIGUSR1)), Arm(), Read(r, 1)}})
	c.awaitAsleep(t, b, 0)
	if got, want := c.field(t, "SigBlk"), "0000000000000200"; got != want {
		t.Errorf("blocked: %s, want %s", got, want)
	}
	c.signal(t, unix.SIGUSR2)
	if status := c.reap(t); status.Signal() != unix.SIGUSR2 {
		t.Errorf("status %#x, want killed by SIGUSR2", status)
	}
}

// The thread that cloned the child ends, and the rest of the process does not.
func TestParentDeathSignal(t *testing.T) {
	b := newBoard(t, 1)
	r, _ := pipe(t)
	code := load(t, b, Part{Program: Program{ParentDeathSignal(SIGKILL), Arm(), Read(r, 1)}})
	stack := mapStack(t)
	started := make(chan *child)
	end := make(chan struct{})
	go onThrowawayThread(func() {
		pid, pidfd, err := Clone(code, unix.CLONE_PIDFD, stack)
		if err != nil {
			t.Error(err)
			close(started)
			return
		}
		started <- &child{pid: pid, pidfd: pidfd, code: code}
		<-end
	})
	c := <-started
	if c == nil {
		return
	}
	t.Cleanup(func() { c.discard(t) })
	c.awaitAsleep(t, b, 0)
	close(end)
	if status := c.reap(t); status.Signal() != unix.SIGKILL {
		t.Errorf("status %#x, want killed by SIGKILL", status)
	}
}

// onThrowawayThread calls f on a thread that ends with it. The first thread of
// the process cannot end: Go parks it instead, so it is passed over.
func onThrowawayThread(f func()) {
	runtime.LockOSThread() // and never unlocked: so the thread ends with the goroutine
	if unix.Gettid() != unix.Getpid() {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		onThrowawayThread(f)
	}()
	<-done
	runtime.UnlockOSThread()
}

func TestCloseRange(t *testing.T) {
	b := newBoard(t, 1)
	r, _ := pipe(t)
	c := start(t, b, Part{Program: Program{
		CloseRange(0, uint32(r.N)-1),
		CloseRange(uint32(r.N)+1, ^uint32(0)),
		Arm(),
		Read(r, 1),
	}})
	c.awaitAsleep(t, b, 0)
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", c.pid))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != fmt.Sprint(r.N) {
		t.Errorf("descriptors %v, want only %d", entries, r.N)
	}
}

func TestExit(t *testing.T) {
	b := newBoard(t, 1)
	c := start(t, b, Part{Program: Program{Exit(41)}})
	if status := c.reap(t); status.ExitStatus() != 41 {
		t.Errorf("status %#x, want exit status 41", status)
	}
	if got := c.code.Outcome(); got != (Outcome{}) {
		t.Errorf("outcome: %v, want unfinished: the program has not come to its end", got)
	}
}

// executed runs a shell script in place of the child and returns what it wrote
// to its $1.
func executed(t *testing.T, flags uint64, before Program, script string, env ...string) string {
	t.Helper()
	b := newBoard(t, 1)
	out := filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(out, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	exec := Exec("/bin/sh", []string{"sh", "-c", script, "sh", out, "two words", ""}, env)
	c := startIn(t, flags, b, Part{Program: append(slices.Clone(before), SetMask(0), exec)})
	if status := c.reap(t); status.ExitStatus() != 0 {
		t.Fatalf("the shell: status %#x, outcome %v", status, c.code.Outcome())
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestExec(t *testing.T) {
	got := executed(t, 0, nil, `printf '%s|%s|%s|%s' "$#" "$2" "$3" "$A" > "$1"`, "A=1 2", "PATH=/bin")
	if want := "3|two words||1 2"; got != want {
		t.Errorf("argv and environment came as %q, want %q", got, want)
	}
}

func TestExecOfNothing(t *testing.T) {
	b := newBoard(t, 1)
	c := start(t, b, Part{Program: Program{Arm(), Exec("/nonexistent/sh", []string{"sh"}, nil)}})
	c.ends(t, Outcome{Verdict: Failed, Index: 1, Errno: Errno(unix.ENOENT), Result: -1})
}

func TestSethostname(t *testing.T) {
	before, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	flags := uint64(unix.CLONE_NEWUTS)
	if unix.Geteuid() != 0 {
		needUserNamespaces(t)
		flags |= unix.CLONE_NEWUSER
	}
	got := executed(t, flags, Program{Sethostname("In Namespace")}, `read -r name < /proc/sys/kernel/hostname; printf %s "$name" > "$1"`)
	if got != "In Namespace" {
		t.Errorf("the child's host is %q, want In Namespace", got)
	}
	if after, err := os.Hostname(); err != nil || after != before {
		t.Errorf("this host is %q, %v; want %q as before", after, err, before)
	}
}

// needUserNamespaces ends a test where a user namespace cannot be made.
func needUserNamespaces(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pid, pidfd, err := Clone(load(t, newBoard(t, 1), Part{}), unix.CLONE_NEWUSER|unix.CLONE_PIDFD, mapStack(t))
	if err != nil {
		missing(t, "userns", err)
	}
	c := &child{pid: pid, pidfd: pidfd}
	c.discard(t)
}

// Both clocks stamp a release in order, over a gate that really holds.
func TestStampsOfARelease(t *testing.T) {
	for name, clock := range map[string]Clock{"counter": Counter, "syscall": Syscall} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t, 2)
			b.clock = clock
			r, w := pipe(t)
			began := clock.Now()
			c := start(t, b, Part{Stage: 1, Program: Program{Arm(), Read(r, 1).Want(1), Resumed()}})
			c.awaitAsleep(t, b, 1)
			if got := Run(load(t, b, Part{Stage: 1, Program: Program{Stamp(StampReleased), Write(w, "x"), Stamp(StampSignalled)}})); got != released {
				t.Fatal(got)
			}
			c.ends(t, released)
			ended := clock.Now()
			s := b.Stage(1)
			if began > s.Armed || s.Armed >= s.Released || s.Released > s.Resumed || s.Released > s.Signalled || s.Resumed > ended {
				t.Errorf("began %d, armed %d, released %d, signalled %d, resumed %d, ended %d: out of order",
					began, s.Armed, s.Released, s.Signalled, s.Resumed, ended)
			}
			if s.After.Voluntary <= s.Before.Voluntary {
				t.Errorf("voluntary switches %d and %d: no proof of having blocked", s.Before.Voluntary, s.After.Voluntary)
			}
			if before, after := s.CPUBefore.NS(), s.CPUAfter.NS(); before <= 0 || after < before {
				t.Errorf("CPU time %d and %d ns: out of order", before, after)
			}
			if *b.Stage(0) != (Stage{}) {
				t.Errorf("stage 0 has been written to: %+v", *b.Stage(0))
			}
		})
	}
}

func TestCPUsAreNoted(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var old, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &old); err != nil {
		t.Fatal(err)
	}
	last := 0
	for cpu := range 64 * len(old) {
		if old.IsSet(cpu) {
			last = cpu
		}
	}
	one.Set(last)
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		t.Fatal(err)
	}
	b := newBoard(t, 1)
	got := Run(load(t, b, Part{Program: Program{Resumed(), ReleaseCPU()}}))
	if err := unix.SchedSetaffinity(0, &old); err != nil {
		t.Error(err)
	}
	if s := b.Stage(0); got != released || s.ParentCPU != uint32(last) || s.ChildCPU != uint32(last) {
		t.Errorf("%v: parent on CPU %d, child on CPU %d, want %d", got, s.ParentCPU, s.ChildCPU, last)
	}
}

func TestClockAwait(t *testing.T) {
	for _, clock := range []Clock{Counter, Syscall} {
		end := clock.Now() + 100_000
		clock.Await(end)
		if now := clock.Now(); now < end {
			t.Errorf("clock %d: %d after Await(%d)", clock, now, end)
		}
	}
}

func TestOutcomes(t *testing.T) {
	const bad = 1 << 20 // no such descriptor
	r, w := pipe(t)
	file := FD{"none", bad}
	for name, test := range map[string]struct {
		parts []Part
		want  Outcome
	}{
		"nothing to do":                          {nil, released},
		"empty parts":                            {[]Part{{}, {}}, released},
		"as wanted":                              {[]Part{{0, Program{Write(w, "ab"), Read(r, 2).Want(2)}}}, released},
		"any result will do":                     {[]Part{{0, Program{Write(w, "ab"), Read(r, 9)}}}, released},
		"failed, errno":                          {[]Part{{0, Program{Arm(), Read(file, 1)}}}, Outcome{Failed, 0, 1, ebadf, -1}},
		"failed, result":                         {[]Part{{0, Program{Write(w, "ab"), Read(r, 2).Want(1)}}}, Outcome{Failed, 0, 1, 0, 2}},
		"another errno":                          {[]Part{{0, Program{Read(file, 1).GoneError(104)}}}, Outcome{Failed, 0, 0, ebadf, -1}},
		"gone by result":                         {[]Part{{0, Program{PollIn(r).Gone(0)}}}, Outcome{ParentGone, 0, 0, 0, 0}},
		"gone before unwanted":                   {[]Part{{0, Program{PollIn(r).Want(1).Gone(0)}}}, Outcome{ParentGone, 0, 0, 0, 0}},
		"gone by errno":                          {[]Part{{0, Program{Arm(), Read(file, 1).GoneError(ebadf)}}}, Outcome{ParentGone, 0, 1, ebadf, -1}},
		"allowed to fail":                        {[]Part{{0, Program{Read(file, 1).Try(), PollIn(r).Want(0)}}}, released},
		"allowed to fail, but not with a result": {[]Part{{0, Program{PollIn(r).Want(1).Try()}}}, Outcome{Failed, 0, 0, 0, 0}},
		"in a later part":                        {[]Part{{0, Program{Arm(), Resumed()}}, {1, Program{Arm(), Resumed(), Read(file, 1)}}}, Outcome{Failed, 1, 2, ebadf, -1}},
		"what follows an end is not done":        {[]Part{{0, Program{Read(file, 1)}}, {0, Program{Close(r)}}}, Outcome{Failed, 0, 0, ebadf, -1}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t, 2)
			if got := Run(load(t, b, test.parts...)); got != test.want {
				t.Errorf("in this process: %+v, want %+v", got, test.want)
			}
			c := start(t, b, test.parts...)
			c.ends(t, test.want)
		})
	}
	if got := run(t, PollIn(r).Want(0)); got != released {
		t.Errorf("the pipe is not as it was: %v", got)
	}
}
