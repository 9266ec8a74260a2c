//go:build amd64 || arm64

package program

import (
	"encoding/binary"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The kernel does not say who sent it: the sender does, and the value comes with it.
func TestQueue(t *testing.T) {
	b := newBoard(t, 1)
	info := newMemory(t, b)
	sig := RealTime(8)
	c := start(t, b, Part{Program: Program{
		SetMask(Signals(sig)), Arm(), SigwaitInfo(Signals(sig), info).Want(int64(sig)), Load(info.Word("value", SiginfoValue)).Want(0x1234), Resumed(),
	}})
	c.awaitAsleep(t, b, 0)
	if got := Run(loadFor(t, b, c, Queue(Child, sig, 0x1234, os.Getpid()))); got != released {
		t.Fatal(got)
	}
	c.ends(t, released)
	half := func(i int) int32 { return int32(binary.NativeEndian.Uint32(b.Bytes(info)[4*i:])) }
	if half(0) != int32(sig) || half(2) != -1 || half(4) != int32(os.Getpid()) || half(5) != 0 {
		t.Errorf("signal %d, code %d, from process %d of user %d; want %d, SI_QUEUE, %d, 0", half(0), half(2), half(4), half(5), sig, os.Getpid())
	}
}

// Real-time signals are kept one by one, where of others one is kept.
func TestRealTimeSignalsAreQueued(t *testing.T) {
	b := newBoard(t, 1)
	sig := RealTime(8)
	set := Signals(sig, SIGUSR1)
	r, w := pipe(t)
	c := start(t, b, Part{Program: Program{
		SetMask(set), Arm(), Read(r, 1).Want(1),
		Sigwait(Signals(SIGUSR1)).Want(int64(SIGUSR1)), Sigwait(Signals(sig)).Want(int64(sig)), Sigwait(Signals(sig)).Want(int64(sig)), Resumed(),
		Sigwait(set),
	}})
	c.awaitAsleep(t, b, 0)
	if got := Run(loadFor(t, b, c, Kill(Child, SIGUSR1), Kill(Child, SIGUSR1), Queue(Child, sig, 1, 1), Queue(Child, sig, 2, 1), Write(w, "x"))); got != released {
		t.Fatal(got)
	}
	for b.Stage(0).Resumed == 0 {
		if c.state(t) == 'Z' {
			t.Fatal(c.code.Outcome())
		}
		pause(t)
	}
	if !c.asleep(t, 0) {
		t.Errorf("there was a signal more: %v", c.code.Outcome())
	}
}

func TestSignalfd(t *testing.T) {
	b := newBoard(t, 1)
	file, set := newWord(t, b), Signals(SIGUSR1)
	c := start(t, b, Part{Program: Program{
		SetMask(set), Signalfd(set).Into(file), Arm(), Read(file, SignalfdRecord).Want(SignalfdRecord), Resumed(),
	}})
	c.awaitAsleep(t, b, 0)
	if got := Run(loadFor(t, b, c, PidfdSignal(Child, SIGUSR1))); got != released {
		t.Fatal(got)
	}
	c.ends(t, released)
}

// A descriptor that is no pidfd is none, and one that a word holds is.
func TestPidfdSignal(t *testing.T) {
	b := newBoard(t, 1)
	file := newWord(t, b)
	r, _ := pipe(t)
	if got := run(t, PidfdSignal(r, SIGUSR1).GoneError(ebadf)); got.Verdict != ParentGone {
		t.Errorf("a signal through a pipe: %v", got)
	}
	c := start(t, b, Part{Program: Program{SetMask(0), Arm(), Read(r, 1)}})
	c.awaitAsleep(t, b, 0)
	b.Set(file, uint32(c.pidfd))
	if got := Run(load(t, b, Part{Program: Program{PidfdSignal(file, SIGUSR1)}})); got != released {
		t.Fatal(got)
	}
	if status := c.reap(t); status.Signal() != unix.SIGUSR1 {
		t.Errorf("status %#x, want killed by SIGUSR1", status)
	}
}

// The signal that is noted ends the wait, whether it comes before or while it
// waits, and is noted in the word of that wait and nowhere else.
func TestSuspend(t *testing.T) {
	for _, early := range []bool{false, true} {
		b := newBoard(t, 2)
		m := newMemory(t, b)
		first, second := m.Word("first", 4), m.Word("second", 16)
		b.Set(first, 0)
		b.Set(second, 0)
		r, w := pipe(t)
		c := start(t, b,
			Part{Stage: 0, Program: Program{SetMask(Signals(SIGUSR1)), Note(SIGUSR1), Arm(), Read(r, 1).Want(1), Suspend(SIGUSR1, first), Resumed()}},
			Part{Stage: 1, Program: Program{Arm(), Suspend(SIGUSR1, second), Resumed()}})
		c.awaitAsleep(t, b, 0)
		signal, open := Kill(Child, SIGUSR1), Write(w, "x")
		if !early {
			signal, open = open, signal
		}
		for _, op := range []Op{signal, open} {
			if got := Run(loadFor(t, b, c, op, Sleep(time.Millisecond))); got != released {
				t.Fatal(got)
			}
		}
		c.awaitAsleep(t, b, 1)
		if b.Value(first) != 1 || b.Value(second) != 0 || b.Stage(0).Resumed == 0 || b.Stage(1).Resumed != 0 {
			t.Fatalf("early %v: the words are %d and %d, want the first noted alone", early, b.Value(first), b.Value(second))
		}
		if before, after := double(b, m, 0), double(b, m, 8); before != 1<<32|(1<<32-1) || after != ^uint64(0) {
			t.Errorf("%#x and %#x around the word, want 1 in it and ones beside it", before, after)
		}
		if got := Run(loadFor(t, b, c, Kill(Child, SIGUSR1))); got != released {
			t.Fatal(got)
		}
		c.ends(t, released)
	}
}

// A signal that is neither noted nor blocked has its default action there.
func TestSuspendBlocksNothing(t *testing.T) {
	b := newBoard(t, 1)
	c := start(t, b, Part{Program: Program{SetMask(Signals(SIGUSR1, SIGUSR2)), Note(SIGUSR1), Arm(), Suspend(SIGUSR1, newWord(t, b))}})
	c.awaitAsleep(t, b, 0)
	c.signal(t, unix.SIGUSR2)
	if status := c.reap(t); status.Signal() != unix.SIGUSR2 {
		t.Errorf("status %#x, want killed by SIGUSR2", status)
	}
}
