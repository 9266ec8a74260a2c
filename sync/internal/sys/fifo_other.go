//go:build !linux

package sys

import "errors"

// TempFifo works on Linux only.
func TempFifo() (path string, err error) { return "", errors.ErrUnsupported }
