package gatetest

import (
	"errors"

	"golang.org/x/sys/unix"
)

// reap reaps a child, of whatever kind and if it has ended: one that should
// have been reaped before.
func reap(pid int) error {
	_, err := unix.Wait4(pid, nil, unix.WNOHANG|unix.WALL, nil)
	return err
}

func isNoChild(err error) bool { return errors.Is(err, unix.ECHILD) }
