package sys

import (
	"fmt"
	"os"
	"regexp"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestMqueueAsInTheHeaders(t *testing.T) {
	var a mqAttr
	inHeaders(t, []string{"linux/mqueue.h"}, map[string]uint64{
		"sizeof(struct mq_attr)":               uint64(unsafe.Sizeof(a)),
		"offsetof(struct mq_attr, mq_flags)":   uint64(unsafe.Offsetof(a.flags)),
		"offsetof(struct mq_attr, mq_maxmsg)":  uint64(unsafe.Offsetof(a.maxMessages)),
		"offsetof(struct mq_attr, mq_msgsize)": uint64(unsafe.Offsetof(a.messageSize)),
		"offsetof(struct mq_attr, mq_curmsgs)": uint64(unsafe.Offsetof(a.messages)),
	})
}

// The queue is as small as can be, is closed at an execve, and has lost its name.
func TestMqueue(t *testing.T) {
	fd, err := Mqueue()
	if err != nil {
		t.Fatal(err)
	}
	var got mqAttr
	if _, _, errno := unix.Syscall(unix.SYS_MQ_GETSETATTR, uintptr(fd), 0, uintptr(unsafe.Pointer(&got))); errno != 0 {
		t.Fatal(os.NewSyscallError("mq_getsetattr", errno))
	}
	if want := (mqAttr{maxMessages: 1, messageSize: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("flags %#x, %v; want FD_CLOEXEC", flags, err)
	}
	name, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
	if err != nil || !regexp.MustCompile(`^/nsbench-[0-9]+-[0-9a-f]{16} \(deleted\)$`).MatchString(name) {
		t.Errorf("the queue is %q, %v; want it to be deleted", name, err)
	}
	if err := Close(fd); err != nil {
		t.Error(err)
	}
}
