package program

import "golang.org/x/sys/unix"

// numbers holds the number of each call on this architecture.
var numbers = [calls]uintptr{
	callClose:        unix.SYS_CLOSE,
	callRead:         unix.SYS_READ,
	callWrite:        unix.SYS_WRITE,
	callKill:         unix.SYS_KILL,
	callSigtimedwait: unix.SYS_RT_SIGTIMEDWAIT,
	callSigprocmask:  unix.SYS_RT_SIGPROCMASK,
	callSigaction:    unix.SYS_RT_SIGACTION,
	callFutex:        unix.SYS_FUTEX,
	callPoll:         unix.SYS_PPOLL,
	callPrctl:        unix.SYS_PRCTL,
	callCloseRange:   unix.SYS_CLOSE_RANGE,
	callSethostname:  unix.SYS_SETHOSTNAME,
	callExecve:       unix.SYS_EXECVE,
	callExit:         unix.SYS_EXIT_GROUP,
	callWaitid:       unix.SYS_WAITID,
	callGetrusage:    unix.SYS_GETRUSAGE,
	callClockGettime: unix.SYS_CLOCK_GETTIME,
	callGetcpu:       unix.SYS_GETCPU,
}
