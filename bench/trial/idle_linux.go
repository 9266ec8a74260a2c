//go:build amd64 || arm64

package trial

import (
	"errors"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// idleName is argv[0] of a process that has nothing to do with a gate and may have
// come by an end of it.
const idleName = "nsbench: bystander"

// The descriptor on which such a process takes others, and says that it is there.
const idleSocket = 3

// idle is a process that takes what descriptors it is passed and keeps them, and is
// otherwise idle until it is killed. It never returns.
func idle() {
	var oob [4096]byte
	var data [1]byte
	if _, err := unix.Write(idleSocket, []byte{1}); err != nil {
		os.Exit(1)
	}
	for {
		n, _, _, _, err := unix.Recvmsg(idleSocket, data[:], oob[:], 0)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil || n == 0:
			for { // the parent is gone, and what it has passed on stays
				_ = unix.Pause()
			}
		}
		if _, err := unix.Write(idleSocket, []byte{1}); err != nil {
			os.Exit(1)
		}
	}
}

// A Bystander is a process of another program that may have come by descriptors.
type Bystander struct {
	PID    int
	socket int
}

// Bystander starts another program, which inherits the descriptors given, as one does
// that is executed while they are open and not marked to be closed then. It is there
// when this returns.
func (p *Parent) Bystander(inherits ...int) (*Bystander, error) {
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socketpair", err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	files := []uintptr{null.Fd(), null.Fd(), null.Fd(), uintptr(ends[1])}
	for _, fd := range inherits {
		files = append(files, uintptr(fd))
	}
	b := &Bystander{socket: ends[0]}
	b.PID, err = syscall.ForkExec("/proc/self/exe", []string{idleName}, &syscall.ProcAttr{Env: os.Environ(), Files: files})
	if err != nil {
		return nil, err
	}
	if err := unix.Close(ends[1]); err != nil {
		return nil, err
	}
	return b, b.answered()
}

// Pass passes descriptors to the other program, which keeps them.
func (b *Bystander) Pass(fds ...int) error {
	if err := unix.Sendmsg(b.socket, []byte{1}, unix.UnixRights(fds...), nil, 0); err != nil {
		return os.NewSyscallError("sendmsg", err)
	}
	return b.answered()
}

func (b *Bystander) answered() error {
	var data [1]byte
	n, err := unix.Read(b.socket, data[:])
	if err == nil && n != 1 {
		err = unix.ECHILD
	}
	if err != nil {
		return os.NewSyscallError("read from bystander "+strconv.Itoa(b.PID), err)
	}
	return nil
}
