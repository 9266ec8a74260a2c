//go:build amd64 || arm64

package program

import (
	"encoding/binary"
	"errors"
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A child that stops itself is seen to have, and left as it is, for the parent
// to continue or to reap.
func TestAwaitStop(t *testing.T) {
	b := newBoard(t, 1)
	self := newWord(t, b)
	c := start(t, b, Part{Program: Program{Getpid().Into(self), Arm(), Kill(self, SIGSTOP), Resumed()}})
	for range 2 {
		if got := Run(loadFor(t, b, c, AwaitStop(Child))); got != released {
			t.Fatal(got)
		}
		if state := c.state(t); state != 'T' {
			t.Fatalf("the child is in state %c, want stopped", state)
		}
	}
	if got := Run(loadFor(t, b, c, Kill(Child, SIGCONT), AwaitEnd(Child), AwaitStop(Child))); got != released {
		t.Fatal(got) // one that has ended cannot stop any more, and is not waited for
	}
	c.ends(t, released)
}

// A tracee is stopped by any signal, and goes on without having taken it.
func TestDetach(t *testing.T) {
	runtime.LockOSThread() // by which it is traced
	defer runtime.UnlockOSThread()
	b := newBoard(t, 1)
	self := newWord(t, b)
	c := start(t, b, Part{Program: Program{TraceMe(), SetMask(0), Getpid().Into(self), Arm(), Kill(self, SIGUSR1), Resumed()}})
	if got := Run(loadFor(t, b, c, AwaitStop(Child))); got != released {
		t.Fatal(got)
	}
	if state := c.state(t); state != 't' || b.Stage(0).Resumed != 0 {
		t.Fatalf("the child is in state %c, want stopped by its tracer", state)
	}
	if got := Run(loadFor(t, b, c, Detach(Child))); got != released {
		t.Fatal(got)
	}
	c.ends(t, released)
}

// The supervisor's answer is what the call yields, and no other call waits for one.
func TestSupervise(t *testing.T) {
	const answer = 4242
	b := newBoard(t, 1)
	theirs, ours := newWord(t, b), newWord(t, b)
	c := start(t, b, Part{Program: Program{NoNewPrivileges(), Supervise().Into(theirs), Getpid(), Arm(), Getppid().Want(answer), Resumed()}})
	need(t, b, c, "seccomp")
	notification, err := b.Memory("notification", NotificationSize)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := b.Memory("answer", AnswerSize)
	if err != nil {
		t.Fatal(err)
	}
	b.Set(reply.Word("value", AnswerValue), answer)
	if got := Run(loadFor(t, b, c, TakeFile(Child, theirs).Into(ours), ReceiveNotification(ours, notification), Sleep(5*time.Millisecond))); got != released {
		t.Fatal(got)
	}
	if b.Stage(0).Resumed != 0 || c.state(t) != 'S' {
		t.Fatalf("the child did not wait for its answer: %v", c.code.Outcome())
	}
	if got := Run(load(t, b, Part{Program: Program{Move(reply.Word("id", 0), notification.Word("id", 0)), SendAnswer(ours, reply), Close(ours)}})); got != released {
		t.Fatal(got)
	}
	c.ends(t, released)
}

// A page that is not there is loaded from as soon as the parent has filled it.
func TestUserfault(t *testing.T) {
	b := newBoard(t, 1)
	size := os.Getpagesize()
	theirs, ours := newWord(t, b), newWord(t, b)
	pages, err := b.Memory("pages", RegisterSize)
	if err != nil {
		t.Fatal(err)
	}
	fill, err := b.Memory("copy", CopySize)
	if err != nil {
		t.Fatal(err)
	}
	page, err := b.Memory("page", size)
	if err != nil {
		t.Fatal(err)
	}
	start64 := pages.Word("start", RegisterStart)
	binary.NativeEndian.PutUint64(b.Bytes(pages)[RegisterLength:], uint64(size))
	b.Set(pages.Word("mode", RegisterMode), RegisterMissing)
	binary.NativeEndian.PutUint64(b.Bytes(fill)[CopyLength:], uint64(size))
	b.Set(page.Word("datum", 16), 777)
	c := start(t, b, Part{Program: Program{
		Userfaultfd().Into(theirs), UserfaultAPI(theirs), MapPages(size).Into(start64), UserfaultRegister(theirs, pages), Arm(), LoadAt(start64, 16).Want(777), Resumed(),
	}})
	need(t, b, c, "userfaultfd")
	if got := Run(loadFor(t, b, c,
		TakeFile(Child, theirs).Into(ours), Move(fill.Word("to", CopyTo), start64), PointTo(fill.Word("from", CopyFrom), page),
		UserfaultCopy(ours, fill), Close(ours))); got != released {
		t.Fatal(got)
	}
	c.ends(t, released)
}

// need waits until the child waits, or ends the test where the kernel does not
// let it come to that.
func need(t *testing.T, b *Board, c *child, ability string) {
	t.Helper()
	for !b.AwaitArmed(0, 1) {
		if c.state(t) == 'Z' {
			o := c.code.Outcome()
			if errno := unix.Errno(o.Errno); errors.Is(errno, os.ErrPermission) || errors.Is(errno, errors.ErrUnsupported) {
				missing(t, ability, errno)
			}
			t.Fatalf("the child ended before it armed: %v", o)
		}
		pause(t)
	}
	c.awaitAsleep(t, b, 0)
}
