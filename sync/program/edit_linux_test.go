//go:build amd64 || arm64

package program

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// What opens a descriptor has it in a word, and who executes a program keeps it.
func TestOpens(t *testing.T) {
	w := Word{"w", 0}
	for _, op := range []Op{
		Open("f", ReadOnly), MqOpen("q"), InotifyInit(), PidfdOpen(PID{"p", 1}), EpollCreate(),
	} {
		if got := (Program{op.Into(w)}).Opens(); len(got) != 1 || got[0] != w {
			t.Errorf("%v opens %v", op, got)
		}
	}
	if got := (Program{Getpid().Into(w), Semget(1).Into(w)}).Opens(); got != nil {
		t.Errorf("an ID is no descriptor: %v", got)
	}
}

func TestSplit(t *testing.T) {
	r, w := FD{"r", 7}, FD{"w", 8}
	p := Program{Close(w), Arm(), Read(r, 1)}
	before, after := p.Split()
	if got, want := before.String()+"--\n"+after.String(), "close(w)\n--\narm()\nread(r, buf, 1)\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	_ = append(before, Exit(1))
	if p[1].String() != "arm()" {
		t.Error("what is appended to the part before Arm stands in the program")
	}
	if before, after := p[:1].Split(); len(before) != 1 || after != nil {
		t.Errorf("without Arm: %d and %d operations, want all before", len(before), len(after))
	}
}

func TestKeepingOpen(t *testing.T) {
	r, w, own := FD{"r", 7}, FD{"w", 8}, Word{"own", wordsStart}
	p := Program{Close(w), Open("/f", ReadOnly).Into(own), Close(own), Arm(), Read(r, 1), Close(r)}
	was := p.String()
	edited, kept := p.KeepingOpen()
	if diff := cmp.Diff(Program{p[1], p[2], p[3], p[4], p[5]}.String(), edited.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !slices.Equal(kept, []FD{w}) {
		t.Errorf("kept: %v, want w", kept)
	}
	if p.String() != was {
		t.Error("the program itself was edited")
	}
}

func TestTakesProcess(t *testing.T) {
	w := Word{"w", wordsStart}
	for _, test := range []struct {
		p            Program
		process, pid bool
	}{
		{Program{Close(w), Kill(Child, SIGUSR1)}, true, false},
		{Program{PidfdSignal(Child, SIGUSR1)}, false, true},
		{Program{KillThread(w, Child, SIGUSR1), TakeFile(Child, w)}, true, true},
		{Program{Kill(w, SIGUSR1)}, false, false},
	} {
		if test.p.TakesProcess() != test.process || test.p.TakesPidfd() != test.pid {
			t.Errorf("%v: TakesProcess %v, TakesPidfd %v", test.p, test.p.TakesProcess(), test.p.TakesPidfd())
		}
	}
}

func TestWaits(t *testing.T) {
	r, w := FD{"r", 7}, Word{"w", wordsStart}
	p := Program{Open("/f", ReadOnly), Arm(), Read(r, 1), FutexWait(w, 0), FutexWake(w, 1), SpinUntil(w, 1), Sleep(1), AwaitFile("/f", 1), Busy(1), Stamp(StampReleased), Exit(1), Resumed()}
	if got, want := p.Waits().String(), "read, futex, clock_nanosleep, statx, nanosleep"; got != want {
		t.Errorf("waits by %q, want %q", got, want)
	}
	if got := p[:1].Waits(); got != nil {
		t.Errorf("a program without Arm waits by %v", got)
	}
}

// Each wait is interrupted by a handler, and would go on.
func TestOnceFailsByAnInterruption(t *testing.T) {
	for name, wait := range map[string]func(r FD, w Word) Op{
		"a call":       func(r FD, _ Word) Op { return Read(r, 1) },
		"a wait":       func(_ FD, w Word) Op { return FutexWait(w, 0) },
		"a sleep":      func(FD, Word) Op { return Sleep(time.Hour) },
		"a suspension": func(_ FD, w Word) Op { return Suspend(SIGUSR1, w) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t, 1)
			r, _ := pipe(t)
			w := newWord(t, b)
			p := Program{Interrupt(SIGUSR2), SetMask(Signals(SIGUSR1)), Arm(), wait(r, w)}
			c := start(t, b, Part{Program: p.Once()})
			c.awaitAsleep(t, b, 0)
			c.signal(t, unix.SIGUSR2)
			c.reap(t)
			if got := c.code.Outcome(); got.Verdict != Failed || got.Index != 3 || got.Errno != EINTR {
				t.Errorf("outcome: %v, want failed at op 3 by EINTR", got)
			}
			if p[3].once {
				t.Error("the program itself was edited")
			}
		})
	}
}

// Who looks again after a sleep does so after one that was cut short: a program that
// does not ask how its sleep ended has nothing that fails, whatever it looks at.
func TestOnceLooksAgain(t *testing.T) {
	b := newBoard(t, 1)
	w := newWord(t, b)
	c := start(t, b, Part{Program: Program{Interrupt(SIGUSR2), Arm(), SleepWhile(w, 0, 10*time.Millisecond)}.Once()})
	c.awaitAsleep(t, b, 0)
	c.signal(t, unix.SIGUSR2)
	c.awaitAsleep(t, b, 0)
	b.Set(w, 1)
	c.ends(t, released)
}

// What is interrupted by the release itself is released: a suspension always is.
func TestOnceIsReleased(t *testing.T) {
	b := newBoard(t, 1)
	w := newWord(t, b)
	c := start(t, b, Part{Program: Program{Note(SIGUSR1), Arm(), Suspend(SIGUSR1, w)}.Once()})
	c.awaitAsleep(t, b, 0)
	c.signal(t, unix.SIGUSR1)
	c.ends(t, released)
}

func TestTowardReachesAProcessThatAWordNames(t *testing.T) {
	b := newBoard(t, 1)
	pid, err := b.Word("pid")
	if err != nil {
		t.Fatal(err)
	}
	pidfd, err := b.Word("pidfd")
	if err != nil {
		t.Fatal(err)
	}
	release := Program{Kill(Child, SIGUSR1), PidfdSignal(Child, SIGUSR2)}
	toward := release.Toward(pid, pidfd)
	if diff := cmp.Diff("if (*pid <= 0) ESRCH;\nkill(*pid, SIGUSR1)\npidfd_send_signal(*pidfd, SIGUSR2, NULL, 0)\n", toward.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if toward.TakesProcess() || toward.TakesPidfd() || !release.TakesProcess() {
		t.Error("the edit took place in the wrong program")
	}
	both := Signals(SIGUSR1, SIGUSR2)
	c := start(t, b, Part{Program: Program{Arm(), Sigwait(both).Want(int64(SIGUSR1)), Sigwait(both).Want(int64(SIGUSR2))}})
	c.awaitAsleep(t, b, 0)
	b.Set(pid, uint32(c.pid))
	b.Set(pidfd, uint32(c.pidfd))
	if got := Run(load(t, b, Part{Program: toward})); got != released {
		t.Fatal(got)
	}
	c.ends(t, released)
}

// 0 would be this whole process group, and what is negative another or everybody.
func TestPositiveRefuses(t *testing.T) {
	b := newBoard(t, 1)
	w := newWord(t, b)
	for v, want := range map[uint64]Outcome{
		0:                          {Failed, 0, 0, ESRCH, 0},
		1<<64 - 1:                  {Failed, 0, 0, ESRCH, 0},
		1<<32 - 1:                  {Failed, 0, 0, ESRCH, 0},
		1 << 31:                    {Failed, 0, 0, ESRCH, 0},
		1 << 32:                    {Failed, 0, 0, ESRCH, 0}, // of which kill(2) would see 0
		1:                          released,
		1<<31 - 1:                  released,
		uint64(os.Getpid()):        released,
		uint64(unix.CLONE_NEWTIME): released,
	} {
		b.setDoubleWord(w, v)
		if got := Run(load(t, b, Part{Program: Program{Positive(w)}})); got != want {
			t.Errorf("%#x: %v, want %v", v, got, want)
		}
	}
}

// The proof on both sides of the wait and the end are not refused, and nor is what
// stands before the filter.
func TestRefuse(t *testing.T) {
	b := newBoard(t, 1)
	r, w := pipe(t)
	set := Program{Write(w, "x"), Read(r, 1), NoNewPrivileges()}
	for _, test := range []struct {
		name string
		wait Op
		how  Refusal
		want Outcome
	}{
		{"fails", Read(r, 1), RefuseWith(EPERM), Outcome{Failed, 0, 5, EPERM, -1}},
		{"is not there", Read(r, 1), RefuseWith(ENOSYS), Outcome{Failed, 0, 5, ENOSYS, -1}},
		{"fails and may", Read(r, 1).Try(), RefuseWith(ENOSYS), released},
		{"another", Getppid(), RefuseWith(EPERM), Outcome{Failed, 0, 5, EPERM, -1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			wait := Program{Arm(), test.wait, Resumed()}
			c := start(t, b, Part{Program: slices.Concat(set, Program{Refuse(wait.Waits(), test.how)}, wait)})
			c.ends(t, test.want)
		})
	}
	t.Run("is killed", func(t *testing.T) {
		wait := Program{Arm(), Read(r, 1), Resumed()}
		c := start(t, b, Part{Program: slices.Concat(set, Program{Refuse(wait.Waits(), RefuseByKill)}, wait)})
		if status := c.reap(t); status.Signal() != unix.SIGSYS {
			t.Errorf("status %#x, want killed by SIGSYS", status)
		}
		if got := c.code.Outcome(); got != (Outcome{}) || b.Stage(0).Armed == 0 {
			t.Errorf("outcome: %v, want unfinished behind Arm", got)
		}
	})
	t.Run("other calls are made", func(t *testing.T) {
		wait := Program{Arm(), Write(w, "y"), Read(r, 1).Want(1), Resumed()}
		c := start(t, b, Part{Program: slices.Concat(set, Program{Refuse(Program{Arm(), Getppid()}.Waits(), RefuseByKill)}, wait)})
		c.ends(t, released)
	})
}

// Of two filters the strictest answers, whichever was there first.
func TestRefuseWhatIsSupervised(t *testing.T) {
	b := newBoard(t, 1)
	listener := newWord(t, b)
	wait := Program{Arm(), Getppid(), Resumed()}
	c := start(t, b, Part{Program: slices.Concat(Program{NoNewPrivileges(), Refuse(wait.Waits(), RefuseWith(EPERM)), Supervise().Into(listener)}, wait)})
	c.reap(t)
	if got, want := c.code.Outcome(), (Outcome{Failed, 0, 4, EPERM, -1}); got != want {
		if got.Index == 2 {
			missing(t, "seccomp", unix.Errno(got.Errno))
		}
		t.Errorf("outcome: %v, want %v", got, want)
	}
}

func TestSetUser(t *testing.T) {
	if os.Getuid() != 0 {
		missing(t, "root", unix.EPERM)
	}
	b := newBoard(t, 1)
	r, _ := pipe(t)
	c := start(t, b, Part{Program: Program{SetUser(4242), Arm(), Read(r, 1)}})
	c.awaitAsleep(t, b, 0)
	if got := strings.Fields(c.field(t, "Uid")); !slices.Equal(got, slices.Repeat([]string{"4242"}, 4)) {
		t.Errorf("%v, want 4242 for all", got)
	}
}

func TestKeepOnExec(t *testing.T) {
	_, w := pipe(t)
	const script = `for n in $N; do [ -e /proc/self/fd/$n ] && printf kept || printf closed; done > "$1"`
	for want, before := range map[string]Program{"kept": {KeepOnExec(w)}, "closed": nil} {
		if got := executed(t, 0, before, script, fmt.Sprintf("N=%d", w.N)); got != want {
			t.Errorf("the program that was executed says %q, want %q", got, want)
		}
	}
}

func TestDefault(t *testing.T) {
	b := newBoard(t, 1)
	r, _ := pipe(t)
	c := start(t, b, Part{Program: Program{Interrupt(SIGUSR2), Default(SIGUSR2), SetMask(0), Arm(), Read(r, 1)}})
	c.awaitAsleep(t, b, 0)
	if got := c.field(t, "SigCgt"); strings.Trim(got, "0") != "" {
		t.Errorf("caught: %s, want none", got)
	}
	c.signal(t, unix.SIGUSR2)
	if status := c.reap(t); status.Signal() != unix.SIGUSR2 {
		t.Errorf("status %#x, want killed by SIGUSR2", status)
	}
}

// What is mounted in a namespace of the child's own is there and nowhere else.
func TestMountTmpfs(t *testing.T) {
	needUserNamespaces(t)
	b := newBoard(t, 1)
	r, _ := pipe(t)
	over := t.TempDir()
	c := startIn(t, unix.CLONE_NEWUSER|unix.CLONE_NEWNS, b, Part{Program: Program{
		MakePrivate(), MountTmpfs(over), Create(filepath.Join(over, "f")).Try(), Arm(), Read(r, 1),
	}})
	c.awaitAsleep(t, b, 0)
	mounts := c.file(t, "mountinfo")
	if !strings.Contains(mounts, " "+over+" ") {
		t.Errorf("nothing is mounted over %s:\n%s", over, mounts)
	}
	if strings.Contains(mounts, " shared:") {
		t.Errorf("a mount is shared:\n%s", mounts)
	}
	own, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(own), " "+over+" ") {
		t.Error("it is mounted here, too")
	}
}
