package sys

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// A Cgroup is a control group of version 2, below that of this process, that is
// frozen until it is thawed. cgroups(7).
type Cgroup struct {
	Procs  int // cgroup.procs of the group: who writes 0 there moves into it
	Freeze int // cgroup.freeze: 0 thaws the group, 1 freezes it
	Home   int // cgroup.procs of this process's own group
	Dir    string
}

// cgroups counts those that this process has made, which makes their names.
var cgroups atomic.Uint64

// NewCgroup makes a control group and freezes it. Its name says whose it is,
// should its maker be killed: nsbench, a process ID, a number.
func NewCgroup() (*Cgroup, error) {
	home, err := ownCgroup()
	if err != nil {
		return nil, err
	}
	dir := fmt.Sprintf("%s/nsbench-%d-%d", home, os.Getpid(), cgroups.Add(1))
	if err := unix.Mkdir(dir, 0o700); err != nil {
		return nil, &os.PathError{Op: "mkdir", Path: dir, Err: err}
	}
	c := &Cgroup{Procs: -1, Freeze: -1, Home: -1, Dir: dir}
	if err := c.freeze(home); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *Cgroup) freeze(home string) (err error) {
	for _, f := range []struct {
		fd   *int
		path string
	}{{&c.Procs, c.Dir + "/cgroup.procs"}, {&c.Freeze, c.Dir + "/cgroup.freeze"}, {&c.Home, home + "/cgroup.procs"}} {
		if *f.fd, err = open(f.path, unix.O_WRONLY); err != nil {
			return err
		}
	}
	if _, err := unix.Write(c.Freeze, []byte("1")); err != nil {
		return &os.PathError{Op: "write", Path: c.Dir + "/cgroup.freeze", Err: err}
	}
	return nil
}

// Close removes the group. Who is still in it is killed: nobody would thaw it.
func (c *Cgroup) Close() error {
	var errs []error
	for _, fd := range []int{c.Procs, c.Freeze, c.Home} {
		if fd >= 0 {
			errs = append(errs, Close(fd))
		}
	}
	return errors.Join(append(errs, c.remove())...)
}

// remove waits for those who are on their way out: a process that has been
// reaped may leave its group a moment later.
func (c *Cgroup) remove() error {
	err := unix.Rmdir(c.Dir)
	if errors.Is(err, unix.EBUSY) {
		if err := errors.Join(c.kill(), c.awaitEmpty()); err != nil {
			return err
		}
		err = unix.Rmdir(c.Dir)
	}
	if err != nil {
		return &os.PathError{Op: "rmdir", Path: c.Dir, Err: err}
	}
	return nil
}

// kill kills who is in the group, where the kernel can do that: Linux 5.14.
// On an older one awaitEmpty waits until somebody else does.
func (c *Cgroup) kill() error {
	fd, err := open(c.Dir+"/cgroup.kill", unix.O_WRONLY)
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err = unix.Write(fd, []byte("1")); err != nil {
		err = &os.PathError{Op: "write", Path: c.Dir + "/cgroup.kill", Err: err}
	}
	return errors.Join(err, Close(fd))
}

// awaitEmpty waits until no process is in the group.
func (c *Cgroup) awaitEmpty() (err error) {
	name := c.Dir + "/cgroup.events"
	events, err := open(name, unix.O_RDONLY)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, Close(events)) }()
	var text [128]byte
	for {
		n, err := unix.Pread(events, text[:], 0)
		if err != nil {
			return &os.PathError{Op: "read", Path: name, Err: err}
		}
		if strings.Contains(string(text[:n]), "populated 0\n") {
			return nil
		}
		// It tells of whatever has changed since the read. cgroups(7), "Cgroups
		// v2 release notification".
		_, err = unix.Poll([]unix.PollFd{{Fd: int32(events), Events: unix.POLLPRI}}, -1)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return &os.PathError{Op: "poll", Path: name, Err: err}
		}
	}
}

func open(name string, access int) (fd int, err error) {
	if fd, err = unix.Open(name, access|unix.O_CLOEXEC, 0); err != nil {
		return -1, &os.PathError{Op: "open", Path: name, Err: err}
	}
	return fd, nil
}

// ownCgroup is the directory of this process's own group of version 2. It is
// looked for once: a process that is moved to another group goes on to make
// its groups in the first, where it is allowed to.
var ownCgroup = sync.OnceValues(func() (string, error) { return CgroupDir(os.Getpid(), "") })

// CgroupDir finds the directory of the group of version 1 that a process has
// for a controller, such as cpu, or of its group of version 2 if the controller
// is empty. It is errors.ErrUnsupported if there is none that is mounted.
func CgroupDir(pid int, controller string) (string, error) {
	groups, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	if err != nil {
		return "", err
	}
	mounts, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return "", err
	}
	dir, err := cgroupDir(string(groups), mounts, controller)
	return dir, errors.Join(err, mounts.Close())
}

// cgroupDir finds the directory of a group. cgroups(7), "/proc/[pid]/cgroup";
// proc_pid_mountinfo(5).
func cgroupDir(groups string, mounts io.Reader, controller string) (string, error) {
	var group string
	for line := range strings.Lines(groups) {
		// An ID, the controllers, and the group, in which there may be colons.
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(fields) == 3 && (fields[0] == "0") == (controller == "") && inList(fields[1], controller) {
			group = fields[2]
		}
	}
	kind := "cgroup2"
	if controller != "" {
		kind = "cgroup"
	}
	lines := bufio.NewScanner(mounts)
	for lines.Scan() {
		before, after, _ := strings.Cut(lines.Text(), " - ")
		fields, system := strings.Fields(before), strings.Fields(after) // of which the last is the options
		if group == "" || len(fields) < 5 || len(system) < 1 || system[0] != kind || !inList(system[len(system)-1], controller) {
			continue
		}
		root, point := unescaped(fields[3]), unescaped(fields[4])
		if below, ok := strings.CutPrefix(group+"/", strings.TrimSuffix(root, "/")+"/"); ok {
			return path.Join(point, below), nil
		}
	}
	if err := lines.Err(); err != nil {
		return "", fmt.Errorf("read /proc/self/mountinfo: %w", err)
	}
	if controller != "" {
		kind += " (" + controller + ")"
	}
	return "", fmt.Errorf("no mounted %s hierarchy has the group of this process: %w", kind, errors.ErrUnsupported)
}

// inList reports whether a list with commas has a name; any has the empty one.
func inList(list, name string) bool {
	return name == "" || slices.Contains(strings.Split(list, ","), name)
}

// unescaped is a name as it is: in /proc its spaces are octal numbers.
func unescaped(s string) string {
	if p, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`); err == nil {
		return p
	}
	return s
}
