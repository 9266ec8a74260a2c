//go:build !linux

package sys

import "errors"

// An Uring is there on Linux only.
type Uring struct{ FD, Size, Result int }

// NewUring works on Linux only.
func NewUring(from int, to uintptr) (Uring, error) { return Uring{}, errors.ErrUnsupported }
