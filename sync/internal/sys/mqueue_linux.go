package sys

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mqAttr is struct mq_attr of linux/mqueue.h, which x/sys lacks.
type mqAttr struct {
	flags, maxMessages, messageSize, messages int64
	_                                         [4]int64
}

// Mqueue makes a POSIX message queue that holds one message of one byte, and
// removes its name: it lives as long as its descriptors, unless this process is
// killed in between. mq_open(3).
func Mqueue() (fd int, err error) {
	fd, name, err := NamedMqueue()
	if err != nil {
		return -1, err
	}
	if err := UnlinkMqueue(name); err != nil {
		return -1, errors.Join(err, Close(fd))
	}
	return fd, nil
}

// NamedMqueue is Mqueue that leaves the queue its name, which it returns as the
// system call takes it: without the slash that mq_open(3) asks for.
//
// The name says whose it is, and is drawn at random besides: process IDs are not
// unique in an IPC namespace that several PID namespaces share.
func NamedMqueue() (fd int, name string, err error) {
	name = fmt.Sprintf("nsbench-%d-%016x", os.Getpid(), rand.Uint64())
	p, err := unix.BytePtrFromString(name)
	if err != nil {
		return -1, "", err
	}
	attr := mqAttr{maxMessages: 1, messageSize: 1}
	const flags = unix.O_CREAT | unix.O_EXCL | unix.O_RDWR | unix.O_CLOEXEC
	r, _, errno := unix.Syscall6(unix.SYS_MQ_OPEN, uintptr(unsafe.Pointer(p)), flags, ownerOnly, uintptr(unsafe.Pointer(&attr)), 0, 0)
	if errno != 0 {
		err = fmt.Errorf("make queue /%s: %w", name, os.NewSyscallError("mq_open", errno))
		err = atLimit(err, unix.ENOSPC, "/proc/sys/fs/mqueue/queues_max")
		return -1, "", atLimit(err, unix.EMFILE, "RLIMIT_MSGQUEUE (ulimit -q), or RLIMIT_NOFILE (ulimit -n)")
	}
	return int(r), name, nil
}

// UnlinkMqueue removes the name of a queue. mq_unlink(3).
func UnlinkMqueue(name string) error {
	p, err := unix.BytePtrFromString(name)
	if err != nil {
		return err
	}
	if _, _, errno := unix.Syscall(unix.SYS_MQ_UNLINK, uintptr(unsafe.Pointer(p)), 0, 0); errno != 0 {
		return fmt.Errorf("remove queue /%s: %w", name, os.NewSyscallError("mq_unlink", errno))
	}
	return nil
}
