package program

import "fmt"

// TraceMe has the parent trace this process. ptrace(2), PTRACE_TRACEME.
func TraceMe() Op {
	return syscallOp(callTraceMe, named(ptraceTraceme, "PTRACE_TRACEME"))
}

// Detach lets a stopped tracee go, as if it had never been stopped. ptrace(2),
// PTRACE_DETACH.
func Detach(tracee Peer) Op {
	return syscallOp(callPtrace, named(ptraceDetach, "PTRACE_DETACH"), tracee.process(), null(), number(0))
}

// TakeFile duplicates a descriptor of the process on the other side, whose
// number a word holds, and has the copy as the result. pidfd_getfd(2).
func TakeFile(of Peer, theirs Word) Op {
	return syscallOp(callPidfdGetfd, of.file(), value(theirs), number(0))
}

// NoNewPrivileges gives up the right to gain any by an execve, for good: the
// condition on which the unprivileged may install filters. prctl(2).
func NoNewPrivileges() Op {
	return syscallOp(callPrctl, named(prSetNoNewPrivs, "PR_SET_NO_NEW_PRIVS"), number(1), number(0), number(0), number(0))
}

// Supervise has each getppid of this process wait for a supervisor's answer,
// and has the descriptor for that supervisor as the result. Once received, such
// a call can be interrupted by nothing but death. seccomp_unotify(2), Linux 5.19.
//
// The filter does not ask for the architecture, as one that guards something
// has to: this process makes no calls by the numbers of another.
func Supervise() Op {
	filter := operand{kind: operandStruct, text: "{getppid: notify}", members: &[]member{
		u16(bpfLoadAbsolute), u8(0), u8(0), u32(0), // the number of the call
		u16(bpfJumpEqual), u8(0), u8(1), sized(4, operand{kind: operandCall, val: int64(callGetppid)}),
		u16(bpfReturn), u8(0), u8(0), u32(seccompUserNotify),
		u16(bpfReturn), u8(0), u8(0), u32(seccompAllow),
	}}
	return syscallOp(callSeccomp, named(seccompSetFilter, "SECCOMP_SET_MODE_FILTER"),
		named(seccompNewListener|seccompWaitKillable, "SECCOMP_FILTER_FLAG_NEW_LISTENER|SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
		structure("{len=4, filter="+blank+"}", u16(4), u16(0), u32(0), shown(pointer(filter))))
}

// A Refusal is what becomes of a system call that is refused.
type Refusal uint32

// RefuseByKill ends the calling thread by SIGSYS; a process that has no other ends.
// seccomp(2), SECCOMP_RET_KILL_THREAD.
const RefuseByKill Refusal = seccompKillThread

// RefuseWith has the call fail without having been made. seccomp(2), SECCOMP_RET_ERRNO.
func RefuseWith(e Errno) Refusal { return seccompErrno | Refusal(e) }

func (r Refusal) String() string {
	if r == RefuseByKill {
		return "kill"
	}
	return Errno(r &^ seccompErrno).Name()
}

// Refuse has each of some calls of this thread refused from then on, and of those
// that it starts, and lets all others through, as a container's profile does that
// is older than a call. Its place is right before Arm, lest the set-up be refused.
// A filter that comes later, such as that of Supervise, does not change it: of what
// filters answer the strictest holds. seccomp(2).
//
// As Supervise it needs NoNewPrivileges before it, or CAP_SYS_ADMIN.
func Refuse(all Calls, how Refusal) Op {
	n := len(all)
	filter := []member{u16(bpfLoadAbsolute), u8(0), u8(0), u32(0)} // the number of the call
	for i, c := range all {
		filter = append(filter, u16(bpfJumpEqual), u8(uint8(n-i)), u8(0), sized(4, operand{kind: operandCall, val: int64(c)}))
	}
	filter = append(filter,
		u16(bpfReturn), u8(0), u8(0), u32(seccompAllow),
		u16(bpfReturn), u8(0), u8(0), u32(uint32(how)))
	size, what := uint16(n+3), fmt.Sprintf("{%v: %v}", all, how)
	if n == 0 {
		what = "{}"
	}
	return syscallOp(callSeccomp, named(seccompSetFilter, "SECCOMP_SET_MODE_FILTER"), number(0),
		structure(fmt.Sprintf("{len=%d, filter=%s}", size, blank), u16(size), u16(0), u32(0),
			shown(pointer(operand{kind: operandStruct, text: what, members: &filter}))))
}

// Getppid asks for the parent's process ID. getppid(2).
func Getppid() Op { return syscallOp(callGetppid) }

// The layouts of struct seccomp_notif, in which the kernel tells of a call, and
// of struct seccomp_notif_resp, in which it is answered. The ID of the call
// comes first in both.
const (
	NotificationSize = 80
	AnswerSize       = 24
	AnswerValue      = 8
)

// ReceiveNotification waits for a call to be answered and puts it into a
// memory of NotificationSize bytes, which must be 0. seccomp_unotify(2).
func ReceiveNotification(listener File, into Memory) Op {
	return syscallOp(callIoctl, listener.file(), named(seccompRecv, "SECCOMP_IOCTL_NOTIF_RECV"), memory(into))
}

// SendAnswer answers a call. seccomp_unotify(2).
func SendAnswer(listener File, answer Memory) Op {
	return syscallOp(callIoctl, listener.file(), named(seccompSend, "SECCOMP_IOCTL_NOTIF_SEND"), memory(answer))
}

// Userfaultfd makes a descriptor by which the caller's faults can be served,
// those in user mode only, and has it as the result. userfaultfd(2), Linux 5.11.
func Userfaultfd() Op {
	return syscallOp(callUserfaultfd, named(oCloexec|uffdUserMode, "UFFD_USER_MODE_ONLY|O_CLOEXEC"))
}

// UserfaultAPI opens the talk with a userfaultfd. ioctl_userfaultfd(2), UFFDIO_API.
func UserfaultAPI(uffd File) Op {
	return syscallOp(callIoctl, uffd.file(), named(uffdioAPI, "UFFDIO_API"), structure("{api=0xaa, features=0}", u64(uffdAPI), u64(0), u64(0)))
}

// MapPages maps n bytes of private memory that is not there yet, and has its
// address as the result. mmap(2). Whoever wants the memory freed after a child
// that shared it puts that Into a word that is 0 before; see Code.Unmap.
func MapPages(n int) Op {
	return syscallOp(callMmap, null(), number(int64(n)), named(protRW, "PROT_READ|PROT_WRITE"),
		named(mapPrivateAnon, "MAP_PRIVATE|MAP_ANONYMOUS"), named(-1, "-1"), number(0))
}

// The layouts of struct uffdio_register and struct uffdio_copy, of which every
// member has 8 bytes.
const (
	RegisterSize   = 32
	RegisterStart  = 0
	RegisterLength = 8
	RegisterMode   = 16
	CopySize       = 40
	CopyTo         = 0
	CopyFrom       = 8
	CopyLength     = 16

	// RegisterMissing is the mode in which pages that are not there are served.
	RegisterMissing = 1
)

// UserfaultRegister has a userfaultfd serve the pages that a memory of
// RegisterSize bytes tells of. ioctl_userfaultfd(2), UFFDIO_REGISTER.
func UserfaultRegister(uffd File, pages Memory) Op {
	return syscallOp(callIoctl, uffd.file(), named(uffdioRegister, "UFFDIO_REGISTER"), memory(pages))
}

// UserfaultCopy fills pages as a memory of CopySize bytes says, and wakes who
// waits for them. ioctl_userfaultfd(2), UFFDIO_COPY.
func UserfaultCopy(uffd File, pages Memory) Op {
	return syscallOp(callIoctl, uffd.file(), named(uffdioCopy, "UFFDIO_COPY"), memory(pages))
}
