//go:build amd64 || arm64

package sys

import "unsafe"

// Enter runs fn(arg) on another stack of this thread, given by the address behind
// its last byte, and never returns: what fn leaves of the process is ended. From
// there on the Go runtime sees a goroutine that runs for ever.
//
// fn must be nosplit down to the last callee: it is not on a goroutine's stack.
func Enter(fn func(arg unsafe.Pointer), arg unsafe.Pointer, stackEnd uintptr) {
	enter(Entry(fn), arg, stackEnd)
}

// enter is in assembly: it leaves the stack that it is called on.
//
//go:noescape
func enter(entry uintptr, arg unsafe.Pointer, stackEnd uintptr)

// CodePlace tells processes apart in which this program's code lies at different
// addresses, or is another: what one of them resolves another cannot run. The
// entry is the ABIInternal one of fn.
func CodePlace(fn func(arg unsafe.Pointer)) [4]uintptr {
	return [4]uintptr{Entry(fn), handlerPC(), noterPC(), restorerPC()}
}
