//go:build amd64 || arm64

package program

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestRemoveDir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := run(t, RemoveDir(dir, time.Millisecond)); got != released {
		t.Fatal(got)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory afterwards: %v, want that there is none", err)
	}
	want := Outcome{Verdict: Failed, Errno: ENOENT, Result: -1}
	if got := run(t, RemoveDir(dir, time.Millisecond)); got != want {
		t.Errorf("of no directory: %v, want %v", got, want)
	}
	if got := run(t, RemoveDir(dir, time.Millisecond).Try()); got != released {
		t.Errorf("of no directory, tried: %v", got)
	}
}

// A control group cannot be removed while a process is in it, and is as soon as
// that has left.
func TestRemoveDirAwaitsItsUsers(t *testing.T) {
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		missing(t, "cgroup", err)
	}
	dir, err := os.MkdirTemp(anyCgroup(t, string(own)), "nsbench-test-")
	if err != nil {
		missing(t, "cgroup", err)
	}
	home := filepath.Join(filepath.Dir(dir), "cgroup.procs")
	b := newBoard(t, 2)
	r, w := pipe(t)
	in := start(t, b, Part{Program: Program{Close(w), Arm(), Read(r, 1).Want(0)}})
	in.awaitAsleep(t, b, 0)
	if err := os.WriteFile(dir+"/cgroup.procs", fmt.Append(nil, in.pid), 0); err != nil {
		t.Fatal(err)
	}
	c := start(t, b, Part{Stage: 1, Program: Program{Arm(), RemoveDir(dir, time.Millisecond)}})
	c.awaitAsleep(t, b, 1)
	if slept := c.sleeps(t); !c.asleep(t, slept+3) {
		t.Fatalf("it ended instead of sleeping: %v", c.code.Outcome())
	}
	if err := os.WriteFile(home, fmt.Append(nil, in.pid), 0); err != nil {
		t.Error(err)
	}
	c.ends(t, released)
}

// anyCgroup is the directory of this process's group of version 2.
func anyCgroup(t *testing.T, groups string) string {
	t.Helper()
	for line := range strings.Lines(groups) {
		group, ok := strings.CutPrefix(strings.TrimSpace(line), "0::")
		for _, mount := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/unified"} {
			if _, err := os.Stat(filepath.Join(mount, group, "cgroup.controllers")); ok && err == nil {
				return filepath.Join(mount, group)
			}
		}
	}
	missing(t, "cgroup", errors.New("no hierarchy of version 2"))
	return ""
}

// A process joins a user namespace, where there may be one more of its kind and
// no two: the second attempt is made until the first has been freed.
func TestUnshareAndJoin(t *testing.T) {
	b := newBoard(t, 3)
	r, w := pipe(t)
	limit := newWord(t, b)
	outer := startIn(t, unix.CLONE_NEWUSER, b, Part{Program: Program{
		Close(w), Open("/proc/sys/user/max_user_namespaces", ReadWrite).Into(limit), Write(limit, "1"), Arm(), Read(r, 1).Want(0),
	}})
	outer.awaitAsleep(t, b, 0)
	// Only a user who is mapped may make a user namespace. clone(2), EPERM.
	for _, f := range []struct{ name, text string }{
		{"uid_map", fmt.Sprintf("0 %d 1", os.Geteuid())}, {"setgroups", "deny"}, {"gid_map", fmt.Sprintf("0 %d 1", os.Getegid())},
	} {
		if err := os.WriteFile(fmt.Sprintf("/proc/%d/%s", outer.pid, f.name), []byte(f.text), 0); err != nil {
			t.Fatal(err)
		}
	}
	fd, err := unix.Open(fmt.Sprintf("/proc/%d/ns/user", outer.pid), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	user := FD{"user", fd}
	first := start(t, b, Part{Stage: 1, Program: Program{Close(w), JoinNamespace(user, NewUser), Unshare(NewUser, time.Millisecond), Arm(), Read(r, 1).Want(0)}})
	first.awaitAsleep(t, b, 1)
	if own, theirs := link(t, outer.pid), link(t, first.pid); own == theirs {
		t.Errorf("both are in %s", own)
	}
	second := start(t, b, Part{Stage: 2, Program: Program{Close(w), JoinNamespace(user, NewUser), Arm(), Unshare(NewUser, time.Millisecond)}})
	second.awaitAsleep(t, b, 2)
	if link(t, outer.pid) != link(t, second.pid) {
		t.Error("it is not in the namespace that it joined")
	}
	if slept := second.sleeps(t); !second.asleep(t, slept+3) {
		t.Fatalf("it ended instead of sleeping: %v", second.code.Outcome())
	}
	first.signal(t, unix.SIGKILL)
	first.reap(t)
	second.ends(t, released)
	if got := run(t, Close(user), Close(w)); got != released {
		t.Error(got)
	}
	outer.ends(t, released)
}

func link(t *testing.T, pid int) string {
	t.Helper()
	name, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/user", pid))
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestUnshareNothing(t *testing.T) {
	want := Outcome{Verdict: Failed, Errno: Errno(unix.EINVAL), Result: -1}
	if got := run(t, Unshare(1, time.Millisecond)); got != want { // a bit that is no namespace
		t.Errorf("%v, want %v", got, want)
	}
}
