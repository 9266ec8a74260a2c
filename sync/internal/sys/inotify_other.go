//go:build !linux

package sys

import "errors"

// WatchCreations works on Linux only.
func WatchCreations(string) (int, error) { return -1, errors.ErrUnsupported }

// CreationSize is that of Linux.
const CreationSize = 32
