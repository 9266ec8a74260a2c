package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/program"
)

// alone runs a command and passes its exit status on, provided that it leaves
// no process and no temporary file: alone [-signal INT|TERM|KILL -at DIR]
// COMMAND [ARG...]. With a signal it sends it as soon as the record in the
// directory has a block, or a cell.
//
// Whatever the command starts and abandons becomes this process's child.
// PR_SET_CHILD_SUBREAPER in prctl(2).
func alone() {
	flags := flag.NewFlagSet("alone", flag.ExitOnError)
	signal := flags.String("signal", "", "to send")
	dir := flags.String("at", "", "directory of the record to await")
	_ = flags.Parse(os.Args[1:]) // it exits by itself
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		giveUp(os.NewSyscallError("prctl", err))
	}
	pid, status, err := runAlone(flags.Args(), unix.SignalNum("SIG"+*signal), *dir)
	if err == nil {
		err = errors.Join(nobodyLeft(*signal == "KILL"), nothingLeft(os.TempDir()), noGroupLeft(pid))
	}
	if err != nil {
		giveUp(err)
	}
	os.Exit(status)
}

func runAlone(argv []string, signal syscall.Signal, dir string) (pid, status int, err error) {
	var block <-chan error // never ready if there is nothing to await
	if signal != 0 {
		if block, err = awaitBlock(dir); err != nil {
			return 0, 0, err
		}
	}
	command := exec.Command(argv[0], argv[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := command.Start(); err != nil {
		return 0, 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case err = <-ended:
		if signal != 0 {
			return 0, 0, errors.New("the command ended before its first block")
		}
	case err = <-block:
		if err = errors.Join(err, command.Process.Signal(signal)); err != nil {
			return 0, 0, err
		}
		err = <-ended
	}
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		return 0, 0, err
	}
	return command.Process.Pid, statusOf(command.ProcessState.Sys().(syscall.WaitStatus)), nil
}

// statusOf is an exit status as a shell tells it.
func statusOf(s syscall.WaitStatus) int {
	if s.Signaled() {
		return 128 + int(s.Signal())
	}
	return s.ExitStatus()
}

// awaitBlock tells when the record in a directory has its first block, cell or handshakes. inotify(7).
func awaitBlock(dir string) (<-chan error, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, os.NewSyscallError("inotify_init1", err)
	}
	if _, err := unix.InotifyAddWatch(fd, dir, unix.IN_MODIFY); err != nil {
		return nil, os.NewSyscallError("inotify_add_watch", err)
	}
	written := make(chan error, 1)
	go func() {
		events := os.NewFile(uintptr(fd), "inotify")
		for {
			if _, err := events.Read(make([]byte, 4096)); err != nil {
				written <- err
				return
			}
			record, err := os.ReadFile(filepath.Join(dir, recordName))
			begun := bytes.Contains(record, []byte(`{"kind":"block"`)) || bytes.Contains(record, []byte(`{"kind":"behaviour"`)) || bytes.Contains(record, []byte(`{"kind":"handshake"`))
			if begun || err != nil && !errors.Is(err, fs.ErrNotExist) {
				written <- err
				return
			}
		}
	}()
	return written, nil
}

// nobodyLeft holds that there is no process left, dead or alive. Those of a
// command that was killed may still be about to die, of SIGKILL, or to clear away
// behind it, and end well.
func nobodyLeft(killed bool) error {
	options := unix.WALL
	if !killed {
		options |= unix.WNOHANG
	}
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, options, nil)
		switch {
		case errors.Is(err, unix.ECHILD):
			return nil
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return os.NewSyscallError("wait4", err)
		case pid == 0:
			return errors.New("a process is left and lives")
		case killed && status.Exited() && endsWell(status.ExitStatus()):
		case !killed || !status.Signaled() || status.Signal() != unix.SIGKILL:
			return fmt.Errorf("process %d was left and not reaped, status %#x", pid, uint32(status))
		}
	}
}

// endsWell reports whether a process that has outlived its parent may end so: it has
// cleared away, or has noticed, just born, that nobody is there to be a child of.
func endsWell(status int) bool {
	verdict := program.Verdict(status)
	return status == 0 || verdict == program.Released || verdict == program.ParentGone
}

// noGroupLeft holds that no control group is left that a process has made. Each
// is named after the process that made it.
func noGroupLeft(pid int) error {
	of := regexp.MustCompile(fmt.Sprintf(`^nsbench(-[a-z]+)?-%d-`, pid))
	return filepath.WalkDir("/sys/fs/cgroup", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && of.MatchString(d.Name()) {
			return fmt.Errorf("%s is left", path)
		}
		return nil // a group of somebody else may go meanwhile
	})
}

func nothingLeft(dir string) error {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is left in %s", entries[0].Name(), dir)
	}
	return err
}
