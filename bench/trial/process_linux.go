//go:build amd64 || arm64

package trial

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// start starts the parent of a trial.
func (o *observer) start(t Trial) (_ *attempt, err error) {
	a := &attempt{observer: o, trial: t, pidfd: -1, stderr: &said{}}
	var theirs []*os.File
	defer func() {
		for _, f := range theirs {
			err = errors.Join(err, f.Close())
		}
	}()
	ends := func() (r, w *os.File) {
		if err == nil {
			r, w, err = os.Pipe()
		}
		return r, w
	}
	toldR, toldW := ends()
	answerR, answerW := ends()
	errR, errW := ends()
	if err != nil {
		return nil, err
	}
	theirs = []*os.File{toldW, answerR, errW}
	a.tells, a.answer = toldR, answerW
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	theirs = append(theirs, null)
	args, err := json.Marshal(parentOrder{Script: t.Script, Primitive: t.Primitive, Args: t.Args, Group: o.group, Groupless: o.groupless, Base: o.handle.Base})
	if err != nil {
		return nil, err
	}
	// Not os/exec, which would reap it by itself: the one that is watched may be its
	// child until it is reaped, and this process's after that.
	a.parent, _, err = syscall.StartProcess("/proc/self/exe", []string{parentName, string(args)}, &syscall.ProcAttr{
		Env:   append(os.Environ(), "GOGC=off", "GOTRACEBACK=single"),
		Files: []uintptr{null.Fd(), null.Fd(), errW.Fd(), toldW.Fd(), answerR.Fd(), uintptr(o.handle.FD)},
		Sys:   &syscall.SysProcAttr{PidFD: &a.pidfd},
	})
	if err != nil {
		return nil, fmt.Errorf("start a parent: %w", err)
	}
	go func() {
		_, _ = io.Copy(a.stderr, errR) // what it says is of use only if something else has gone wrong
		_ = errR.Close()
	}()
	return a, nil
}

// said is what a parent has said on its standard error so far.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// close frees what the attempt has, with all processes still there.
func (a *attempt) close() {
	_ = a.tells.Close()
	_ = a.answer.Close()
	if a.pidfd >= 0 {
		_ = unix.Close(a.pidfd)
	}
	if a.subject != nil {
		a.subject.close()
	}
}

// killParent kills the parent, if it lives, and reaps it.
func (a *attempt) killParent() error {
	if a.pidfd < 0 {
		return nil
	}
	if err := unix.PidfdSendSignal(a.pidfd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("kill the parent: %w", os.NewSyscallError("pidfd_send_signal", err))
	}
	_, err := a.reapParent()
	return err
}

// reapParent waits for the parent's end, and reaps it.
func (a *attempt) reapParent() (unix.WaitStatus, error) {
	status, err := reap(a.pidfd)
	if err == nil {
		err = os.NewSyscallError("close", unix.Close(a.pidfd))
		a.pidfd = -1
	}
	return status, err
}

// reap waits for the end of a child of this process, and reaps it. waitid(2).
func reap(pidfd int) (unix.WaitStatus, error) {
	for {
		// What waitid fills in has room for the status behind the layout's common
		// part: si_pid, si_uid, si_status. sigaction(2).
		var info struct {
			signo, errno, code, _ int32
			pid, uid, status      int32
			_                     [100]byte
		}
		_, _, errno := unix.Syscall6(unix.SYS_WAITID, unix.P_PIDFD, uintptr(pidfd), uintptr(unsafe.Pointer(&info)), unix.WEXITED|unix.WALL, 0, 0)
		switch {
		case errno == unix.EINTR:
			continue
		case errno != 0:
			return 0, os.NewSyscallError("waitid", errno)
		}
		if info.code == cldExited {
			return unix.WaitStatus(info.status << 8), nil
		}
		return unix.WaitStatus(info.status), nil
	}
}

// cldExited is CLD_EXITED of sigaction(2); other ends are by a signal.
const cldExited = 1

// Readable waits, for a while, until a descriptor is readable: on a pidfd that the
// process has ended, on a pipe that it has something or is at its end. ppoll(2).
func Readable(fd int, d time.Duration) (bool, error) {
	ts := unix.NsecToTimespec(d.Nanoseconds())
	for {
		n, err := unix.Ppoll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, &ts, nil)
		if !errors.Is(err, unix.EINTR) { // after which ts is what is left of it: ppoll(2), NOTES
			return n > 0, os.NewSyscallError("ppoll", err)
		}
	}
}

// clear ends all that a trial has started and removes what it has made. This process
// is the first of its PID namespace, and the only one that a signal to all leaves
// alone. kill(2), pid_namespaces(7).
func (o *observer) clear() error {
	if os.Getpid() != 1 {
		return errors.New("not the first process of a PID namespace")
	}
	for {
		if err := unix.Kill(-1, unix.SIGKILL); err != nil && !errors.Is(err, unix.ESRCH) {
			return os.NewSyscallError("kill", err)
		}
		_, err := unix.Wait4(-1, nil, unix.WALL, nil)
		switch {
		case errors.Is(err, unix.ECHILD):
			return errors.Join(removeContents(o.files), removeGroups(o.group))
		case err != nil && !errors.Is(err, unix.EINTR):
			return os.NewSyscallError("wait4", err)
		}
	}
}

// removeContents removes what is in a directory.
func removeContents(dir *os.Root) error {
	entries, err := fs.ReadDir(dir.FS(), ".")
	for _, e := range entries {
		err = errors.Join(err, dir.RemoveAll(e.Name()))
	}
	return err
}
