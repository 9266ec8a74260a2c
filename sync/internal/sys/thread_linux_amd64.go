package sys

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const archGetFS = 0x1003 // ARCH_GET_FS, arch_prctl(2); x/sys does not have it

// ThreadPointer returns the address that this thread's local storage is
// addressed from: the FS base.
func ThreadPointer() (fs uintptr) {
	// It cannot fail: the address is writable.
	_, _, _ = syscall.RawSyscall(unix.SYS_ARCH_PRCTL, archGetFS, uintptr(unsafe.Pointer(&fs)), 0)
	return fs
}
