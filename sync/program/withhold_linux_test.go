//go:build amd64 || arm64

package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"
)

// withhold withholds all memory but the stack that children are given. They are
// cloned by the thread that it was called on.
func withhold(t *testing.T, stack []byte) *Withheld {
	t.Helper()
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	w, err := Withhold(stack)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Release(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// mappings lists where a process has memory. proc_pid_maps(5).
func mappings(t *testing.T, pid int) (spans []span) {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(maps)) {
		var s span
		if _, err := fmt.Sscanf(line, "%x-%x", &s.from, &s.to); err != nil {
			t.Fatal(err)
		}
		spans = append(spans, s)
	}
	return spans
}

func has(spans []span, mem []byte) bool {
	at := uintptr(unsafe.Pointer(&mem[0]))
	for _, s := range spans {
		if s.from <= at && at < s.to {
			return true
		}
	}
	return false
}

// A child does without the memory that is withheld, what has been mapped since
// is withheld when that is renewed, and all of it is there again in the end.
func TestWithhold(t *testing.T) {
	b := newBoard(t, 1)
	stack := mapStack(t)
	before := mapStack(t)
	child := func() (spans []span) {
		if err := b.Reset(1); err != nil {
			t.Fatal(err)
		}
		word := newWord(t, b)
		c := startOn(t, stack, 0, b, Part{Program: Program{Arm(), FutexWait(word, 0), Resumed()}})
		c.awaitAsleep(t, b, 0)
		spans = mappings(t, c.pid)
		if got := Run(load(t, b, Part{Program: Program{Store(word, 1), FutexWake(word, 1)}})); got != released {
			t.Fatal(got)
		}
		c.ends(t, released)
		return spans
	}
	w := withhold(t, stack)
	since := mapStack(t)
	spans := child()
	if has(spans, before) || !has(spans, since) || !has(spans, stack) || !has(spans, b.mem) {
		t.Errorf("withheld: before %v, since %v, stack %v, board %v; want the last three in the child",
			has(spans, before), has(spans, since), has(spans, stack), has(spans, b.mem))
	}
	if err := w.Renew(); err != nil {
		t.Fatal(err)
	}
	if spans = child(); has(spans, since) || !has(spans, stack) {
		t.Errorf("renewed: since %v, stack %v; want only the stack in the child", has(spans, since), has(spans, stack))
	}
	if err := w.Release(); err != nil {
		t.Fatal(err)
	}
	if spans = child(); !has(spans, before) || !has(spans, since) {
		t.Errorf("released: before %v, since %v; want both in the child", has(spans, before), has(spans, since))
	}
	if before[0] != 0 || since[0] != 0 {
		t.Error("the memory is not as it was")
	}
}

// What is unmapped meanwhile does not matter.
func TestWithheldIsUnmapped(t *testing.T) {
	mem, err := unix.Mmap(-1, 0, 16<<10, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		t.Fatal(err)
	}
	w := withhold(t, mapStack(t))
	if err := unix.Munmap(mem); err != nil {
		t.Fatal(err)
	}
	if err := w.Release(); err != nil {
		t.Error(err)
	}
}

// Programs are executed as ever while memory is withheld: os/exec shares the
// memory with its child until then.
func TestExecutedWhileWithheld(t *testing.T) {
	withhold(t, mapStack(t))
	out, err := exec.Command("/bin/sh", "-c", "echo here").Output()
	if err != nil || string(out) != "here\n" {
		t.Errorf("%q, %v; want here", out, err)
	}
}

// Wherever the program lies, its child can execute it.
func TestWithholdInOddFolders(t *testing.T) {
	binary, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"with spaces", "with\na line", `with \012`, "[v", "gone (deleted)"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		exe := filepath.Join(dir, "program.test")
		if err := os.WriteFile(exe, binary, 0o700); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(exe, "-test.run=^TestWithhold$").CombinedOutput(); err != nil {
			t.Errorf("in a folder %q: %v\n%s", name, err, out)
		}
	}
}

func TestPrivateMappings(t *testing.T) {
	const maps = `00400000-00600000 r-xp 00000000 fe:00 1234                               /bin/my program
00600000-00700000 r--p 00200000 fe:00 1234                               /bin/my program
00700000-00800000 rw-p 00300000 fe:00 1234                               /bin/my program
00800000-00900000 rw-p 00000000 00:00 0 
c000000000-c000400000 rw-p 00000000 00:00 0                              [anon: Go: heap]
7f0000000000-7f0000010000 rw-s 00000000 00:01 1025                       /dev/zero (deleted)
7f0000010000-7f0000020000 r-xp 00000000 fe:00 5678                       /lib/my program
7f0000020000-7f0000030000 r--p 00000000 00:00 0                          [vvar]
7f0000030000-7f0000040000 r-xp 00000000 00:00 0                          [vdso]
7ffe00000000-7ffe00010000 rw-p 00000000 00:00 0                          [stack]
`
	want := []span{
		{0x700000, 0x800000}, {0x800000, 0x900000}, {0xc000000000, 0xc000400000},
		{0x7f0000010000, 0x7f0000020000}, {0x7f0000020000, 0x7f0000030000}, {0x7f0000030000, 0x7f0000040000},
		{0x7ffe00000000, 0x7ffe00010000},
	}
	got, err := private(strings.NewReader(maps), "/bin/my program")
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(span{})); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, bad := range []string{"x\n", "00400000-00600000 r-xp\n", "00400000 r-xp 00000000 fe:00 1234 /bin/sh\n"} {
		if _, err := private(strings.NewReader(bad), ""); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(bad)) {
			t.Errorf("%q: %v, want an error with the line", bad, err)
		}
	}
}

func TestWithout(t *testing.T) {
	spans := []span{{10, 20}, {30, 40}}
	for hole, want := range map[span][]span{
		{0, 10}:  {{10, 20}, {30, 40}},
		{0, 15}:  {{15, 20}, {30, 40}},
		{12, 15}: {{10, 12}, {15, 20}, {30, 40}},
		{15, 35}: {{10, 15}, {35, 40}},
		{10, 20}: {{30, 40}},
		{0, 50}:  {},
	} {
		got := without(spans, hole)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(span{})); diff != "" {
			t.Errorf("without %v (-want +got):\n%s", hole, diff)
		}
	}
}
