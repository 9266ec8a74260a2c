package sys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What an execve would leave open is a copy that nobody closes.
func TestSocketsAreClosedAtExec(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	a, b, err := DatagramPair()
	check(t, err)
	c, d, err := SeqpacketPair()
	check(t, err)
	e, _, err := ListenAbstract()
	check(t, err)
	f, _, err := ListenPath()
	check(t, err)
	g, _, err := ListenLoopback()
	check(t, err)
	for _, fd := range []int{a, b, c, d, e, f, g} {
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("descriptor %d: flags %#x, %v; want FD_CLOEXEC", fd, flags, err)
		}
		check(t, Close(fd))
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A message stays one, and only a connection has an end.
func TestPairs(t *testing.T) {
	for name, test := range map[string]struct {
		pair func() (a, b int, err error)
		end  error
	}{
		"datagram":  {DatagramPair, unix.EAGAIN},
		"seqpacket": {SeqpacketPair, nil},
	} {
		a, b, err := test.pair()
		check(t, err)
		for _, message := range []string{"one", "other"} {
			if _, err := unix.Write(b, []byte(message)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		check(t, Close(b))
		var buf [16]byte
		for _, want := range []string{"one", "other"} {
			if n, err := unix.Read(a, buf[:]); err != nil || string(buf[:n]) != want {
				t.Errorf("%s: read %q, %v; want %q", name, buf[:max(n, 0)], err, want)
			}
		}
		check(t, unix.SetNonblock(a, true))
		if n, err := unix.Read(a, buf[:]); n > 0 || !errors.Is(err, test.end) {
			t.Errorf("%s: read %d, %v behind the last message; want %v", name, n, err, test.end)
		}
		check(t, Close(a))
	}
}

// meet connects to a listener and returns both ends.
func meet(t *testing.T, listener, family int, at unix.Sockaddr) (near, far int) {
	t.Helper()
	near, err := socket(family)
	check(t, err)
	check(t, unix.Connect(near, at))
	far, _, err = unix.Accept4(listener, unix.SOCK_CLOEXEC)
	check(t, err)
	return near, far
}

func mustRead(t *testing.T, fd int, want string, wantErr error) {
	t.Helper()
	var buf [16]byte
	n, err := unix.Read(fd, buf[:])
	if string(buf[:max(n, 0)]) != want || !errors.Is(err, wantErr) {
		t.Errorf("read %q, %v; want %q, %v", buf[:max(n, 0)], err, want, wantErr)
	}
}

// The name is the kernel's choice and whole, and is gone with its listener.
func TestListenAbstract(t *testing.T) {
	one, name, err := ListenAbstract()
	check(t, err)
	other, otherName, err := ListenAbstract()
	check(t, err)
	if len(name) != 6 || name[0] != 0 || name == otherName {
		t.Fatalf("names %q and %q, want a NUL and five digits, and no two the same", name, otherName)
	}
	at := &unix.SockaddrUnix{Name: "@" + name[1:]} // as x/sys has it
	near, far := meet(t, one, unix.AF_UNIX, at)
	for _, fd := range []int{near, far, one, other} {
		check(t, Close(fd))
	}
	late, err := socket(unix.AF_UNIX)
	check(t, err)
	if err := unix.Connect(late, at); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("connect to %q without its listener: %v, want ECONNREFUSED", name, err)
	}
	check(t, Close(late))
}

// The file is for its owner alone, and whoever closes the listener removes it.
func TestListenPath(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	fd, path, err := ListenPath()
	check(t, err)
	if info, err := os.Lstat(path); err != nil || info.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("%v, %v; want a socket for its owner alone", info, err)
	}
	near, far := meet(t, fd, unix.AF_UNIX, &unix.SockaddrUnix{Name: path})
	for _, fd := range []int{near, far, fd} {
		check(t, Close(fd))
	}
	check(t, os.Remove(path))
	mustBeEmpty(t, dir)
}

func mustBeEmpty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A path that is too long is refused, and the error says what to do about it.
func TestListenPathRefuses(t *testing.T) {
	dir := t.TempDir()
	long := dir + "/" + strings.Repeat("d", 100)
	check(t, os.Mkdir(long, 0o700))
	for _, test := range []struct {
		dir, says string
		is        error
	}{
		{long, "has room for 107 (set TMPDIR to a shorter path)", unix.ENAMETOOLONG},
		{dir + "/none", "bind " + dir + "/none/nsbench-", unix.ENOENT},
	} {
		t.Setenv("TMPDIR", test.dir)
		before := openDescriptors(t)
		fd, path, err := ListenPath()
		if fd != -1 || path != "" || !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%d, %q, %v; want an error that is %v and says %q", fd, path, err, test.is, test.says)
		}
		if after := openDescriptors(t); after != before {
			t.Errorf("%d descriptors afterwards, want %d", after, before)
		}
	}
	mustBeEmpty(t, long)
}

func openDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	check(t, err)
	return len(entries)
}

// A close of the accepted end resets the connection, which loses no byte that
// has arrived, and leaves nothing behind, neither here nor on the other side.
func TestListenLoopback(t *testing.T) {
	fd, port, err := ListenLoopback()
	check(t, err)
	if port == 0 {
		t.Fatal("listens at port 0")
	}
	to := &unix.SockaddrInet4{Addr: Loopback, Port: int(port)}
	near, far := meet(t, fd, unix.AF_INET, to)
	if _, err := unix.Write(far, []byte("x")); err != nil {
		t.Fatal(err)
	}
	check(t, Close(far))
	mustRead(t, near, "x", nil)
	mustRead(t, near, "", unix.ECONNRESET)
	check(t, Close(near))

	// As a child does, which ends first.
	near, far = meet(t, fd, unix.AF_INET, to)
	check(t, Close(near))
	mustRead(t, far, "", nil)
	check(t, Close(far))
	check(t, Close(fd))
	for state := "any"; state != ""; {
		if state = tcpState(t, port); state == timeWait {
			t.Fatalf("a connection to port %d is left in TIME_WAIT", port)
		}
	}
}

const timeWait = "06" // TCP_TIME_WAIT

// tcpState is the state of the last socket, as the kernel lists them, that has
// to do with a port of 127.0.0.1, or nothing if there is none. proc_pid_net(5).
func tcpState(t *testing.T, port uint16) (state string) {
	t.Helper()
	table, err := os.ReadFile("/proc/self/net/tcp")
	check(t, err)
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line) // number, local and remote address, state
		if slices.Contains(f[1:3], fmt.Sprintf("0100007F:%04X", port)) {
			state = f[3]
		}
	}
	return state
}
