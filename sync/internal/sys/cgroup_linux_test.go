package sys

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"
)

func TestCgroupDir(t *testing.T) {
	const (
		v1     = "33 32 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
		hybrid = v1 + "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 master:1 - cgroup2 cgroup2 rw\n"
		whole  = "31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
		part   = "31 23 0:28 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
		spaced = "31 23 0:28 / /a\\040b\\134\"c rw - cgroup2 cgroup rw\n"
	)
	for name, test := range map[string]struct{ groups, mounts, want string }{
		"the root of a whole hierarchy":          {"0::/\n", whole, "/sys/fs/cgroup"},
		"a group in a whole hierarchy":           {"0::/user.slice/a.scope\n", whole, "/sys/fs/cgroup/user.slice/a.scope"},
		"besides version 1":                      {"4:memory:/m\n0::/x\n", hybrid, "/sys/fs/cgroup/unified/x"},
		"a part of a hierarchy":                  {"0::/docker/abc/x\n", part, "/sys/fs/cgroup/x"},
		"the root of a part":                     {"0::/docker/abc\n", part, "/sys/fs/cgroup"},
		"another mount has the group":            {"0::/docker/abcd\n", part + whole, "/sys/fs/cgroup/docker/abcd"},
		"a mount point with a space":             {"0::/x y\n", spaced, `/a b\"c/x y`},
		"outside of what is mounted":             {"0::/docker/abcd\n", part, ""},
		"outside of the process's own namespace": {"0::/../x\n", part, ""},
		"version 1 alone":                        {"4:memory:/m\n", v1, ""},
		"a kernel without version 2":             {"4:memory:/m\n", whole, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := cgroupDir(test.groups, strings.NewReader(test.mounts), "")
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
			if err != nil && !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("error %v, want errors.ErrUnsupported", err)
			}
		})
	}
}

// A controller of version 1 may share its hierarchy with others, and its group
// is another than that of version 2.
func TestCgroupDirOfAController(t *testing.T) {
	const (
		alone  = "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
		acct   = "33 31 0:30 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n"
		shared = "34 31 0:31 /d /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
		whole  = "31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
	)
	for name, test := range map[string]struct{ groups, mounts, want string }{
		"alone":                      {"1:cpu:/a\n2:cpuacct:/b\n0::/c\n", acct + alone, "/sys/fs/cgroup/cpu/a"},
		"beside another":             {"3:cpu,cpuacct:/d/e\n", shared, "/sys/fs/cgroup/cpu,cpuacct/e"},
		"a colon in the name":        {"1:cpu:/a:b\n", alone, "/sys/fs/cgroup/cpu/a:b"},
		"version 2 alone":            {"0::/c\n", whole, ""},
		"mounted of version 2 alone": {"1:cpu:/a\n0::/c\n", whole, ""},
		"a longer name":              {"2:cpuacct:/b\n", acct, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := cgroupDir(test.groups, strings.NewReader(test.mounts), "cpu")
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
			if err != nil && !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("error %v, want errors.ErrUnsupported", err)
			}
		})
	}
}

// newCgroup makes a frozen group, and looks that Close leaves nothing of it.
func newCgroup(t *testing.T) *Cgroup {
	t.Helper()
	c, err := NewCgroup()
	if errors.Is(err, os.ErrPermission) || errors.Is(err, errors.ErrUnsupported) || errors.Is(err, unix.EROFS) {
		missing(t, "cgroup", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := os.Stat(c.Dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s after Close: %v", c.Dir, err)
		}
		for _, fd := range []int{c.Procs, c.Freeze, c.Home} {
			if err := unix.Close(fd); !errors.Is(err, unix.EBADF) {
				t.Errorf("descriptor %d after Close: %v", fd, err)
			}
		}
	})
	return c
}

func TestCgroupIsFrozen(t *testing.T) {
	c := newCgroup(t)
	text, err := os.ReadFile(c.Dir + "/cgroup.events")
	if err != nil || !strings.Contains(string(text), "frozen 1\n") {
		t.Errorf("events %q, %v; want that it is frozen", text, err)
	}
	want := "nsbench-" + strconv.Itoa(os.Getpid()) + "-"
	if name := filepath.Base(c.Dir); !strings.HasPrefix(name, want) {
		t.Errorf("name %q, want it to begin with %q", name, want)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// A process that is still in the group, and that nobody could thaw any more, is
// killed; Close waits until it has left.
func TestCgroupWithAProcessInIt(t *testing.T) {
	c := newCgroup(t)
	cmd := exec.Command("cat") // it would wait for ever
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(errors.Join(err, c.Close()))
	}
	if _, err := unix.Write(c.Procs, []byte(strconv.Itoa(cmd.Process.Pid))); err != nil {
		t.Error(err)
	}
	if err := errors.Join(c.Close(), in.Close()); err != nil {
		t.Error(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != unix.SIGKILL {
		t.Errorf("it ended as %v, want that it was killed", err)
	}
}

// What cannot be made leaves nothing behind.
func TestCgroupHalfMade(t *testing.T) {
	c := newCgroup(t)
	before := openFiles(t)
	half := &Cgroup{Procs: -1, Freeze: -1, Home: -1, Dir: c.Dir}
	if err := half.freeze(c.Dir + "/none"); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "none/cgroup.procs") {
		t.Errorf("%v, want that there is no such group", err)
	}
	if err := half.Close(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, openFiles(t)); diff != "" {
		t.Errorf("descriptors (-before +after):\n%s", diff)
	}
	if err := c.Close(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a second removal: %v, want that there is no such group", err)
	}
}
