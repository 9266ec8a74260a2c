package program

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const someMaps = `00400000-007d2000 r-xp 00000000 fe:00 9978001                            /opt/a b/nsbench
007d2000-00c08000 r--p 003d2000 fe:00 9978001                            /opt/a b/nsbench
00c08000-01115000 rw-p 00808000 fe:00 9978001                            /opt/a b/nsbench
1b650c000000-1b650f400000 ---p 00000000 00:00 0 
1b650f400000-1b650f5d5000 rw-p 00000000 00:00 0 
7f68f52ee000-7f68f5300000 rw-s 00000000 00:01 13239                      /dev/zero (deleted)
7ff891a17000-7ff891b6d000 r-xp 00026000 fe:00 326269                     /usr/lib/x86_64-linux-gnu/libc.so.6
7f693bf8c000-7f693bf8e000 r--p 00000000 00:00 0                          [vvar_vclock]
7f693bf8e000-7f693bf90000 r-xp 00000000 00:00 0                          [vdso]
7fff93966000-7fff93987000 rw-p 00000000 00:00 0                          [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`

// The child keeps the program's code and constants, what is shared, and what is the kernel's.
func TestPrivate(t *testing.T) {
	got, err := private(strings.NewReader(someMaps), "/opt/a b/nsbench")
	if err != nil {
		t.Fatal(err)
	}
	want := []span{
		{0xc08000, 0x1115000},
		{0x1b650c000000, 0x1b650f400000},
		{0x1b650f400000, 0x1b650f5d5000},
		{0x7ff891a17000, 0x7ff891b6d000},
		{0x7fff93966000, 0x7fff93987000},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %x\nwant %x", got, want)
	}
	if _, err := private(strings.NewReader("nonsense\n"), ""); err == nil {
		t.Error("nonsense was taken for a map")
	}
}

func TestWithout(t *testing.T) {
	spans := []span{{10, 20}, {30, 40}, {50, 60}}
	for _, c := range []struct {
		hole span
		want []span
	}{
		{span{0, 5}, spans},
		{span{12, 15}, []span{{10, 12}, {15, 20}, {30, 40}, {50, 60}}},
		{span{15, 55}, []span{{10, 15}, {55, 60}}},
		{span{10, 20}, []span{{30, 40}, {50, 60}}},
	} {
		if got := without(spans, c.hole); !slices.Equal(got, c.want) {
			t.Errorf("without %v: got %v, want %v", c.hole, got, c.want)
		}
	}
}

// Memory is withheld from what it is written to say so in: the flags "dc" of
// smaps, which go away again.
func TestWithholdAndRelease(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := withheldMappings(t)
	w, err := Withhold()
	if err != nil {
		t.Fatal(err)
	}
	during := withheldMappings(t)
	if err := w.Release(); err != nil {
		t.Fatal(err)
	}
	after := withheldMappings(t)
	if before != 0 || during < 5 || after != 0 {
		t.Errorf("mappings that are withheld: %d before, %d during, %d after", before, during, after)
	}
}

// withheldMappings counts the private mappings whose VmFlags hold "dc", do not
// copy. Those of the kernel hold it always.
func withheldMappings(t *testing.T) (n int) {
	t.Helper()
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	var kernels bool
	for line := range strings.Lines(string(smaps)) {
		fields := strings.Fields(line)
		if strings.Contains(fields[0], "-") {
			kernels = strings.Contains(line, "[v")
		}
		if fields[0] == "VmFlags:" && !kernels && slices.Contains(fields, "dc") {
			n++
		}
	}
	return n
}

// A child runs without any memory of its parent's, with either clock, and the
// parent's grows meanwhile.
func TestCloneWithheld(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	stack, err := unix.Mmap(-1, 0, 64<<10, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		t.Fatal(err)
	}
	w, err := Withhold(stack)
	if err != nil {
		t.Fatal(err)
	}
	for _, clock := range []Clock{Counter, Syscall} {
		garbage = make([]byte, 32<<20)
		if err := w.Renew(); err != nil {
			t.Fatal(err)
		}
		b, err := NewBoard(1<<16, clock)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Reset(1); err != nil {
			t.Fatal(err)
		}
		code, err := b.Load(Env{}, Part{Program: Program{SetMask(0), Arm(), Resumed()}})
		if err != nil {
			t.Fatal(err)
		}
		pid, pidfd, err := Clone(code, 0, stack)
		if err != nil {
			t.Fatal(err)
		}
		var status unix.WaitStatus
		if _, err := unix.Wait4(pid, &status, unix.WALL, nil); err != nil {
			t.Fatal(err)
		}
		if o := code.Outcome(); o.Verdict != Released || b.Stage(0).Resumed == 0 {
			t.Errorf("clock %d: %v, status %#x", clock, o, status)
		}
		if err := unix.Close(pidfd); err != nil {
			t.Error(err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := w.Release(); err != nil {
		t.Error(err)
	}
	if err := unix.Munmap(stack); err != nil {
		t.Error(err)
	}
}

var garbage []byte
