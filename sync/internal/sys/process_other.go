//go:build !linux

package sys

import "errors"

// Self works on Linux only.
func Self() (pidfd int, err error) { return -1, errors.ErrUnsupported }

// End works on Linux only.
func End(pid, pidfd int) error { return errors.ErrUnsupported }
