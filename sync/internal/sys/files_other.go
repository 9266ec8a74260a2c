//go:build !linux

package sys

import "errors"

// Pipe works on Linux only.
func Pipe() (r, w int, err error) { return -1, -1, errors.ErrUnsupported }

// Eventfd works on Linux only.
func Eventfd() (int, error) { return -1, errors.ErrUnsupported }

// Socketpair works on Linux only.
func Socketpair() (a, b int, err error) { return -1, -1, errors.ErrUnsupported }

// OwnFile works on Linux only.
func OwnFile(int) (path string, reads, writes bool, err error) {
	return "", false, false, errors.ErrUnsupported
}

// Close works on Linux only.
func Close(int) error { return errors.ErrUnsupported }
