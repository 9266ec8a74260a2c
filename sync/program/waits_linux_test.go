//go:build amd64 || arm64

package program

import (
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A wait made again as long as a word has a value ends at any other, and at
// that value however often it is made.
func TestWhileEndsAtAnotherValue(t *testing.T) {
	const old = 7
	for name, while := range map[string]func(Word) Op{
		"sched_yield": func(w Word) Op { return YieldWhile(w, old) },
		"nanosleep":   func(w Word) Op { return SleepWhile(w, old, 100*time.Microsecond) },
		"futex":       func(w Word) Op { return FutexWait(w, old) },
		"futex_waitv": func(w Word) Op { return FutexWaitv(w, old) },
	} {
		for _, next := range []uint32{0, old + 1, ^uint32(0)} {
			b := newBoard(t, 1)
			w := newWord(t, b)
			b.Set(w, old)
			c := start(t, b, Part{Program: Program{Arm(), while(w), Resumed()}})
			for !b.AwaitArmed(0, 1) {
				pause(t)
			}
			// The same value again, and a wake that tells to look.
			if got := Run(load(t, b, Part{Program: Program{Store(w, old), FutexWake(w, 1), Sleep(3 * time.Millisecond)}})); got != released {
				t.Fatal(got)
			}
			if c.state(t) == 'Z' || b.Stage(0).Resumed != 0 {
				t.Fatalf("%s: at %d the child went on: %v", name, old, c.code.Outcome())
			}
			if got := Run(load(t, b, Part{Program: Program{Store(w, next), FutexWake(w, 1)}})); got != released {
				t.Fatal(got)
			}
			c.ends(t, released)
		}
	}
}

// A call that fails otherwise than by EINTR and EAGAIN is a failure, and not
// one that is made for ever.
func TestWhileFails(t *testing.T) {
	b := newBoard(t, 1)
	w := newWord(t, b)
	op := while(w, 0, Read(FD{"none", 1 << 20}, 1))
	c := start(t, b, Part{Program: Program{Arm(), op}})
	c.ends(t, Outcome{Failed, 0, 1, ebadf, 0})
}

// EAGAIN is what a futex says whose word has changed by then. Here it is said
// again and again, and the word is what ends it.
func TestWhileGoesOnAtEAGAIN(t *testing.T) {
	b := newBoard(t, 1)
	w := newWord(t, b)
	r, _ := pipe(t)
	if err := unix.SetNonblock(r.N, true); err != nil {
		t.Fatal(err)
	}
	c := start(t, b, Part{Program: Program{Arm(), while(w, 0, Read(r, 1)), Resumed()}})
	for !b.AwaitArmed(0, 1) {
		pause(t)
	}
	if got := Run(load(t, b, Part{Program: Program{Sleep(time.Millisecond), Store(w, 1)}})); got != released {
		t.Fatal(got)
	}
	c.ends(t, released)
}

// Of all that can come in between, only the file ends it, and it sleeps meanwhile.
func TestAwaitFile(t *testing.T) {
	b := newBoard(t, 1)
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	c := start(t, b, Part{Program: Program{Arm(), AwaitFile(path, time.Millisecond), Resumed()}})
	c.awaitAsleep(t, b, 0)
	if slept := c.sleeps(t); !c.asleep(t, slept+3) {
		t.Fatalf("the child ended instead of sleeping: %v", c.code.Outcome())
	}
	if got := Run(load(t, b, Part{Program: Program{Create(path + "2"), Sleep(5 * time.Millisecond)}})); got != released {
		t.Fatal(got)
	}
	if c.state(t) == 'Z' {
		t.Fatalf("another file ended it: %v", c.code.Outcome())
	}
	if got := Run(load(t, b, Part{Program: Program{Create(path)}})); got != released {
		t.Fatal(got)
	}
	c.ends(t, released)
}

// That the way to the file is none at all is not that the file is not there yet.
func TestAwaitFileFails(t *testing.T) {
	c := start(t, newBoard(t, 1), Part{Program: Program{Arm(), AwaitFile(newFile(t, "")+"/file", time.Millisecond)}})
	c.ends(t, Outcome{Failed, 0, 1, Errno(unix.ENOTDIR), -1})
}

func TestCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	want := Outcome{Verdict: Failed, Index: 1, Errno: Errno(unix.EEXIST), Result: -1}
	if got := run(t, Create(path), Create(path)); got != want {
		t.Errorf("created twice: %v, want %v", got, want)
	}
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil || st.Mode&^0o077 != unix.S_IFREG|0o600 || st.Size != 0 {
		t.Errorf("mode %#o, %d bytes, %v; want an empty file of the owner's", st.Mode, st.Size, err)
	}
}

// It ends after its looks where the value does not come, and before where it
// is there: so many looks would take the machine's lifetime.
func TestSpinForIsBounded(t *testing.T) {
	b := newBoard(t, 1)
	w := newWord(t, b)
	c := start(t, b, Part{Program: Program{SpinFor(w, 1, 1000), Load(w).Want(0), Store(w, 1)}})
	c.ends(t, released)
	for range 1000 {
		if got := Run(load(t, b, Part{Program: Program{SpinFor(w, 1, ^uint32(0))}})); got != released {
			t.Fatal(got)
		}
		if err := b.Reset(1); err != nil {
			t.Fatal(err)
		}
		w = newWord(t, b)
		b.Set(w, 1)
	}
}

func TestTimerSlack(t *testing.T) {
	b := newBoard(t, 1)
	r, _ := pipe(t)
	c := start(t, b, Part{Program: Program{TimerSlack(4321 * time.Nanosecond), Arm(), Read(r, 1)}})
	c.awaitAsleep(t, b, 0)
	if got := c.file(t, "timerslack_ns"); got != "4321\n" {
		t.Errorf("the timer's slack is %q ns, want 4321", got)
	}
}

// Either ends it: that one descriptor is readable, that the other has hung up.
func TestAwaitPoll(t *testing.T) {
	for name, release := range map[string]func(data, peer FD) Op{
		"readable": func(data, _ FD) Op { return Write(data, "x") },
		"hung up":  func(_, peer FD) Op { return Close(peer) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t, 1)
			data, c := polling(t, b)
			if got := Run(load(t, b, Part{Program: Program{release(data.w, data.peer)}})); got != released {
				t.Fatal(got)
			}
			c.ends(t, released)
		})
	}
}

// What the child is not asked to look at does not end it: its data are the peer's.
func TestAwaitPollOfHangUpAlone(t *testing.T) {
	b := newBoard(t, 1)
	data, c := polling(t, b)
	if got := Run(load(t, b, Part{Program: Program{Write(data.peer, "x"), Sleep(5 * time.Millisecond)}})); got != released {
		t.Fatal(got)
	}
	if c.state(t) == 'Z' || b.Stage(0).Resumed != 0 {
		t.Errorf("data ended a wait for a hang-up: %v", c.code.Outcome())
	}
}

// polled are the ends that a child polls the others of.
type polled struct{ w, peer FD }

func polling(t *testing.T, b *Board) (polled, *child) {
	t.Helper()
	dataR, dataW := pipe(t)
	peerR, peerW := pipe(t)
	c := start(t, b, Part{Program: Program{Close(dataW), Close(peerW), Arm(), AwaitPoll([]FD{dataR}, []FD{peerR}).Want(1), Resumed()}})
	c.awaitAsleep(t, b, 0)
	return polled{dataW, peerW}, c
}

func TestEpoll(t *testing.T) {
	b := newBoard(t, 1)
	r, w := pipe(t)
	epoll := newWord(t, b)
	c := start(t, b, Part{Program: Program{
		EpollCreate().Into(epoll), EpollAdd(epoll, r), Arm(), EpollWait(epoll).Want(1), Resumed(), Read(r, 1).Want(1),
	}})
	c.awaitAsleep(t, b, 0)
	if got := run(t, Write(w, "x")); got != released {
		t.Fatal(got)
	}
	c.ends(t, released)
}

// The child has a description of its own, for the clone's copy of ours would
// hold our lock.
func TestLocks(t *testing.T) {
	for name, lock := range map[string]struct {
		take func(fd int) error
		do   func(File, Lock) Op
	}{
		"flock": {func(fd int) error { return unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) }, Flock},
		"fcntl": {func(fd int) error {
			return unix.FcntlFlock(uintptr(fd), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK})
		}, LockRecord},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t, 1)
			path, theirs := newFile(t, ""), newWord(t, b)
			fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
			if err != nil {
				t.Fatal(err)
			}
			if err := lock.take(fd); err != nil {
				t.Fatal(err)
			}
			c := start(t, b, Part{Program: Program{Open(path, ReadOnly).Into(theirs), Arm(), lock.do(theirs, Shared), Resumed()}})
			c.awaitAsleep(t, b, 0)
			ours := FD{"ours", fd}
			if got := run(t, lock.do(ours, Unlock)); got != released {
				t.Fatal(got)
			}
			c.ends(t, released)
			// Nobody has a lock any more, not even a shared one.
			again, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
			if err != nil {
				t.Fatal(err)
			}
			if err := lock.take(again); err != nil {
				t.Errorf("an exclusive lock when all are given up: %v", err)
			}
			if got := run(t, Close(FD{"again", again}), Close(ours)); got != released {
				t.Error(got)
			}
		})
	}
}

// A client that knows only the address comes to wait for end of file.
func TestSockets(t *testing.T) {
	for name, domain := range map[string]struct {
		family int
		bind   func(t *testing.T) (Address, unix.Sockaddr)
	}{
		"path": {unix.AF_UNIX, func(t *testing.T) (Address, unix.Sockaddr) {
			path := filepath.Join(t.TempDir(), "s")
			return UnixAddress(path), &unix.SockaddrUnix{Name: path}
		}},
		"abstract": {unix.AF_UNIX, func(t *testing.T) (Address, unix.Sockaddr) {
			name := "nsbench-test/" + t.TempDir()
			return UnixAddress("\x00" + name), &unix.SockaddrUnix{Name: "@" + name}
		}},
		"tcp": {unix.AF_INET, func(*testing.T) (Address, unix.Sockaddr) {
			return Address{}, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			address, bind := domain.bind(t)
			listener, err := unix.Socket(domain.family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				t.Fatal(err)
			}
			if err := unix.Bind(listener, bind); err != nil {
				t.Fatal(err)
			}
			if err := unix.Listen(listener, 1); err != nil {
				t.Fatal(err)
			}
			if domain.family == unix.AF_INET {
				address = bound(t, listener)
			}
			b := newBoard(t, 1)
			theirs, ours := newWord(t, b), newWord(t, b)
			l := FD{"listener", listener}
			c := start(t, b, Part{Program: Program{Close(l), Socket(address).Into(theirs), Connect(theirs, address), Arm(), Read(theirs, 1).Want(0), Resumed()}})
			if got := Run(load(t, b, Part{Program: Program{Accept(l).Into(ours), PollIn(l).Want(0)}})); got != released {
				t.Fatal(got)
			}
			c.awaitAsleep(t, b, 0)
			if got := Run(load(t, b, Part{Program: Program{Shutdown(ours)}})); got != released {
				t.Fatal(got)
			}
			c.ends(t, released)
			if got := Run(load(t, b, Part{Program: Program{Close(ours), Close(l)}})); got != released {
				t.Error(got)
			}
		})
	}
}

func bound(t *testing.T, socket int) Address {
	t.Helper()
	name, err := unix.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	in := name.(*unix.SockaddrInet4)
	return TCPAddress(in.Addr, uint16(in.Port))
}
