//go:build amd64 || arm64

package sys

import (
	"syscall"
	"unsafe"
)

// CloneArgs is struct clone_args of clone3(2), in its second version
// (CLONE_ARGS_SIZE_VER2, Linux 5.7). x/sys does not have it; a test holds it
// to the kernel's header.
type CloneArgs struct {
	Flags      uint64
	Pidfd      uint64 // address of an int32 that receives the descriptor
	ChildTID   uint64
	ParentTID  uint64
	ExitSignal uint64
	Stack      uint64 // lowest address
	StackSize  uint64
	TLS        uint64
	SetTID     uint64
	SetTIDSize uint64
	Cgroup     uint64
}

// Clone starts a child by clone3(2) that runs fn(arg) on the stack of args,
// and never returns from it. It returns the child's process ID as seen here.
//
// The child starts in assembly and goes straight to fn: it never comes back
// through the frames of the parent, so it needs no hook of the Go runtime. The
// design that lost is the linkname to syscall.runtime_BeforeFork and its
// siblings: it ties the package to names that the runtime keeps for others, it
// cannot be used with CLONE_VM because runtime_AfterForkInChild writes a
// global, and the child runs on a stack that is part of the parent's heap.
//
// What the caller owes in return: fn must be nosplit down to the last callee,
// every signal must be blocked on this thread (or a handler of the Go runtime
// would run in the child), and the flags must hold CLONE_CLEAR_SIGHAND (Linux 5.5).
func Clone(args *CloneArgs, fn func(arg unsafe.Pointer), arg unsafe.Pointer) (pid int, err error) {
	r, errno := clone3(args, unsafe.Sizeof(*args), Entry(fn), arg)
	if errno != 0 {
		return 0, syscall.Errno(errno)
	}
	return int(r), nil
}

// Entry is where fn begins, for Clone3: a function of a package, and no closure. The
// value of a func is the address of a word that holds the entry of its ABIInternal
// form, which is what the assembly calls.
func Entry(fn func(arg unsafe.Pointer)) uintptr { return **(**uintptr)(unsafe.Pointer(&fn)) }

// Clone3 is Clone for a caller without a Go runtime, with everything by its address:
// args at one of the size, and fn by its Entry. It shares its assembly, and what the
// caller owes; a thread of its own process (CLONE_THREAD) shares the handlers instead.
// errno is 0 where there is a child.
//
//go:nosplit
//go:norace
//go:nocheckptr
func Clone3(args, size, entry, arg uintptr) (pid, errno uintptr) {
	return clone3((*CloneArgs)(unsafe.Add(nil, args)), size, entry, unsafe.Add(nil, arg))
}

// clone3 is in assembly: the child comes back from the system call on another stack.
//
//go:noescape
func clone3(args *CloneArgs, size, entry uintptr, arg unsafe.Pointer) (pid, errno uintptr)
