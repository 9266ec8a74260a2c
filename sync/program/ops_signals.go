package program

import "fmt"

// Kill sends a signal to a process. kill(2).
func Kill(to Process, sig Signal) Op {
	return syscallOp(callKill, to.process(), named(int64(sig), sig.String()))
}

// KillThread sends a signal to one thread of a process. The others of its process
// do not take it in its place, as they may one that is sent to the process, on
// their way through any call that changes their masks. tgkill(2).
func KillThread(of, thread Process, sig Signal) Op {
	return syscallOp(callTgkill, of.process(), thread.process(), named(int64(sig), sig.String()))
}

// Getpid has the caller's own process ID, in its own PID namespace, as the
// result. getpid(2).
func Getpid() Op { return syscallOp(callGetpid) }

// Queue sends a real-time signal with a value to the process on the other side.
// from is the sender, which the kernel does not fill in. sigqueue(3), rt_sigqueueinfo(2).
func Queue(to Peer, sig Signal, v uint32, from int) Op {
	info := structure(fmt.Sprintf("{si_signo=%v, si_code=SI_QUEUE, si_pid=%d, si_uid=0, si_int=%d, si_ptr=%#x}", sig, from, v, v),
		u32(uint32(sig)), u32(0), u32(siQueue), u32(0), // si_signo, si_errno, si_code, a gap
		u32(uint32(from)), u32(0), u32(v), raw(zeros[:siginfoSize-siginfoValue-4])) // si_pid, si_uid, si_value
	return syscallOp(callSigqueue, to.process(), named(int64(sig), sig.String()), info)
}

// PidfdSignal sends a signal to the process that a pidfd refers to. pidfd_send_signal(2).
func PidfdSignal(to File, sig Signal) Op {
	return syscallOp(callPidfdSignal, to.file(), named(int64(sig), sig.String()), null(), number(0))
}

// Sigwait waits until a signal of set is pending, takes it, and has its number
// as the result. The launcher blocks the set before the process runs.
// rt_sigtimedwait(2).
func Sigwait(set SignalSet) Op { return sigwait(set, null()) }

// SigwaitInfo is Sigwait that keeps what is known of the signal in a memory of
// SiginfoSize bytes. The value of one that was sent by Queue is the word at
// SiginfoValue. sigaction(2), "siginfo_t".
func SigwaitInfo(set SignalSet, info Memory) Op { return sigwait(set, memory(info)) }

// The layout of siginfo_t.
const (
	SiginfoSize  = siginfoSize
	SiginfoValue = siginfoValue
)

func sigwait(set SignalSet, info operand) Op {
	op := syscallOp(callSigtimedwait, signals(set), info, null(), number(signalSetSize))
	op.waits = set
	return op
}

// Signalfd makes a descriptor from which the caller's signals of a set can be
// read, and has it as the result. The launcher blocks the set before the
// process runs. signalfd(2).
func Signalfd(set SignalSet) Op {
	op := syscallOp(callSignalfd, number(-1), signals(set), number(signalSetSize), named(oCloexec, "SFD_CLOEXEC"))
	op.waits = set
	return op
}

// SignalfdRecord is the size in bytes of what is read for one signal. signalfd(2).
const SignalfdRecord = 128

// SetMask replaces the mask of blocked signals. rt_sigprocmask(2).
func SetMask(set SignalSet) Op {
	return syscallOp(callSigprocmask, named(sigSetmask, "SIG_SETMASK"), signals(set), null(), number(signalSetSize))
}

// SwapMask is SetMask that keeps what the mask was in a memory. rt_sigprocmask(2).
// That is what a handler of [Note] finds in the third argument of the call, should a
// signal come now that no Suspend is under way.
func SwapMask(set SignalSet, old Memory) Op {
	return syscallOp(callSigprocmask, named(sigSetmask, "SIG_SETMASK"), signals(set), memory(old), number(signalSetSize))
}

// Interrupt has a signal interrupt whatever call is under way, and do nothing
// else: a handler without SA_RESTART. rt_sigaction(2).
func Interrupt(sig Signal) Op { return sigaction(sig, operandAction) }

// Note has a signal store 1 into the word of the Suspend under way. rt_sigaction(2).
func Note(sig Signal) Op { return sigaction(sig, operandNote) }

// Default gives a signal its default action back. rt_sigaction(2), SIG_DFL.
func Default(sig Signal) Op {
	byDefault := structure("{sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}", u64(0), u64(0), u64(0), u64(0)) // handler, flags, restorer, mask
	return syscallOp(callSigaction, named(int64(sig), sig.String()), byDefault, null(), number(signalSetSize))
}

func sigaction(sig Signal, action operandKind) Op {
	return syscallOp(callSigaction, named(int64(sig), sig.String()), operand{kind: action}, null(), number(signalSetSize))
}

// Suspend waits with no signal blocked until sig, for which there is a Note,
// has stored 1 into w. The launcher blocks sig before the process runs, so that
// it comes only while this waits. rt_sigsuspend(2).
//
// The handler finds w in the third argument of the call, of which the kernel
// knows nothing.
func Suspend(sig Signal, w Word) Op {
	op := while(w, 0, syscallOp(callSigsuspend, signals(0), number(signalSetSize), word(w)))
	op.waits = Signals(sig)
	return op
}

func signals(set SignalSet) operand {
	return operand{kind: operandSignals, val: int64(set)}
}

// zeros are what a structure is filled up with.
var zeros = string(make([]byte, siginfoSize))
