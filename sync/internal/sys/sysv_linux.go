package sys

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"

	"golang.org/x/sys/unix"
)

// setval is a command of semctl that x/sys lacks. linux/sem.h.
const setval = 16

const ownerOnly = 0o600

// Semaphore makes a set of one semaphore, which has no key. It belongs to the
// IPC namespace and not to this process, so that it stays until it is removed.
// semget(2), semctl(2), SETVAL.
func Semaphore(value int) (id int, err error) { return semaphore(unix.IPC_PRIVATE, value) }

// KeyedSemaphore is Semaphore with a key, drawn at random, by which others find it.
func KeyedSemaphore(value int) (id int, key uint32, err error) {
	key, err = keyed(func(key uintptr) (err error) {
		id, err = semaphore(key, value)
		return err
	})
	return id, key, err
}

// keyed draws keys until something has been made that nobody else had made before.
func keyed(create func(key uintptr) error) (key uint32, err error) {
	for {
		key = rand.Uint32N(1<<31-1) + 1 // not IPC_PRIVATE, and not negative
		if err := create(uintptr(key)); !errors.Is(err, unix.EEXIST) {
			return key, err
		}
	}
}

func semaphore(key uintptr, value int) (id int, err error) {
	r, _, errno := unix.Syscall(unix.SYS_SEMGET, key, 1, unix.IPC_CREAT|unix.IPC_EXCL|ownerOnly)
	if errno != 0 {
		err = atLimit(os.NewSyscallError("semget", errno), unix.ENOSPC, "the second or the fourth number of /proc/sys/kernel/sem, SEMMNS or SEMMNI (ipcs -s)")
		return -1, err
	}
	id = int(r)
	if _, _, errno := unix.Syscall6(unix.SYS_SEMCTL, r, 0, setval, uintptr(value), 0, 0); errno != 0 {
		return -1, errors.Join(os.NewSyscallError("semctl", errno), RemoveSemaphore(id))
	}
	return id, nil
}

// RemoveSemaphore removes a set. Who waits for it then fails with EIDRM. semctl(2), IPC_RMID.
func RemoveSemaphore(id int) error {
	_, _, errno := unix.Syscall6(unix.SYS_SEMCTL, uintptr(id), 0, unix.IPC_RMID, 0, 0, 0)
	return removed("semctl", id, errno)
}

// MessageQueue makes a queue, which has no key. It belongs to the IPC namespace
// and not to this process, so that it stays until it is removed. msgget(2).
func MessageQueue() (id int, err error) { return messageQueue(unix.IPC_PRIVATE) }

// KeyedMessageQueue is MessageQueue with a key, drawn at random, by which others find it.
func KeyedMessageQueue() (id int, key uint32, err error) {
	key, err = keyed(func(key uintptr) (err error) {
		id, err = messageQueue(key)
		return err
	})
	return id, key, err
}

func messageQueue(key uintptr) (id int, err error) {
	r, _, errno := unix.Syscall(unix.SYS_MSGGET, key, unix.IPC_CREAT|unix.IPC_EXCL|ownerOnly, 0)
	if errno != 0 {
		return -1, atLimit(os.NewSyscallError("msgget", errno), unix.ENOSPC, "/proc/sys/kernel/msgmni, MSGMNI (ipcs -q)")
	}
	return int(r), nil
}

// RemoveMessageQueue removes a queue. Who waits for it then fails with EIDRM. msgctl(2), IPC_RMID.
func RemoveMessageQueue(id int) error {
	_, _, errno := unix.Syscall(unix.SYS_MSGCTL, uintptr(id), unix.IPC_RMID, 0)
	return removed("msgctl", id, errno)
}

func removed(call string, id int, errno unix.Errno) error {
	if errno != 0 {
		return fmt.Errorf("remove System V object %d: %w", id, os.NewSyscallError(call, errno))
	}
	return nil
}
