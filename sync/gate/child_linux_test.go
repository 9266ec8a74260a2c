//go:build amd64 || arm64

package gate

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/program"
)

// What every primitive promises is tested in package gatetest. The tests of a
// single one hold it to what its doc says of it besides.

// cloned is a child that runs a program, with every signal blocked, and is
// killed and reaped at the end of the test.
func cloned(t *testing.T, b *program.Board, p program.Program) (pid, pidfd int, code program.Code) {
	t.Helper()
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	stack, err := unix.Mmap(-1, 0, 16<<10, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		t.Fatal(err)
	}
	if code, err = b.Load(program.Env{}, program.Part{Program: p}); err != nil {
		t.Fatal(err)
	}
	if pid, pidfd, err = program.Clone(code, unix.CLONE_PIDFD, stack); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		err := unix.PidfdSendSignal(pidfd, unix.SIGKILL, nil, 0)
		_, waitErr := unix.Wait4(pid, nil, unix.WALL, nil)
		if err := errors.Join(err, waitErr, unix.Close(pidfd), unix.Munmap(stack)); err != nil {
			t.Error(err)
		}
	})
	return pid, pidfd, code
}

// awaitEndOrSleep waits until the child has ended, or has armed and sleeps.
func awaitEndOrSleep(t *testing.T, b *program.Board, pid, pidfd int) {
	t.Helper()
	for {
		armed := b.AwaitArmed(0, 1)
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			t.Fatal(err)
		}
		if armed && bytes.Contains(stat, []byte(") S ")) {
			return
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, 1)
		if err != nil && !errors.Is(err, unix.EINTR) {
			t.Fatal(err)
		}
		if n == 1 {
			return
		}
	}
}

// runs runs a program in this process whose other side is pid.
func runs(t *testing.T, b *program.Board, pid int, p program.Program) {
	t.Helper()
	code, err := b.Load(program.Env{Peer: pid}, program.Part{Program: p})
	if err != nil {
		t.Fatal(err)
	}
	if o := program.Run(code); o.Verdict != program.Released {
		t.Fatal(o)
	}
}

// awaitEnd waits until the child has ended.
func awaitEnd(t *testing.T, pidfd int) {
	t.Helper()
	for {
		_, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, -1)
		if err == nil {
			return
		}
		if !errors.Is(err, unix.EINTR) {
			t.Fatal(err)
		}
	}
}
