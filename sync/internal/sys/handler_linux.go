//go:build amd64 || arm64

package sys

import "encoding/binary"

// saRestorer tells the kernel that the action brings its own way back; amd64
// requires it. sigaction(2), "C library/kernel differences".
const saRestorer = 0x04000000

// Interrupting returns the struct sigaction, in the kernel's layout, of a
// handler that does nothing and is installed without SA_RESTART: all that it
// does is to interrupt the call under way. signal(7), "Interruption of system
// calls". The handler is assembly: it may run in a child without a Go runtime.
func Interrupting() []byte {
	b := binary.NativeEndian.AppendUint64(nil, uint64(handlerPC()))
	b = binary.NativeEndian.AppendUint64(b, saRestorer)
	b = binary.NativeEndian.AppendUint64(b, uint64(restorerPC()))
	return binary.NativeEndian.AppendUint64(b, 0) // blocks no further signal
}

// handlerPC returns the address of the handler.
func handlerPC() uintptr

// restorerPC returns the address to which the handler returns.
func restorerPC() uintptr
