package program

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"regexp"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestConstants(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want uint64
	}{
		{"-atFDCWD", -atFDCWD, -unix.AT_FDCWD},
		{"atRemoveDir", atRemoveDir, unix.AT_REMOVEDIR},
		{"cloneParent", cloneParent, unix.CLONE_PARENT},
		{"fdCloexec", fdCloexec, unix.FD_CLOEXEC},
		{"msNosuid", msNosuid, unix.MS_NOSUID},
		{"msNodev", msNodev, unix.MS_NODEV},
		{"msNoexec", msNoexec, unix.MS_NOEXEC},
		{"msMove", msMove, unix.MS_MOVE},
		{"mntDetach", mntDetach, unix.MNT_DETACH},
		{"atEmptyPath", atEmptyPath, unix.AT_EMPTY_PATH},
		{"waitAll", waitAll, unix.P_ALL},
		{"waitReap", waitReap, unix.WEXITED | unix.WALL},
		{"afNetlink", afNetlink, unix.AF_NETLINK},
		{"NETLINK_ROUTE", 0, unix.NETLINK_ROUTE},
		{"sockRaw", sockRaw, unix.SOCK_RAW},
		{"sockDgram", sockDgram, unix.SOCK_DGRAM},
		{"siocgifindex", siocgifindex, unix.SIOCGIFINDEX},
		{"affinitySize", affinitySize, uint64(unsafe.Sizeof(unix.CPUSet{}))},
		{"unameSize", unameSize, uint64(unsafe.Sizeof(unix.Utsname{}))},
		{"unameField", unameField, uint64(unsafe.Offsetof(unix.Utsname{}.Nodename))},
		{"ifreqSize", ifreqSize, uint64(unsafe.Sizeof(unix.Ifreq{}))},
		{"cloneVM", cloneVM, unix.CLONE_VM},
		{"cloneFS", cloneFS, unix.CLONE_FS},
		{"cloneFiles", cloneFiles, unix.CLONE_FILES},
		{"cloneSighand", cloneSighand, unix.CLONE_SIGHAND},
		{"cloneSameThread", cloneSameThread, unix.CLONE_THREAD},
		{"cloneSysvsem", cloneSysvsem, unix.CLONE_SYSVSEM},
		{"cloneSettls", cloneSettls, unix.CLONE_SETTLS},
		{"cloneClearSighand", cloneClearSighand, unix.CLONE_CLEAR_SIGHAND},
		{"cloneArgsSize", cloneArgsSize, unix.CLONE_ARGS_SIZE_VER2},
		{"NewTime", uint64(NewTime), unix.CLONE_NEWTIME},
		{"NewMount", uint64(NewMount), unix.CLONE_NEWNS},
		{"NewCgroup", uint64(NewCgroup), unix.CLONE_NEWCGROUP},
		{"NewUTS", uint64(NewUTS), unix.CLONE_NEWUTS},
		{"NewIPC", uint64(NewIPC), unix.CLONE_NEWIPC},
		{"NewPID", uint64(NewPID), unix.CLONE_NEWPID},
		{"NewUser", uint64(NewUser), unix.CLONE_NEWUSER},
		{"NewNet", uint64(NewNet), unix.CLONE_NEWNET},
		{"O_CLOEXEC", oCloexec, unix.O_CLOEXEC},
		{"EPOLL_CLOEXEC", oCloexec, unix.EPOLL_CLOEXEC},
		{"SFD_CLOEXEC", oCloexec, unix.SFD_CLOEXEC},
		{"SOCK_CLOEXEC", oCloexec, unix.SOCK_CLOEXEC},
		{"ReadOnly", uint64(ReadOnly), unix.O_RDONLY},
		{"ReadWrite", uint64(ReadWrite), unix.O_RDWR},
		{"sIFREG", sIFREG, unix.S_IFREG},
		{"statxType", statxType, unix.STATX_TYPE},
		{"lockSH", lockSH, unix.LOCK_SH},
		{"lockUN", lockUN, unix.LOCK_UN},
		{"fOFDSetlk", fOFDSetlk, unix.F_OFD_SETLK},
		{"fOFDSetlkw", fOFDSetlkw, unix.F_OFD_SETLKW},
		{"fRDLCK", fRDLCK, unix.F_RDLCK},
		{"fUNLCK", fUNLCK, unix.F_UNLCK},
		{"protRW", protRW, unix.PROT_READ | unix.PROT_WRITE},
		{"mapShared", mapShared, unix.MAP_SHARED},
		{"mapFixed", mapFixed, unix.MAP_FIXED},
		{"inCreateDir", inCreateDir, unix.IN_CREATE | unix.IN_ONLYDIR},
		{"WriteOnly", uint64(WriteOnly), unix.O_WRONLY},
		{"mapPrivateAnon", mapPrivateAnon, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS},
		{"pollIn", pollIn, unix.POLLIN},
		{"EPOLLIN", pollIn, unix.EPOLLIN},
		{"epollAdd", epollAdd, unix.EPOLL_CTL_ADD},
		{"sigSetmask", sigSetmask, unix.SIG_SETMASK},
		{"clockMonotonic", clockMonotonic, unix.CLOCK_MONOTONIC},
		{"prSetPdeathsig", prSetPdeathsig, unix.PR_SET_PDEATHSIG},
		{"prSetTimerslack", prSetTimerslack, unix.PR_SET_TIMERSLACK},
		{"prSetNoNewPrivs", prSetNoNewPrivs, unix.PR_SET_NO_NEW_PRIVS},
		{"rusageThread", rusageThread, unix.RUSAGE_THREAD},
		{"cpuClockThread", cpuClockThread, unix.CLOCK_THREAD_CPUTIME_ID},
		{"waitPID", waitPID, unix.P_PID},
		{"waitEnd", waitEnd, unix.WEXITED | unix.WNOWAIT | unix.WALL},
		{"waitStopped", waitStopped, unix.WSTOPPED},
		{"timerAbstime", timerAbstime, unix.TIMER_ABSTIME},
		{"afUnix", afUnix, unix.AF_UNIX},
		{"afInet", afInet, unix.AF_INET},
		{"sockStream", sockStream, unix.SOCK_STREAM},
		{"shutWR", shutWR, unix.SHUT_WR},
		{"ptraceTraceme", ptraceTraceme, unix.PTRACE_TRACEME},
		{"ptraceDetach", ptraceDetach, unix.PTRACE_DETACH},
		{"seccompSetFilter", seccompSetFilter, unix.SECCOMP_SET_MODE_FILTER},
		{"seccompNewListener", seccompNewListener, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER},
		{"seccompWaitKillable", seccompWaitKillable, unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
		{"seccompUserNotify", seccompUserNotify, unix.SECCOMP_RET_USER_NOTIF},
		{"seccompAllow", seccompAllow, unix.SECCOMP_RET_ALLOW},
		{"seccompRecv", seccompRecv, unix.SECCOMP_IOCTL_NOTIF_RECV},
		{"seccompSend", seccompSend, unix.SECCOMP_IOCTL_NOTIF_SEND},
		{"bpfLoadAbsolute", bpfLoadAbsolute, unix.BPF_LD | unix.BPF_W | unix.BPF_ABS},
		{"bpfJumpEqual", bpfJumpEqual, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K},
		{"bpfReturn", bpfReturn, unix.BPF_RET | unix.BPF_K},
		{"seccompErrno", seccompErrno, unix.SECCOMP_RET_ERRNO},
		{"seccompKillThread", seccompKillThread, unix.SECCOMP_RET_KILL_THREAD},
		{"fSetfd", fSetfd, unix.F_SETFD},
		{"msRec", msRec, unix.MS_REC},
		{"msPrivate", msPrivate, unix.MS_PRIVATE},
		{"maxPID", maxPID, math.MaxInt32},
		{"EPERM", uint64(EPERM), uint64(unix.EPERM)},
		{"ESRCH", uint64(ESRCH), uint64(unix.ESRCH)},
		{"EINTR", uint64(EINTR), uint64(unix.EINTR)},
		{"ENOENT", uint64(ENOENT), uint64(unix.ENOENT)},
		{"EAGAIN", uint64(EAGAIN), uint64(unix.EAGAIN)},
		{"EBUSY", uint64(EBUSY), uint64(unix.EBUSY)},
		{"ENOSPC", uint64(ENOSPC), uint64(unix.ENOSPC)},
		{"ENOSYS", uint64(ENOSYS), uint64(unix.ENOSYS)},
		{"EIDRM", uint64(EIDRM), uint64(unix.EIDRM)},
		{"ECONNRESET", uint64(ECONNRESET), uint64(unix.ECONNRESET)},
		{"SIGKILL", uint64(SIGKILL), uint64(unix.SIGKILL)},
		{"SIGUSR1", uint64(SIGUSR1), uint64(unix.SIGUSR1)},
		{"SIGUSR2", uint64(SIGUSR2), uint64(unix.SIGUSR2)},
		{"SIGCONT", uint64(SIGCONT), uint64(unix.SIGCONT)},
		{"SIGSTOP", uint64(SIGSTOP), uint64(unix.SIGSTOP)},
	} {
		if c.got != c.want {
			t.Errorf("%s = %d, want %d", c.name, c.got, c.want)
		}
	}
}

func TestSignalNames(t *testing.T) {
	for _, sig := range []Signal{SIGKILL, SIGUSR1, SIGUSR2, SIGCONT, SIGSTOP} {
		if got, want := sig.String(), unix.SignalName(unix.Signal(sig)); got != want {
			t.Errorf("signal %d prints %q, want %q", uint8(sig), got, want)
		}
	}
}

func TestErrnoNames(t *testing.T) {
	for _, e := range []Errno{EPERM, ENOENT, ESRCH, EINTR, EAGAIN, ENOSYS, EIDRM, ECONNRESET} {
		if got, want := e.Name(), unix.ErrnoName(unix.Errno(e)); got != want {
			t.Errorf("errno %d is called %q, want %q", uint16(e), got, want)
		}
	}
	if got := Errno(4000).Name(); got != "errno 4000" {
		t.Errorf("errno 4000 is called %q", got)
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
		"close": unix.SYS_CLOSE, "read": unix.SYS_READ, "write": unix.SYS_WRITE, "kill": unix.SYS_KILL, "tgkill": unix.SYS_TGKILL,
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
		"mq_open":           unix.SYS_MQ_OPEN,
		"semget":            unix.SYS_SEMGET,
		"msgget":            unix.SYS_MSGGET,
		"inotify_init1":     unix.SYS_INOTIFY_INIT1,
		"inotify_add_watch": unix.SYS_INOTIFY_ADD_WATCH,
		"pidfd_open":        unix.SYS_PIDFD_OPEN,
		"dup3":              unix.SYS_DUP3,
		"socket":            unix.SYS_SOCKET,
		"connect":           unix.SYS_CONNECT,
		"accept4":           unix.SYS_ACCEPT4,
		"shutdown":          unix.SYS_SHUTDOWN,
		"unlinkat":          unix.SYS_UNLINKAT,
		"setns":             unix.SYS_SETNS,
		"unshare":           unix.SYS_UNSHARE,
		"clock_nanosleep":   unix.SYS_CLOCK_NANOSLEEP,
		"setresuid":         unix.SYS_SETRESUID,
		"setresgid":         unix.SYS_SETRESGID,
		"mount":             unix.SYS_MOUNT,
		"umount2":           unix.SYS_UMOUNT2,
		"mkdirat":           unix.SYS_MKDIRAT,
		"chdir":             unix.SYS_CHDIR,
		"pivot_root":        unix.SYS_PIVOT_ROOT,
		"sendto":            unix.SYS_SENDTO,
		"recvfrom":          unix.SYS_RECVFROM,
		"sched_setaffinity": unix.SYS_SCHED_SETAFFINITY,
		"execveat":          unix.SYS_EXECVEAT,
		"getuid":            unix.SYS_GETUID,
		"uname":             unix.SYS_UNAME,
		"readlinkat":        unix.SYS_READLINKAT,
		"pread64":           unix.SYS_PREAD64,
	}
	inTable := map[string]bool{} // futex and ptrace are there twice, for their arguments are not always the same
	for c := callNone + 1; c < calls; c++ {
		name := callTable[c].name
		if n, ok := want[name]; !ok || numbers[c] != n {
			t.Errorf("call %d: %q is number %d, want %d", c, name, numbers[c], n)
		}
		inTable[name] = true
	}
	for name := range want {
		if !inTable[name] {
			t.Errorf("%s is not in the table", name)
		}
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

// A constant that no test compares with anything is a guess.
func TestEveryConstantIsCompared(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "constants.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	tests := compared(t, "constants_linux_test.go") + compared(t, "header_linux_test.go")
	for _, decl := range file.Decls {
		for _, spec := range decl.(*ast.GenDecl).Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				if used := regexp.MustCompile(`[^"\w]` + name.Name + `\b`); name.Name != "maxErrno" && !used.MatchString(tests) {
					t.Errorf("%s is in no comparison", name.Name)
				}
			}
		}
	}
}

func compared(t *testing.T, file string) string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}
