//go:build !linux

package sys

import "errors"

// EventfdNonblock works on Linux only.
func EventfdNonblock() (int, error) { return -1, errors.ErrUnsupported }
