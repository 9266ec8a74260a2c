//go:build !linux

package gatetest

import "time"

// spin has nothing to wait for but on Linux.
func spin(time.Duration) {}
