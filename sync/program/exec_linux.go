//go:build amd64 || arm64

package program

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/internal/sys"
)

// execName is argv[0] of a process that Reexecute starts.
const execName = "nsbench: held child"

// reexecutes says that this program calls Reexecuted, so that Reexecute may execute it.
var reexecutes atomic.Bool

// An Executed is a process that Reexecute has started.
type Executed struct {
	PID, Pidfd int
	report     int // where its reason comes from if it cannot run the code
}

// Reexecute starts a process that runs a code as a child of Clone does, but in a new
// image of this program: it forks into the namespaces of the flags and executes
// /proc/self/exe, as container runtimes in Go do. The whole of the Go runtime
// starts there, and the first statement of main, [Reexecuted], then hands the
// main thread to the code. The board comes to lie at the same address, and the
// descriptors in keep have the same numbers, so that the code is the same in
// every bit. Its parent is the calling thread; lock it (runtime.LockOSThread).
//
// The child has the CPUs of the calling thread, in all of its threads. Of its
// signals none comes to a handler of the Go runtime: all begin blocked, and when
// the code runs the handlers are gone. Its other threads go on to block what they
// can, which is all but the signals that the Go runtime needs for itself (those
// of faults, SIGCHLD, SIGPROF and the real-time signals up to 34), so a signal for the process
// comes to the code. It has SIGCHLD for its exit signal, as os/exec's has.
//
// In a new user namespace its users are not mapped yet when it executes, at
// which it would lose its capabilities there: they are kept as ambient ones.
// capabilities(7), "Transformation of capabilities during execve()". There the
// Go runtime forks by copy, so that nothing may be withheld; see [Withheld].
func Reexecute(b *Board, c Code, flags uint64, keep []FD) (*Executed, error) {
	switch {
	case !reexecutes.Load():
		return nil, errNotReexecuted
	case b.fd < 0:
		return nil, noFile("exec")
	}
	r, w, err := sys.Pipe()
	if err != nil {
		return nil, fmt.Errorf("exec: %w", err)
	}
	e := &Executed{Pidfd: -1, report: r}
	i := b.image(c, w)
	attr := &syscall.ProcAttr{
		Env:   imageEnvironment(),
		Files: sameNumbers(append(slices.Clone(keep), FD{N: b.fd}, FD{N: w})),
		Sys:   &syscall.SysProcAttr{Cloneflags: uintptr(flags), PidFD: &e.Pidfd},
	}
	if flags&unix.CLONE_NEWUSER != 0 {
		for c := range uintptr(unix.CAP_LAST_CAP + 1) {
			attr.Sys.AmbientCaps = append(attr.Sys.AmbientCaps, c)
		}
	}
	e.PID, err = startBlocked(i.argv(), attr)
	closeErr := sys.Close(w)
	if err != nil {
		return nil, errors.Join(err, closeErr, sys.Close(r))
	}
	if closeErr != nil { // Began would wait for ever
		return nil, errors.Join(closeErr, sys.End(e.PID, e.Pidfd), sys.Close(e.Pidfd), sys.Close(r))
	}
	return e, nil
}

// ExecAgain is what a program ends with that executes this program anew in its own
// process, as a library may or a shell's exec, and goes on there with another code of
// the board: where before and after are the two parts of one that was Split, goesOn is
// the code of after. Its outcome lands in that code, and that of the program that is
// left there stays Unfinished. What after needs stays open: the descriptors that it
// names, those that before has opened for it, and the board's, which is a [Board.File]
// that nobody must have closed by then.
//
// What an execve takes is gone: handlers, mappings, other threads, and capabilities in
// a user namespace whose users are not mapped. The mask of blocked signals stays, and
// what is said at [Reexecute] of signals and of the threads of the Go runtime holds
// here: the mask is to block all. Nobody waits for a reason: if the code cannot be run
// there, the reason goes to standard error and the exit status is [CannotExecute]; if
// this program cannot be executed at all, the last operation fails as any other.
func (b *Board) ExecAgain(goesOn Code, before, after Program) (Program, error) {
	switch {
	case !reexecutes.Load():
		return nil, errNotReexecuted
	case b.fd < 0:
		return nil, noFile("exec")
	}
	p := Program{KeepOnExec(b.File())}
	for _, fd := range after.Files() {
		if fd.N != b.fd {
			p = append(p, KeepOnExec(fd))
		}
	}
	for _, w := range before.Opens() {
		if after.takesWord(w) {
			p = append(p, KeepOnExec(w))
		}
	}
	return append(p, Exec("/proc/self/exe", b.image(goesOn, -1).argv(), imageEnvironment())), nil
}

// CannotExecute is the exit status of a process that has executed this program by
// ExecAgain and cannot run its code: that of a shell that cannot execute a file.
const CannotExecute = 126

var errNotReexecuted = errors.New("exec: the main function of this program does not begin with program.Reexecuted")

func (b *Board) image(c Code, report int) image {
	return image{b.fd, report, b.base(), uintptr(unsafe.Pointer(c.frame)), place()}
}

// imageEnvironment has nothing that the Go runtime does by itself come in between: no
// garbage to collect, and no signal that asks the code to give way.
func imageEnvironment() []string {
	return append([]string{"GOGC=off", "GODEBUG=asyncpreemptoff=1"}, os.Environ()...)
}

// startBlocked starts a process with all signals blocked: those of this thread.
func startBlocked(argv []string, attr *syscall.ProcAttr) (pid int, err error) {
	var all, old unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^uint64(0)
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &all, &old); err != nil {
		return 0, os.NewSyscallError("rt_sigprocmask", err)
	}
	// Not os/exec, whose files would close descriptors that are a gate's.
	pid, _, err = syscall.StartProcess("/proc/self/exe", argv, attr)
	if maskErr := unix.PthreadSigmask(unix.SIG_SETMASK, &old, nil); maskErr != nil {
		panic(os.NewSyscallError("rt_sigprocmask", maskErr)) // it accepted both masks before
	}
	return pid, os.NewSyscallError("fork/exec /proc/self/exe", err)
}

// sameNumbers is a list of descriptors in which each has its own number, and
// those between are closed.
func sameNumbers(keep []FD) []uintptr {
	last := slices.MaxFunc(keep, func(a, b FD) int { return a.N - b.N })
	files := slices.Repeat([]uintptr{^uintptr(0)}, last.N+1)
	for _, fd := range keep {
		files[fd.N] = uintptr(fd.N)
	}
	return files
}

// Began waits until the process runs its code, and has closed what that does not
// keep; or has ended. If it cannot run the code it has ended, and the error says
// why. It is called once, and closes what it waits on. Whoever kills the process
// ends the wait.
func (e *Executed) Began() error {
	reason, err := io.ReadAll(io.LimitReader(report(e.report), 4096))
	if err = errors.Join(err, sys.Close(e.report)); err == nil && len(reason) > 0 {
		err = errors.New(string(reason))
	}
	if err != nil {
		return fmt.Errorf("exec: child %d: %w", e.PID, err)
	}
	return nil
}

// A report is the read end of a pipe.
type report int

func (r report) Read(p []byte) (int, error) {
	for {
		n, err := unix.Read(int(r), p)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return 0, os.NewSyscallError("read", err)
		case n == 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

// An image is what a process that Reexecute starts is told.
type image struct {
	board, report int     // descriptors; report is negative if nobody waits for a reason
	base, frame   uintptr // addresses: of the board, and of the code
	place         uint64
}

func (i image) argv() []string {
	return []string{execName, fmt.Sprintf("%d %d %#x %#x %#x", i.board, i.report, i.base, i.frame, i.place)}
}

func parseImage(argv []string) (i image, err error) {
	_, err = fmt.Sscan(strings.Join(argv[1:], " "), &i.board, &i.report, &i.base, &i.frame, &i.place)
	if err != nil || !slices.Equal(argv, i.argv()) {
		return image{}, errors.New("this is how nsbench starts itself for a child that is held; it cannot be started so by hand")
	}
	return i, nil
}

// place is a number that is the same in two processes if both can run the same code.
func place() uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, sys.CodePlace(enter), frameSize, stepSize) // it never fails
	return h.Sum64()
}

// Reexecuted runs the code of a process that [Reexecute] has started, and does not
// return there. In any other process it returns at once. It is called before all else in
// main or before it, and in TestMain, in a program that calls Reexecute.
func Reexecuted() {
	if len(os.Args) == 0 || os.Args[0] != execName {
		reexecutes.Store(true)
		return
	}
	i, err := parseImage(os.Args)
	if err == nil {
		err = i.run()
	}
	i.tell(err)
	if i.report < 0 {
		os.Exit(CannotExecute)
	}
	os.Exit(2)
}

// tell tells the parent; or, if there is none that listens, whoever did this.
func (i image) tell(err error) {
	if i.report > 0 {
		if _, writeErr := unix.Write(i.report, []byte(err.Error())); writeErr == nil {
			return
		}
	}
	fmt.Fprintf(os.Stderr, "nsbench: error: %v\n", err)
}

// run maps the board and gives the process up to the code. It returns only if
// it cannot.
func (i image) run() error {
	if i.place != place() {
		return errors.New("its code lies at other addresses than its parent's: it is another build, or one that the kernel moves (go build -buildmode=pie)")
	}
	mem, err := mapBoard(i.board, i.base)
	if err != nil {
		return err
	}
	if i.frame < i.base || i.frame-i.base > uintptr(len(mem)-frameSize) {
		return fmt.Errorf("there is no code at %#x: the board is at %#x and has %d bytes", i.frame, i.base, len(mem))
	}
	stack, err := unix.Mmap(-1, 0, execStack, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_STACK)
	if err != nil {
		return fmt.Errorf("map a stack: %w", os.NewSyscallError("mmap", err))
	}
	if err := forgetHandlers(); err != nil {
		return err
	}
	// The fork left open what was to stay open until now, and no longer: another
	// program that the code executes has none of it, as in a child of Clone.
	// close_range(2), Linux 5.11.
	if err := unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return os.NewSyscallError("close_range", err)
	}
	code := unsafe.Pointer(&mem[i.frame-i.base])
	onMainThread(func() { sys.Enter(enter, code, uintptr(unsafe.Pointer(&stack[0]))+execStack) })
	return nil
}

// execStack is far more than the interpreter and a frame of a signal can use. It
// is not the goroutine's, which is too small for either.
const execStack = 64 << 10

// forgetHandlers gives every signal its default action. They are all blocked, or
// not sent by anybody yet. rt_sigaction(2).
func forgetHandlers() error {
	var byDefault [4]uint64 // struct sigaction of the kernel
	for sig := uintptr(1); sig <= 64; sig++ {
		if sig == uintptr(unix.SIGKILL) || sig == uintptr(unix.SIGSTOP) {
			continue
		}
		_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&byDefault)), 0, signalSetSize, 0, 0)
		if errno != 0 {
			return fmt.Errorf("signal %d: %w", sig, os.NewSyscallError("rt_sigaction", errno))
		}
	}
	return nil
}

// onMainThread runs f, which does not return, on the thread whose ID is that of
// the process, for that is the one that a tracer, a limit or a look from outside
// means. As a rule this goroutine is on it. If it is not, it stays where it is for
// ever, and so do others, until one comes to be on that thread, which is idle.
func onMainThread(f func()) {
	runtime.LockOSThread()
	if unix.Gettid() == os.Getpid() {
		f()
	}
	go onMainThread(f)
	select {}
}
