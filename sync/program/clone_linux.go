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
// child's, and 16 KiB are plenty, mapped and not made: Go moves what lies on a
// goroutine's stack. Call it on a locked thread (runtime.LockOSThread), whose
// signal mask it changes meanwhile. It returns the child's process ID, as seen
// here, and a pidfd, if one is asked for; the caller owns both and reaps the child.
//
// The child begins with every signal blocked and with the default action for
// each: no handler of the Go runtime, which it does not have, can run in it.
// To unblock is the business of its program.
//
// With CLONE_VM among the flags the child has this process's memory and not a
// copy of it. Its stack must then be nobody else's for as long as it lives, and
// what its program maps stays when it ends; see [Code.Unmap]. It is as much on
// its own as any other child: it shares neither handlers nor descriptors, and
// what a program can set for itself by prctl or seccomp is its thread's. A new
// time namespace is made for it, and it is not moved into it, for the clock that
// the vDSO reads is the memory's: kernel/nsproxy.c, copy_namespaces.
//
// Its end sends no signal: the Go runtime handles SIGCHLD, and would wake a
// thread for each child. So it is waited for, and reaped, with __WALL.
//
// With CLONE_PIDFD among the flags there is a pidfd; without it is -1. Whoever can
// does without: since Linux 6.9 each is an inode (fs/pidfs.c), to make it takes
// some 2 us of a clone, and what is left of it is freed behind the child's end,
// where the next child is made.
func Clone(c Code, flags uint64, stack []byte) (pid, pidfd int, err error) {
	var all, old unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^uint64(0)
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &all, &old); err != nil {
		return 0, -1, os.NewSyscallError("rt_sigprocmask", err)
	}
	pid, pidfd, err = CloneBlocked(c, flags, stack)
	if maskErr := unix.PthreadSigmask(unix.SIG_SETMASK, &old, nil); maskErr != nil {
		panic(os.NewSyscallError("rt_sigprocmask", maskErr)) // it accepted both masks before
	}
	return pid, pidfd, err
}

// CloneBlocked is Clone on a thread on which every signal is blocked already, and
// stays so: a handler of the Go runtime must not come to run in the child.
func CloneBlocked(c Code, flags uint64, stack []byte) (pid, pidfd int, err error) {
	args := sys.CloneArgs{
		Flags: flags | unix.CLONE_CLEAR_SIGHAND | unix.CLONE_SETTLS,
		// The kernel writes to this address, which Go does not know for one.
		// In the board it stays what it is; a variable on a goroutine's
		// stack would move when the stack grows.
		Pidfd: uint64(uintptr(unsafe.Pointer(&c.frame.pidfd))),
		// Compiled code reloads its goroutine from thread-local storage after
		// each call to assembly. It has no use for what it finds, but it
		// must find something, and the parent's is withheld; see Withhold.
		TLS:       uint64(uintptr(unsafe.Pointer(&c.frame.tls[1]))),
		Stack:     uint64(uintptr(unsafe.Pointer(&stack[0]))),
		StackSize: uint64(len(stack)),
	}
	if pid, err = sys.Clone(&args, enter, unsafe.Pointer(c.frame)); err != nil {
		return 0, -1, os.NewSyscallError("clone3", err)
	}
	if flags&unix.CLONE_PIDFD == 0 {
		return pid, -1, nil
	}
	return pid, int(c.frame.pidfd), nil
}

// Unmap frees what the code has mapped, after it has run in a child with
// CLONE_VM that has ended: any other child's end frees it. It is called before
// the board is reset, for it is the board that tells what has been mapped, and
// where. A child that is killed between the mapping and the note of it leaves
// the mapping behind. munmap(2).
func (c Code) Unmap() error {
	for _, m := range c.maps {
		at := sys.Load64(m.into)
		if at == 0 {
			continue
		}
		if _, _, errno := unix.RawSyscall(unix.SYS_MUNMAP, uintptr(at), m.length, 0); errno != 0 {
			return os.NewSyscallError("munmap", errno)
		}
		sys.Store64(m.into, 0)
	}
	return nil
}
