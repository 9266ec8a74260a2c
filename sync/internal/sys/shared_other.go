//go:build !linux

package sys

import "errors"

// MapShared works on Linux only.
func MapShared(int) (mem []byte, fd int, err error) { return nil, -1, errors.ErrUnsupported }

// UnmapShared works on Linux only.
func UnmapShared([]byte) error { return errors.ErrUnsupported }
