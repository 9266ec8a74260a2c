//go:build amd64 || arm64

package program

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func offsetIn(b *Board, c Code) int {
	return int(uintptr(unsafe.Pointer(c.frame)) - uintptr(unsafe.Pointer(&b.mem[0])))
}

// A child runs a code in a clone, and is reaped at the end of its test at the latest.
type child struct {
	pid, pidfd int
	code       Code
	reaped     bool
}

func start(t *testing.T, b *Board, parts ...Part) *child {
	t.Helper()
	return startIn(t, 0, b, parts...)
}

// startIn starts a child in the namespaces of the flags.
func startIn(t *testing.T, flags uint64, b *Board, parts ...Part) *child {
	t.Helper()
	return startOn(t, mapStack(t), flags, b, parts...)
}

func startOn(t *testing.T, stack []byte, flags uint64, b *Board, parts ...Part) *child {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	code := load(t, b, parts...)
	pid, pidfd, err := Clone(code, flags|unix.CLONE_PIDFD, stack)
	if err != nil {
		t.Fatal(err)
	}
	c := &child{pid: pid, pidfd: pidfd, code: code}
	t.Cleanup(func() { c.discard(t) })
	return c
}

func mapStack(t *testing.T) []byte {
	t.Helper()
	stack, err := unix.Mmap(-1, 0, 16<<10, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Munmap(stack); err != nil {
			t.Error(err)
		}
	})
	return stack
}

func (c *child) discard(t *testing.T) {
	if !c.reaped {
		if err := unix.PidfdSendSignal(c.pidfd, unix.SIGKILL, nil, 0); err != nil {
			t.Error(err)
		}
		c.reap(t)
	}
	if err := unix.Close(c.pidfd); err != nil {
		t.Error(err)
	}
}

func (c *child) reap(t *testing.T) (status unix.WaitStatus) {
	t.Helper()
	c.reaped = true
	for {
		_, err := unix.Wait4(c.pid, &status, unix.WALL, nil)
		if err == nil {
			return status
		}
		if !errors.Is(err, unix.EINTR) {
			t.Fatal(err)
		}
	}
}

// ends waits for the child's own end and holds its outcome to want.
func (c *child) ends(t *testing.T, want Outcome) {
	t.Helper()
	status := c.reap(t)
	if got := c.code.Outcome(); got != want {
		t.Errorf("outcome: %v, want %v", got, want)
	}
	if got := status.ExitStatus(); got != int(want.Verdict) {
		t.Errorf("exit status %d, want that of the verdict, %d", got, want.Verdict)
	}
}

func (c *child) signal(t *testing.T, sig unix.Signal) {
	t.Helper()
	if err := unix.PidfdSendSignal(c.pidfd, sig, nil, 0); err != nil {
		t.Fatal(err)
	}
}

// state is the child's state in /proc, such as 'S' when it sleeps. proc_pid_stat(5).
func (c *child) state(t *testing.T) byte {
	t.Helper()
	stat := c.file(t, "stat")
	return stat[strings.LastIndexByte(stat, ')')+2]
}

// file is what a file of the child's in /proc says.
func (c *child) file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", c.pid, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// field is one of the child's /proc/PID/status. proc_pid_status(5).
func (c *child) field(t *testing.T, name string) string {
	t.Helper()
	for line := range strings.Lines(c.file(t, "status")) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	t.Fatalf("/proc/%d/status has no %s", c.pid, name)
	return ""
}

// sleeps is how often the child has gone to sleep.
func (c *child) sleeps(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(c.field(t, "voluntary_ctxt_switches"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// asleep waits until the child sleeps after having gone to sleep more than n
// times, and reports whether it came to that or the child ended instead. A
// signal and a wake take effect on the state before their call returns, so
// the sleep that is seen is a later one.
func (c *child) asleep(t *testing.T, n int) bool {
	t.Helper()
	for {
		switch c.state(t) {
		case 'S':
			if c.sleeps(t) > n {
				return true
			}
		case 'Z':
			return false
		}
		pause(t)
	}
}

// awaitAsleep waits until the child sleeps in the wait that it has armed for.
func (c *child) awaitAsleep(t *testing.T, b *Board, stage int) {
	t.Helper()
	for !b.AwaitArmed(stage, 1) {
		if c.state(t) == 'Z' {
			t.Fatalf("the child ended before it armed: %v", c.code.Outcome())
		}
		pause(t)
	}
	if !c.asleep(t, 0) {
		t.Fatalf("the child ended instead of waiting: %v", c.code.Outcome())
	}
}

// pause lets others run between two looks.
func pause(t *testing.T) {
	t.Helper()
	ts := unix.NsecToTimespec(100_000)
	if err := unix.Nanosleep(&ts, nil); err != nil && !errors.Is(err, unix.EINTR) {
		t.Fatal(err)
	}
}

func pipe(t *testing.T) (r, w FD) {
	t.Helper()
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	r, w = FD{"r", p[0]}, FD{"w", p[1]}
	t.Cleanup(func() {
		for _, fd := range p {
			if err := unix.Close(fd); err != nil && !errors.Is(err, unix.EBADF) { // a test may have closed it
				t.Error(err)
			}
		}
	})
	return r, w
}

func TestCloneRunsAndExits(t *testing.T) {
	b := newBoard(t, 1)
	w := newWord(t, b)
	c := start(t, b, Part{Program: Program{Store(w, 42)}})
	c.ends(t, Outcome{Verdict: Released})
	if got := b.Value(w); got != 42 {
		t.Errorf("the word is %d, want the child's 42", got)
	}
}

// The pidfd is the kernel's word for this child, wherever the goroutine's stack
// is: each of the depths has the clone made closer to the stack's end, and some
// of them have it grow in the middle.
func TestClonePidfdWhileTheStackGrows(t *testing.T) {
	stack := mapStack(t)
	for depth := range 120 {
		b := newBoard(t, 1)
		code := load(t, b, Part{})
		done := make(chan error)
		go func() { done <- cloneAt(depth, code, stack) }()
		if err := <-done; err != nil {
			t.Fatalf("at depth %d: %v", depth, err)
		}
	}
}

//go:noinline
func cloneAt(depth int, code Code, stack []byte) error {
	var frame [64]byte
	frame[depth%len(frame)] = byte(depth)
	if depth > 0 {
		err := cloneAt(depth-1, code, stack)
		runtime.KeepAlive(&frame)
		return err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pid, pidfd, err := Clone(code, unix.CLONE_PIDFD, stack)
	if err != nil {
		return err
	}
	info, infoErr := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", pidfd))
	if _, err := unix.Wait4(pid, nil, unix.WALL, nil); err != nil {
		return err
	}
	if infoErr != nil || !strings.Contains(string(info), fmt.Sprintf("\nPid:\t%d\n", pid)) {
		return fmt.Errorf("descriptor %d is not a pidfd of child %d: %q, %w", pidfd, pid, info, errors.Join(infoErr, errors.New("no such line")))
	}
	return unix.Close(pidfd)
}

func TestCloneRefused(t *testing.T) {
	b := newBoard(t, 1)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// A thread of this process would have to share its memory. clone(2), ERRORS.
	_, pidfd, err := Clone(load(t, b, Part{}), unix.CLONE_THREAD|unix.CLONE_PIDFD, mapStack(t))
	if !errors.Is(err, unix.EINVAL) || pidfd != -1 {
		t.Errorf("Clone = descriptor %d, %v; want -1, EINVAL", pidfd, err)
	}
	if err != nil && err.Error() != "clone3: invalid argument" {
		t.Errorf("error = %q, want it to name the call", err)
	}
}

// No handler of the Go runtime may run in a child, which has no such runtime.
// SIGKILL and SIGSTOP cannot be blocked.
func TestCloneBeginsWithSignalsBlockedAndNoHandler(t *testing.T) {
	b := newBoard(t, 1)
	r, _ := pipe(t)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := ownMask(t)
	c := start(t, b, Part{Program: Program{Arm(), Read(r, 1)}})
	c.awaitAsleep(t, b, 0)
	if got, want := c.field(t, "SigBlk"), "fffffffffffbfeff"; got != want {
		t.Errorf("blocked: %s, want %s", got, want)
	}
	if got := c.field(t, "SigCgt"); got != strings.Repeat("0", 16) {
		t.Errorf("caught: %s, want none", got)
	}
	if got := ownMask(t); got != before {
		t.Errorf("this thread's mask after the clone: %x, want %x", got, before)
	}
}

func ownMask(t *testing.T) unix.Sigset_t {
	t.Helper()
	var set unix.Sigset_t
	if err := unix.PthreadSigmask(unix.SIG_BLOCK, nil, &set); err != nil {
		t.Fatal(err)
	}
	return set
}

func TestKilledIsUnfinished(t *testing.T) {
	b := newBoard(t, 1)
	r, _ := pipe(t)
	c := start(t, b, Part{Program: Program{Arm(), Read(r, 1), Resumed()}})
	c.awaitAsleep(t, b, 0)
	c.signal(t, unix.SIGKILL)
	if status := c.reap(t); status.Signal() != unix.SIGKILL {
		t.Errorf("status %#x, want killed by SIGKILL", status)
	}
	if got := c.code.Outcome(); got != (Outcome{}) {
		t.Errorf("outcome: %v, want unfinished", got)
	}
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", c.pid)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the child is still in /proc: %v", err)
	}
}
