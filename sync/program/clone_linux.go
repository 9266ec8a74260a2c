//go:build amd64 || arm64

package program

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/internal/sys"
)

// Clone starts a process that runs a code and exits. The flags are those of
// clone3(2) that a caller may choose, such as the namespaces; the stack is the
// child's, and 16 KiB are plenty. It returns the child's process ID and a
// pidfd, as seen here; the caller owns both and reaps the child.
//
// The child begins with every signal blocked and with the default action for
// each: no handler of the Go runtime, which it does not have, can run in it.
// To unblock is the business of its program.
func Clone(c Code, flags uint64, stack []byte) (pid, pidfd int, err error) {
	request := &cloneRequest{args: sys.CloneArgs{
		Flags:      flags | unix.CLONE_PIDFD | unix.CLONE_CLEAR_SIGHAND,
		ExitSignal: uint64(unix.SIGCHLD),
		Stack:      uint64(uintptr(unsafe.Pointer(&stack[0]))),
		StackSize:  uint64(len(stack)),
	}}
	request.args.Pidfd = uint64(uintptr(unsafe.Pointer(&request.pidfd)))
	var all, old unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^uint64(0)
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &all, &old); err != nil {
		return 0, -1, os.NewSyscallError("rt_sigprocmask", err)
	}
	pid, err = sys.Clone(&request.args, enter, unsafe.Pointer(c.frame))
	if maskErr := unix.PthreadSigmask(unix.SIG_SETMASK, &old, nil); maskErr != nil {
		panic(os.NewSyscallError("rt_sigprocmask", maskErr)) // it accepted both masks before
	}
	if err != nil {
		return 0, -1, os.NewSyscallError("clone3", err)
	}
	return pid, int(request.pidfd), nil
}

// A cloneRequest lies in the heap as a whole, so that the address of its
// pidfd, which the kernel writes to, stays what it is.
type cloneRequest struct {
	args  sys.CloneArgs
	pidfd int32
}
