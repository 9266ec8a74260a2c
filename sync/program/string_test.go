package program

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// As strace prints them, but that descriptors, words and the other side go by
// their names, and that what is wanted stands where strace has what came.
func TestOpString(t *testing.T) {
	r, w := FD{"r", 7}, FD{"w", 8}
	go1, room := Word{"go", wordsStart}, Memory{"room", 2 * wordSize, wordSize}
	tests := []struct {
		op   Op
		want string
	}{
		{Close(w), `close(w)`},
		{Close(FD{"", 8}), `close(8)`},
		{Close(FD{"a\nb", 8}), `close("a\nb")`},
		{Read(r, 1), `read(r, buf, 1)`},
		{Read(r, 1).Want(0), `read(r, buf, 1) = 0`},
		{Read(r, 1).Want(1).Gone(0).GoneError(104), `read(r, buf, 1) = 1; 0: parent-gone; connection reset by peer: parent-gone`},
		{Write(w, "\x01"), `write(w, "\1", 1) = 1`},
		{Kill(Child, SIGUSR1), `kill(child, SIGUSR1)`},
		{Kill(Child, 15), `kill(child, signal 15)`},
		{Sigwait(Signals(SIGUSR1)).Want(10), `rt_sigtimedwait([USR1], NULL, NULL, 8) = 10`},
		{SetMask(Signals(SIGUSR2, SIGUSR1, RealTime(4))), `rt_sigprocmask(SIG_SETMASK, [USR1 USR2 RT_4], NULL, 8)`},
		{SetMask(0), `rt_sigprocmask(SIG_SETMASK, [], NULL, 8)`},
		{Interrupt(SIGUSR2), `rt_sigaction(SIGUSR2, {return, sa_flags=0}, NULL, 8)`},
		{Store(go1, 1), `*go = 1`},
		{SpinUntil(go1, 1), `while (*go != 1);`},
		{YieldWhile(go1, 0), `while (*go == 0) sched_yield();`},
		{FutexWait(go1, 0), `while (*go == 0) futex(go, FUTEX_WAIT, 0, NULL);`},
		{FutexWake(go1, 2).Want(1), `futex(go, FUTEX_WAKE, 2) = 1`},
		{Sleep(1200 * time.Millisecond), `clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, now + {tv_sec=1, tv_nsec=200000000}, NULL)`},
		{PollIn(r).Want(0).Gone(1), `ppoll([{fd=r, events=POLLIN}], 1, {tv_sec=0, tv_nsec=0}, NULL, 0) = 0; 1: parent-gone`},
		{ParentDeathSignal(SIGKILL), `prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)`},
		{CloseRange(3, 5), `close_range(3, 5, 0)`},
		{CloseRange(3, ^uint32(0)), `close_range(3, ~0U, 0)`},
		{Sethostname("In Namespace").Try(), `sethostname("In Namespace", 12); or fails`},
		{Exec("/bin/sh", []string{"sh", "-c", "exit 1"}, []string{"A=b c"}), `execve("/bin/sh", ["sh", "-c", "exit 1"], ["A=b c"])`},
		{Exec("/bin/true", nil, nil), `execve("/bin/true", [], [])`},
		{Exec("/bin/true", []string{""}, nil), `execve("/bin/true", [""], [])`},
		{Exit(3), `exit_group(3)`},
		{AwaitEnd(Child), `waitid(P_PID, child, NULL, WEXITED|WNOWAIT|__WALL, NULL)`},
		{Arm(), `arm()`},
		{Resumed(), `stamp(resumed)`},
		{Stamp(StampReleased), `stamp(released)`},
		{ReleaseCPU(), `getcpu(cpu, NULL, NULL)`},
		{Read(go1, 1), `read(*go, buf, 1)`},
		{Open("/a b", ReadOnly).Into(go1), `*go = openat(AT_FDCWD, "/a b", O_RDONLY|O_CLOEXEC)`},
		{Open("/f", ReadWrite), `openat(AT_FDCWD, "/f", O_RDWR|O_CLOEXEC)`},
		{Create("/f"), `mknodat(AT_FDCWD, "/f", S_IFREG|0600)`},
		{AwaitFile("/f", 50*time.Microsecond), `while (statx(AT_FDCWD, "/f", AT_STATX_SYNC_AS_STAT, STATX_TYPE, buf) == ENOENT) nanosleep({tv_sec=0, tv_nsec=50000}, NULL);`},
		{RemoveDir("/d", time.Millisecond), `while (unlinkat(AT_FDCWD, "/d", AT_REMOVEDIR) == EBUSY) nanosleep({tv_sec=0, tv_nsec=1000000}, NULL);`},
		{JoinNamespace(r, NewUser), `setns(r, CLONE_NEWUSER)`},
		{Unshare(NewUser|NewNet, time.Millisecond), `while (unshare(CLONE_NEWUSER|CLONE_NEWNET) == ENOSPC) nanosleep({tv_sec=0, tv_nsec=1000000}, NULL);`},
		{Flock(r, Shared), `flock(r, LOCK_SH)`},
		{Flock(r, Unlock), `flock(r, LOCK_UN)`},
		{LockRecord(r, Shared), `fcntl(r, F_OFD_SETLKW, {l_type=F_RDLCK, l_whence=SEEK_SET, l_start=0, l_len=0})`},
		{LockRecord(r, Unlock), `fcntl(r, F_OFD_SETLK, {l_type=F_UNLCK, l_whence=SEEK_SET, l_start=0, l_len=0})`},
		{AwaitPoll([]FD{r}, []FD{w}).Want(1), `ppoll([{fd=r, events=POLLIN}, {fd=w, events=0}], 2, NULL, NULL, 0) = 1`},
		{EpollCreate(), `epoll_create1(EPOLL_CLOEXEC)`},
		{EpollAdd(go1, r), `epoll_ctl(*go, EPOLL_CTL_ADD, r, {events=EPOLLIN, data={u32=0, u64=0}})`},
		{EpollWait(r).Want(1), `epoll_pwait(r, buf, 1, -1, NULL, 8) = 1`},
		{Signalfd(Signals(SIGUSR1)), `signalfd4(-1, [USR1], 8, SFD_CLOEXEC)`},
		{Note(SIGUSR1), `rt_sigaction(SIGUSR1, {note, sa_flags=SA_SIGINFO}, NULL, 8)`},
		{Suspend(SIGUSR1, go1), `while (*go == 0) { rt_sigsuspend([], 8); rt_sigreturn(); };`},
		{Queue(Child, RealTime(2), 7, 1), `rt_sigqueueinfo(child, SIGRT_2, {si_signo=SIGRT_2, si_code=SI_QUEUE, si_pid=1, si_uid=0, si_int=7, si_ptr=0x7})`},
		{SigwaitInfo(Signals(RealTime(2)), room), `rt_sigtimedwait([RT_2], room, NULL, 8)`},
		{PidfdSignal(Child, SIGCONT), `pidfd_send_signal(child's pidfd, SIGCONT, NULL, 0)`},
		{PidfdSignal(r, SIGSTOP), `pidfd_send_signal(r, SIGSTOP, NULL, 0)`},
		{Getpid().Into(go1), `*go = getpid()`},
		{Kill(go1, SIGSTOP), `kill(*go, SIGSTOP)`},
		{AwaitStop(Child), `waitid(P_PID, child, NULL, WEXITED|WSTOPPED|WNOWAIT|__WALL, NULL)`},
		{TraceMe(), `ptrace(PTRACE_TRACEME)`},
		{Detach(Child), `ptrace(PTRACE_DETACH, child, NULL, 0)`},
		{TakeFile(Child, go1), `pidfd_getfd(child's pidfd, *go, 0)`},
		{NoNewPrivileges(), `prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)`},
		{TimerSlack(time.Microsecond), `prctl(PR_SET_TIMERSLACK, 1000)`},
		{Supervise(), `seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER|SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, {len=4, filter={getppid: notify}})`},
		{Getppid().GoneError(ENOSYS), `getppid(); function not implemented: parent-gone`},
		{ReceiveNotification(r, room), `ioctl(r, SECCOMP_IOCTL_NOTIF_RECV, room)`},
		{SendAnswer(go1, room), `ioctl(*go, SECCOMP_IOCTL_NOTIF_SEND, room)`},
		{Userfaultfd(), `userfaultfd(UFFD_USER_MODE_ONLY|O_CLOEXEC)`},
		{UserfaultAPI(go1), `ioctl(*go, UFFDIO_API, {api=0xaa, features=0})`},
		{UserfaultRegister(go1, room), `ioctl(*go, UFFDIO_REGISTER, room)`},
		{UserfaultCopy(go1, room), `ioctl(*go, UFFDIO_COPY, room)`},
		{MapPages(4096), `mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)`},
		{MapFile(r, 64, 0x10000000), `mmap(NULL, 64, PROT_READ|PROT_WRITE, MAP_SHARED, r, 0x10000000)`},
		{UringSubmit(r, 1), `io_uring_enter(r, 1, 0, 0, NULL, 8) = 1`},
		{UringAwait(r), `io_uring_enter(r, 0, 1, IORING_ENTER_GETEVENTS, NULL, 8)`},
		{FutexWaitv(go1, 0), `while (*go == 0) futex_waitv([{val=0, uaddr=go, flags=FUTEX_32}], 1, 0, NULL, CLOCK_MONOTONIC);`},
		{SleepWhile(go1, 0, 50*time.Microsecond), `while (*go == 0) nanosleep({tv_sec=0, tv_nsec=50000}, NULL);`},
		{Semop(ID{"set", 5}, -1), `semop(set, [{sem_num=0, sem_op=-1, sem_flg=0}], 1)`},
		{Semop(ID{"", 5}, 0), `semop(5, [{sem_num=0, sem_op=0, sem_flg=0}], 1)`},
		{Msgsnd(ID{"queue", 5}), `msgsnd(queue, {mtype=1, mtext="\1"}, 1, 0)`},
		{Msgrcv(ID{"queue", 5}).Want(1), `msgrcv(queue, buf, 1, 0, 0) = 1`},
		{MqSend(r), `mq_timedsend(r, "\1", 1, 0, NULL)`},
		{MqReceive(r), `mq_timedreceive(r, buf, 1, NULL, NULL)`},
		{MqOpen("q").Into(go1), `*go = mq_open("q", O_RDWR|O_CLOEXEC, 0, NULL)`},
		{Semget(0x10).Want(5), `semget(0x10, 1, 0) = 5`},
		{Msgget(0x10), `msgget(0x10, 0)`},
		{InotifyInit(), `inotify_init1(IN_CLOEXEC)`},
		{WatchCreations(r, "/d"), `inotify_add_watch(r, "/d", IN_CREATE|IN_ONLYDIR)`},
		{PidfdOpen(Child), `pidfd_open(child, 0)`},
		{PidfdOpen(PID{"helper", 7}), `pidfd_open(helper, 0)`},
		{Dup(go1, r), `dup3(*go, r, O_CLOEXEC) = 7`},
		{Open("/f", WriteOnly), `openat(AT_FDCWD, "/f", O_WRONLY|O_CLOEXEC)`},
		{Socket(UnixAddress("/s")), `socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0)`},
		{Connect(go1, UnixAddress("/s")), `connect(*go, {sa_family=AF_UNIX, sun_path="/s"}, 5)`},
		{Connect(go1, UnixAddress("\x00s")), `connect(*go, {sa_family=AF_UNIX, sun_path=@"s"}, 4)`},
		{Connect(go1, TCPAddress([4]byte{127, 0, 0, 1}, 80)), `connect(*go, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16)`},
		{Accept(r).Into(go1), `*go = accept4(r, NULL, NULL, SOCK_CLOEXEC)`},
		{Shutdown(go1), `shutdown(*go, SHUT_WR)`},
		{PauseUntil(go1, 1), `while (*go != 1) pause;`},
		{SpinFor(go1, 1, 100), `for (i = 0; i < 100 && *go != 1; i++) pause;`},
		{Move(go1, room.Word("id", 0)), `*go = *id`},
		{PointTo(go1, room), `*go = room`},
		{Load(go1).Want(-1), `*go = -1`},
		{LoadAt(go1, 12).Want(3), `*(*go + 12) = 3`},
		{Program{Read(r, 1).Want(1)}.Once()[0], `read(r, buf, 1) = 1; interrupted system call: failed`},
		{Positive(go1), `if (*go <= 0) ESRCH;`},
		{SpawnSibling(0, Part{Program: Program{Exit(1)}}, Part{Program: Program{Exit(2)}}), `clone3({flags=CLONE_PARENT|CLONE_SETTLS|CLONE_CLEAR_SIGHAND, exit_signal=0}, 88) { exit_group(1); exit_group(2) }`},
		{UnshareNow(NewUser | NewNet), "unshare(CLONE_NEWUSER|CLONE_NEWNET)"},
		{Pin(3), "sched_setaffinity(0, 128, [3])"},
		{ExecFile(r), `execveat(r, "", [], [], AT_EMPTY_PATH)`},
		{MountProc("/proc"), `mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)`},
		{PivotRoot(".", "."), `pivot_root(".", ".")`},
		{DetachMount("."), `umount2(".", MNT_DETACH)`},
		{Spawn(NewPID|NewIPC, Part{Program: Program{Close(r), Exit(1)}}).Into(go1), `*go = clone3({flags=CLONE_SETTLS|CLONE_NEWIPC|CLONE_NEWPID|CLONE_CLEAR_SIGHAND, exit_signal=0}, 88) { close(r); exit_group(1) }`},
		{SpawnThread(Part{Program: Program{Close(r)}}), `clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS, exit_signal=0}, 88) { close(r) }`},
		{SetUser(65534), `setresuid(65534, 65534, 65534)`},
		{KeepOnExec(r), `fcntl(r, F_SETFD, 0)`},
		{Default(SIGUSR1), `rt_sigaction(SIGUSR1, {sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}, NULL, 8)`},
		{MakePrivate(), `mount("none", "/", NULL, MS_REC|MS_PRIVATE, NULL)`},
		{MountTmpfs("/tmp"), `mount("tmpfs", "/tmp", "tmpfs", 0, NULL)`},
		{Refuse(Program{Arm(), FutexWait(go1, 0), AwaitFile("/f", 1)}.Waits(), RefuseWith(EPERM)), `seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=6, filter={futex, statx, nanosleep: EPERM}})`},
		{Refuse(Program{Arm(), Read(r, 1)}.Waits(), RefuseByKill), `seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=4, filter={read: kill}})`},
		{Refuse(nil, RefuseWith(ENOSYS)), `seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=3, filter={}})`},
		{Op{}, `invalid(0)`},
		{Op{kind: kindCall}, `invalid call(0)`},
		{Op{kind: kindCall, call: calls}, fmt.Sprintf("invalid call(%d)", calls)},
		{Busy(12980), `for (t = clock(), getppid(); clock() - t < 12980 ticks;);`},
		{Stamp(StampDelayed), `stamp(delayed)`},
		{Stamp(200), `stamp(field(200))`},
	}
	for _, test := range tests {
		if got := test.op.String(); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// The counter is in the order of the machine's bytes: little-endian on both architectures.
func TestWriteCountString(t *testing.T) {
	want := `write(e, "\1\0\0\0\0\0\0\0", 8) = 8`
	if got := WriteCount(FD{"e", 5}, 1).String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestProgramString(t *testing.T) {
	r, w := FD{"r", 7}, FD{"w", 8}
	p := Program{Close(w), Arm(), Read(r, 1).Want(0)}
	want := strings.TrimPrefix(`
close(w)
arm()
read(r, buf, 1) = 0
`, "\n")
	if diff := cmp.Diff(want, p.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := (Program)(nil).String(); got != "" {
		t.Errorf("the empty program prints %q, want nothing", got)
	}
}

func TestOutcomeString(t *testing.T) {
	tests := []struct {
		o    Outcome
		want string
	}{
		{Outcome{}, "unfinished"},
		{Outcome{Verdict: Released, Part: 1, Index: 2}, "released"},
		{Outcome{Verdict: ParentGone, Part: 1, Index: 2}, "parent-gone: part 1 op 2: result 0"},
		{Outcome{Verdict: Failed, Part: 0, Index: 3, Errno: 9, Result: -1}, "failed: part 0 op 3: bad file descriptor"},
		{Outcome{Verdict: Failed, Result: 5}, "failed: part 0 op 0: result 5"},
		{Outcome{Verdict: 9}, "verdict(9): part 0 op 0: result 0"},
	}
	for _, test := range tests {
		if got := test.o.String(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
