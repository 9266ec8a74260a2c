//go:build amd64 || arm64

package launch

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/gatetest"
	"github.com/nsbench/nsbench/sync/program"
)

// missing ends a test for want of an ability: it is skipped, or it fails where
// NSBENCH_TEST_REQUIRE names the ability.
func missing(t *testing.T, ability string, why any) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), ability) {
		t.Fatalf("%s is required: %v", ability, why)
	}
	t.Skipf("no %s: %v", ability, why)
}

// underEach runs a test under each launcher.
func underEach(t *testing.T, test func(*testing.T, Kind)) {
	for _, kind := range Kinds() {
		t.Run(kind.String(), func(t *testing.T) { test(t, kind) })
	}
}

// permitted returns the namespaces, with a user namespace added where this
// process is not privileged.
func permitted(t *testing.T, ns Namespaces) Namespaces {
	t.Helper()
	err := try(t, ns)
	if errors.Is(err, unix.EPERM) && ns&User == 0 {
		if os.Geteuid() == 0 && slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), "root") {
			t.Fatalf("root is required: %v", err)
		}
		ns |= User
		err = try(t, ns)
	}
	if err != nil {
		missing(t, "userns", err)
	}
	return ns
}

// try clones a child that does nothing.
func try(t *testing.T, ns Namespaces) error {
	t.Helper()
	l, err := New()
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.Start(Config{Namespaces: ns, CPU: -1}, newBoard(t))
	if err == nil {
		_, err = c.Wait()
	}
	return errors.Join(err, l.Close())
}

func newBoard(t *testing.T) *program.Board {
	t.Helper()
	b, err := program.NewBoard(256<<10, program.Syscall)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := b.Reset(len(gate.All())); err != nil {
		t.Fatal(err)
	}
	return b
}

// startLauncher is a launcher for one test. Its cleanup runs on the goroutine of
// the test, which is the one that is locked to its thread.
func startLauncher(t *testing.T) *Launcher {
	t.Helper()
	l, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// A held is a gate, and the child that it holds.
type held struct {
	*Child
	t        *testing.T
	gate     gate.Gate
	board    *program.Board
	stage    int
	released bool
}

// hold starts a child that is held by a gate, and waits until it has armed.
func hold(t *testing.T, l *Launcher, cfg Config, b *program.Board, stage int, p gate.Primitive) *held {
	t.Helper()
	g, err := p.New(b)
	if err != nil {
		t.Fatal(err)
	}
	h := &held{t: t, gate: g, board: b, stage: stage}
	t.Cleanup(h.close)
	h.Child, err = l.Start(cfg, b, program.Part{Stage: stage, Program: append(g.Wait(), program.Resumed())})
	if err != nil {
		t.Fatal(err)
	}
	for !b.AwaitArmed(stage, 1) {
		if h.Ended() {
			t.Fatalf("the child ended before it armed: %v", h.Outcome())
		}
		pause(t)
	}
	return h
}

// close closes the gate.
func (h *held) close() {
	var ran []program.Program
	if h.released {
		ran = append(ran, h.gate.Release(program.Child))
	}
	if err := h.gate.Close(ran...); err != nil {
		h.t.Error(err)
	}
}

// release lets the child go.
func (h *held) release() {
	h.t.Helper()
	h.released = true
	release := h.gate.Release(program.Child)
	env, err := h.Env(release)
	if err != nil {
		h.t.Fatal(err)
	}
	code, err := h.board.Load(env, program.Part{Stage: h.stage, Program: release})
	if err != nil {
		h.t.Fatal(err)
	}
	if o := program.Run(code); o.Verdict != program.Released {
		h.t.Fatal(o)
	}
}

// goes releases the child, reaps it, and holds it to a good end.
func (h *held) goes() {
	h.t.Helper()
	h.release()
	h.endsWell(h.Wait())
}

func (h *held) endsWell(exit Exit, err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	if o := h.Outcome(); o.Verdict != program.Released || exit != (Exit{Status: int(program.Released)}) {
		h.t.Errorf("the child ended as %v, %v; want released", o, exit)
	}
}

// pause lets others run between two looks.
func pause(t *testing.T) {
	t.Helper()
	ts := unix.NsecToTimespec(100_000)
	if err := unix.Nanosleep(&ts, nil); err != nil && !errors.Is(err, unix.EINTR) {
		t.Fatal(err)
	}
}

// mustHaveNoChildren fails if there is a child of whatever kind, ended or not.
func mustHaveNoChildren(t *testing.T) {
	t.Helper()
	if pid, err := unix.Wait4(-1, nil, unix.WNOHANG|unix.WALL, nil); !errors.Is(err, unix.ECHILD) {
		t.Errorf("wait for any child: %d, %v; want that there is none", pid, err)
	}
}

func descriptors(t *testing.T, pid int) []string {
	t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestConstants(t *testing.T) {
	for ns, want := range map[Namespaces]uint64{
		Time: unix.CLONE_NEWTIME, Mnt: unix.CLONE_NEWNS, Cgroup: unix.CLONE_NEWCGROUP, UTS: unix.CLONE_NEWUTS,
		IPC: unix.CLONE_NEWIPC, User: unix.CLONE_NEWUSER, PID: unix.CLONE_NEWPID, Net: unix.CLONE_NEWNET,
	} {
		if uint64(ns) != want {
			t.Errorf("%v = %#x, want %#x", ns, uint64(ns), want)
		}
	}
	if len(namespaceTable) != 8 {
		t.Errorf("%d namespaces, the test knows 8", len(namespaceTable))
	}
}

// adapted is a Child as the suite has it.
type adapted struct{ *Child }

func (a adapted) ID() int { return a.PID }

func (a adapted) Reap() error {
	_, err := a.Wait()
	return err
}

// Every primitive holds under each launcher what it promises, in those of the
// seed's namespaces that do not cut it.
func TestPrimitives(t *testing.T) { underEach(t, testPrimitives) }

// releasesUnder is how many releases each primitive has to pass under a launcher.
// What a primitive loses it loses under all of them, so one of them has it tried
// often; the others show that the same programs run there. An ordinary user's
// children differ in what they are refused, and not in what they lose.
func releasesUnder(kind Kind) int {
	switch {
	case kind == Exec:
		return 200
	case os.Geteuid() != 0:
		return 500
	case kind == Clone:
		return 10_000
	}
	return 1000
}

func testPrimitives(t *testing.T, kind Kind) {
	for _, p := range gate.All() {
		t.Run(p.Name, func(t *testing.T) {
			mustBeMakeable(t, p)
			ns := permitted(t, uncut(p, UTS|IPC))
			gatetest.TestReleases(t, p, releasesUnder(kind), func(t *testing.T) gatetest.Start {
				l := startLauncher(t)
				return func(b *program.Board, parts ...program.Part) (gatetest.Child, error) {
					c, err := l.Start(Config{Kind: kind, Namespaces: ns, CPU: -1}, b, parts...)
					return adapted{c}, err
				}
			})
		})
	}
	mustHaveNoChildren(t)
}

// uncut leaves out of a set what cuts the primitive.
func uncut(p gate.Primitive, ns Namespaces) Namespaces {
	for _, name := range p.CutBy {
		cut, err := ParseNamespace(name)
		if err != nil {
			panic(err) // its own name for a namespace: TestEveryPrimitiveIsDescribed finds it
		}
		ns &^= cut
	}
	return ns
}

// mustBeMakeable leaves out what takes privileges that this process lacks.
func mustBeMakeable(t *testing.T, p gate.Primitive) {
	t.Helper()
	if s := p.Probe(newBoard(t)); errors.Is(s.Reason, os.ErrPermission) {
		missing(t, "root", s.Reason)
	}
}

// The child is in new namespaces of those kinds, and in this process's of all others.
func TestNamespaces(t *testing.T) { underEach(t, testNamespaces) }

func testNamespaces(t *testing.T, kind Kind) {
	sets := []Namespaces{0, UTS | IPC | PID | Mnt | Net | User | Cgroup | Time}
	for _, ns := range namespaceTable {
		sets = append(sets, ns.flag)
	}
	for _, set := range sets {
		t.Run(set.String(), func(t *testing.T) {
			for _, name := range set.Names() {
				if _, err := os.Lstat("/proc/self/ns/" + name); err != nil {
					missing(t, name, err) // a kernel without it: CONFIG_TIME_NS and its like
				}
			}
			set := permitted(t, set)
			h := hold(t, startLauncher(t), Config{Kind: kind, Namespaces: set, CPU: -1}, newBoard(t), 0, gate.PipeEOF)
			for _, ns := range namespaceTable {
				own, theirs := namespace(t, os.Getpid(), ns.name), namespace(t, h.PID, ns.name)
				want := set&ns.flag != 0 && (kind != VM || ns.flag != Time) // see VM
				if isNew := own != theirs; isNew != want {
					t.Errorf("%s: here %s, in the child %s", ns.name, own, theirs)
				}
			}
			h.goes()
		})
	}
}

// namespace is the name of a process's namespace, such as "uts:[4026531838]". namespaces(7).
func namespace(t *testing.T, pid int, name string) string {
	t.Helper()
	link, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/%s", pid, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return link
}

func TestCloneError(t *testing.T) {
	l := startLauncher(t)
	const thread = Namespaces(unix.CLONE_THREAD) // not without CLONE_VM
	c, err := l.Start(Config{Namespaces: UTS | thread, CPU: -1}, newBoard(t))
	var cloneErr *CloneError
	if c != nil || !errors.As(err, &cloneErr) || !errors.Is(err, unix.EINVAL) {
		t.Fatalf("Start = %v, %v; want a *CloneError that is EINVAL", c, err)
	}
	if want := "clone into new namespaces uts: clone3: invalid argument"; err.Error() != want {
		t.Errorf("error = %q, want %q", err, want)
	}
	mustHaveNoChildren(t)
}

// An invalid program is refused before anything is cloned, and named.
func TestStartRefuses(t *testing.T) { underEach(t, testStartRefuses) }

func testStartRefuses(t *testing.T, kind Kind) {
	l, b := startLauncher(t), newBoard(t)
	good := program.Part{Program: program.Program{program.Arm()}}
	for name, bad := range map[string]program.Op{
		"no operation":    {},
		"no descriptor":   program.Close(program.FD{Name: "f", N: -1}),
		"a second arm":    program.Arm(),
		"a kill of whom?": program.Kill(program.Child, program.SIGUSR1),
	} {
		t.Run(name, func(t *testing.T) {
			part := program.Part{Stage: 1, Program: program.Program{program.Arm(), program.Resumed(), bad}}
			c, err := l.Start(Config{Kind: kind, CPU: -1}, b, good, part)
			var opErr *program.OpError
			if c != nil || !errors.As(err, &opErr) || opErr.Index != 2 {
				t.Errorf("Start = %v, %v; want an *OpError at operation 2", c, err)
			}
			// Part 0 is the prologue.
			if want := "part 2: "; err != nil && !strings.HasPrefix(err.Error(), want) {
				t.Errorf("error = %q, want it to begin with %q", err, want)
			}
			mustHaveNoChildren(t)
		})
	}
}

func TestPinned(t *testing.T) { underEach(t, testPinned) }

func testPinned(t *testing.T, kind Kind) {
	var usable unix.CPUSet
	if err := unix.SchedGetaffinity(0, &usable); err != nil {
		t.Fatal(err)
	}
	cpu := 0
	for !usable.IsSet(cpu) {
		cpu++
	}
	h := hold(t, startLauncher(t), Config{Kind: kind, CPU: cpu}, newBoard(t), 0, gate.Futex)
	var got, want unix.CPUSet
	want.Set(cpu)
	if err := unix.SchedGetaffinity(h.PID, &got); err != nil || got != want {
		t.Errorf("the child may use %d CPUs, %v; want only CPU %d", got.Count(), err, cpu)
	}
	h.goes()
	if got := h.board.Stage(0).ChildCPU; got != uint32(cpu) {
		t.Errorf("the wait returned on CPU %d, want %d", got, cpu)
	}
}

func TestPinnedToNoCPU(t *testing.T) { underEach(t, testPinnedToNoCPU) }

func testPinnedToNoCPU(t *testing.T, kind Kind) {
	const none = 1023
	if runtime.NumCPU() > none {
		t.Fatalf("CPU %d is one", none)
	}
	l, b := startLauncher(t), newBoard(t)
	w, err := b.Word("for ever")
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.Start(Config{Kind: kind, CPU: none}, b, program.Part{Program: program.Program{program.SpinUntil(w, 1)}})
	if c != nil || !errors.Is(err, unix.EINVAL) || !strings.Contains(err.Error(), "to CPU 1023: ") {
		t.Errorf("Start = %v, %v; want EINVAL, and the CPU in it", c, err)
	}
	mustHaveNoChildren(t)
}

// Close ends children however they wait, and leaves nothing of them.
func TestClose(t *testing.T) { underEach(t, testClose) }

func testClose(t *testing.T, kind Kind) {
	before := descriptors(t, os.Getpid())
	t.Run("with children", func(t *testing.T) {
		l, err := New()
		if err != nil {
			t.Fatal(err)
		}
		b := newBoard(t)
		var pids []int
		for i, p := range gate.All() {
			if p.Name != gate.PidfdExit.Name { // whose gate has a child of its own, and is closed later
				pids = append(pids, hold(t, l, Config{Kind: kind, CPU: -1}, b, i, p).PID)
			}
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		mustHaveNoChildren(t)
		for _, pid := range pids {
			if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("child %d is still in /proc: %v", pid, err)
			}
		}
		if err := l.Close(); err != nil {
			t.Errorf("a second close: %v", err)
		}
		if c, err := l.Start(Config{Kind: kind, CPU: -1}, b); c != nil || err == nil {
			t.Errorf("Start after Close = %v, %v; want an error", c, err)
		}
	})
	if diff := cmp.Diff(before, descriptors(t, os.Getpid())); diff != "" {
		t.Errorf("descriptors after it all (-before +after):\n%s", diff)
	}
}

// Another goroutine ends the wait of the one that waits.
func TestKillFromAnotherGoroutine(t *testing.T) { underEach(t, testKillFromAnotherGoroutine) }

func testKillFromAnotherGoroutine(t *testing.T, kind Kind) {
	l, b := startLauncher(t), newBoard(t)
	spinning := hold(t, l, Config{Kind: kind, CPU: -1}, b, 0, gate.Spin)
	asleep := hold(t, l, Config{Kind: kind, CPU: -1}, b, 1, gate.PipeByte)
	go l.Kill()
	for _, h := range []*held{spinning, asleep} {
		exit, err := h.Wait()
		if err != nil || exit != (Exit{Signal: int(unix.SIGKILL)}) {
			t.Errorf("the child ended by %v, %v; want killed", exit, err)
		}
		if o := h.Outcome(); o.Verdict != program.Unfinished {
			t.Errorf("outcome: %v, want unfinished", o)
		}
	}
	l.Kill() // nobody
	mustHaveNoChildren(t)
}

func TestKillOfOne(t *testing.T) { underEach(t, testKillOfOne) }

func testKillOfOne(t *testing.T, kind Kind) {
	l, b := startLauncher(t), newBoard(t)
	one, other := hold(t, l, Config{Kind: kind, CPU: -1}, b, 0, gate.Futex), hold(t, l, Config{Kind: kind, CPU: -1}, b, 1, gate.Futex)
	if err := one.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := one.AwaitEnd(); err != nil {
		t.Fatal(err)
	}
	if !one.Ended() || other.Ended() {
		t.Errorf("ended: %v and %v, want only the one that was killed", one.Ended(), other.Ended())
	}
	if err := one.Kill(); err != nil {
		t.Errorf("a kill of a child that has ended: %v", err)
	}
	if exit, err := one.Wait(); err != nil || exit.Signal != int(unix.SIGKILL) {
		t.Errorf("the child ended by %v, %v; want killed", exit, err)
	}
	other.goes()
}

// The waits for an end are one as good as the other.
func TestWaits(t *testing.T) { underEach(t, testWaits) }

func testWaits(t *testing.T, kind Kind) {
	l, b := startLauncher(t), newBoard(t)
	h := hold(t, l, Config{Kind: kind, CPU: -1}, b, 0, gate.Eventfd)
	h.release()
	if err := h.AwaitEnd(); err != nil {
		t.Error(err)
	}
	h.endsWell(h.Wait())

	h = hold(t, l, Config{Kind: kind, CPU: -1}, b, 1, gate.Eventfd)
	h.release()
	h.endsWell(h.WaitHere())

	if _, err := h.Wait(); !errors.Is(err, unix.ECHILD) || !strings.Contains(err.Error(), fmt.Sprintf("reap child %d: ", h.PID)) {
		t.Errorf("a second wait: %v, want ECHILD and the child's number", err)
	}
}

// A child has what its own programs name, though it was cloned while the gates
// of others were open; what it is told to keep; and nothing else.
func TestDescriptorsOfAChild(t *testing.T) { underEach(t, testDescriptorsOfAChild) }

func testDescriptorsOfAChild(t *testing.T, kind Kind) {
	l, b := startLauncher(t), newBoard(t)
	kept := program.FD{Name: "stderr", N: 2}
	hold(t, l, Config{Kind: kind, CPU: -1}, b, 0, gate.PipeByte)
	second := hold(t, l, Config{Kind: kind, CPU: -1}, b, 1, gate.PipeByte)
	third := hold(t, l, Config{Kind: kind, CPU: -1, Keep: []program.FD{kept}}, b, 2, gate.PipeByte)
	reads := func(h *held) string {
		// The wait closes the write end before it arms, and reads from the other.
		w := h.gate.Wait()[:1].Files()[0]
		for _, fd := range h.gate.Wait().Files() {
			if fd != w {
				return strconv.Itoa(fd.N)
			}
		}
		return "none"
	}
	if diff := cmp.Diff([]string{reads(second)}, descriptors(t, second.PID)); diff != "" {
		t.Errorf("descriptors of the second child (-want +got):\n%s", diff)
	}
	two := []string{"2", reads(third)}
	slices.Sort(two)
	if diff := cmp.Diff(two, descriptors(t, third.PID)); diff != "" {
		t.Errorf("descriptors of the child that keeps one (-want +got):\n%s", diff)
	}
}

// Several children wait at an end of file each, and go in any order. With a
// write end in another child none would, before the last had been released.
func TestManyEndsOfFile(t *testing.T) { underEach(t, testManyEndsOfFile) }

func testManyEndsOfFile(t *testing.T, kind Kind) {
	l, b := startLauncher(t), newBoard(t)
	var children []*held
	for i := range 4 {
		children = append(children, hold(t, l, Config{Kind: kind, CPU: -1}, b, i, gate.PipeEOF))
	}
	for _, i := range []int{2, 0, 3, 1} {
		children[i].goes()
	}
}

// Only what a program will wait for is blocked in a child, and nothing is
// handled. The child does not wait for it yet: that would show it as unblocked.
func TestSignalsOfAChild(t *testing.T) { underEach(t, testSignalsOfAChild) }

func testSignalsOfAChild(t *testing.T, kind Kind) {
	l, b := startLauncher(t), newBoard(t)
	for i, test := range []struct {
		then    program.Program
		blocked string
	}{
		{nil, "0000000000000000"},
		{program.Program{program.Sigwait(program.Signals(program.SIGUSR1))}, "0000000000000200"},
	} {
		first := gate.Futex
		first.New = func(b *program.Board) (gate.Gate, error) {
			g, err := gate.Futex.New(b)
			return longer{g, test.then}, err
		}
		h := hold(t, l, Config{Kind: kind, CPU: -1}, b, i, first)
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.PID))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"SigBlk:\t" + test.blocked, "SigCgt:\t0000000000000000"} {
			if !bytes.Contains(status, []byte(want+"\n")) {
				t.Errorf("want %q in\n%s", want, status)
			}
		}
		if err := h.Kill(); err != nil {
			t.Error(err)
		}
	}
}

// A longer gate is followed by more.
type longer struct {
	gate.Gate
	then program.Program
}

func (g longer) Wait() program.Program { return append(g.Gate.Wait(), g.then...) }

// The parent has died before the child could ask for the signal at its death.
func TestParentAlreadyGone(t *testing.T) { underEach(t, testParentAlreadyGone) }

func testParentAlreadyGone(t *testing.T, kind Kind) {
	gone := exec.Command("/proc/self/exe", "-test.run=^$")
	if err := gone.Start(); err != nil {
		t.Fatal(err)
	}
	pidfd, err := unix.PidfdOpen(gone.Process.Pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Wait(); err != nil {
		t.Fatal(err)
	}
	l, b := startLauncher(t), newBoard(t)
	l.prologue.ties = ties(program.FD{Name: "parent", N: pidfd})
	c, err := l.Start(Config{Kind: kind, CPU: -1}, b, program.Part{Program: program.Program{program.Arm()}})
	if err := errors.Join(err, unix.Close(pidfd)); err != nil {
		t.Fatal(err)
	}
	exit, err := c.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if want := (program.Outcome{Verdict: program.ParentGone, Part: 0, Index: 1, Result: 1}); c.Outcome() != want {
		t.Errorf("outcome: %v (%v), want %v", c.Outcome(), exit, want)
	}
	if b.Stage(0).Armed != 0 {
		t.Error("the child came to its gate")
	}
}

// What the process has grown is kept out of children, and they still live.
func TestTrim(t *testing.T) {
	l, b := startLauncher(t), newBoard(t)
	hold(t, l, Config{CPU: -1}, b, 0, gate.PipeEOF).goes()
	grown := make([]byte, 64<<20)
	for i := 0; i < len(grown); i += 4096 {
		grown[i] = 1
	}
	if err := l.Trim(); err != nil {
		t.Fatal(err)
	}
	h := hold(t, l, Config{CPU: -1}, b, 1, gate.PipeEOF)
	if at := uintptr(unsafe.Pointer(&grown[len(grown)/2])); mapped(t, h.PID, at) || !mapped(t, os.Getpid(), at) {
		t.Errorf("%#x is mapped in the child (%v), or not here (%v)", at, mapped(t, h.PID, at), mapped(t, os.Getpid(), at))
	}
	h.goes()
	runtime.KeepAlive(grown)
}

// mapped reports whether an address is mapped in a process. proc_pid_maps(5).
func mapped(t *testing.T, pid int, at uintptr) bool {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(maps)) {
		var from, to uintptr
		if _, err := fmt.Sscanf(line, "%x-%x", &from, &to); err != nil {
			t.Fatal(err)
		}
		if from <= at && at < to {
			return true
		}
	}
	return false
}

// A second launcher would keep the first one's stack from its children.
func TestOneLauncherAtATime(t *testing.T) {
	first, b := startLauncher(t), newBoard(t)
	if l, err := New(); l != nil || err == nil {
		t.Errorf("New = %v, %v; want an error: there is a launcher", l, err)
	}
	hold(t, first, Config{CPU: -1}, b, 0, gate.PipeEOF).goes()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	hold(t, startLauncher(t), Config{CPU: -1}, b, 1, gate.PipeEOF).goes()
}

// Children of a thread that blocks every signal begin as others do, and Close gives
// the thread the mask that it had.
func TestBlock(t *testing.T) { underEach(t, testBlock) }

func testBlock(t *testing.T, kind Kind) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	mask := func() (set unix.Sigset_t) {
		if err := unix.PthreadSigmask(unix.SIG_BLOCK, nil, &set); err != nil {
			t.Fatal(err)
		}
		return set
	}
	before := mask()
	l, err := New()
	if err != nil {
		t.Fatal(err)
	}
	b := newBoard(t)
	if err := errors.Join(l.Block(), l.Block()); err != nil {
		t.Fatal(err)
	}
	const unblockable = 1<<(unix.SIGKILL-1) | 1<<(unix.SIGSTOP-1)
	hold(t, l, Config{Kind: kind, CPU: -1}, b, 0, gate.Sigwait).goes()
	if now := mask(); now.Val[0]|unblockable != ^uint64(0) {
		t.Errorf("after a clone %#x is blocked", now.Val[0])
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if now := mask(); now != before {
		t.Errorf("%#x is blocked, it was %#x", now.Val[0], before.Val[0])
	}
}
