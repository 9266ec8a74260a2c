package traced

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// lines makes a trace of calls, with a time before each.
func trace(calls ...string) string {
	var b strings.Builder
	for i, c := range calls {
		tid, call, _ := strings.Cut(c, " ")
		fmt.Fprintf(&b, "%s 17.%06d %s\n", tid, i, call)
	}
	return b.String()
}

// Each of these is how a release looks, or what looks like one and is none.
func TestReleases(t *testing.T) {
	clone := `1 clone(child_stack=NULL, flags=CLONE_NEWUTS|SIGCHLD) = 2`
	end := `2 execve("/payload", ["payload"], 0x0) = 0`
	pipe := `1 pipe2([3<pipe:[9]>, 4<pipe:[9]>], O_CLOEXEC) = 0`
	tests := []struct {
		name  string
		calls []string
		want  []string // the releases
	}{
		{"a byte", []string{
			pipe, clone,
			`2 read(3<pipe:[9]>,  <unfinished ...>`,
			`1 write(4<pipe:[9]>, "a", 1) = 1`,
			`2 <... read resumed>"a", 1) = 1`,
			end,
		}, []string{"[1]>payload[2] over pipe by data"}},
		{"a byte that is had before the write returns", []string{
			pipe, clone,
			`1 write(4<pipe:[9]>, "a", 1 <unfinished ...>`,
			`2 read(3<pipe:[9]>, "a", 1) = 1`,
			end,
			`1 <... write resumed>) = 1`,
		}, []string{"[1]>payload[2] over pipe by data"}},
		{"the end of file", []string{
			pipe, clone,
			`2 close(4<pipe:[9]>) = 0`,
			`2 read(3<pipe:[9]>,  <unfinished ...>`,
			`1 close(4<pipe:[9]>) = 0`,
			`2 <... read resumed>"", 1) = 0`,
			end,
		}, []string{"[1]>payload[2] over pipe by close"}},
		{"the end of the other side", []string{
			pipe, clone,
			`2 close(4<pipe:[9]>) = 0`,
			`2 read(3<pipe:[9]>,  <unfinished ...>`,
			`1 exit_group(0) = ?`,
			`1 +++ exited with 0 +++`,
			`2 <... read resumed>"", 1) = 0`,
			end,
		}, []string{"[1]>payload[2] over pipe by exit"}},
		{"an end of file that is one's own", []string{
			pipe, clone,
			`1 close(4<pipe:[9]>) = 0`,
			`2 close(4<pipe:[9]>) = 0`,
			`2 read(3<pipe:[9]>, "", 1) = 0`,
			end,
		}, nil},
		{"an eventfd", []string{
			`1 eventfd2(0, EFD_CLOEXEC) = 5<anon_inode:[eventfd]>`, clone,
			`2 read(5<anon_inode:[eventfd]>,  <unfinished ...>`,
			`1 write(5<anon_inode:[eventfd]>, "\1\0\0\0\0\0\0\0", 8) = 8`,
			`2 <... read resumed>"\1\0\0\0\0\0\0\0", 8) = 8`,
			end,
		}, []string{"[1]>payload[2] over eventfd by data"}},
		{"one eventfd of two", []string{
			`1 eventfd2(0, EFD_CLOEXEC) = 5<anon_inode:[eventfd]>`,
			`1 eventfd2(0, EFD_CLOEXEC) = 6<anon_inode:[eventfd]>`, clone,
			`1 write(5<anon_inode:[eventfd]>, "\1\0\0\0\0\0\0\0", 8) = 8`,
			`2 read(6<anon_inode:[eventfd]>, "\1\0\0\0\0\0\0\0", 8) = 8`,
			end,
		}, nil},
		{"a thread of one's own", []string{
			pipe,
			`1 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD}, 88) = 7`,
			`7 read(3<pipe:[9]>,  <unfinished ...>`,
			`1 write(4<pipe:[9]>, "a", 1) = 1`,
			`7 <... read resumed>"a", 1) = 1`, clone, end,
		}, nil},
		{"a thread of another", []string{
			pipe, clone,
			`1 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD}, 88) = 7`,
			`7 write(4<pipe:[9]>, "a", 1) = 1`,
			`2 read(3<pipe:[9]>, "a", 1) = 1`,
			end,
		}, []string{"[1]>payload[2] over pipe by data"}},
		{"output", []string{
			pipe, clone,
			`2 dup2(4<pipe:[9]>, 1) = 1<pipe:[9]>`,
			`2 write(1<pipe:[9]>, "a", 1) = 1`,
			`1 read(3<pipe:[9]>, "a", 1) = 1`,
			end,
		}, nil},
		{"sockets, in both directions", []string{
			`1 socketpair(AF_UNIX, SOCK_STREAM, 0, [3<UNIX-STREAM:[8->9]>, 4<UNIX-STREAM:[9->8]>]) = 0`, clone,
			`2 sendto(4<UNIX-STREAM:[9->8]>, "a", 1, 0, NULL, 0) = 1`,
			`1 recvfrom(3<UNIX-STREAM:[8->9]>, "a", 1, 0, NULL, NULL) = 1`,
			`1 write(3<UNIX-STREAM:[8->9]>, "b", 1) = 1`,
			`2 read(4<UNIX-STREAM:[9->8]>, "b", 1) = 1`,
			end,
		}, []string{"payload[2]>[1] over socket by data", "[1]>payload[2] over socket by data"}},
		{"a descriptor without a byte", []string{
			`1 socketpair(AF_UNIX, SOCK_SEQPACKET, 0, [3<UNIX:[8->9]>, 4<UNIX:[9->8]>]) = 0`, clone,
			`1 sendmsg(3<UNIX:[8->9]>, {msg_iov=NULL, msg_control=[{cmsg_type=SCM_RIGHTS, cmsg_data=[5]}]}, 0) = 0`,
			`2 recvmsg(4<UNIX:[9->8]>, {msg_iov=NULL, msg_control=[{cmsg_type=SCM_RIGHTS, cmsg_data=[5]}]}, 0) = 0`,
			end,
		}, []string{"[1]>payload[2] over socket by data"}},
		{"the payload's execution", []string{
			`1 socketpair(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0, [3<UNIX-STREAM:[8->9]>, 4<UNIX-STREAM:[9->8]>]) = 0`, clone,
			`1 close(4<UNIX-STREAM:[9->8]>) = 0`,
			`2 close(3<UNIX-STREAM:[8->9]>) = 0`,
			`1 read(3<UNIX-STREAM:[8->9]>,  <unfinished ...>`,
			end,
			`1 <... read resumed>"", 1) = 0`,
		}, []string{"payload[2]>[1] over socket by exec"}},
		{"a fifo that is opened early", []string{
			`1 mknodat(AT_FDCWD</>, "/run/exec.fifo", S_IFIFO|0622) = 0`, clone,
			`1 openat(AT_FDCWD</>, "/run/exec.fifo", O_RDONLY <unfinished ...>`,
			`2 openat(AT_FDCWD</>, "/proc/self/fd/5", O_WRONLY) = 3</exec.fifo>`,
			`1 <... openat resumed>) = 3</run/exec.fifo>`,
			end,
		}, []string{"[1]>payload[2] over pipe by open"}},
		{"a fifo that is opened", []string{
			`1 mknodat(AT_FDCWD</>, "/run/exec.fifo", S_IFIFO|0622) = 0`, clone,
			`2 openat(AT_FDCWD</>, "/proc/self/fd/5", O_WRONLY <unfinished ...>`,
			`1 openat(AT_FDCWD</>, "/run/exec.fifo", O_RDONLY) = 3</run/exec.fifo>`,
			`2 <... openat resumed>) = 3</exec.fifo>`,
			end,
		}, []string{"[1]>payload[2] over pipe by open"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := Reduce(strings.NewReader(trace(test.calls...)))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range r.Events {
				if e.Kind == Released {
					got = append(got, e.String()+" by "+e.How)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("releases (-want +got):\n%s%s", diff, r)
			}
		})
	}
}

// What is no release is seen, too, and a number in a PID namespace is the process's.
func TestOthers(t *testing.T) {
	r, err := Reduce(strings.NewReader(trace(
		`1 clone(child_stack=NULL, flags=CLONE_NEWUSER|CLONE_NEWPID|SIGCHLD) = 2`,
		`1 write(3</proc/2/uid_map>, "0 0 1", 5) = 5`,
		`1 write(3</proc/2/gid_map>, "0 0 1", 5) = 5`,
		`1 write(3</sys/fs/cgroup/x/cgroup.procs>, "2\n", 2) = 2`,
		`2 unshare(CLONE_NEWNS|CLONE_NEWUTS) = 0`,
		`2 unshare(CLONE_NEWNET) = -1 EPERM (Operation not permitted)`,
		`2 sethostname("a", 1) = 0`,
		`2 mount("proc", "/proc", "proc", 0, NULL) = 0`,
		`2 pivot_root(".", ".") = 0`,
		`2 prctl(PR_SET_PDEATHSIG, SIGKILL) = 0`,
		`2 clone(child_stack=NULL, flags=CLONE_PARENT|SIGCHLD) = 2 /* 3 in strace's PID NS */`,
		`3 execve("/bin/payload", ["payload"], 0x0) = 0`,
		`3 +++ exited with 0 +++`,
		`2 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2 /* 3 in strace's PID NS */`,
	)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range r.Events {
		got = append(got, e.String())
	}
	want := []string{
		"[1] clones [2] into pid+user", "[1] maps [2]", "[1] moves [2] into a cgroup", "[2] unshares uts+mnt",
		"[2] sets its hostname", "[2] mounts proc", "[2] changes its root", "[2] dies with its parent",
		"[2] clones payload[3] into none, as its sibling", "payload[3] executes", "payload[3] exits", "[2] reaps payload[3]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestNoTrace(t *testing.T) {
	for _, text := range []string{"", "\n\n", "a word\n"} {
		if _, err := Reduce(strings.NewReader(text)); !errors.Is(err, errNoTrace) {
			t.Errorf("Reduce(%q) = %v, want %v", text, err, errNoTrace)
		}
	}
	if _, err := Reduce(iotest.ErrReader(io.ErrUnexpectedEOF)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Reduce of a reader that fails = %v", err)
	}
}

func TestArguments(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{`3<pipe:[1]>, "a, \"b", 5`, []string{"3<pipe:[1]>", `"a, \"b"`, "5"}},
		{`4<UNIX-STREAM:[1->2]>, {a, b}, [c, d]`, []string{"4<UNIX-STREAM:[1->2]>", "{a, b}", "[c, d]"}},
		{"", nil},
		{`"a`, []string{`"a`}},
		{"a, ", []string{"a"}},
	} {
		if diff := cmp.Diff(test.want, arguments(test.text)); diff != "" {
			t.Errorf("arguments(%q) (-want +got):\n%s", test.text, diff)
		}
	}
}

// Whatever is read, nothing panics, and every release has a place for both sides.
func FuzzCompare(f *testing.F) {
	for _, runtime := range runtimes {
		text := recorded(f, runtime)
		f.Add(text[:min(len(text), 6000)])
	}
	f.Add([]byte(trace(`1 close(3`, `1 pipe2([3<pipe:[1]>, ], 0) = 0`, `1 socketpair(1, 2, 3, []) = 0`, `1 clone() = 1`, `1 <... clone resumed>) = 2`)))
	p := profile(f, "crun")
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Compare(p, bytes.NewReader(text))
		if err != nil {
			return
		}
		_ = c.String()
		r, _ := Reduce(bytes.NewReader(text))
		for _, e := range r.Events {
			if e.Kind == Released && (e.By == nil || e.To == nil || e.By == e.To || e.Till < e.From) {
				t.Errorf("%s, from %d till %d", e, e.From, e.Till)
			}
		}
	})
}
