//go:build !linux

package sys

// Interrupting has no struct to return but on Linux.
func Interrupting() []byte { return nil }

// Noting has no struct to return but on Linux.
func Noting() []byte { return nil }
