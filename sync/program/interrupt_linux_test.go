//go:build amd64 || arm64

package program

import (
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// interruptions is how often each wait is interrupted.
const interruptions = 5

// A waiting is what a child does up to its wait, the last operation, and what
// the parent does to release it.
type waiting struct {
	child   Program
	release Program
}

// waits are those that a signal could end.
var waits = map[string]func(*testing.T, *Board) waiting{
	"read": func(t *testing.T, _ *Board) waiting {
		r, w := pipe(t)
		return waiting{Program{Read(r, 1).Want(1)}, Program{Write(w, "x")}}
	},
	"write": func(t *testing.T, _ *Board) waiting {
		r, w := pipe(t)
		size := fill(t, w)
		return waiting{Program{Write(w, "x")}, Program{Read(r, size).Want(int64(size))}}
	},
	"ppoll": func(t *testing.T, _ *Board) waiting {
		r, w := pipe(t)
		return waiting{Program{AwaitPoll([]FD{r}, nil).Want(1)}, Program{Write(w, "x")}}
	},
	"epoll_pwait": func(t *testing.T, b *Board) waiting {
		r, w := pipe(t)
		epoll := newWord(t, b)
		return waiting{Program{EpollCreate().Into(epoll), EpollAdd(epoll, r), EpollWait(epoll).Want(1)}, Program{Write(w, "x")}}
	},
	"futex": func(t *testing.T, b *Board) waiting {
		word := newWord(t, b)
		return waiting{Program{FutexWait(word, 0)}, Program{Store(word, 1), FutexWake(word, 1).Want(1)}}
	},
	"futex_waitv": func(t *testing.T, b *Board) waiting {
		word := newWord(t, b)
		return waiting{Program{FutexWaitv(word, 0)}, Program{Store(word, 1), FutexWake(word, 1).Want(1)}}
	},
	"nanosleep": func(t *testing.T, b *Board) waiting {
		word := newWord(t, b)
		return waiting{Program{SleepWhile(word, 0, time.Hour)}, Program{Store(word, 1), Kill(Child, SIGUSR2)}}
	},
	"statx": func(t *testing.T, _ *Board) waiting {
		path := filepath.Join(t.TempDir(), "file")
		return waiting{Program{AwaitFile(path, time.Hour)}, Program{Create(path), Kill(Child, SIGUSR2)}}
	},
	"rt_sigtimedwait": func(*testing.T, *Board) waiting {
		return waiting{Program{Sigwait(Signals(SIGUSR1)).Want(int64(SIGUSR1))}, Program{Kill(Child, SIGUSR1)}}
	},
	"rt_sigsuspend": func(t *testing.T, b *Board) waiting {
		return waiting{Program{Note(SIGUSR1), Suspend(SIGUSR1, newWord(t, b))}, Program{Kill(Child, SIGUSR1)}}
	},
	"signalfd": func(t *testing.T, b *Board) waiting {
		file := newWord(t, b)
		return waiting{Program{Signalfd(Signals(SIGUSR1)).Into(file), Read(file, SignalfdRecord).Want(SignalfdRecord)}, Program{Kill(Child, SIGUSR1)}}
	},
	"flock": func(t *testing.T, b *Board) waiting {
		path, theirs, ours := newFile(t, ""), newWord(t, b), newWord(t, b)
		if got := Run(load(t, b, Part{Program: Program{Open(path, ReadWrite).Into(ours)}})); got != released {
			t.Fatal(got)
		}
		if err := unix.Flock(int(b.Value(ours)), unix.LOCK_EX); err != nil {
			t.Fatal(err)
		}
		return waiting{Program{Open(path, ReadOnly).Into(theirs), Flock(theirs, Shared)}, Program{Flock(ours, Unlock), Close(ours)}}
	},
	"semop": func(t *testing.T, _ *Board) waiting {
		set := newSemaphore(t)
		return waiting{Program{Semop(set, -1)}, Program{Semop(set, 1)}}
	},
	"msgrcv": func(t *testing.T, _ *Board) waiting {
		queue := newQueue(t)
		return waiting{Program{Msgrcv(queue).Want(1)}, Program{Msgsnd(queue)}}
	},
	"mq_timedreceive": func(t *testing.T, _ *Board) waiting {
		queue := newMq(t)
		return waiting{Program{MqReceive(queue).Want(1)}, Program{MqSend(queue)}}
	},
}

// A signal whose handler returns is not what was waited for. The child is shown
// to have woken up for it, and to sleep again.
func TestInterruptedWaitGoesOn(t *testing.T) {
	for name, prepare := range waits {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t, 1)
			w := prepare(t, b)
			last := len(w.child) - 1
			c := start(t, b, Part{Program: slices.Concat(
				Program{SetMask(w.child.Signals()), Interrupt(SIGUSR2)}, w.child[:last], Program{Arm(), w.child[last], Resumed()})})
			c.awaitAsleep(t, b, 0)
			for i := range interruptions {
				slept := c.sleeps(t)
				c.signal(t, unix.SIGUSR2)
				if !c.asleep(t, slept) || b.Stage(0).Resumed != 0 {
					t.Fatalf("interruption %d was taken for the release: %v", i, c.code.Outcome())
				}
			}
			if got := Run(loadFor(t, b, c, w.release...)); got != released {
				t.Errorf("the release: %v", got)
			}
			c.ends(t, released)
		})
	}
}

// fill fills a pipe and returns how much it took.
func fill(t *testing.T, w FD) int {
	t.Helper()
	size, err := unix.FcntlInt(uintptr(w.N), unix.F_SETPIPE_SZ, 4096)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := unix.Write(w.N, make([]byte, size)); n != size || err != nil {
		t.Fatalf("filled the pipe with %d of %d bytes: %v", n, size, err)
	}
	return size
}

// A wake tells to look at the word, and is no release by itself.
func TestFutexWakeWithoutStore(t *testing.T) {
	b := newBoard(t, 1)
	w := newWord(t, b)
	c := start(t, b, Part{Program: Program{Arm(), FutexWait(w, 0), Resumed()}})
	c.awaitAsleep(t, b, 0)
	wake := load(t, b, Part{Program: Program{FutexWake(w, 1).Want(1)}})
	for i := range interruptions {
		slept := c.sleeps(t)
		if got := Run(wake); got != released {
			t.Fatalf("wake %d: %v, want the child to have been woken", i, got)
		}
		if !c.asleep(t, slept) || b.Stage(0).Resumed != 0 {
			t.Fatalf("wake %d was taken for the release: %v", i, c.code.Outcome())
		}
	}
	if got := Run(load(t, b, Part{Program: Program{Store(w, 1), FutexWake(w, 1).Want(1)}})); got != released {
		t.Error(got)
	}
	c.ends(t, released)
}

// An interrupted sleep goes on with what is left: it neither starts over nor
// grows longer. Interrupted all the while, it would else go on for ever; it is
// given up when the child sleeps where twice the time has passed.
func TestInterruptedSleepGoesOn(t *testing.T) {
	const length = 100 * time.Millisecond
	for name, pause := range map[string]Program{
		"now and then": {Sleep(10 * time.Millisecond)},
		"all the time": nil, // more often than the timer's slack, 50 us
	} {
		t.Run(name, func(t *testing.T) {
			own := newBoard(t, 1)
			interrupted := 0
			for interrupted == 0 { // once in a while the child may end before the first
				b := newBoard(t, 1)
				c := start(t, b, Part{Program: Program{SetMask(0), Interrupt(SIGUSR2), Arm(), Sleep(length), Resumed()}})
				c.awaitAsleep(t, b, 0)
				armed := b.Stage(0).Armed
				for {
					if err := own.Reset(1); err != nil {
						t.Fatal(err)
					}
					Run(load(t, own, Part{Program: pause}))
					passed := time.Duration(Syscall.Now() - armed)
					state := c.state(t)
					if state == 'Z' {
						break
					}
					if state == 'S' && passed > 2*length {
						t.Fatalf("after %d interruptions and %v the child still sleeps, want %v", interrupted, passed, length)
					}
					c.signal(t, unix.SIGUSR2)
					interrupted++
				}
				c.ends(t, released)
				if s := b.Stage(0); time.Duration(s.Resumed-s.Armed) < length {
					t.Fatalf("interrupted %d times, the child slept %d ns, want at least %v", interrupted, s.Resumed-s.Armed, length)
				}
			}
		})
	}
}

// A code that sleeps may run again: it has not used its time up.
func TestSleepAgain(t *testing.T) {
	b := newBoard(t, 1)
	code := load(t, b, Part{Program: Program{Arm(), Sleep(5 * time.Millisecond), Resumed()}})
	for range 3 {
		Run(code)
		if s := b.Stage(0); s.Resumed-s.Armed < 5e6 {
			t.Errorf("slept %d ns, want at least 5 ms", s.Resumed-s.Armed)
		}
	}
}

// A close that is interrupted has closed: Linux frees the number before it does
// what can be interrupted. To make the call again would close whatever has that
// number by then. close(2), NOTES, "Dealing with error returns from close()".
//
// Only a few file systems can be made to do that, so a filter on the thread
// answers instead of the kernel, for one number that is no descriptor. A retry
// would be answered the same way, for ever.
func TestInterruptedCloseIsDone(t *testing.T) {
	const number = 1 << 20
	b := newBoard(t, 1)
	code := load(t, b, Part{Program: Program{Close(FD{"f", number}), Arm()}})
	done := make(chan error, 1)
	go onThrowawayThread(func() {
		err := answer(unix.SYS_CLOSE, number, unix.EINTR)
		if err == nil && !errors.Is(unix.Close(number), unix.EINTR) {
			err = errors.New("the filter does not answer")
		}
		if err == nil {
			Run(code)
		}
		done <- err
	})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := code.Outcome(); got != released {
		t.Errorf("outcome: %v, want released", got)
	}
	if b.Stage(0).Armed == 0 {
		t.Error("what follows the close was not done")
	}
}

// answer has a call of this thread with the given first argument fail. seccomp(2).
func answer(call, arg uint32, errno unix.Errno) error {
	const (
		offsetNumber = 0  // of struct seccomp_data
		offsetArg    = 16 // the low half of its first argument
	)
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offsetNumber},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 3, K: call},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offsetArg},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: arg},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	_, _, refused := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog)))
	runtime.KeepAlive(filter)
	if refused != 0 {
		return refused
	}
	return nil
}

// What cannot be interrupted does not treat EINTR as a wish to be called again.
func TestInterruptedKillFails(t *testing.T) {
	const nobody = 1<<31 - 1
	b := newBoard(t, 1)
	code, err := b.Load(Env{Peer: nobody}, Part{Program: Program{Arm(), Kill(Child, SIGUSR1)}})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go onThrowawayThread(func() {
		err := answer(unix.SYS_KILL, nobody, unix.EINTR)
		if err == nil {
			Run(code)
		}
		done <- err
	})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got, want := code.Outcome(), (Outcome{Failed, 0, 1, Errno(unix.EINTR), -1}); got != want {
		t.Errorf("outcome: %v, want %v", got, want)
	}
}
