package program

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What x/sys lacks is held to the kernel's headers, for both architectures:
// programs are made on one, printed on another, and say the same.
func TestConstantsAsInTheHeaders(t *testing.T) {
	inHeaders(t, []string{"linux/futex.h"}, map[string]uint64{
		"FUTEX_WAIT":                          futexWait,
		"FUTEX_WAKE":                          futexWake,
		"FUTEX_32":                            futex32,
		"sizeof(struct futex_waitv)":          24,
		"offsetof(struct futex_waitv, val)":   0,
		"offsetof(struct futex_waitv, uaddr)": 8,
		"offsetof(struct futex_waitv, flags)": 16,
	})
	inHeaders(t, []string{"linux/userfaultfd.h", "linux/ioctl.h"}, map[string]uint64{
		"UFFD_USER_MODE_ONLY":            uffdUserMode,
		"UFFD_API":                       uffdAPI,
		"UFFDIO_API":                     uffdioAPI,
		"UFFDIO_REGISTER":                uffdioRegister,
		"UFFDIO_COPY":                    uffdioCopy,
		"UFFDIO_REGISTER_MODE_MISSING":   RegisterMissing,
		"sizeof(struct uffdio_api)":      24,
		"sizeof(struct uffdio_register)": RegisterSize,
		"offsetof(struct uffdio_register, range.start)": RegisterStart,
		"offsetof(struct uffdio_register, range.len)":   RegisterLength,
		"offsetof(struct uffdio_register, mode)":        RegisterMode,
		"sizeof(struct uffdio_copy)":                    CopySize,
		"offsetof(struct uffdio_copy, dst)":             CopyTo,
		"offsetof(struct uffdio_copy, src)":             CopyFrom,
		"offsetof(struct uffdio_copy, len)":             CopyLength,
	})
	inHeaders(t, []string{"linux/seccomp.h", "linux/ioctl.h"}, map[string]uint64{
		"SECCOMP_IOCTL_NOTIF_RECV":                 seccompRecv,
		"SECCOMP_IOCTL_NOTIF_SEND":                 seccompSend,
		"sizeof(struct seccomp_notif)":             NotificationSize,
		"offsetof(struct seccomp_notif, id)":       0,
		"sizeof(struct seccomp_notif_resp)":        AnswerSize,
		"offsetof(struct seccomp_notif_resp, id)":  0,
		"offsetof(struct seccomp_notif_resp, val)": AnswerValue,
		"offsetof(struct seccomp_data, nr)":        0, // what the filter loads
	})
	inHeaders(t, []string{"linux/io_uring.h"}, map[string]uint64{
		"IORING_ENTER_GETEVENTS": uringGetEvents,
	})
	inHeaders(t, []string{"asm/siginfo.h"}, map[string]uint64{
		"(unsigned)SI_QUEUE":            siQueue,
		"sizeof(siginfo_t)":             SiginfoSize,
		"offsetof(siginfo_t, si_signo)": 0,
		"offsetof(siginfo_t, si_code)":  8,
		"offsetof(siginfo_t, si_pid)":   16,
		"offsetof(siginfo_t, si_uid)":   20,
		"offsetof(siginfo_t, si_int)":   siginfoValue,
	})
	inHeaders(t, []string{"linux/signalfd.h"}, map[string]uint64{
		"sizeof(struct signalfd_siginfo)": SignalfdRecord,
	})
	inHeaders(t, []string{"asm/signal.h"}, map[string]uint64{
		"SIGRTMIN":         uint64(RealTime(0)),
		"sizeof(sigset_t)": signalSetSize,
	})
	inHeaders(t, []string{"linux/eventpoll.h"}, map[string]uint64{
		"EPOLL_CLOEXEC":                        oCloexec,
		"EPOLLIN":                              pollIn,
		"EPOLL_CTL_ADD":                        epollAdd,
		"sizeof(struct epoll_event) <= 16":     1, // packed on amd64 alone
		"offsetof(struct epoll_event, events)": 0,
	})
	inHeaders(t, []string{"linux/fcntl.h"}, map[string]uint64{
		"O_CLOEXEC":                       oCloexec,
		"O_RDWR":                          uint64(ReadWrite),
		"F_OFD_SETLK":                     fOFDSetlk,
		"F_OFD_SETLKW":                    fOFDSetlkw,
		"F_RDLCK":                         fRDLCK,
		"F_UNLCK":                         fUNLCK,
		"LOCK_SH":                         lockSH,
		"LOCK_UN":                         lockUN,
		"-AT_FDCWD":                       -atFDCWD,
		"sizeof(struct flock)":            32,
		"offsetof(struct flock, l_type)":  0,
		"offsetof(struct flock, l_start)": 8,
		"offsetof(struct flock, l_len)":   16,
		"offsetof(struct flock, l_pid)":   24,
	})
	inHeaders(t, []string{"linux/stat.h", "linux/fcntl.h"}, map[string]uint64{
		"STATX_TYPE":            statxType,
		"AT_STATX_SYNC_AS_STAT": 0,
		"S_IFREG":               sIFREG,
		"sizeof(struct statx)":  statxSize,
	})
	inHeaders(t, []string{"linux/sem.h"}, map[string]uint64{
		"sizeof(struct sembuf)":            6,
		"offsetof(struct sembuf, sem_num)": 0,
		"offsetof(struct sembuf, sem_op)":  2,
		"offsetof(struct sembuf, sem_flg)": 4,
	})
	inHeaders(t, []string{"linux/msg.h"}, map[string]uint64{
		"offsetof(struct msgbuf, mtext)": 8,
	})
	inHeaders(t, []string{"linux/filter.h"}, map[string]uint64{
		"BPF_LD|BPF_W|BPF_ABS":                bpfLoadAbsolute,
		"BPF_JMP|BPF_JEQ|BPF_K":               bpfJumpEqual,
		"BPF_RET|BPF_K":                       bpfReturn,
		"sizeof(struct sock_filter)":          8,
		"offsetof(struct sock_filter, jt)":    2,
		"offsetof(struct sock_filter, jf)":    3,
		"offsetof(struct sock_filter, k)":     4,
		"sizeof(struct sock_fprog)":           16,
		"offsetof(struct sock_fprog, filter)": 8,
	})
	inHeaders(t, []string{"asm/poll.h"}, map[string]uint64{
		"POLLIN":                              pollIn,
		"sizeof(struct pollfd)":               8,
		"offsetof(struct pollfd, events)":     4,
		"sizeof(((struct pollfd*)0)->events)": 2, // revents follow, which are stored as its upper half
	})
	inHeaders(t, []string{"linux/mman.h"}, map[string]uint64{
		"PROT_READ|PROT_WRITE":      protRW,
		"MAP_SHARED":                mapShared,
		"MAP_PRIVATE|MAP_ANONYMOUS": mapPrivateAnon,
	})
}

// The structures that operations put together member by member, as x/sys has them.
func TestStructuresAsInTheKernel(t *testing.T) {

	for _, c := range []struct {
		name      string
		got, want uintptr
	}{
		{"size of struct statx", statxSize, unsafe.Sizeof(unix.Statx_t{})},
		{"size of struct flock", 32, unsafe.Sizeof(unix.Flock_t{})},
		{"size of siginfo_t", siginfoSize, unsafe.Sizeof(unix.Siginfo{})},
		{"siginfo_t.si_code", 8, unsafe.Offsetof(unix.Siginfo{}.Code)},
		{"size of struct signalfd_siginfo", SignalfdRecord, unsafe.Sizeof(unix.SignalfdSiginfo{})},
		{"size of struct pollfd", 8, unsafe.Sizeof(unix.PollFd{})},
		{"size of struct sockaddr_in", 16, unsafe.Sizeof(unix.RawSockaddrInet4{})},
		{"sockaddr_un.sun_path", 2, unsafe.Offsetof(unix.RawSockaddrUnix{}.Path)},
	} {
		if c.got != c.want {
			t.Errorf("%s = %d, want %d", c.name, c.got, c.want)
		}
	}
	if got := unsafe.Sizeof(unix.EpollEvent{}); got > epollEventSize {
		t.Errorf("struct epoll_event has %d bytes, there is room for %d", got, epollEventSize)
	}
}

// inHeaders holds the values of C expressions to what the kernel's headers
// (linux-libc-dev) make of them, for this architecture and for the other one if
// its compiler is here. Nothing that is compiled is run.
//
// It is a second of its kind: package sys has the same for what is its own, and
// a package that both could import would be one more in the table of layers for
// the sake of a few lines.
func inHeaders(t *testing.T, headers []string, want map[string]uint64) {
	t.Helper()
	var src strings.Builder
	for _, h := range slices.Concat([]string{"stddef.h"}, headers) {
		fmt.Fprintf(&src, "#include <%s>\n", h)
	}
	for expr, v := range want {
		fmt.Fprintf(&src, "_Static_assert((unsigned long long)(%s) == %dULL, %q);\n", expr, v, fmt.Sprintf("%s is not %d", expr, v))
	}
	for arch, compiler := range map[string]string{"amd64": "x86_64-linux-gnu-gcc", "arm64": "aarch64-linux-gnu-gcc"} {
		t.Run(headers[0]+" of "+arch, func(t *testing.T) {
			ability := "cross-gcc"
			if arch == runtime.GOARCH {
				compiler, ability = "gcc", "gcc"
			}
			cmd := exec.Command(compiler, "-fsyntax-only", "-x", "c", "-")
			cmd.Stdin = strings.NewReader(src.String())
			out, err := cmd.CombinedOutput()
			switch {
			case errors.Is(err, exec.ErrNotFound), strings.Contains(string(out), "fatal error"): // no compiler, no header
				missing(t, ability, fmt.Errorf("%w\n%s", err, out))
			case err != nil:
				t.Errorf("the headers disagree: %v\n%s", err, out)
			}
		})
	}
}

// missing ends a test for want of an ability: it is skipped, or it fails where
// NSBENCH_TEST_REQUIRE names the ability.
func missing(t *testing.T, ability string, why error) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), ability) {
		t.Fatalf("%s is required: %v", ability, why)
	}
	t.Skipf("no %s: %v", ability, why)
}
