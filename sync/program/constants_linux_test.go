package program

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestConstants(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want uint64
	}{
		{"futexWait", futexWait, 0}, // x/sys lacks the futex operations; futex(2) runs in the tests of the interpreter
		{"futexWake", futexWake, 1},
		{"sigSetmask", sigSetmask, unix.SIG_SETMASK},
		{"prSetPdeathsig", prSetPdeathsig, unix.PR_SET_PDEATHSIG},
		{"pollIn", pollIn, unix.POLLIN},
		{"rusageThread", rusageThread, unix.RUSAGE_THREAD},
		{"cpuClockThread", cpuClockThread, unix.CLOCK_THREAD_CPUTIME_ID},
		{"waitPID", waitPID, unix.P_PID},
		{"waitEnd", waitEnd, unix.WEXITED | unix.WNOWAIT | unix.WALL},
		{"timerAbstime", timerAbstime, unix.TIMER_ABSTIME},
		{"SIGKILL", uint64(SIGKILL), uint64(unix.SIGKILL)},
		{"SIGUSR1", uint64(SIGUSR1), uint64(unix.SIGUSR1)},
		{"SIGUSR2", uint64(SIGUSR2), uint64(unix.SIGUSR2)},
	} {
		if c.got != c.want {
			t.Errorf("%s = %d, want %d", c.name, c.got, c.want)
		}
	}
}

func TestSignalNames(t *testing.T) {
	for _, sig := range []Signal{SIGKILL, SIGUSR1, SIGUSR2} {
		if got, want := sig.String(), unix.SignalName(unix.Signal(sig)); got != want {
			t.Errorf("signal %d prints %q, want %q", uint8(sig), got, want)
		}
	}
}

func TestTypesAsInTheKernel(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want uintptr
	}{
		{"size of Timespec", unsafe.Sizeof(Timespec{}), unsafe.Sizeof(unix.Timespec{})},
		{"Timespec.Nsec", unsafe.Offsetof(Timespec{}.Nsec), unsafe.Offsetof(unix.Timespec{}.Nsec)},
		{"size of Rusage", unsafe.Sizeof(Rusage{}), unsafe.Sizeof(unix.Rusage{})},
		{"Rusage.Voluntary", unsafe.Offsetof(Rusage{}.Voluntary), unsafe.Offsetof(unix.Rusage{}.Nvcsw)},
		{"Rusage.Involuntary", unsafe.Offsetof(Rusage{}.Involuntary), unsafe.Offsetof(unix.Rusage{}.Nivcsw)},
		{"size of a signal set", signalSetSize, 8}, // the kernel's, not x/sys's Sigset_t, which is the C library's
	} {
		if c.got != c.want {
			t.Errorf("%s = %d, want %d", c.name, c.got, c.want)
		}
	}
}

// Each call has the number of its name: a call that was left out of the list
// would be number 0, which is another call on each architecture.
func TestNumbers(t *testing.T) {
	want := map[string]uintptr{
		"close": unix.SYS_CLOSE, "read": unix.SYS_READ, "write": unix.SYS_WRITE, "kill": unix.SYS_KILL,
		"rt_sigtimedwait": unix.SYS_RT_SIGTIMEDWAIT, "rt_sigprocmask": unix.SYS_RT_SIGPROCMASK,
		"rt_sigaction": unix.SYS_RT_SIGACTION, "futex": unix.SYS_FUTEX,
		"ppoll": unix.SYS_PPOLL, "prctl": unix.SYS_PRCTL, "close_range": unix.SYS_CLOSE_RANGE,
		"sethostname": unix.SYS_SETHOSTNAME, "execve": unix.SYS_EXECVE, "exit_group": unix.SYS_EXIT_GROUP, "waitid": unix.SYS_WAITID,
		"getrusage": unix.SYS_GETRUSAGE, "clock_gettime": unix.SYS_CLOCK_GETTIME, "getcpu": unix.SYS_GETCPU,
		"openat":            unix.SYS_OPENAT,
		"mknodat":           unix.SYS_MKNODAT,
		"statx":             unix.SYS_STATX,
		"flock":             unix.SYS_FLOCK,
		"fcntl":             unix.SYS_FCNTL,
		"epoll_create1":     unix.SYS_EPOLL_CREATE1,
		"epoll_ctl":         unix.SYS_EPOLL_CTL,
		"epoll_pwait":       unix.SYS_EPOLL_PWAIT,
		"signalfd4":         unix.SYS_SIGNALFD4,
		"rt_sigsuspend":     unix.SYS_RT_SIGSUSPEND,
		"rt_sigqueueinfo":   unix.SYS_RT_SIGQUEUEINFO,
		"pidfd_send_signal": unix.SYS_PIDFD_SEND_SIGNAL,
		"pidfd_getfd":       unix.SYS_PIDFD_GETFD,
		"getpid":            unix.SYS_GETPID,
		"getppid":           unix.SYS_GETPPID,
		"ptrace":            unix.SYS_PTRACE,
		"seccomp":           unix.SYS_SECCOMP,
		"ioctl":             unix.SYS_IOCTL,
		"userfaultfd":       unix.SYS_USERFAULTFD,
		"mmap":              unix.SYS_MMAP,
		"io_uring_enter":    unix.SYS_IO_URING_ENTER,
		"futex_waitv":       unix.SYS_FUTEX_WAITV,
		"nanosleep":         unix.SYS_NANOSLEEP,
		"sched_yield":       unix.SYS_SCHED_YIELD,
		"semop":             unix.SYS_SEMOP,
		"msgsnd":            unix.SYS_MSGSND,
		"msgrcv":            unix.SYS_MSGRCV,
		"mq_timedsend":      unix.SYS_MQ_TIMEDSEND,
		"mq_timedreceive":   unix.SYS_MQ_TIMEDRECEIVE,
		"socket":            unix.SYS_SOCKET,
		"connect":           unix.SYS_CONNECT,
		"accept4":           unix.SYS_ACCEPT4,
		"shutdown":          unix.SYS_SHUTDOWN,
	}
	for c := callNone + 1; c < calls; c++ {
		name := callTable[c].name
		if n, ok := want[name]; !ok || numbers[c] != n {
			t.Errorf("call %d: %q is number %d, want %d", c, name, numbers[c], n)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("not in the table: %v", want)
	}
}

// A stage's two sides are apart by a pair of cache lines, and so are stages.
func TestStageKeepsSidesApart(t *testing.T) {
	var s Stage
	const pair = wordSize
	if stageSize%pair != 0 {
		t.Errorf("a stage has %d bytes, want a multiple of %d", stageSize, pair)
	}
	releasing := max(unsafe.Offsetof(s.Released), unsafe.Offsetof(s.Signalled), unsafe.Offsetof(s.ParentCPU)) / pair
	waiting := min(unsafe.Offsetof(s.Armed), unsafe.Offsetof(s.Resumed), unsafe.Offsetof(s.ChildCPU), unsafe.Offsetof(s.CPUBefore)) / pair
	if releasing >= waiting {
		t.Errorf("the side that releases writes to pair %d, the one that waits to pair %d", releasing, waiting)
	}
}
