//go:build amd64 || arm64

package trial

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Control groups are the one thing that the end of a namespace does not end. So each
// observer is in one of its own, in which its trials make theirs, and a janitor
// removes them all when the command ends, however it does.

// janitorName is argv[0] of a janitor.
const janitorName = "nsbench: janitor of trials"

// groupName is a name for the group of a pool. Its process ID says whose it is, should
// command and janitor be killed; that another command has the same one, in another PID
// namespace, the rest of it takes care of.
func groupName() string {
	return fmt.Sprintf("nsbench-%d-trials-%016x", os.Getpid(), rand.Uint64())
}

// A janitor is a process that reads from a pipe which only the command writes to, and
// on end of file removes the control group that it was told of, with all below it.
type janitor struct {
	dir   string
	alive *os.File // the write end
	cmd   *exec.Cmd
}

// hire makes a control group of version 2 for observers, below that of this process,
// and starts its janitor before that.
func hire(dir string) (*janitor, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	j := &janitor{dir: dir, alive: w, cmd: exec.Command("/proc/self/exe")}
	j.cmd.Args = []string{janitorName, dir}
	j.cmd.Stdin = r
	j.cmd.Stderr = os.Stderr
	// A session of its own, that an interrupt of the terminal does not end it first.
	j.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = errors.Join(j.cmd.Start(), r.Close())
	if err == nil {
		err = os.Mkdir(dir, 0o755)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("control group for trials: %w", err), j.end())
	}
	return j, nil
}

// dismiss removes the group, and ends the janitor. To have him do it lost: he may have
// been killed or stopped, like any other process.
func (j *janitor) dismiss() error {
	if err := removeGroup(j.dir); err != nil {
		return errors.Join(err, j.alive.Close()) // he tries once more
	}
	return j.end()
}

// end ends the janitor, who has nothing to do any more.
func (j *janitor) end() error {
	if j.cmd.Process != nil {
		_ = j.cmd.Process.Kill() // he has ended if that fails
		_ = j.cmd.Wait()         // however he ended
	}
	return j.alive.Close()
}

// runJanitor is what a janitor does: it never returns.
func runJanitor(args []string) {
	signal.Ignore(unix.SIGHUP, unix.SIGINT, unix.SIGTERM, unix.SIGQUIT)
	_, err := io.Copy(io.Discard, os.Stdin)
	for _, dir := range args {
		err = errors.Join(err, removeGroup(dir))
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "nsbench: warning: %v\n", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// newGroup makes the group of one observer, and returns its directory. It stays for
// the next observer of that number.
func (j *janitor) newGroup(n int) (string, error) {
	if j == nil {
		return "", nil
	}
	dir := filepath.Join(j.dir, strconv.Itoa(n))
	return dir, os.MkdirAll(dir, 0o755)
}

// enter moves a process into a group.
func enter(dir string, pid int) error {
	if dir == "" {
		return nil
	}
	return os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(pid)), 0)
}

// removeGroups removes the groups below one. Nobody is in them but who is on his way
// out.
func removeGroups(dir string) error {
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			err = errors.Join(err, removeGroup(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// vacating is how long to wait for those who are on their way out of a group.
const vacating = 10 * time.Second

// removeGroup removes a group and all below it. One who is still there is killed:
// nobody would thaw it. cgroups(7), cgroup.kill, Linux 5.14.
func removeGroup(dir string) error {
	if err := removeGroups(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for end := time.Now().Add(vacating); ; time.Sleep(time.Millisecond) {
		err := unix.Rmdir(dir)
		switch {
		case err == nil, errors.Is(err, unix.ENOENT):
			return nil
		case !errors.Is(err, unix.EBUSY) || time.Now().After(end):
			return &os.PathError{Op: "rmdir", Path: dir, Err: err}
		}
		_ = os.WriteFile(filepath.Join(dir, "cgroup.kill"), []byte("1"), 0) // an older kernel has no such file, and then there is the waiting
	}
}
