package sys

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Self makes a pidfd of this process. pidfd_open(2).
func Self() (pidfd int, err error) {
	pidfd, err = unix.PidfdOpen(os.Getpid(), 0)
	return pidfd, os.NewSyscallError("pidfd_open", err)
}

// End kills a child of this process, if it lives, and reaps it. The pidfd stays
// open. pidfd_send_signal(2), wait4(2).
func End(pid, pidfd int) error {
	if err := unix.PidfdSendSignal(pidfd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("kill process %d: %w", pid, os.NewSyscallError("pidfd_send_signal", err))
	}
	for {
		_, err := unix.Wait4(pid, nil, unix.WALL, nil) // it may be one that sends no SIGCHLD
		if err == nil {
			return nil
		}
		if !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("reap process %d: %w", pid, os.NewSyscallError("wait4", err))
		}
	}
}
