//go:build !linux

package sys

import "errors"

// Mqueue works on Linux only.
func Mqueue() (fd int, err error) { return -1, errors.ErrUnsupported }
