package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// An enclosure is namespaces of their own for what is to leave nothing behind: all
// processes, mounts, sockets and objects of IPC in it come from that, and none from
// others that run on this host. It is made by whoever clones into newEnclosure, and
// this process is its init, to which orphans come.
//
// To look at the host's own lists lost: two tests at a time would see each other's
// objects, and allowing for a crowd lets a leak pass that is no larger.
type enclosure struct {
	temporary, queues string // directories
	before            left
	command           int // the process ID of the last that was started here
}

// newEnclosure are the namespaces of an enclosure. Control groups are those of the host:
// a namespace of them would have no controllers to give.
const newEnclosure = unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWIPC | unix.CLONE_NEWNET

// enclose makes the rest of an enclosure, below a directory, in the namespaces that
// this process was cloned into.
func enclose(work string) (*enclosure, error) {
	if os.Getpid() != 1 {
		return nil, errors.New("not the init of a PID namespace")
	}
	e := &enclosure{temporary: filepath.Join(work, "tmp"), queues: filepath.Join(work, "mqueue")}
	err := errors.Join(os.Mkdir(e.temporary, 0o700), os.Mkdir(e.queues, 0o700), os.Setenv("TMPDIR", e.temporary))
	for _, m := range []struct {
		what, where string
		flags       uintptr
	}{
		{"none", "/", unix.MS_REC | unix.MS_PRIVATE},
		{"proc", "/proc", 0},
		{"mqueue", e.queues, 0},
	} {
		if err == nil {
			err = os.NewSyscallError("mount "+m.what, unix.Mount(m.what, m.where, m.what, m.flags, ""))
		}
	}
	if err == nil {
		err = raiseLoopback()
	}
	if err == nil {
		e.before, err = e.look()
	}
	return e, err
}

// raiseLoopback has a new network namespace reach itself. netdevice(7).
func raiseLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	lo, err := unix.NewIfreq("lo")
	if err == nil {
		lo.SetUint16(unix.IFF_UP)
		err = os.NewSyscallError("ioctl SIOCSIFFLAGS", unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo))
	}
	return errors.Join(err, unix.Close(fd))
}

// left is what there is of all that may be left behind: each thing with what it is.
type left []string

// look lists what there is in the enclosure, and the control groups on the host that
// are named after the command.
func (e *enclosure) look() (all left, err error) {
	for _, kind := range []struct {
		name string
		list func() ([]string, error)
	}{
		{"process", processes},
		{"namespace", namespacesHeld},
		{"control group", e.groups},
		{"mount", func() ([]string, error) { return linesOf("/proc/self/mountinfo") }},
		{"System V semaphores", func() ([]string, error) { return linesOf("/proc/sysvipc/sem") }},
		{"System V queue", func() ([]string, error) { return linesOf("/proc/sysvipc/msg") }},
		{"System V memory", func() ([]string, error) { return linesOf("/proc/sysvipc/shm") }},
		{"POSIX queue", func() ([]string, error) { return filesBelow(e.queues, anyName) }},
		{"unix socket", func() ([]string, error) { return linesOf("/proc/net/unix") }},
		{"temporary file", func() ([]string, error) { return filesBelow(e.temporary, anyName) }},
		{"shared memory", func() ([]string, error) { return filesBelow("/dev/shm", ofThisProgram) }},
	} {
		found, err := kind.list()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind.name, err)
		}
		for _, f := range found {
			all = append(all, kind.name+" "+f)
		}
	}
	return all, nil
}

// nothing holds that there is nothing that was not there when the enclosure was made,
// at the latest after some time: what was killed takes its time to die.
func (e *enclosure) nothing(within time.Duration) error {
	for deadline := time.Now().Add(within); ; time.Sleep(2 * time.Millisecond) {
		if err := reapOrphans(); err != nil {
			return err
		}
		now, err := e.look()
		if err != nil {
			return err
		}
		more := slices.DeleteFunc(now, func(thing string) bool { return slices.Contains(e.before, thing) })
		if len(more) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("left %v later: %s", within, strings.Join(more, "; "))
		}
	}
}

// reapOrphans reaps those children of this process that have ended.
func reapOrphans() error {
	for {
		pid, err := unix.Wait4(-1, nil, unix.WNOHANG|unix.WALL, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.ECHILD), err == nil && pid == 0:
			return nil
		case err != nil:
			return os.NewSyscallError("wait4", err)
		}
	}
}

// processes lists the others of the enclosure, dead ones that nobody has reaped, too.
func processes() (list []string, err error) {
	entries, err := os.ReadDir("/proc")
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err != nil || pid == os.Getpid() {
			continue
		}
		stat, err := os.ReadFile(filepath.Join("/proc", entry.Name(), "stat"))
		if err != nil {
			continue // which has ended by now
		}
		line, _ := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline"))
		name, state, _ := strings.Cut(string(stat), ") ")
		list = append(list, fmt.Sprintf("%s) %.1s %.120s", name, state, strings.ReplaceAll(string(line), "\x00", " ")))
	}
	return list, err
}

// namespacesHeld lists the namespaces that any process is in. One that is held by a
// mount alone is among the mounts.
func namespacesHeld() (list []string, err error) {
	links, err := filepath.Glob("/proc/[0-9]*/task/[0-9]*/ns/*")
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && !slices.Contains(list, to) {
			list = append(list, to)
		}
	}
	return list, err
}

// groups lists the control groups of the command. Whatever else it makes is below one
// that is named after it.
func (e *enclosure) groups() ([]string, error) {
	return filesBelow("/sys/fs/cgroup", func(name string) bool {
		of := namedAfter.FindStringSubmatch(name)
		if of == nil {
			return false
		}
		pid, err := strconv.Atoi(of[1])
		return err == nil && pid == e.command
	})
}

var namedAfter = regexp.MustCompile(`^nsbench(?:-[a-z]+)?-([0-9]+)(?:-|$)`)

func anyName(string) bool { return true }

func ofThisProgram(name string) bool { return strings.HasPrefix(name, "nsbench") }

// filesBelow lists what is below a directory and has such a name.
func filesBelow(dir string, is func(name string) bool) (list []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // gone meanwhile, or never there
		}
		if err == nil && path != dir && is(d.Name()) {
			list = append(list, path)
		}
		return err
	})
	return list, err
}

func linesOf(path string) (list []string, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // of a kernel without such objects
	}
	for line := range strings.Lines(string(text)) {
		list = append(list, strings.TrimSpace(line))
	}
	return list, err
}
