//go:build !linux

package sys

import "errors"

// Twice works on Linux only.
func Twice() (first, second int, err error) { return -1, -1, errors.ErrUnsupported }

// TwiceAt works on Linux only.
func TwiceAt(string) (first, second int, err error) { return -1, -1, errors.ErrUnsupported }

// LockFile works on Linux only.
func LockFile(int) error { return errors.ErrUnsupported }

// LockRecord works on Linux only.
func LockRecord(int) error { return errors.ErrUnsupported }
