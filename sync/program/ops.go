package program

import (
	"encoding/binary"
	"time"
)

func syscallOp(c call, args ...operand) Op {
	op := Op{kind: kindCall, call: c}
	copy(op.args[:], args)
	return op
}

// Close closes a descriptor. close(2).
func Close(fd FD) Op { return syscallOp(callClose, file(fd)) }

// Read reads at most n bytes and forgets them. read(2).
func Read(fd FD, n int) Op { return syscallOp(callRead, file(fd), buffer(n), number(int64(n))) }

// Write writes b. write(2).
func Write(fd FD, b string) Op {
	return syscallOp(callWrite, file(fd), data(b), number(int64(len(b)))).Want(int64(len(b)))
}

// WriteCount writes n to an eventfd, in the byte order of the machine. eventfd(2).
func WriteCount(fd FD, n uint64) Op {
	return Write(fd, string(binary.NativeEndian.AppendUint64(nil, n)))
}

// Kill sends a signal to the process on the other side. kill(2).
func Kill(to Peer, sig Signal) Op {
	return syscallOp(callKill, operand{kind: operandPeer, val: int64(to)}, named(int64(sig), sig.String()))
}

// Sigwait waits until a signal of set is pending, takes it, and has its number
// as the result. The launcher blocks the set before the process runs.
// rt_sigtimedwait(2).
func Sigwait(set SignalSet) Op {
	op := syscallOp(callSigtimedwait, signals(set), named(0, "NULL"), named(0, "NULL"), number(signalSetSize))
	op.waits = set
	return op
}

// SetMask replaces the mask of blocked signals. rt_sigprocmask(2).
func SetMask(set SignalSet) Op {
	return syscallOp(callSigprocmask, named(sigSetmask, "SIG_SETMASK"), signals(set), named(0, "NULL"), number(signalSetSize))
}

// Interrupt has a signal interrupt whatever call is under way, and do nothing
// else: a handler without SA_RESTART. rt_sigaction(2).
func Interrupt(sig Signal) Op {
	return syscallOp(callSigaction, named(int64(sig), sig.String()), operand{kind: operandAction}, named(0, "NULL"), number(signalSetSize))
}

func signals(set SignalSet) operand {
	return operand{kind: operandSignals, val: int64(set)}
}

func interval(d time.Duration) operand {
	return operand{kind: operandTime, val: d.Nanoseconds()}
}

// Store stores v into a word.
func Store(w Word, v uint32) Op {
	return Op{kind: kindStore, args: [6]operand{word(w), number(int64(v))}}
}

// SpinUntil loads a word until it is v, and does nothing else meanwhile.
func SpinUntil(w Word, v uint32) Op {
	return Op{kind: kindSpin, args: [6]operand{word(w), number(int64(v))}}
}

// YieldUntil loads a word until it is v, with a sched_yield(2) between the loads.
func YieldUntil(w Word, v uint32) Op {
	return Op{kind: kindYield, args: [6]operand{word(w), number(int64(v))}}
}

// FutexWait sleeps while a word is old. Each time that it wakes it loads the
// word again: an interrupted wait, a wake meant for somebody else and a word
// that changed before the sleep all come to the same. futex(2), FUTEX_WAIT.
func FutexWait(w Word, old uint32) Op {
	return Op{kind: kindFutex, args: [6]operand{word(w), number(int64(old))}}
}

// FutexWake wakes at most n waiters on a word. futex(2), FUTEX_WAKE.
func FutexWake(w Word, n int) Op {
	return syscallOp(callFutex, word(w), named(futexWake, "FUTEX_WAKE"), number(int64(n)), named(0, "NULL"))
}

// Sleep sleeps for d, however often it is interrupted. clock_nanosleep(2).
//
// It sleeps until a moment, TIMER_ABSTIME. The design that lost is to go on with
// what nanosleep says is left: that includes the slack of the timer, 50 us, so a
// sleep that is interrupted more often than that grows longer each time and
// never ends. The Go runtime's preemption signals come that often.
func Sleep(d time.Duration) Op {
	return Op{kind: kindSleep, args: [6]operand{interval(d)}}
}

// PollIn asks, without waiting, whether a descriptor is readable: 1 if it is, else 0.
// On a pidfd 1 means that the process has ended. ppoll(2), pidfd_open(2).
func PollIn(fd FD) Op {
	return syscallOp(callPoll, operand{kind: operandPoll, val: int64(fd.N), text: fd.Name}, number(1), interval(0), named(0, "NULL"), number(0))
}

// ParentDeathSignal has the kernel send sig to this process when the thread
// that cloned it ends. prctl(2), PR_SET_PDEATHSIG.
func ParentDeathSignal(sig Signal) Op {
	return syscallOp(callPrctl, named(prSetPdeathsig, "PR_SET_PDEATHSIG"), named(int64(sig), sig.String()), number(0), number(0), number(0))
}

// CloseRange closes the descriptors from first to last. close_range(2), Linux 5.9.
func CloseRange(first, last uint32) Op {
	end := number(int64(last))
	if last == ^uint32(0) {
		end = named(int64(last), "~0U")
	}
	return syscallOp(callCloseRange, number(int64(first)), end, number(0))
}

// Sethostname names the host of the process's UTS namespace. sethostname(2).
func Sethostname(name string) Op {
	return syscallOp(callSethostname, data(name), number(int64(len(name))))
}

// Exec executes a program in place of this one. execve(2).
func Exec(path string, argv, envv []string) Op {
	return syscallOp(callExecve, operand{kind: operandString, text: path}, vector(argv), vector(envv))
}

// Exit ends the process. exit_group(2).
func Exit(status int) Op { return syscallOp(callExit, number(int64(status))) }

// AwaitEnd waits until the process on the other side has ended, and leaves it
// to be reaped. waitid(2).
func AwaitEnd(of Peer) Op {
	return syscallOp(callWaitid, named(waitPID, "P_PID"), operand{kind: operandPeer, val: int64(of)}, named(0, "NULL"),
		named(waitEnd, "WEXITED|WNOWAIT|__WALL"), named(0, "NULL"))
}

// Arm takes the proof that stands before a wait, then stamps the stage as
// armed, which the other side sees. It comes right before the operation that
// waits; a program has one at the most.
func Arm() Op { return Op{kind: kindArm} }

// Resumed stamps the stage as resumed, then takes the proof that stands after
// a wait. The harness puts it right behind the program of a gate's Wait.
func Resumed() Op { return Op{kind: kindResume} }

// Stamp writes the time into a field of the stage.
func Stamp(f Field) Op { return Op{kind: kindStamp, field: f} }
