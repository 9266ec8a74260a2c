//go:build !linux

package gatetest

import "errors"

// reap works on Linux only, as all that is tested here.
func reap(int) error { return errors.ErrUnsupported }

func isNoChild(error) bool { return false }
