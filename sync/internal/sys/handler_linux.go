//go:build amd64 || arm64

package sys

import "encoding/binary"

// saRestorer tells the kernel that the action brings its own way back; amd64
// requires it. sigaction(2), "C library/kernel differences".
const saRestorer = 0x04000000

// saSiginfo has the kernel hand the handler the interrupted context, which on
// arm64 it otherwise does not.
const saSiginfo = 0x4

// Interrupting returns the struct sigaction, in the kernel's layout, of a
// handler that does nothing and is installed without SA_RESTART: all that it
// does is to interrupt the call under way. signal(7), "Interruption of system
// calls". The handler is assembly: it may run in a child without a Go runtime.
func Interrupting() []byte { return action(handlerPC(), 0) }

// Noting returns the struct sigaction of a handler that stores 1 into the word
// whose address the interrupted system call had as its third argument. So it
// may only run while a call with such an argument is under way: the signal is
// blocked at all other times, and the call is rt_sigsuspend, which has two
// arguments. sigsuspend(2).
//
// The usual handler stores into a global variable. A child that shares its
// parent's memory has none of its own, and neither have the threads of a
// process that each wait for themselves.
func Noting() []byte { return action(noterPC(), saSiginfo) }

func action(handler uintptr, flags uint64) []byte {
	b := binary.NativeEndian.AppendUint64(nil, uint64(handler))
	b = binary.NativeEndian.AppendUint64(b, saRestorer|flags)
	b = binary.NativeEndian.AppendUint64(b, uint64(restorerPC()))
	return binary.NativeEndian.AppendUint64(b, everySignal)
}

// everySignal is what is blocked while a handler runs. Under a handler that ran
// on top of another one, the one that notes would find that one's registers and
// not those of the call, and would note nowhere.
const everySignal = ^uint64(0)

// handlerPC returns the address of the handler that does nothing.
func handlerPC() uintptr

// noterPC returns the address of the handler that notes that it ran.
func noterPC() uintptr

// restorerPC returns the address to which the handlers return.
func restorerPC() uintptr
