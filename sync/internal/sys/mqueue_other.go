//go:build !linux

package sys

import "errors"

// Mqueue works on Linux only.
func Mqueue() (fd int, err error) { return -1, errors.ErrUnsupported }

// NamedMqueue works on Linux only.
func NamedMqueue() (fd int, name string, err error) { return -1, "", errors.ErrUnsupported }

// UnlinkMqueue works on Linux only.
func UnlinkMqueue(string) error { return errors.ErrUnsupported }
