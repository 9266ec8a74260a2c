package sys

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// DatagramPair makes a connected pair of unix datagram sockets. socketpair(2).
func DatagramPair() (a, b int, err error) { return pairOf(unix.SOCK_DGRAM) }

// SeqpacketPair makes a connected pair of unix seqpacket sockets. socketpair(2).
func SeqpacketPair() (a, b int, err error) { return pairOf(unix.SOCK_SEQPACKET) }

func pairOf(kind int) (a, b int, err error) {
	p, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
	return p[0], p[1], os.NewSyscallError("socketpair", err)
}

// ListenAbstract makes a unix stream socket that listens under a name in the
// abstract namespace, which the kernel has chosen, and returns the name with
// its leading NUL. unix(7), "Autobind feature".
func ListenAbstract() (fd int, name string, err error) {
	fd, err = socket(unix.AF_UNIX)
	if err != nil {
		return -1, "", err
	}
	bound, err := listenAnywhere(fd, "abstract name", &unix.SockaddrUnix{})
	if err != nil {
		return -1, "", errors.Join(err, Close(fd))
	}
	return fd, "\x00" + bound.(*unix.SockaddrUnix).Name[1:], nil // x/sys has an @ there
}

// pathRoom is the most bytes of a path that fit into an address with the NUL
// behind them. unix(7).
const pathRoom = len(unix.RawSockaddrUnix{}.Path) - 1

// ListenPath makes a unix stream socket that listens at a path in the directory
// for temporary files, and that only its owner may connect to. Whoever closes it
// removes the file.
//
// It has no directory of its own, for the reasons that TempFifo has none: a bind
// does not follow a link that it finds under the name, or take what exists, and
// fails. A file of a socket is made with the mode that the socket has, which
// can be set before, so there is no moment at which others may connect.
// unix(7), "Pathname socket ownership and permissions".
func ListenPath() (fd int, path string, err error) {
	path = filepath.Join(os.TempDir(), fmt.Sprintf("nsbench-%d-unix-%016x", os.Getpid(), rand.Uint64()))
	if len(path) > pathRoom {
		return -1, "", fmt.Errorf("bind %s: %d bytes, and the address of a unix socket has room for %d (set TMPDIR to a shorter path): %w",
			path, len(path), pathRoom, unix.ENAMETOOLONG)
	}
	fd, err = socket(unix.AF_UNIX)
	if err != nil {
		return -1, "", err
	}
	if err = unix.Fchmod(fd, 0o600); err != nil {
		return -1, "", errors.Join(os.NewSyscallError("fchmod", err), Close(fd))
	}
	if err = bind(fd, path, &unix.SockaddrUnix{Name: path}); err != nil {
		return -1, "", errors.Join(err, Close(fd))
	}
	if err = listen(fd); err != nil {
		return -1, "", errors.Join(err, Close(fd), os.Remove(path))
	}
	return fd, path, nil
}

// ListenLoopback makes a TCP socket that listens at a port of 127.0.0.1, which
// the kernel has chosen. What it accepts does not linger: a close sends a reset,
// and leaves nothing in TIME_WAIT on either side. socket(7), SO_LINGER.
func ListenLoopback() (fd int, port uint16, err error) {
	fd, err = socket(unix.AF_INET)
	if err != nil {
		return -1, 0, err
	}
	// An accepted socket has the options of its listener.
	if err = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}); err != nil {
		return -1, 0, errors.Join(os.NewSyscallError("setsockopt", err), Close(fd))
	}
	bound, err := listenAnywhere(fd, "127.0.0.1", &unix.SockaddrInet4{Addr: Loopback})
	if err != nil {
		return -1, 0, errors.Join(err, Close(fd))
	}
	return fd, uint16(bound.(*unix.SockaddrInet4).Port), nil
}

func socket(family int) (int, error) {
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	return fd, os.NewSyscallError("socket", err)
}

// listenAnywhere has a socket listen at an address of which the kernel chooses
// what is not said, and returns the whole of it.
func listenAnywhere(fd int, subject string, at unix.Sockaddr) (unix.Sockaddr, error) {
	if err := bind(fd, subject, at); err != nil {
		return nil, err
	}
	if err := listen(fd); err != nil {
		return nil, err
	}
	bound, err := unix.Getsockname(fd)
	return bound, os.NewSyscallError("getsockname", err)
}

func bind(fd int, subject string, at unix.Sockaddr) error {
	if err := unix.Bind(fd, at); err != nil {
		return fmt.Errorf("bind %s: %w", subject, err)
	}
	return nil
}

// listen has a socket listen for one connection.
func listen(fd int) error { return os.NewSyscallError("listen", unix.Listen(fd, 1)) }
