package host

import (
	"strings"
	"testing"
)

func TestLeftovers(t *testing.T) {
	const own = "sys/fs/cgroup/user.slice/shell.scope/"
	for about, test := range map[string]struct {
		files              map[string]string
		status, found, fix string
	}{
		"none":              {nil, StatusOK, "nothing", ""},
		"a living process":  {map[string]string{"proc/7/stat": "", "tmp/nsbench-7-fifo-1": ""}, StatusOK, "nothing", ""},
		"names that are no": {map[string]string{"tmp/nsbench-out": "", "tmp/nsbench-0-x": "", "tmp/nsbench-7": "", "tmp/xnsbench-7-x": ""}, StatusOK, "nothing", ""},
		"files": {
			map[string]string{"tmp/nsbench-7-fifo-1": "", "tmp/nsbench-7-12/go": "", "tmp/nsbench-12-unix-2": ""}, StatusWarn,
			"of dead nsbench processes: 3 temporary files in /tmp", "rm -r /tmp/nsbench-7-*; rm -r /tmp/nsbench-12-*",
		},
		"a queue": {map[string]string{"dev/mqueue/nsbench-7-1": ""}, StatusWarn, "1 POSIX queues in /dev/mqueue", "rm /dev/mqueue/nsbench-7-*"},
		"groups": {
			map[string]string{own + "nsbench-7-1/cgroup.procs": "", own + "nsbench-7-2/cgroup.procs": ""}, StatusWarn,
			"2 control groups in /" + own[:len(own)-1], "find /" + own + "nsbench-7-* -depth -type d -exec rmdir {} +",
		},
		"groups of another session": {
			map[string]string{"sys/fs/cgroup/user.slice/b.scope/cgroup.procs": "", "sys/fs/cgroup/user.slice/b.scope/nsbench-7-1/cgroup.procs": ""}, StatusWarn,
			"in /sys/fs/cgroup/user.slice/b.scope", "find /sys/fs/cgroup/user.slice/b.scope/nsbench-7-* -depth -type d -exec rmdir {} +",
		},
		"no control groups": {map[string]string{"proc/self/cgroup": gone}, StatusOK, "nothing", ""},
		"no mounts":         {map[string]string{"proc/self/mountinfo": gone}, StatusUnknown, "/proc/self/mountinfo", ""},
	} {
		d := quiet(test.files).Leftovers("/tmp/")
		if d.Check != "leftovers" || d.Effect == "" || d.Status != test.status || !strings.Contains(d.Found, test.found) || d.Fix != test.fix {
			t.Errorf("%s: %+v, want %s, %q, %q", about, d, test.status, test.found, test.fix)
		}
	}
}

// Without /proc nobody can be told to be dead.
func TestLeftoversWithoutProc(t *testing.T) {
	files := map[string]string{"tmp/nsbench-7-fifo-1": ""}
	for name := range quietFiles {
		if strings.HasPrefix(name, "proc/") {
			files[name] = gone
		}
	}
	if d := quiet(files).Leftovers("/tmp"); d.Status != StatusUnknown || d.Fix != "mount -t proc proc /proc" {
		t.Errorf("%+v, want that it could not be looked at", d)
	}
}

func TestShellWord(t *testing.T) {
	for s, want := range map[string]string{"/tmp/a-b.c": "/tmp/a-b.c", "/tmp/a b": "'/tmp/a b'", "/it's": `'/it'\''s'`, "/$(x)": "'/$(x)'"} {
		if got := shellWord(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}
