//go:build amd64 || arm64

package program

import (
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	ipcPrivate = 0
	ipcRMID    = 0
)

// newSemaphore is a set of one semaphore, newQueue a queue of messages, for one test.
func newSemaphore(t *testing.T) ID {
	t.Helper()
	n := make3(t, "sysvipc", unix.SYS_SEMGET, ipcPrivate, 1, 0o600)
	t.Cleanup(func() { make3(t, "sysvipc", unix.SYS_SEMCTL, n, 0, ipcRMID) })
	return ID{"set", int(n)}
}

func newQueue(t *testing.T) ID {
	t.Helper()
	n := make3(t, "sysvipc", unix.SYS_MSGGET, ipcPrivate, 0o600, 0)
	t.Cleanup(func() { make3(t, "sysvipc", unix.SYS_MSGCTL, n, ipcRMID, 0) })
	return ID{"queue", int(n)}
}

// newMq is a POSIX queue of one message of one byte, without a name.
func newMq(t *testing.T) FD {
	t.Helper()
	name, err := unix.BytePtrFromString("nsbench-" + strings.ReplaceAll(t.Name(), "/", "-"))
	if err != nil {
		t.Fatal(err)
	}
	attr := [8]int64{1: 1, 2: 1} // mq_flags, mq_maxmsg, mq_msgsize; mq_open(3)
	n, _, errno := unix.Syscall6(unix.SYS_MQ_OPEN, uintptr(unsafe.Pointer(name)), unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o600, uintptr(unsafe.Pointer(&attr)), 0, 0)
	if errno != 0 {
		missing(t, "mq", errno)
	}
	if _, _, errno := unix.Syscall(unix.SYS_MQ_UNLINK, uintptr(unsafe.Pointer(name)), 0, 0); errno != 0 {
		t.Error(errno)
	}
	t.Cleanup(func() {
		if err := unix.Close(int(n)); err != nil {
			t.Error(err)
		}
	})
	return FD{"mq", int(n)}
}

// make3 makes a call with three numbers.
func make3(t *testing.T, ability string, call, a, b, c uintptr) uintptr {
	t.Helper()
	n, _, errno := unix.Syscall(call, a, b, c)
	if errno != 0 {
		missing(t, ability, errno)
	}
	return n
}

// The semaphore counts, and is waited for in both ways.
func TestSemop(t *testing.T) {
	set := newSemaphore(t)
	b := newBoard(t, 2)
	if got := run(t, Semop(set, 1)); got != released {
		t.Fatal(got)
	}
	c := start(t, b,
		Part{Stage: 0, Program: Program{Arm(), Semop(set, 0), Resumed()}},
		Part{Stage: 1, Program: Program{Arm(), Semop(set, -2), Resumed()}})
	c.awaitAsleep(t, b, 0)
	if got := run(t, Semop(set, -1)); got != released {
		t.Fatal(got)
	}
	c.awaitAsleep(t, b, 1)
	if got := run(t, Semop(set, 1), Semop(set, 1)); got != released {
		t.Fatal(got)
	}
	c.ends(t, released)
}

// One message is taken once.
func TestMessages(t *testing.T) {
	queue, mq := newQueue(t), newMq(t)
	for name, ops := range map[string]struct{ send, receive Op }{
		"System V": {Msgsnd(queue), Msgrcv(queue).Want(1)},
		"POSIX":    {MqSend(mq), MqReceive(mq).Want(1)},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t, 2)
			c := start(t, b,
				Part{Stage: 0, Program: Program{Arm(), ops.receive, Resumed()}},
				Part{Stage: 1, Program: Program{Arm(), ops.receive, Resumed()}})
			for stage := range 2 {
				c.awaitAsleep(t, b, stage)
				if got := run(t, ops.send); got != released {
					t.Fatal(got)
				}
			}
			c.ends(t, released)
		})
	}
}

// A message is of type 1 and has the byte 1, in either kind of queue.
func TestMessagesSayOne(t *testing.T) {
	queue, mq := newQueue(t), newMq(t)
	if got := run(t, Msgsnd(queue), MqSend(mq)); got != released {
		t.Fatal(got)
	}
	var message struct {
		kind int64
		text [8]byte
	}
	n, _, errno := unix.Syscall6(unix.SYS_MSGRCV, uintptr(queue.N), uintptr(unsafe.Pointer(&message)), 8, 0, 0, 0)
	if errno != 0 || n != 1 || message.kind != 1 || message.text[0] != 1 {
		t.Errorf("%d bytes % x of type %d, %v; want 01 of type 1", n, message.text, message.kind, errno)
	}
	var text [1]byte
	n, _, errno = unix.Syscall6(unix.SYS_MQ_TIMEDRECEIVE, uintptr(mq.N), uintptr(unsafe.Pointer(&text)), 1, 0, 0, 0)
	if errno != 0 || n != 1 || text[0] != 1 {
		t.Errorf("%d bytes % x, %v; want 01", n, text, errno)
	}
}
