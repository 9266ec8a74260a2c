package sys

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSelf(t *testing.T) {
	pidfd, err := Self()
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.PidfdSendSignal(pidfd, 0, nil, 0); err != nil {
		t.Errorf("signal 0 to this process: %v", err)
	}
	if n, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, 0); n != 0 || err != nil {
		t.Errorf("poll = %d, %v; want that this process has not ended", n, err)
	}
	if err := Close(pidfd); err != nil {
		t.Error(err)
	}
}

// A process that lives is ended, and one that has ended is reaped all the same.
func TestEnd(t *testing.T) {
	for name, program := range map[string]string{"lives": "cat", "has ended": "true"} {
		t.Run(name, func(t *testing.T) {
			r, w, err := os.Pipe() // cat reads it for ever
			if err != nil {
				t.Fatal(err)
			}
			var pidfd int
			cmd := exec.Command(program)
			cmd.Stdin = r
			cmd.SysProcAttr = &unix.SysProcAttr{PidFD: &pidfd}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if program == "true" {
				if _, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, -1); err != nil {
					t.Fatal(err)
				}
			}
			if err := End(cmd.Process.Pid, pidfd); err != nil {
				t.Error(err)
			}
			if err := End(cmd.Process.Pid, pidfd); !errors.Is(err, unix.ECHILD) {
				t.Errorf("a second end: %v, want that there is no such child", err)
			}
			if err := errors.Join(cmd.Process.Release(), r.Close(), w.Close(), Close(pidfd)); err != nil {
				t.Error(err)
			}
		})
	}
}
