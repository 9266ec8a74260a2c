package program

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// traces are programs and what strace 6.1 has printed of them.
func traces() map[string]struct {
	program Program
	lines   []string
} {
	r, w := FD{"r", 9}, FD{"w", 11}
	word, other := Word{"word", wordsStart}, Word{"other", wordsStart + wordSize}
	return map[string]struct {
		program Program
		lines   []string
	}{
		"calls": {
			Program{Close(w), Read(r, 1).Want(1).Gone(0), Exit(1)},
			[]string{"close(11)                               = 0\n", "read(9, \"\\1\", 1)                         = 1\n", "exit_group(1)                           = ?\n"},
		},
		"stamps of the counter": {
			Program{Arm(), Read(r, 1).Want(0), Resumed()},
			[]string{
				"getrusage(RUSAGE_THREAD, {ru_utime={tv_sec=0, tv_usec=297}, ...}) = 0\nclock_gettime(CLOCK_THREAD_CPUTIME_ID, {tv_sec=0, tv_nsec=343320}) = 0\n",
				"read(9, \"\", 1)                          = 0\n",
				"clock_gettime(CLOCK_THREAD_CPUTIME_ID, {tv_sec=0, tv_nsec=461472}) = 0\ngetrusage(RUSAGE_THREAD, {ru_utime={tv_sec=0, tv_usec=508}, ...}) = 0\ngetcpu([1], NULL, NULL)                 = 0\n",
			},
		},
		"stamps by a call": {
			Program{Stamp(StampReleased), Close(w)},
			[]string{"clock_gettime(CLOCK_MONOTONIC, {tv_sec=12928, tv_nsec=871172773}) = 0\n", "close(11)                               = 0\n"},
		},
		"a delay, which the counter takes without a call": {
			Program{Stamp(StampReleased), Busy(5000), Stamp(StampDelayed), Close(w)},
			[]string{"", "", "", "close(11)                               = 0\n"},
		},
		"a delay by calls": { // one more is the stamp's, which cannot be told from them
			Program{Busy(5000), Close(w)},
			[]string{strings.Repeat("clock_gettime(CLOCK_MONOTONIC, {tv_sec=12928, tv_nsec=871172773}) = 0\n", 3), "close(11)                               = 0\n"},
		},
		"no call": {
			Program{Store(word, 1), SpinUntil(word, 1), Load(word).Want(1)},
			[]string{"", "", ""},
		},
		"a wait that was not needed": {
			Program{FutexWait(word, 0)},
			[]string{""},
		},
		"a wait that was interrupted": {
			Program{FutexWait(word, 0)},
			[]string{"futex(0x7fbed9010280, FUTEX_WAIT, 0, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)\nfutex(0x7fbed9010280, FUTEX_WAIT, 0, NULL) = 0\n"},
		},
		"a handler": {
			Program{Suspend(SIGUSR1, word)},
			[]string{"rt_sigsuspend([], 8)                    = ? ERESTARTNOHAND (To be restarted if no handler)\nrt_sigreturn({mask=[USR1]})             = -1 EINTR (Interrupted system call)\n"},
		},
		"a file that came": {
			Program{AwaitFile("/tmp/f", 50*time.Microsecond)},
			[]string{"statx(AT_FDCWD, \"/tmp/f\", AT_STATX_SYNC_AS_STAT, STATX_TYPE, 0x7fbed9010280) = -1 ENOENT (No such file or directory)\nnanosleep({tv_sec=0, tv_nsec=50000}, NULL) = 0\n" +
				"statx(AT_FDCWD, \"/tmp/f\", AT_STATX_SYNC_AS_STAT, STATX_TYPE, {stx_mask=STATX_TYPE, ...}) = 0\n"},
		},
		"a signal and a set": {
			Program{Sigwait(Signals(SIGUSR1)).Want(int64(SIGUSR1))},
			[]string{"rt_sigtimedwait([USR1], NULL, NULL, 8)  = 10 (SIGUSR1)\n"},
		},
		"a call that was interrupted": {
			Program{Flock(r, Shared)},
			[]string{"flock(9, LOCK_SH)                       = ? ERESTARTSYS (To be restarted if SA_RESTART is set)\nrt_sigreturn({mask=[]})                 = -1 EINTR (Interrupted system call)\nflock(9, LOCK_SH)                       = 0\n"},
		},
		"structures": {
			Program{
				AwaitPoll([]FD{r}, []FD{w}), Semop(ID{"set", 7}, -1), LockRecord(r, Shared), Msgsnd(ID{"queue", 8}), FutexWaitv(word, 0),
				Connect(w, UnixAddress("/tmp/s")), Connect(w, UnixAddress("\x00s\n")), Supervise(), UserfaultAPI(r), EpollAdd(r, w),
				Queue(Child, RealTime(4), 16, 77), Note(SIGUSR1), SetMask(Signals(SIGUSR1, SIGUSR2)),
			},
			[]string{
				"ppoll([{fd=9, events=POLLIN}, {fd=11, events=0}], 2, NULL, NULL, 0) = 1 ([{fd=9, revents=POLLIN}])\n",
				"semop(7, [{sem_num=0, sem_op=-1, sem_flg=0}], 1) = 0\n",
				"fcntl(9, F_OFD_SETLKW, {l_type=F_RDLCK, l_whence=SEEK_SET, l_start=0, l_len=0}) = 0\n",
				"msgsnd(8, {mtype=1, mtext=\"\\1\"}, 1, 0) = 0\n",
				"futex_waitv([{val=0, uaddr=0x7fbed9010280, flags=FUTEX_32}], 1, 0, NULL, CLOCK_MONOTONIC) = 0\n",
				"connect(11, {sa_family=AF_UNIX, sun_path=\"/tmp/s\"}, 9) = 0\n",
				"connect(11, {sa_family=AF_UNIX, sun_path=@\"s\\n\"}, 5) = 0\n",
				"seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER|SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, {len=4, filter=0x7fcd69dd6be8}) = 0\n",
				"ioctl(9, UFFDIO_API, {api=0xaa, features=0 => features=UFFD_FEATURE_THREAD_ID, ioctls=1<<_UFFDIO_API}) = 0\n",
				"epoll_ctl(9, EPOLL_CTL_ADD, 11, {events=EPOLLIN, data={u32=0, u64=0}}) = 0\n",
				"rt_sigqueueinfo(11652, SIGRT_4, {si_signo=SIGRT_4, si_code=SI_QUEUE, si_pid=77, si_uid=0, si_int=16, si_ptr=0x10}) = 0\n",
				"rt_sigaction(SIGUSR1, {sa_handler=0x557f20, sa_mask=~[], sa_flags=SA_RESTORER|SA_SIGINFO, sa_restorer=0x557f40}, NULL, 8) = 0\n",
				"rt_sigprocmask(SIG_SETMASK, [USR1 USR2], NULL, 8) = 0\n",
			},
		},
		"what a call has opened": {
			Program{EpollCreate().Into(other), EpollAdd(other, w), EpollCreate().Into(other), Close(other)},
			[]string{
				"epoll_create1(EPOLL_CLOEXEC) = 5\n", "epoll_ctl(5, EPOLL_CTL_ADD, 11, {events=EPOLLIN, data={u32=0, u64=0}}) = 0\n",
				"epoll_create1(EPOLL_CLOEXEC) = 6\n", "close(6) = 0\n",
			},
		},
		"arguments that strace leaves out": {
			Program{ParentDeathSignal(SIGKILL), NoNewPrivileges()},
			[]string{"prctl(PR_SET_PDEATHSIG, SIGKILL) = 0\n", "prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) = 0\n"},
		},
		"what it starts": {
			Program{Spawn(0, Part{Program: Program{Read(r, 1)}}).Into(word), SpawnThread(Part{}), AwaitEnd(word)},
			[]string{
				"clone3({flags=CLONE_SETTLS|CLONE_CLEAR_SIGHAND, exit_signal=0, stack=0x480000000c60, stack_size=0x4000, tls=0x4800000008a8}, 88) = 6553\n",
				"clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS, exit_signal=0, stack=0x480000000e50, stack_size=0x4000, tls=0x480000000a28}, 88) = 6555\n",
				"waitid(P_PID, 6553, NULL, WEXITED|WNOWAIT|__WALL, NULL) = 0\n",
			},
		},
		"what faults are made of": {
			Program{
				KeepOnExec(r), MakePrivate(), MountTmpfs("/tmp/d"), Default(SIGUSR2), Refuse(Program{Arm(), Read(r, 1)}.Waits(), RefuseWith(EPERM)),
				SetUser(4242), Positive(word),
			},
			[]string{
				"fcntl(9, F_SETFD, 0)                    = 0\n",
				"mount(\"none\", \"/\", NULL, MS_REC|MS_PRIVATE, NULL) = 0\n",
				"mount(\"tmpfs\", \"/tmp/d\", \"tmpfs\", 0, NULL) = 0\n",
				"rt_sigaction(SIGUSR2, {sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}, NULL, 8) = 0\n",
				"seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=4, filter=0x4800000008d8}) = 0\n",
				"setresuid(4242, 4242, 4242)             = 0\n",
				"",
			},
		},
		"a call that may fail": {
			Program{Close(w).Try()},
			[]string{"close(11)                               = -1 EBADF (Bad file descriptor)\n"},
		},
	}
}

func TestMatch(t *testing.T) {
	for name, test := range traces() {
		t.Run(name, func(t *testing.T) {
			got, err := test.program.Match(strings.Join(test.lines, ""))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.lines, got); diff != "" {
				t.Errorf("lines of each operation (-want +got):\n%s", diff)
			}
		})
	}
}

// What strace saw beyond, short of or beside the program is not the program.
func TestMatchRefuses(t *testing.T) {
	r, w := FD{"r", 3}, FD{"w", 4}
	p := Program{Close(w), Read(r, 1).Want(1), Close(r)}
	for name, test := range map[string]struct{ trace, want string }{
		"nothing":             {"", "op 0: close(w): strace saw nothing more"},
		"a call more":         {"close(4) = 0\nread(3, \"\", 1) = 1\nclose(3) = 0\ngetpid() = 7\n", "behind its end, getpid() = 7"},
		"a call between":      {"close(4) = 0\ngetpid() = 7\nread(3, \"\", 1) = 1\nclose(3) = 0\n", "op 1: read(r, buf, 1) = 1: strace saw getpid() = 7"},
		"a call less":         {"close(4) = 0\nread(3, \"\", 1) = 1\n", "op 2: close(r): strace saw nothing more"},
		"another result":      {"close(4) = 0\nread(3, \"\", 1) = 0\nclose(3) = 0\n", "op 1: read(r, buf, 1) = 1: strace saw read(3"},
		"a failure":           {"close(4) = -1 EBADF (Bad file descriptor)\n", "op 0: close(w): strace saw close(4) = -1"},
		"another size":        {"close(4) = 0\nread(3, \"\", 2) = 1\nclose(3) = 0\n", "op 1: read(r, buf, 1) = 1: strace saw read(3"},
		"another descriptor":  {"close(4) = 0\nread(3, \"\", 1) = 1\nclose(4) = 0\n", "op 2: close(r): strace saw close(4) = 0"},
		"the calls turned":    {"read(3, \"\", 1) = 1\nclose(4) = 0\nclose(3) = 0\n", "op 0: close(w): strace saw read(3"},
		"a longer call's end": {"xclose(4) = 0\n", "op 0: close(w): strace saw xclose(4) = 0"},
	} {
		if _, err := p.Match(test.trace); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q in it", name, err, test.want)
		}
	}
}

// Each is like the program but for one thing that strace prints.
func TestMatchRefusesOtherArguments(t *testing.T) {
	e, word := FD{"e", 5}, Word{"word", wordsStart}
	for _, test := range []struct {
		op    Op
		trace string
	}{
		{Write(e, "\x01"), `write(5, "\7", 1) = 1`},
		{Write(e, "\x01"), `write(6, "\1", 1) = 1`},
		{Write(e, "\x011"), `write(5, "\11", 2) = 2`},
		{Open("/tmp/a", ReadOnly), `openat(AT_FDCWD, "/etc/shadow", O_RDONLY|O_CLOEXEC) = 3`},
		{Open("/tmp/a", ReadOnly), `openat(AT_FDCWD, "/tmp/a", O_RDWR|O_CLOEXEC) = 3`},
		{AwaitFile("/tmp/a", 50*time.Microsecond), `statx(AT_FDCWD, "/tmp/b", AT_STATX_SYNC_AS_STAT, STATX_TYPE, {}) = 0`},
		{AwaitPoll([]FD{e}, nil), `ppoll([{fd=99, events=POLLOUT}, {fd=98, events=POLLPRI}], 1, NULL, NULL, 0) = 1`},
		{AwaitPoll([]FD{e}, nil), `ppoll([{fd=5, events=POLLOUT}], 1, NULL, NULL, 0) = 1`},
		{AwaitPoll([]FD{e}, nil), `ppoll([{fd=6, events=POLLIN}], 1, NULL, NULL, 0) = 1`},
		{PollIn(e), `ppoll([{fd=5, events=POLLIN}], 1, {tv_sec=1, tv_nsec=0}, NULL, 0) = 0 (Timeout)`},
		{Semop(ID{"set", 7}, 0), `semop(7, [{sem_num=9, sem_op=-5, sem_flg=SEM_UNDO}], 1) = 0`},
		{Semop(ID{"set", 7}, 0), `semop(8, [{sem_num=0, sem_op=0, sem_flg=0}], 1) = 0`},
		{Msgsnd(ID{"queue", 7}), `msgsnd(7, {mtype=2, mtext="\1"}, 1, 0) = 0`},
		{LockRecord(e, Unlock), `fcntl(5, F_OFD_SETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=0}) = 0`},
		{Connect(e, UnixAddress("\x00s")), `connect(5, {sa_family=AF_UNIX, sun_path="s"}, 4) = 0`},
		{Sigwait(Signals(SIGUSR1)), `rt_sigtimedwait([USR2], NULL, NULL, 8) = 12 (SIGUSR2)`},
		{SetMask(0), `rt_sigprocmask(SIG_SETMASK, [USR1], NULL, 8) = 0`},
		{Note(SIGUSR1), `rt_sigaction(SIGUSR1, {sa_handler=SIG_IGN, sa_mask=[], sa_flags=0}, NULL, 8) = 0`},
		{Kill(Child, SIGUSR1), `kill(78, SIGUSR1) = 0`},
		{PidfdSignal(Child, SIGUSR1), `pidfd_send_signal(9, SIGUSR1, NULL, 0) = 0`},
		{ParentDeathSignal(SIGKILL), `prctl(PR_SET_PDEATHSIG, SIGUSR1) = 0`},
		{FutexWake(word, 1), `futex(0x1000, FUTEX_WAKE, 2) = 1`},
		{CloseRange(3, ^uint32(0)), `close_range(3, 4, 0) = 0`},
		{UserfaultAPI(e), `ioctl(5, UFFDIO_API, {api=0xab, features=0}) = 0`},
		{Queue(Child, SIGUSR1, 1, 7), `rt_sigqueueinfo(77, SIGUSR1, {si_signo=SIGUSR1, si_code=SI_QUEUE, si_pid=7, si_uid=0, si_int=2, si_ptr=0x2}) = 0`},
	} {
		w := Witness{Env: Env{Peer: 77, Pidfd: 8}}
		if lines, err := w.Match(Program{test.op}, test.trace+"\n"); err == nil {
			t.Errorf("%v is taken for %q", test.op, lines)
		}
	}
}

// What one program has taught a witness holds for the next.
func TestWitnessLearns(t *testing.T) {
	word, file := Word{"word", wordsStart}, Word{"file", wordsStart + wordSize}
	for _, test := range []struct {
		op        Op
		good, bad string
	}{
		{Close(FD{"somebody's", -1}), "close(7) = 0\n", "close(8) = 0\n"},
		{FutexWake(word, 1), "futex(0x10, FUTEX_WAKE, 1) = 1\n", "futex(0x20, FUTEX_WAKE, 1) = 1\n"},
		{Kill(Child, SIGUSR1), "kill(7, SIGUSR1) = 0\n", "kill(8, SIGUSR1) = 0\n"},
		{Close(file), "close(7) = 0\n", "close(8) = 0\n"},
	} {
		var w Witness
		for range 2 {
			if _, err := w.Match(Program{test.op}, test.good); err != nil {
				t.Error(err)
			}
		}
		if _, err := w.Match(Program{test.op}, test.bad); err == nil {
			t.Errorf("%v: %q is taken for %q", test.op, test.bad, test.good)
		}
	}
}

func TestMatchStart(t *testing.T) {
	p := Program{Close(FD{"w", 4})}
	if lines, err := new(Witness).MatchStart(p, "close(4) = 0\ngetpid() = 7\n"); err != nil || len(lines) != 1 {
		t.Errorf("%q, %v; want the first line", lines, err)
	}
}

// Every operation has an expression that compiles, and one that makes no call
// matches nothing.
func TestEveryOperationCanBeTraced(t *testing.T) {
	for name, test := range traces() {
		if _, err := new(Witness).MatchStart(test.program, ""); err != nil && !strings.Contains(err.Error(), "nothing more") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
