package sys

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"
)

// limited runs f with a soft limit of this process, and sets it back.
func limited(t *testing.T, resource int, soft uint64, f func()) {
	t.Helper()
	var was unix.Rlimit
	if err := unix.Getrlimit(resource, &was); err != nil {
		t.Fatal(err)
	}
	set := func(r unix.Rlimit) {
		if err := unix.Setrlimit(resource, &r); err != nil {
			t.Fatal(err)
		}
	}
	set(unix.Rlimit{Cur: soft, Max: was.Max})
	defer set(was)
	f()
}

// inIPCNamespace runs f in a new IPC namespace, with settings of it, and without
// the capability to go beyond them. The thread that it happens to is given up.
func inIPCNamespace(t *testing.T, settings map[string]string, f func()) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // for ever, so that it ends with this goroutine
		if err := unix.Unshare(unix.CLONE_NEWIPC); err != nil {
			done <- os.NewSyscallError("unshare", err)
			return
		}
		for path, value := range settings {
			if err := os.WriteFile(path, []byte(value), 0); err != nil {
				done <- err
				return
			}
		}
		if err := loseResources(); err != nil {
			done <- err
			return
		}
		f()
		done <- nil
	}()
	if err := <-done; err != nil {
		missing(t, "root", err)
	}
}

// loseResources takes CAP_SYS_RESOURCE from this thread, if it has it.
func loseResources() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if err := unix.Capget(&header, &sets[0]); err != nil {
		return os.NewSyscallError("capget", err)
	}
	sets[0].Effective &^= 1 << unix.CAP_SYS_RESOURCE
	return os.NewSyscallError("capset", unix.Capset(&header, &sets[0]))
}

// openFiles lists the descriptors of this process.
func openFiles(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// An error of a limit says which, keeps its cause, and leaves nothing behind.
func TestLimits(t *testing.T) {
	files := func(f func()) { limited(t, unix.RLIMIT_NOFILE, 0, f) }
	in := func(path, value string) func(func()) {
		return func(f func()) { inIPCNamespace(t, map[string]string{path: value}, f) }
	}
	fd := func(_ int, err error) error { return err }
	queue := func() error { return fd(Mqueue()) }
	for name, test := range map[string]struct {
		within func(func())
		call   func() error
		is     unix.Errno
		says   string
	}{
		"SEMMNI":          {in("/proc/sys/kernel/sem", "10 10 10 0"), func() error { return fd(Semaphore(1)) }, unix.ENOSPC, "semget: no space left on device: the limit is the second or the fourth number of /proc/sys/kernel/sem, "},
		"SEMMNS":          {in("/proc/sys/kernel/sem", "10 0 10 10"), func() error { return fd(Semaphore(1)) }, unix.ENOSPC, "semget: no space left on device: the limit is the second or the fourth number of /proc/sys/kernel/sem, "},
		"MSGMNI":          {in("/proc/sys/kernel/msgmni", "0"), func() error { return fd(MessageQueue()) }, unix.ENOSPC, "msgget: no space left on device: the limit is /proc/sys/kernel/msgmni, "},
		"queues_max":      {in("/proc/sys/fs/mqueue/queues_max", "0"), queue, unix.ENOSPC, ": mq_open: no space left on device: the limit is /proc/sys/fs/mqueue/queues_max"},
		"RLIMIT_MSGQUEUE": {func(f func()) { limited(t, unix.RLIMIT_MSGQUEUE, 0, f) }, queue, unix.EMFILE, ": mq_open: too many open files: the limit is RLIMIT_MSGQUEUE (ulimit -q), "},
		"queue's files":   {files, queue, unix.EMFILE, "or RLIMIT_NOFILE (ulimit -n)"},
		"watch's files":   {files, func() error { return fd(WatchCreations("/")) }, unix.EMFILE, "inotify_init1: too many open files: the limit is /proc/sys/fs/inotify/max_user_instances, or RLIMIT_NOFILE (ulimit -n)"},
	} {
		t.Run(name, func(t *testing.T) {
			before := openFiles(t)
			var err error
			test.within(func() { err = test.call() })
			if !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v; want %v, and in it %q", err, test.is, test.says)
			}
			if diff := cmp.Diff(before, openFiles(t)); diff != "" {
				t.Errorf("descriptors (-before +after):\n%s", diff)
			}
		})
	}
}

// Other errors are no limits.
func TestAtLimit(t *testing.T) {
	if got, want := atLimit(unix.EPERM, unix.EMFILE, "somewhere").Error(), unix.EPERM.Error(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := atLimit(nil, unix.EMFILE, "somewhere"); got != nil {
		t.Errorf("%v, want none", got)
	}
}
