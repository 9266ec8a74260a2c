//go:build amd64 || arm64

package program

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// newMemory is room for double words, the first of which is called name. All of
// it is ones, so that what is stored shows, and what is stored beside it, too.
func newMemory(t *testing.T, b *Board) Memory {
	t.Helper()
	m, err := b.Memory("memory", wordSize)
	if err != nil {
		t.Fatal(err)
	}
	for i := range b.Bytes(m) {
		b.Bytes(m)[i] = 0xff
	}
	return m
}

// double is the double word at an offset of a memory.
func double(b *Board, m Memory, offset int) uint64 {
	return binary.NativeEndian.Uint64(b.Bytes(m)[offset:])
}

func newFile(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// loadFor is a code that has to do with a child.
func loadFor(t *testing.T, b *Board, c *child, p ...Op) Code {
	t.Helper()
	code, err := b.Load(Env{Peer: c.pid, Pidfd: c.pidfd}, Part{Program: p})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// A descriptor that a call has yielded is what later ones are made on.
func TestResultIsADescriptor(t *testing.T) {
	b := newBoard(t, 1)
	file := newWord(t, b)
	c := start(t, b, Part{Program: Program{
		Open(newFile(t, "abc"), ReadOnly).Into(file),
		Read(file, 8).Want(3), Read(file, 8).Want(0), Close(file), Read(file, 8).GoneError(ebadf),
	}})
	c.ends(t, Outcome{ParentGone, 0, 4, ebadf, -1})
	if fd := b.Value(file); fd < 3 || fd > 1<<16 {
		t.Errorf("the word holds %d, want a descriptor", fd)
	}
}

// A descriptor that is opened to be read alone is no other.
func TestOpenForWriting(t *testing.T) {
	b := newBoard(t, 1)
	file, path := newWord(t, b), newFile(t, "")
	if got := Run(load(t, b, Part{Program: Program{Open(path, ReadOnly).Into(file), Write(file, "x").GoneError(ebadf)}})); got.Verdict != ParentGone {
		t.Errorf("a write to what can be read only: %v", got)
	}
	if got := Run(load(t, b, Part{Program: Program{Close(file), Open(path, ReadWrite).Into(file), Write(file, "x"), Close(file)}})); got != released {
		t.Error(got)
	}
	if text, err := os.ReadFile(path); string(text) != "x" {
		t.Errorf("the file reads %q, %v; want x", text, err)
	}
}

// A process ID that a call has yielded is whom later ones mean.
func TestResultIsAProcess(t *testing.T) {
	b := newBoard(t, 1)
	self, set := newWord(t, b), Signals(SIGUSR1)
	c := start(t, b, Part{Program: Program{SetMask(set), Getpid().Into(self), Kill(self, SIGUSR1), Sigwait(set).Want(int64(SIGUSR1))}})
	c.ends(t, released)
	if got := b.Value(self); got != uint32(c.pid) {
		t.Errorf("the child's getpid yields %d, want %d", got, c.pid)
	}
}

// All 64 bits of a result are kept, and nothing beside them.
func TestResultIsADoubleWord(t *testing.T) {
	b := newBoard(t, 1)
	m := newMemory(t, b)
	c := start(t, b, Part{Program: Program{MapPages(4096).Into(m.Word("address", 8))}})
	c.ends(t, released)
	if at := double(b, m, 8); at>>32 == 0 || at%4096 != 0 || at == ^uint64(0) {
		t.Errorf("the address is %#x, want that of a page, past 4 GiB", at)
	}
	if before, after := double(b, m, 0), double(b, m, 16); before != ^uint64(0) || after != ^uint64(0) {
		t.Errorf("beside it stand %#x and %#x, want what was there", before, after)
	}
}

// What does not go as wanted yields nothing, whatever it ends with.
func TestFailureStoresNothing(t *testing.T) {
	const kept = 7
	for name, test := range map[string]struct {
		op   func(Word) Op
		want Verdict
	}{
		"a failure":           {func(w Word) Op { return Open("/nonexistent", ReadOnly).Into(w) }, Failed},
		"one that is allowed": {func(w Word) Op { return Open("/nonexistent", ReadOnly).Into(w).Try() }, Released},
		"a result not wanted": {func(w Word) Op { return Getpid().Want(-1).Into(w) }, Failed},
		"gone by result":      {func(w Word) Op { return Load(w).Gone(kept).Into(w) }, ParentGone},
		"gone by errno":       {func(w Word) Op { return Open("/nonexistent", ReadOnly).GoneError(ENOENT).Into(w) }, ParentGone},
		"a load of another":   {func(w Word) Op { return Load(w).Want(kept + 1).Into(w) }, Failed},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t, 1)
			w := newWord(t, b)
			b.Set(w, kept)
			c := start(t, b, Part{Program: Program{test.op(w)}})
			c.reap(t)
			if got := c.code.Outcome(); got.Verdict != test.want {
				t.Errorf("outcome: %v, want %v", got, test.want)
			}
			if got := b.Value(w); got != kept {
				t.Errorf("the word is %d, want %d as before", got, kept)
			}
		})
	}
}

// A code may be run again, and then takes what is there by then.
func TestFetchAgain(t *testing.T) {
	b := newBoard(t, 1)
	file := newWord(t, b)
	r, w := pipe(t)
	code := load(t, b, Part{Program: Program{Write(file, "x")}})
	for _, fd := range []FD{r, w} {
		b.Set(file, uint32(fd.N))
		want := Released
		if fd == r { // from which nothing can be written
			want = Failed
		}
		if got := Run(code); got.Verdict != want {
			t.Errorf("a write to %v: %v, want %v", fd, got, want)
		}
	}
}

func TestLoadIsSigned(t *testing.T) {
	b := newBoard(t, 1)
	w, m := newWord(t, b), newMemory(t, b)
	c := start(t, b, Part{Program: Program{
		Load(w).Want(0), Store(w, 1<<31-1), Load(w).Want(1<<31 - 1),
		Store(w, 1<<32-2), Load(w).Want(-2), Load(w).Into(m.Word("double", 0)),
		Load(w).Want(1<<32 - 2),
	}})
	c.ends(t, Outcome{Verdict: Failed, Index: 6, Result: -2})
	if got := int64(double(b, m, 0)); got != -2 {
		t.Errorf("-2 came to be %d on its way", got)
	}
}

func TestMove(t *testing.T) {
	const v = 0x0123456789abcdef
	b := newBoard(t, 1)
	from, to := newMemory(t, b), newMemory(t, b)
	binary.NativeEndian.PutUint64(b.Bytes(from)[16:], v)
	c := start(t, b, Part{Program: Program{Move(to.Word("to", 8), from.Word("from", 16))}})
	c.ends(t, released)
	for offset, want := range map[int]uint64{0: ^uint64(0), 8: v, 16: ^uint64(0)} {
		if got := double(b, to, offset); got != want {
			t.Errorf("%#x at %d, want %#x", got, offset, want)
		}
	}
	if got := double(b, from, 16); got != v {
		t.Errorf("%#x is left behind, want %#x", got, v)
	}
}

// What a memory holds is found through its address.
func TestPointTo(t *testing.T) {
	b := newBoard(t, 1)
	at, m := newWord(t, b), newMemory(t, b)
	for i := range 16 {
		b.Bytes(m)[i] = byte(i)
	}
	c := start(t, b, Part{Program: Program{
		PointTo(at, m), LoadAt(at, 0).Want(0x03020100), LoadAt(at, 12).Want(0x0f0e0d0c), LoadAt(at, 16).Want(-1),
	}})
	c.ends(t, released)
}

// A mapped file is read through the address that the map has yielded.
func TestLoadAtAMappedPage(t *testing.T) {
	b := newBoard(t, 1)
	at := newWord(t, b)
	fd, err := unix.MemfdCreate("pages", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Close(fd); err != nil {
			t.Error(err)
		}
	}()
	size := os.Getpagesize()
	if _, err := unix.Pwrite(fd, []byte{1, 2, 3, 4}, int64(size+8)); err != nil {
		t.Fatal(err)
	}
	c := start(t, b, Part{Program: Program{
		MapFile(FD{"file", fd}, 16, int64(size)).Into(at), LoadAt(at, 0).Want(0), LoadAt(at, 8).Want(0x04030201),
		MapPages(2 * size).Into(at), LoadAt(at, size).Want(0),
	}})
	c.ends(t, released)
}

// An address that is none ends the child, and no outcome is made up.
func TestLoadAtNowhere(t *testing.T) {
	b := newBoard(t, 1)
	c := start(t, b, Part{Program: Program{LoadAt(newWord(t, b), 0)}})
	if status := c.reap(t); status.Signal() != unix.SIGSEGV {
		t.Errorf("status %#x, want killed by SIGSEGV", status)
	}
	if got := c.code.Outcome(); got != (Outcome{}) {
		t.Errorf("outcome: %v, want unfinished", got)
	}
}

// A descriptor of the child's own, whose number it has left in the board, is
// taken by its pidfd and is the same file.
func TestTakeFile(t *testing.T) {
	b := newBoard(t, 1)
	theirs, mine := newWord(t, b), newWord(t, b)
	r, w := pipe(t)
	c := start(t, b, Part{Program: Program{Open(newFile(t, "abc"), ReadOnly).Into(theirs), Arm(), Read(r, 1).Want(1), Read(theirs, 8).Want(0)}})
	c.awaitAsleep(t, b, 0)
	if got := Run(loadFor(t, b, c, TakeFile(Child, theirs).Into(mine), Read(mine, 8).Want(3), Close(mine), Write(w, "x"))); got != released {
		t.Error(got)
	}
	c.ends(t, released)
}

// The other side is found by its process ID and by its pidfd, and where one of
// them is not known, what takes it is refused.
func TestPeerHasToBeKnown(t *testing.T) {
	b := newBoard(t, 1)
	w := newWord(t, b)
	for name, test := range map[string]struct {
		op         Op
		pid, pidfd bool // what it takes
	}{
		"kill":              {Kill(Child, SIGUSR1), true, false},
		"rt_sigqueueinfo":   {Queue(Child, RealTime(1), 1, 1), true, false},
		"waitid":            {AwaitStop(Child), true, false},
		"ptrace":            {Detach(Child), true, false},
		"pidfd_send_signal": {PidfdSignal(Child, SIGUSR1), false, true},
		"pidfd_getfd":       {TakeFile(Child, w), false, true},
	} {
		for _, env := range []Env{{}, {Peer: 1 << 22}, {Pidfd: 1 << 20}, {Peer: -1, Pidfd: -1}} {
			_, err := b.Load(env, Part{Program: Program{test.op}})
			want := test.pid && env.Peer <= 0 || test.pidfd && env.Pidfd <= 0
			if (err != nil) != want {
				t.Errorf("%s for %+v: %v, want refused: %v", name, env, err, want)
			}
		}
	}
}
