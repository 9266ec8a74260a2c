//go:build !linux

package sys

import "errors"

// Semaphore works on Linux only.
func Semaphore(int) (id int, err error) { return -1, errors.ErrUnsupported }

// KeyedSemaphore works on Linux only.
func KeyedSemaphore(int) (id int, key uint32, err error) { return -1, 0, errors.ErrUnsupported }

// KeyedMessageQueue works on Linux only.
func KeyedMessageQueue() (id int, key uint32, err error) { return -1, 0, errors.ErrUnsupported }

// RemoveSemaphore works on Linux only.
func RemoveSemaphore(int) error { return errors.ErrUnsupported }

// MessageQueue works on Linux only.
func MessageQueue() (id int, err error) { return -1, errors.ErrUnsupported }

// RemoveMessageQueue works on Linux only.
func RemoveMessageQueue(int) error { return errors.ErrUnsupported }
