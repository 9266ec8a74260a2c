//go:build amd64 || arm64

package program

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// boardRole is the variable in which a process is told of the board that it is to
// open: it is this test, executed anew.
const boardRole = "NSBENCH_TEST_BOARD"

func TestOpenBoard(t *testing.T) {
	if told := os.Getenv(boardRole); told != "" {
		openBoardRole(t, told)
		return
	}
	b := newBoard(t, 2)
	h, err := b.Handle()
	if err != nil {
		missing(t, "memfd", err)
	}
	w := newWord(t, b)
	where, err := b.Memory("handles of codes", 16)
	if err != nil {
		t.Fatal(err)
	}
	b.mem[len(b.mem)-1] = 1 // left there by somebody, where nobody knows of it
	dup, err := unix.FcntlInt(uintptr(h.FD), unix.F_DUPFD, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Close(dup); err != nil {
			t.Error(err)
		}
	}()
	told, err := json.Marshal(Handle{dup, h.Base, h.Clock})
	if err != nil {
		t.Fatal(err)
	}
	// Not as one of ExtraFiles, which changes its number.
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestOpenBoard$")
	cmd.Env = append(os.Environ(), boardRole+"="+string(told))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the other process: %v\n%s", err, out)
	}
	if got := b.Value(w); got != 42 {
		t.Errorf("the word is %d, want the other's 42", got)
	}
	if b.Stage(1).Armed == 0 {
		t.Error("the other's stage is not armed here")
	}
	if got := b.mem[len(b.mem)-1]; got != 0 {
		t.Errorf("the end of the board is %d, want it cleared", got)
	}
	for i, want := range []Outcome{{Verdict: Released}, {Failed, 0, 1, Errno(unix.EBADF), -1}} {
		handle := b.doubleWord(where.Word("handle", 8*i))
		c, err := b.CodeAt(handle)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Outcome(); got != want {
			t.Errorf("code %d: %v, want %v", i, got, want)
		}
		if got := c.Handle(); got != handle {
			t.Errorf("code %d has the handle %d here and %d there", i, got, handle)
		}
		if err := c.Unmap(); err != nil {
			t.Error(err)
		}
	}
}

// openBoardRole is what the other process does: it runs two codes, one of them in a
// child of its own.
func openBoardRole(t *testing.T, told string) {
	var h Handle
	if err := json.Unmarshal([]byte(told), &h); err != nil {
		t.Fatal(err)
	}
	b, err := OpenBoard(h)
	if err != nil {
		t.Fatal(err)
	}
	if flags, err := unix.FcntlInt(uintptr(h.FD), unix.F_GETFD, 0); err != nil || flags != unix.FD_CLOEXEC {
		t.Errorf("the descriptor's flags are %#x, %v; want FD_CLOEXEC", flags, err)
	}
	if got, err := b.Handle(); got != h || err != nil {
		t.Errorf("Handle = %+v, %v; want %+v", got, err, h)
	}
	if err := b.Reset(2); err != nil {
		t.Fatal(err)
	}
	w := newWord(t, b)
	where, err := b.Memory("handles of codes", 16)
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, b, Part{Stage: 1, Program: Program{Arm(), Store(w, 42)}})
	c.ends(t, Outcome{Verdict: Released})
	runtime.LockOSThread()
	second := load(t, b, Part{Program: Program{Store(w, 42), Close(FD{"none", 1 << 20})}})
	Run(second)
	runtime.UnlockOSThread()
	b.setDoubleWord(where.Word("first", 0), c.code.Handle())
	b.setDoubleWord(where.Word("second", 8), second.Handle())
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

func (b *Board) doubleWord(w Word) uint64       { return *(*uint64)(b.at(w.offset)) }
func (b *Board) setDoubleWord(w Word, v uint64) { *(*uint64)(b.at(w.offset)) = v }

func TestOpenBoardRefused(t *testing.T) {
	b := newBoard(t, 1)
	h, err := b.Handle()
	if err != nil {
		missing(t, "memfd", err)
	}
	for name, test := range map[string]struct {
		h    Handle
		want string
	}{
		"it is there already": {h, "open a board: map the board of 262144 bytes at 0x"},
		"no descriptor":       {Handle{-1, h.Base, h.Clock}, "open a board: descriptor -1 of the board: fstat: bad file descriptor"},
		"no such clock":       {Handle{h.FD, h.Base, Syscall + 1}, "open a board: no such clock: 2"},
	} {
		if b, err := OpenBoard(test.h); b != nil || err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v, %v; want %q", name, b, err, test.want)
		}
	}
	b.fd = -1
	_, err = b.Handle()
	b.fd = h.FD
	if !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Handle of a board without a file: %v, want errors.ErrUnsupported", err)
	}
}

func TestCodeAtRefuses(t *testing.T) {
	b := newBoard(t, 1)
	size := uint64(len(b.mem))
	for _, handle := range []uint64{0, 64, 129, size, size - 64, 1<<64 - 64, 1 << 63} {
		if _, err := b.CodeAt(handle); err == nil {
			t.Errorf("CodeAt(%d) of %d bytes has no error", handle, size)
		}
	}
	if handle := load(t, b, Part{}).Handle(); handle == 0 {
		t.Error("a code has the handle 0")
	}
}
