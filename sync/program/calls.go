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
	callTgkill
	callSigtimedwait
	callSigprocmask
	callSigaction
	callFutex
	callFutexWake
	callPoll
	callPrctl
	callTimerSlack
	callCloseRange
	callSethostname
	callExecve
	callExit
	callWaitid
	callGetrusage
	callClockGettime
	callGetcpu
	callOpenat
	callMknodat
	callStatx
	callFlock
	callFcntl
	callEpollCreate
	callEpollCtl
	callEpollWait
	callSignalfd
	callSigsuspend
	callSigqueue
	callPidfdSignal
	callPidfdGetfd
	callGetpid
	callGetppid
	callPtrace
	callTraceMe
	callSeccomp
	callIoctl
	callUserfaultfd
	callMmap
	callUringEnter
	callWaitv
	callNanosleep
	callYield
	callSemop
	callMsgsnd
	callMsgrcv
	callMqSend
	callMqReceive
	callMqOpen
	callSemget
	callMsgget
	callInotifyInit
	callInotifyWatch
	callPidfdOpen
	callDup
	callSocket
	callConnect
	callAccept
	callShutdown
	callUnlinkat
	callSetns
	callUnshare
	callClockNanosleep
	callSetresuid
	callSetresgid
	callMount
	callUmount
	callMkdirat
	callChdir
	callPivotRoot
	callSendto
	callRecvfrom
	callSetaffinity
	callExecveat
	callGetuid
	callUname
	callReadlinkat
	callPread
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
	callClose:  {"close", 1, eintrDone}, // close(2), NOTES: the descriptor is gone, and its number may be somebody else's by now
	callRead:   {"read", 3, eintrAgain},
	callWrite:  {"write", 3, eintrAgain},
	callKill:   {"kill", 2, eintrFails},
	callTgkill: {"tgkill", 3, eintrFails},

	// rt_sigtimedwait without a timeout is never restarted by the kernel:
	// any handled signal outside of the set ends it. sigwaitinfo(2), ERRORS.
	callSigtimedwait: {"rt_sigtimedwait", 4, eintrAgain},
	callSigprocmask:  {"rt_sigprocmask", 4, eintrFails},
	callSigaction:    {"rt_sigaction", 4, eintrFails},
	callFutex:        {"futex", 4, eintrAgain},
	callFutexWake:    {"futex", 3, eintrFails},

	callPoll:         {"ppoll", 5, eintrAgain},
	callPrctl:        {"prctl", 5, eintrFails},
	callTimerSlack:   {"prctl", 2, eintrFails},
	callCloseRange:   {"close_range", 3, eintrFails},
	callSethostname:  {"sethostname", 2, eintrFails},
	callExecve:       {"execve", 3, eintrFails},
	callExit:         {"exit_group", 1, eintrFails},
	callWaitid:       {"waitid", 5, eintrAgain},
	callGetrusage:    {"getrusage", 2, eintrFails},
	callClockGettime: {"clock_gettime", 2, eintrFails},
	callGetcpu:       {"getcpu", 3, eintrFails},
	callOpenat:       {"openat", 3, eintrAgain},
	callMknodat:      {"mknodat", 3, eintrFails},
	callStatx:        {"statx", 5, eintrFails},
	callFlock:        {"flock", 2, eintrAgain},
	callFcntl:        {"fcntl", 3, eintrAgain},
	callEpollCreate:  {"epoll_create1", 1, eintrFails},
	callEpollCtl:     {"epoll_ctl", 4, eintrFails},
	callEpollWait:    {"epoll_pwait", 6, eintrAgain},
	callSignalfd:     {"signalfd4", 4, eintrFails},
	callSigsuspend:   {"rt_sigsuspend", 2 + noted, eintrFails},
	callSigqueue:     {"rt_sigqueueinfo", 3, eintrFails},
	callPidfdSignal:  {"pidfd_send_signal", 4, eintrFails},
	callPidfdGetfd:   {"pidfd_getfd", 3, eintrFails},
	callGetpid:       {"getpid", 0, eintrFails},
	callGetppid:      {"getppid", 0, eintrAgain},
	callPtrace:       {"ptrace", 4, eintrFails},
	callTraceMe:      {"ptrace", 1, eintrFails},
	callSeccomp:      {"seccomp", 3, eintrFails},
	callIoctl:        {"ioctl", 3, eintrAgain},
	callUserfaultfd:  {"userfaultfd", 1, eintrFails},
	callMmap:         {"mmap", 6, eintrFails},
	callUringEnter:   {"io_uring_enter", 6, eintrAgain},
	callWaitv:        {"futex_waitv", 5, eintrAgain},
	callNanosleep:    {"nanosleep", 2, eintrAgain},
	callYield:        {"sched_yield", 0, eintrFails},
	callSemop:        {"semop", 3, eintrAgain},
	callMsgsnd:       {"msgsnd", 4, eintrAgain},
	callMsgrcv:       {"msgrcv", 5, eintrAgain},
	callMqSend:       {"mq_timedsend", 5, eintrAgain},
	callMqReceive:    {"mq_timedreceive", 5, eintrAgain},
	callMqOpen:       {"mq_open", 4, eintrAgain},
	callSemget:       {"semget", 3, eintrFails},
	callMsgget:       {"msgget", 2, eintrFails},
	callInotifyInit:  {"inotify_init1", 1, eintrFails},
	callInotifyWatch: {"inotify_add_watch", 3, eintrFails},
	callPidfdOpen:    {"pidfd_open", 2, eintrFails},
	callDup:          {"dup3", 3, eintrFails},
	callSocket:       {"socket", 3, eintrFails},
	callConnect:      {"connect", 3, eintrFails},
	callAccept:       {"accept4", 4, eintrAgain},
	callShutdown:     {"shutdown", 2, eintrFails},
	callUnlinkat:     {"unlinkat", 3, eintrFails},
	callSetns:        {"setns", 2, eintrFails},
	callUnshare:      {"unshare", 1, eintrFails},
	callSetresuid:    {"setresuid", 3, eintrFails},
	callSetresgid:    {"setresgid", 3, eintrFails},
	callMount:        {"mount", 5, eintrFails},
	callUmount:       {"umount2", 2, eintrFails},
	callMkdirat:      {"mkdirat", 3, eintrFails},
	callChdir:        {"chdir", 1, eintrFails},
	callPivotRoot:    {"pivot_root", 2, eintrFails},
	callSendto:       {"sendto", 6, eintrAgain},
	callRecvfrom:     {"recvfrom", 6, eintrAgain},
	callSetaffinity:  {"sched_setaffinity", 3, eintrFails},
	callExecveat:     {"execveat", 5, eintrFails},
	callGetuid:       {"getuid", 0, eintrFails},
	callUname:        {"uname", 1, eintrFails},
	callReadlinkat:   {"readlinkat", 4, eintrFails},
	callPread:        {"pread64", 4, eintrAgain},

	callClockNanosleep: {"clock_nanosleep", 4, eintrAgain}, // made by Sleep alone
}

// noted is an argument of rt_sigsuspend of which the kernel knows nothing; see Suspend.
const noted = 1

// shown is how many arguments are printed: those that the kernel looks at.
func (c call) shown() int {
	if c == callSigsuspend {
		return callTable[c].arity - noted
	}
	return callTable[c].arity
}
