//go:build amd64 || arm64

package program

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSpawn(t *testing.T) {
	b := newBoard(t, 2)
	pid, seen, told := newWord(t, b), newWord(t, b), newWord(t, b)
	spawned := Program{Arm(), Getppid().Into(seen), Sleep(1e6), Store(told, 42), Close(FD{"none", 1 << 20})}
	c := start(t, b, Part{Program: Program{Spawn(0, Part{1, spawned}).Into(pid), AwaitEnd(pid), Load(told).Want(42)}})
	c.ends(t, released)
	if got, want := c.code.Spawned(0).Outcome(), (Outcome{Failed, 0, 4, Errno(unix.EBADF), -1}); got != want {
		t.Errorf("what was spawned: %v, want %v", got, want)
	}
	if b.Stage(1).Armed == 0 || b.Stage(0).Armed != 0 {
		t.Error("the stage of what was spawned is not armed, or another is")
	}
	if got := int(b.Value(seen)); got != c.pid {
		t.Errorf("its parent is %d, want %d, which spawned it", got, c.pid)
	}
	if got := b.Value(pid); got == 0 || int(got) == c.pid {
		t.Errorf("its process ID is %d", got)
	}
}

// One that is spawned in the wait of another is not disturbed by the other's stack,
// and has its signals blocked and no handler.
func TestSpawnBeginsAsAChildOfClone(t *testing.T) {
	b := newBoard(t, 2)
	pid := newWord(t, b)
	r, _ := pipe(t)
	c := start(t, b, Part{Program: Program{Interrupt(SIGUSR2), Spawn(0, Part{1, Program{Arm(), Read(r, 1)}}).Into(pid), Arm(), Read(r, 1)}})
	c.awaitAsleep(t, b, 0)
	spawned := &child{pid: int(b.Value(pid)), code: c.code.Spawned(0)}
	spawned.awaitAsleep(t, b, 1)
	if got, want := spawned.field(t, "SigBlk"), "fffffffffffbfeff"; got != want {
		t.Errorf("blocked: %s, want %s", got, want)
	}
	if got := spawned.field(t, "SigCgt"); got != strings.Repeat("0", 16) {
		t.Errorf("caught: %s, want none", got)
	}
	if err := unix.Kill(spawned.pid, unix.SIGKILL); err != nil {
		t.Error(err)
	}
}

func TestSpawnInNamespaces(t *testing.T) {
	needUserNamespaces(t)
	b := newBoard(t, 2)
	pid, own := newWord(t, b), newWord(t, b)
	c := start(t, b, Part{Program: Program{Spawn(NewUser|NewPID, Part{1, Program{Getpid().Into(own)}}).Into(pid), AwaitEnd(pid)}})
	c.ends(t, released)
	if got := b.Value(own); got != 1 {
		t.Errorf("in its PID namespace it is %d, want 1", got)
	}
}

// The end of a thread is not that of its process, which it shares all with.
func TestSpawnThread(t *testing.T) {
	b := newBoard(t, 2)
	tid, pid, ended := newWord(t, b), newWord(t, b), newWord(t, b)
	r, w := pipe(t)
	again, _ := pipe(t)
	thread := Program{Arm(), Getpid().Into(pid), Write(w, "x"), Store(ended, 1), FutexWake(ended, 1), Close(w)}
	c := start(t, b, Part{Program: Program{SpawnThread(Part{1, thread}).Into(tid), FutexWait(ended, 0), Read(r, 1).Want(1), Arm(), Read(again, 1)}})
	c.awaitAsleep(t, b, 0)
	for c.code.Spawned(0).Outcome() == (Outcome{}) {
		pause(t)
	}
	if got := c.code.Spawned(0).Outcome(); got != released {
		t.Errorf("the thread: %v", got)
	}
	if got := int(b.Value(pid)); got != c.pid {
		t.Errorf("the thread is of process %d, want %d", got, c.pid)
	}
	for {
		if _, err := os.Stat(fmt.Sprintf("/proc/%d/task/%d", c.pid, b.Value(tid))); errors.Is(err, os.ErrNotExist) {
			break
		}
		pause(t)
	}
	if state := c.state(t); state != 'S' {
		t.Errorf("the process is in state %c, want asleep in its wait", state)
	}
	if _, err := os.Lstat(fmt.Sprintf("/proc/%d/fd/%d", c.pid, w.N)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the descriptor that the thread has closed: %v", err)
	}
}

// A thread that waits when its process ends is ended with it.
func TestSpawnThreadEndsWithItsProcess(t *testing.T) {
	b := newBoard(t, 2)
	r, _ := pipe(t)
	c := start(t, b, Part{Program: Program{SpawnThread(Part{1, Program{Arm(), Read(r, 1)}}), Sleep(2e6)}})
	c.ends(t, released)
	if got := c.code.Spawned(0).Outcome(); got != (Outcome{}) {
		t.Errorf("the thread: %v, want unfinished", got)
	}
}

// Each has its own stack: many at a time, in one that was spawned itself.
func TestSpawnMany(t *testing.T) {
	b, err := NewBoard(1<<20, Syscall)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := b.Reset(1); err != nil {
		t.Fatal(err)
	}
	var p Program
	var done []Word
	for i := range 16 {
		w := newWord(t, b)
		done = append(done, w)
		what := Part{0, Program{Sleep(1e6), Store(w, uint32(i)+1), FutexWake(w, 1)}}
		if i%2 == 0 {
			p = append(p, Spawn(0, what))
		} else {
			p = append(p, SpawnThread(what))
		}
	}
	for _, w := range done {
		p = append(p, FutexWait(w, 0))
	}
	pid := newWord(t, b)
	c := start(t, b, Part{Program: Program{Spawn(0, Part{0, p}).Into(pid), AwaitEnd(pid)}})
	c.ends(t, released)
	all := c.code.Spawned(0)
	if got := all.Outcome(); got != released {
		t.Fatalf("the one that spawned all: %v", got)
	}
	for i, w := range done {
		if got := b.Value(w); got != uint32(i)+1 {
			t.Errorf("word %d is %d", i, got)
		}
	}
}

func TestSpawnRefused(t *testing.T) {
	b := newBoard(t, 2)
	bad := Program{Arm(), Spawn(0, Part{Program: Program{Close(FD{"x", -1})}})}
	var op *OpError
	if err := bad.Check(); !errors.As(err, &op) || op.Index != 1 {
		t.Errorf("Check: %v, want an *OpError at operation 1", err)
	}
	if _, err := b.Load(Env{}, Part{Program: Program{Spawn(0, Part{Stage: 2})}}); err == nil {
		t.Error("Load took a stage that is not there")
	}
	if err := (Program{{kind: kindSpawn}}).Check(); err == nil {
		t.Error("Check took a Spawn of nothing")
	}
	c := start(t, b, Part{Program: Program{Spawn(Namespace(cloneSameThread), Part{}).Try(), Spawn(Namespace(cloneSameThread), Part{})}})
	c.ends(t, Outcome{Failed, 0, 1, Errno(unix.EINVAL), 0})
}

// What is spawned is part of what a program needs.
func TestSpawnedIsPartOfTheProgram(t *testing.T) {
	r := FD{"r", 7}
	p := Program{Spawn(0, Part{Program: Program{Read(r, 1), Sigwait(Signals(SIGUSR1))}})}
	if got := p.Files(); !slices.Equal(got, []FD{r}) {
		t.Errorf("files: %v", got)
	}
	if got := p.Signals(); got != Signals(SIGUSR1) {
		t.Errorf("signals: %v", got)
	}
}
