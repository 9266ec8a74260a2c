//go:build !linux

package sys

import "errors"

// Semaphore works on Linux only.
func Semaphore(int) (id int, err error) { return -1, errors.ErrUnsupported }

// RemoveSemaphore works on Linux only.
func RemoveSemaphore(int) error { return errors.ErrUnsupported }

// MessageQueue works on Linux only.
func MessageQueue() (id int, err error) { return -1, errors.ErrUnsupported }

// RemoveMessageQueue works on Linux only.
func RemoveMessageQueue(int) error { return errors.ErrUnsupported }
