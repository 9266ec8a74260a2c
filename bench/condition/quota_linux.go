//go:build amd64 || arm64

package condition

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
)

// A QuotaGroup is a control group with a quota, for the children of one run.
type QuotaGroup struct {
	quota   Quota
	at      place
	dir     string
	procs   int // cgroup.procs of the group, open for writing
	janitor *janitor
}

// Open makes the group, once a run and not for each block: to make and remove one
// takes milliseconds. It is made below this process's own, or beside it where
// version 2 allows nothing else, and named nsbench, a process ID, quota, and what tells it
// from the group of a process with the same ID in another PID namespace.
// It is gone after Close, and a moment after this process has been killed.
func (q Quota) Open(by *launch.Launcher) (*QuotaGroup, error) {
	at, err := findPlace()
	if err != nil {
		return nil, fmt.Errorf("cpu quota %s: %w", q, err)
	}
	return q.open(by, at)
}

func (q Quota) open(by *launch.Launcher, at place) (_ *QuotaGroup, err error) {
	g := &QuotaGroup{quota: q, at: at, procs: -1}
	g.dir = fmt.Sprintf("%s/nsbench-%d-quota-%016x", at.dir, os.Getpid(), rand.Uint64())
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("cpu quota %s: %w", q, at.explain(err)), g.Close())
		}
	}()
	// The janitor comes first: there is no moment at which nobody would clear away.
	if g.janitor, err = hire(by, g.dir, at); err != nil {
		return nil, err
	}
	if err = at.enable(); err != nil {
		return nil, err
	}
	if err = unix.Mkdir(g.dir, 0o755); err != nil {
		return nil, &os.PathError{Op: "mkdir", Path: g.dir, Err: err}
	}
	if err = at.limit(g.dir, q); err != nil {
		return nil, err
	}
	name := g.dir + "/cgroup.procs"
	if g.procs, err = unix.Open(name, unix.O_WRONLY|unix.O_CLOEXEC, 0); err != nil {
		g.procs = -1
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	return g, nil
}

// By says what limits the children, for the record: the version of control groups.
func (g *QuotaGroup) By() string {
	if g.at.v1 {
		return "cgroup v1"
	}
	return "cgroup v2"
}

// Procs is the path of the file by which processes are moved into the group: by
// another process than this one, which writes the process ID as it knows it.
// cgroups(7), cgroup.procs.
func (g *QuotaGroup) Procs() string { return g.dir + "/cgroup.procs" }

// Check tries the group on a child that is thrown away.
func (g *QuotaGroup) Check(by *launch.Launcher, cpu int) error { return withChild(by, cpu, g.Add) }

// Add moves a process into the group, and looks whether it is there. It is for
// the parent to call, when the child has run for a moment. The kernel makes it
// wait until no fork and no exit is under way, and may take 10 ms for that.
func (g *QuotaGroup) Add(pid int) error {
	if _, err := unix.Write(g.procs, strconv.AppendInt(nil, int64(pid), 10)); err != nil {
		return fmt.Errorf("cpu quota %s: %w", g.quota, g.at.explain(&os.PathError{Op: "write", Path: g.dir + "/cgroup.procs", Err: err}))
	}
	// Not the group's own list, which has all of its processes, and which version
	// 1 makes for several readers at a time. proc_pid_cgroup(5).
	in, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	if err != nil {
		return fmt.Errorf("cpu quota %s: %w", g.quota, err)
	}
	if !strings.Contains(string(in), "/"+path.Base(g.dir)+"\n") {
		return fmt.Errorf("cpu quota %s: process %d is not in %s", g.quota, pid, g.dir)
	}
	return nil
}

// Throttling returns what the quota has done so far.
func (g *QuotaGroup) Throttling() (Throttling, error) {
	text, err := os.ReadFile(g.dir + "/cpu.stat")
	if err != nil {
		return Throttling{}, err
	}
	return parseThrottling(string(text))
}

// Close removes the group. Processes that are still in it go back to the group
// that this process has.
func (g *QuotaGroup) Close() error {
	var errs []error
	if g.procs >= 0 {
		errs = append(errs, os.NewSyscallError("close", unix.Close(g.procs)))
		g.procs = -1
	}
	if g.janitor != nil {
		errs = append(errs, g.janitor.dismiss(g.vacate))
		g.janitor = nil
	}
	return errors.Join(errs...)
}

// vacate moves who is in the group to where this process is.
func (g *QuotaGroup) vacate() error {
	pids, err := processes(g.dir)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ENODEV) { // it has been removed meanwhile
		return nil
	}
	for _, pid := range pids {
		writeErr := os.WriteFile(g.at.home+"/cgroup.procs", strconv.AppendInt(nil, int64(pid), 10), 0)
		if !errors.Is(writeErr, unix.ESRCH) {
			err = errors.Join(err, writeErr)
		}
	}
	return err
}

// processes returns the processes of a group.
func processes(dir string) (pids []int, err error) {
	text, err := os.ReadFile(dir + "/cgroup.procs")
	if err != nil {
		return nil, err
	}
	for field := range strings.FieldsSeq(string(text)) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			return nil, fmt.Errorf("%s/cgroup.procs: %w", dir, err)
		}
		pids = append(pids, pid)
	}
	return pids, nil
}
