//go:build amd64 || arm64

package gate

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// Other processes play here, all of them this binary once more: a guardian, which
// inherits whom the death of others leaves behind; a parent, which holds a child
// and is killed; and between them, for some, what a shell is.
const (
	roleVariable      = "NSBENCH_TEST_ORPHAN"
	primitiveVariable = "NSBENCH_TEST_PRIMITIVE"

	roleGuardian = "guardian"
	roleShell    = "shell"
	roleParent   = "parent"
)

// A death is how a parent dies.
type death struct {
	held  bool // after what it does before a release, and not before that
	group bool // in a process group that its death orphans
}

func (d death) String() string {
	s := "armed"
	if d.held {
		s = "held"
	}
	if d.group {
		s += ", its group orphaned by that"
	}
	return s
}

func (d death) arguments() []string {
	return []string{strconv.FormatBool(d.held), strconv.FormatBool(d.group)}
}

// What the primitive says of a parent's death is what a child does whose parent
// is killed, without a parent-death signal, before and after the parent has held it.
func TestOrphan(t *testing.T) {
	for _, p := range All() {
		deaths := []death{{}}
		if p.Holds {
			deaths = append(deaths, death{held: true})
		}
		for _, d := range deaths {
			t.Run(p.Name+" "+d.String(), func(t *testing.T) {
				t.Parallel()
				if got := orphaned(t, p, d); got != string(p.Orphan) {
					t.Errorf("the child %s, and the primitive says that it %s", got, p.Orphan)
				}
			})
		}
	}
}

// A child that is stopped when its process group is orphaned is sent SIGHUP and
// SIGCONT. _exit(2). One that is traced is not stopped yet when its parent dies:
// it is let go by that, into its stop, and whether it gets there first is up to
// the scheduler.
func TestOrphanedGroup(t *testing.T) {
	for _, test := range []struct {
		primitive Primitive
		want      []string
	}{
		{Sigstop, []string{hungUp}},
		{Ptrace, []string{hungUp, string(WaitsForEver)}},
		{PipeByte, []string{string(FailsClosed)}},
		{Eventfd, []string{string(WaitsForEver)}}, // it is not stopped
	} {
		for _, d := range []death{{group: true}, {held: true, group: true}} {
			t.Run(test.primitive.Name+" "+d.String(), func(t *testing.T) {
				t.Parallel()
				got := orphaned(t, test.primitive, d)
				t.Log(got)
				if !slices.Contains(test.want, got) {
					t.Errorf("the child %s, want one of %q", got, test.want)
				}
			})
		}
	}
}

const hungUp = "is killed by hangup"

// orphaned has a parent die, and returns what its child did then.
func orphaned(t *testing.T, p Primitive, d death) string {
	t.Helper()
	tmp, err := os.MkdirTemp("", "orphan-") // short, for the path of a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(tmp); err != nil {
			t.Error(err)
		}
	})
	guardian := role(roleGuardian, p.Name, d.arguments()...)
	guardian.Env = append(guardian.Env, "TMPDIR="+tmp)
	guardian.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	var stderr bytes.Buffer
	guardian.Stderr = &stderr
	out, err := guardian.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, stderr.Bytes())
	}
	answer, _, _ := strings.Cut(string(out), "\n")
	if why, ok := strings.CutPrefix(answer, notMade); ok {
		if slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), "primitives") {
			t.Fatalf("primitives are required: %s", why)
		}
		t.Skip(why)
	}
	return answer
}

const notMade = "no gate: "

func role(name, primitive string, args ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", append([]string{"-test.run=^TestOrphanRole$", "--"}, args...)...)
	cmd.Env = append(os.Environ(), roleVariable+"="+name, primitiveVariable+"="+primitive, "GORACE=atexit_sleep_ms=0")
	return cmd
}

// TestOrphanRole is no test, but what the other processes run.
func TestOrphanRole(t *testing.T) {
	play, ok := map[string]func(Primitive, death) error{roleGuardian: guard, roleShell: beShell, roleParent: beKilled}[os.Getenv(roleVariable)]
	if !ok {
		t.Skip("this is the test itself")
	}
	p, _ := Named(os.Getenv(primitiveVariable))
	args := os.Args[len(os.Args)-2:]
	if err := play(p, death{args[0] == "true", args[1] == "true"}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// guard starts a parent, kills it, and prints what its child does.
func guard(p Primitive, d death) (err error) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl", err)
	}
	// A session of its own has one group, which is orphaned from the first. That
	// of a shell's job is by the end of the job's leader, unless who inherits its
	// members belongs to that session.
	first := role(roleParent, p.Name, d.arguments()...)
	if d.group {
		first = role(roleShell, p.Name, d.arguments()...)
	}
	first.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	first.Stderr = os.Stderr
	out, err := first.StdoutPipe()
	if err != nil {
		return err
	}
	if err := first.Start(); err != nil {
		return err
	}
	line, readErr := bufio.NewReader(out).ReadString('\n')
	if strings.HasPrefix(line, notMade) {
		fmt.Print(line)
		return first.Wait()
	}
	var parent, child, id int
	var kind string
	if _, err := fmt.Sscanf(line, "%d %d %q %d\n", &parent, &child, &kind, &id); err != nil {
		return errors.Join(err, readErr, first.Process.Kill(), first.Wait())
	}
	killErr := unix.Kill(parent, unix.SIGKILL)
	_ = first.Wait() // it was killed, or is a shell
	did, err := whatItDoes(child)
	fmt.Println(did)
	return errors.Join(err, killErr, endAll(child), removeLeft(parent, kind, id))
}

// beShell starts a parent in a process group of its own, as a shell does its
// jobs, and waits for its end.
func beShell(p Primitive, d death) error {
	parent := role(roleParent, p.Name, d.arguments()...)
	parent.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	parent.Stdout, parent.Stderr = os.Stdout, os.Stderr
	if err := parent.Start(); err != nil {
		return err
	}
	_ = parent.Wait() // it is killed
	return nil
}

// beKilled holds a child, prints both process IDs and which object of System V
// there is to be removed, and waits.
func beKilled(p Primitive, d death) error {
	runtime.LockOSThread()
	b, err := program.NewBoard(128<<10, program.Syscall)
	if err != nil {
		return err
	}
	if err := b.Reset(1); err != nil {
		return err
	}
	g, err := p.New(b)
	if err != nil {
		fmt.Println(notMade + strings.ReplaceAll(err.Error(), "\n", " "))
		return nil
	}
	stack, err := unix.Mmap(-1, 0, 16<<10, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return err
	}
	code, err := b.Load(program.Env{}, program.Part{Program: asAlone(g.Wait())})
	if err != nil {
		return err
	}
	pid, pidfd, err := program.Clone(code, unix.CLONE_PIDFD, stack)
	if err != nil {
		return err
	}
	if err := awaitRest(b, p, pid, pidfd); err != nil {
		return err
	}
	if h, ok := g.(Holder); ok && d.held {
		code, err := b.Load(program.Env{Peer: pid, Pidfd: pidfd}, program.Part{Program: h.Hold(program.Child)})
		if err != nil {
			return err
		}
		if o := program.Run(code); o.Verdict != program.Released {
			return fmt.Errorf("hold: %v", o)
		}
	}
	kind, id := "", 0
	switch g := g.(type) {
	case *sysvSem:
		kind, id = "semaphore", g.id.N
	case *sysvMsg:
		kind, id = "queue", g.id.N
	}
	fmt.Printf("%d %d %q %d\n", os.Getpid(), pid, kind, id)
	for {
		_ = unix.Pause()
	}
}

// asAlone is a wait with the signals blocked that it waits for, as a launcher
// does. What the child has besides the descriptors that it closes itself it keeps.
func asAlone(wait program.Program) program.Program {
	return append(program.Program{program.SetMask(wait.Signals())}, wait...)
}

// awaitRest waits until the child has armed and, if the primitive blocks, rests.
func awaitRest(b *program.Board, p Primitive, pid, pidfd int) error {
	for {
		armed := b.AwaitArmed(0, 1)
		s, err := lookAt(pid)
		if err != nil {
			return err
		}
		if armed && (s.rests() || !p.Blocking) {
			return nil
		}
		if n, _ := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, 0); n == 1 {
			return errors.New("the child ended at its gate")
		}
	}
}

// A sight is what can be seen of a child from outside. proc_pid_stat(5).
type sight struct {
	state           byte
	ticks, switches int
}

func (s sight) rests() bool { return strings.IndexByte("SDTt", s.state) >= 0 }

func lookAt(pid int) (s sight, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s, err
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	s.state = fields[0][0]
	for _, ticks := range fields[11:13] { // utime, stime
		n, err := strconv.Atoi(ticks)
		if err != nil {
			return s, err
		}
		s.ticks += n
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(status)) {
		if _, n, ok := strings.Cut(line, "voluntary_ctxt_switches:"); ok && err == nil {
			n, atoiErr := strconv.Atoi(strings.TrimSpace(n))
			s.switches, err = s.switches+n, atoiErr
		}
	}
	return s, err
}

// What a child has to do to be taken for one that waits for ever: to rest without
// waking up, to use CPU time, or to sleep and look again so many times. One that
// is merely kept from its CPU does none of these.
const (
	restingLooks = 100 // of a millisecond
	spunTicks    = 20
	sleptAgain   = 500
)

// whatItDoes looks at a child, which is this process's by now, until it is clear
// what the death of its parent does to it.
func whatItDoes(pid int) (string, error) {
	first, err := lookAt(pid)
	if err != nil {
		return "", err
	}
	for last, same := first, 0; ; same++ {
		var status unix.WaitStatus
		n, err := unix.Wait4(pid, &status, unix.WNOHANG|unix.WALL, nil)
		switch {
		case err != nil && !errors.Is(err, unix.EINTR):
			return "", os.NewSyscallError("wait4", err)
		case n == pid:
			return howItEnded(status), nil
		}
		s, err := lookAt(pid)
		if err != nil {
			return "", err
		}
		if !s.rests() || s.switches != last.switches {
			last, same = s, 0
		}
		if same > restingLooks || s.ticks-first.ticks > spunTicks || s.switches-first.switches > sleptAgain {
			return string(WaitsForEver), nil
		}
		time.Sleep(time.Millisecond)
	}
}

func howItEnded(status unix.WaitStatus) string {
	switch {
	case status.Signaled():
		return "is killed by " + status.Signal().String()
	case status.ExitStatus() == int(program.Released):
		return string(FailsOpen)
	case status.ExitStatus() == int(program.ParentGone):
		return string(FailsClosed)
	}
	return "ends as " + program.Verdict(status.ExitStatus()).String()
}

// endAll ends the child, if it lives, and reaps all that this process has got.
func endAll(child int) error {
	if err := unix.Kill(child, unix.SIGKILL); err != nil && !errors.Is(err, unix.ESRCH) {
		return os.NewSyscallError("kill", err)
	}
	for {
		_, err := unix.Wait4(-1, nil, unix.WALL, nil)
		if errors.Is(err, unix.ECHILD) {
			return nil
		}
		if err != nil && !errors.Is(err, unix.EINTR) {
			return os.NewSyscallError("wait4", err)
		}
	}
}

// removeLeft removes what a killed parent leaves behind outside of TMPDIR.
func removeLeft(parent int, kind string, id int) (err error) {
	switch kind {
	case "semaphore":
		err = sys.RemoveSemaphore(id)
	case "queue":
		err = sys.RemoveMessageQueue(id)
	}
	name := fmt.Sprintf("nsbench-%d-", parent)
	var groups []string
	walkErr := filepath.WalkDir("/sys/fs/cgroup", func(path string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(e.Name(), name) {
			groups = append(groups, path)
		}
		return nil // others' groups come and go
	})
	for _, group := range groups {
		err = errors.Join(err, unix.Rmdir(group))
	}
	return errors.Join(err, walkErr)
}
