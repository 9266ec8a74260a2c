package program

// A call is a system call that a program may make. The numbers, which differ
// between architectures, are in numbers_linux.go.
type call uint8

const (
	callNone call = iota
	callClose
	callRead
	callWrite
	callKill
	callSigtimedwait
	callSigprocmask
	callSigaction
	callFutex
	callPoll
	callPrctl
	callCloseRange
	callSethostname
	callExecve
	callExit
	callWaitid
	callGetrusage
	callClockGettime
	callGetcpu
	calls
)

// What an interrupted call asks for.
type eintr uint8

const (
	eintrFails eintr = iota // EINTR is a failure like any other
	eintrAgain              // make the call again, with the same arguments
	eintrDone               // the call has done its work all the same
)

// callTable says of each call how it is printed and what EINTR means to it.
// signal(7) lists the calls that a handler interrupts.
var callTable = [calls]struct {
	name  string
	arity int
	eintr eintr
}{
	callClose: {"close", 1, eintrDone}, // close(2), NOTES: the descriptor is gone, and its number may be somebody else's by now
	callRead:  {"read", 3, eintrAgain},
	callWrite: {"write", 3, eintrAgain},
	callKill:  {"kill", 2, eintrFails},

	// rt_sigtimedwait without a timeout is never restarted by the kernel:
	// any handled signal outside of the set ends it. sigwaitinfo(2), ERRORS.
	callSigtimedwait: {"rt_sigtimedwait", 4, eintrAgain},
	callSigprocmask:  {"rt_sigprocmask", 4, eintrFails},
	callSigaction:    {"rt_sigaction", 4, eintrFails},
	callFutex:        {"futex", 4, eintrFails}, // only to wake; a wait is an operation of its own

	callPoll:         {"ppoll", 5, eintrAgain},
	callPrctl:        {"prctl", 5, eintrFails},
	callCloseRange:   {"close_range", 3, eintrFails},
	callSethostname:  {"sethostname", 2, eintrFails},
	callExecve:       {"execve", 3, eintrFails},
	callExit:         {"exit_group", 1, eintrFails},
	callWaitid:       {"waitid", 5, eintrAgain},
	callGetrusage:    {"getrusage", 2, eintrFails},
	callClockGettime: {"clock_gettime", 2, eintrFails},
	callGetcpu:       {"getcpu", 3, eintrFails},
}
