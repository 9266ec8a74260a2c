//go:build amd64 || arm64

package program

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// runs runs a program on a board, which must be released.
func runs(t *testing.T, b *Board, p ...Op) {
	t.Helper()
	if got := Run(load(t, b, Part{Program: p})); got != released {
		t.Fatal(got)
	}
}

// A descriptor that was opened by name comes to be where one of that number is looked for.
func TestDupOfWhatHasBeenOpened(t *testing.T) {
	b := newBoard(t, 1)
	opened := newWord(t, b)
	r, w := pipe(t)
	other, _ := pipe(t)
	name := fmt.Sprintf("/proc/self/fd/%d", r.N)
	runs(t, b, Open(name, ReadOnly).Into(opened), Dup(opened, other), Close(opened), Write(w, "x"), Read(other, 1).Want(1))
}

func TestQueuesAreFoundByName(t *testing.T) {
	b := newBoard(t, 1)
	const key = 0x6e73_6201
	set := make3(t, "sysvipc", unix.SYS_SEMGET, key, 1, unix.IPC_CREAT|0o600)
	t.Cleanup(func() { make3(t, "sysvipc", unix.SYS_SEMCTL, set, 0, ipcRMID) })
	queue := make3(t, "sysvipc", unix.SYS_MSGGET, key, unix.IPC_CREAT|0o600, 0)
	t.Cleanup(func() { make3(t, "sysvipc", unix.SYS_MSGCTL, queue, ipcRMID, 0) })
	runs(t, b, Semget(key).Want(int64(set)), Msgget(key).Want(int64(queue)))
	for _, none := range []Op{Semget(key + 1), Msgget(key + 1), MqOpen("nsbench-none")} {
		if got, want := run(t, none), (Outcome{Verdict: Failed, Errno: ENOENT, Result: -1}); got != want {
			t.Errorf("%v: %v, want %v", none, got, want)
		}
	}
}

func TestMqOpen(t *testing.T) {
	const name = "nsbench-TestMqOpen"
	p, err := unix.BytePtrFromString(name)
	if err != nil {
		t.Fatal(err)
	}
	attr := [8]int64{1: 1, 2: 1} // mq_flags, mq_maxmsg, mq_msgsize; mq_open(3)
	n, _, errno := unix.Syscall6(unix.SYS_MQ_OPEN, uintptr(unsafe.Pointer(p)), unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o600, uintptr(unsafe.Pointer(&attr)), 0, 0)
	if errno != 0 {
		missing(t, "mq", errno)
	}
	t.Cleanup(func() { make3(t, "mq", unix.SYS_MQ_UNLINK, uintptr(unsafe.Pointer(p)), 0, 0) })
	b := newBoard(t, 1)
	opened := newWord(t, b)
	runs(t, b, MqOpen(name).Into(opened), MqSend(FD{"queue", int(n)}), MqReceive(opened).Want(1), Close(opened), Close(FD{"queue", int(n)}))
}

func TestWatchCreations(t *testing.T) {
	b := newBoard(t, 1)
	watch := newWord(t, b)
	dir := t.TempDir()
	runs(t, b, InotifyInit().Into(watch), WatchCreations(watch, dir), Create(filepath.Join(dir, "go")), Read(watch, 64).Want(32), Close(watch))
}

func TestPidfdOpen(t *testing.T) {
	b := newBoard(t, 1)
	pidfd := newWord(t, b)
	runs(t, b, PidfdOpen(PID{"self", os.Getpid()}).Into(pidfd), PidfdSignal(pidfd, 0), Close(pidfd))
}

// The code goes on while the memory in which it lies is mapped from a descriptor,
// and both processes see the same after that as before.
func TestMapAnew(t *testing.T) {
	b := newBoard(t, 1)
	if b.File().N < 0 {
		t.Skip("the board has no file")
	}
	opened, said := newWord(t, b), newWord(t, b)
	c := start(t, b, Part{Program: Program{
		Open(fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), b.File().N), ReadWrite).Into(opened), b.MapAnew(opened), Close(opened),
		Arm(), SpinUntil(said, 1), Resumed(),
	}})
	if !b.AwaitArmed(0, 1<<34) {
		t.Fatal("the child has not armed")
	}
	b.Set(said, 1)
	c.ends(t, released)
}
