package program

import (
	"bytes"
	"errors"
	"math"
	"testing"
)

// newBoard is a board for one test, whose stamps are nanoseconds.
func newBoard(t *testing.T, stages int) *Board {
	t.Helper()
	b, err := NewBoard(256<<10, Syscall)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := b.Reset(stages); err != nil {
		t.Fatal(err)
	}
	return b
}

func newWord(t *testing.T, b *Board) Word {
	t.Helper()
	w, err := b.Word("word")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func load(t *testing.T, b *Board, parts ...Part) Code {
	t.Helper()
	code, err := b.Load(Env{}, parts...)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestNewBoardIsOfWholePages(t *testing.T) {
	b, err := NewBoard(1, Syscall)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Reset(1); err != nil {
		t.Errorf("Reset of a board of one page: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	for _, size := range []int{0, -1} {
		if _, err := NewBoard(size, Syscall); err == nil {
			t.Errorf("a board of %d bytes was mapped", size)
		}
	}
}

// Whatever two of them are written to by different CPUs, they do not share a
// pair of cache lines.
func TestWordsLieApart(t *testing.T) {
	b := newBoard(t, 3)
	last := wordsStart + 3*int(stageSize) - wordSize
	for range 10 {
		w := newWord(t, b)
		if w.offset%wordSize != 0 || w.offset < last+wordSize {
			t.Errorf("a word at %d after one at %d, want a multiple of %d past it", w.offset, last, wordSize)
		}
		last = w.offset
	}
	code := load(t, b, Part{Program: Program{Exit(0)}})
	if at, end := offsetIn(b, code), last+wordSize; at < end {
		t.Errorf("code at %d, want it behind the words, which end at %d", at, end)
	}
}

// A memory is of whole pairs of cache lines, all 0, and nobody else's.
func TestMemory(t *testing.T) {
	b := newBoard(t, 1)
	end := 0
	for _, size := range []int{1, wordSize, wordSize + 1, 4096} {
		m, err := b.Memory("m", size)
		if err != nil {
			t.Fatal(err)
		}
		if m.offset%wordSize != 0 || m.offset < end || m.size < size {
			t.Errorf("%d bytes at %d for %d, want a multiple of %d from %d on", m.size, m.offset, size, wordSize, end)
		}
		end = m.offset + m.size
		mem := b.Bytes(m)
		if len(mem) != m.size || !bytes.Equal(mem, make([]byte, m.size)) {
			t.Errorf("%d bytes for %d, want as many and all 0", len(mem), m.size)
		}
		for i := range mem {
			mem[i] = 0xff
		}
		w := m.Word("last", m.size-4)
		if got := b.Value(w); got != ^uint32(0) {
			t.Errorf("its last word is %#x, want what its bytes are", got)
		}
	}
	w := newWord(t, b)
	if got := b.Value(w); w.offset < end || got != 0 {
		t.Errorf("the word behind is %d at %d, want 0 from %d on", got, w.offset, end)
	}
	for _, size := range []int{256 << 10, -4096} {
		if _, err := b.Memory("m", size); !errors.Is(err, ErrBoardFull) {
			t.Errorf("a memory of %d bytes: %v, want ErrBoardFull", size, err)
		}
	}
	if err := b.Reset(1); err != nil {
		t.Fatal(err)
	}
	again, err := b.Memory("m", 4096)
	if err != nil || !bytes.Equal(b.Bytes(again), make([]byte, 4096)) {
		t.Errorf("the memory after Reset is not all 0, or %v", err)
	}
}

// A word that lies in no memory is none, and stays none when it is used.
func TestWordOfMemory(t *testing.T) {
	b := newBoard(t, 1)
	m, err := b.Memory("m", 8)
	if err != nil {
		t.Fatal(err)
	}
	newWord(t, b) // behind it: whoever uses a word may load the double word there
	for offset, valid := range map[int]bool{0: true, 4: true, m.size - 4: true, m.size - 3: false, m.size: false, -4: false, 2: false} {
		_, err := b.Load(Env{}, Part{Program: Program{Store(m.Word("w", offset), 1)}})
		if (err == nil) != valid {
			t.Errorf("the word at %d: %v, want it taken: %v", offset, err, valid)
		}
	}
}

func TestSetAndValue(t *testing.T) {
	b := newBoard(t, 1)
	first, second := newWord(t, b), newWord(t, b)
	b.Set(first, ^uint32(0))
	if got, beside := b.Value(first), b.Value(second); got != ^uint32(0) || beside != 0 {
		t.Errorf("the words are %#x and %#x, want the first set alone", got, beside)
	}
	c := start(t, b, Part{Program: Program{SpinUntil(first, ^uint32(0)), Store(second, 5)}})
	c.ends(t, released)
	if got := b.Value(second); got != 5 {
		t.Errorf("the word is %d, want the child's 5", got)
	}
}

func TestBoardFull(t *testing.T) {
	b := newBoard(t, 1)
	var err error
	given := 0
	for err == nil {
		_, err = b.Word("word")
		given++
	}
	if !errors.Is(err, ErrBoardFull) {
		t.Fatalf("Word on a full board: %v, want ErrBoardFull", err)
	}
	if room := 256<<10/wordSize - 6; given < room {
		t.Errorf("%d words fit, want at least %d", given, room)
	}
	if _, err := b.Load(Env{}, Part{Program: Program{Exit(0)}}); !errors.Is(err, ErrBoardFull) {
		t.Errorf("Load on a full board: %v, want ErrBoardFull", err)
	}
	if err := b.Reset(1); err != nil {
		t.Fatal(err)
	}
	newWord(t, b)
}

// The operands can be what does not fit: the error names the operation.
func TestBoardFullOfOperands(t *testing.T) {
	b := newBoard(t, 1)
	_, err := b.Load(Env{}, Part{Program: Program{Exit(0)}}, Part{Program: Program{Arm(), Read(FD{"r", 0}, maxBuffer)}})
	var opErr *OpError
	if !errors.Is(err, ErrBoardFull) || !errors.As(err, &opErr) || opErr.Index != 1 {
		t.Errorf("Load: %v, want ErrBoardFull at operation 1", err)
	}
}

func TestResetRefusesTooManyStages(t *testing.T) {
	b := newBoard(t, 1)
	for _, stages := range []int{1000, -1} {
		if err := b.Reset(stages); !errors.Is(err, ErrBoardFull) {
			t.Errorf("Reset(%d): %v, want ErrBoardFull", stages, err)
		}
		// What was stage 0 may be given out as something else now.
		if _, err := b.Load(Env{}, Part{Program: Program{Exit(0)}}); err == nil {
			t.Error("Load for a stage was accepted on a board that has none")
		}
	}
}

func TestResetClears(t *testing.T) {
	b := newBoard(t, 2)
	w := newWord(t, b)
	full := Program{Arm(), Store(w, 7), Resumed(), Stamp(StampReleased), Stamp(StampSignalled), ReleaseCPU()}
	for i := range 2 {
		if o := Run(load(t, b, Part{Stage: i, Program: full})); o.Verdict != Released {
			t.Fatal(o)
		}
		if s := b.Stage(i); s.Armed == 0 || s.Resumed == 0 || s.Released == 0 || s.Signalled == 0 {
			t.Fatalf("stage %d has a stamp missing: %+v", i, *s)
		}
	}
	if got := b.Value(w); got != 7 {
		t.Fatalf("the word is %d, want 7", got)
	}
	if err := b.Reset(2); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if s := *b.Stage(i); s != (Stage{}) {
			t.Errorf("stage %d after Reset: %+v, want all zero", i, s)
		}
	}
	if again := newWord(t, b); again != w || b.Value(again) != 0 {
		t.Errorf("the word after Reset is %d at %d, want 0 at %d", b.Value(again), again.offset, w.offset)
	}
}

func TestStageOutOfRange(t *testing.T) {
	b := newBoard(t, 2)
	for _, i := range []int{-1, 2, math.MaxInt} {
		_, err := b.Load(Env{}, Part{Stage: 1}, Part{Stage: i})
		if want := "part 1: stage"; err == nil || err.Error()[:len(want)] != want {
			t.Errorf("Load for stage %d: %v, want an error that names the part and the stage", i, err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Stage(%d) of 2 did not panic", i)
				}
			}()
			b.Stage(i)
		}()
	}
}

func TestLoadRefuses(t *testing.T) {
	b := newBoard(t, 1)
	for name, op := range map[string]Op{
		"an invalid operation":         {},
		"a word past the board":        Store(Word{"w", 1 << 30}, 1),
		"a word at the end of the int": Store(Word{"w", math.MaxInt - wordSize + 1}, 1),
		"a word not given out":         Store(Word{"w", b.used/wordSize*wordSize + wordSize}, 1),
		"a kill of nobody":             Kill(Child, SIGUSR1),
		"a signal for nobody":          PidfdSignal(Child, SIGUSR1),
		"a result past the board":      Getpid().Into(Word{"w", 1 << 30}),
		"a descriptor past the board":  Close(Word{"w", 1 << 30}),
		"a condition past the board":   YieldWhile(Word{"w", 1 << 30}, 0),
		"a member past the board":      FutexWaitv(Word{"w", 1 << 30}, 0),
		"a memory past the board":      SendAnswer(FD{"l", 3}, Memory{"m", 1 << 30, 8}),
		"a move from past the board":   Move(Word{"w", wordsStart}, Word{"w", 1 << 30}),
		"a memory not given out":       PointTo(Word{"w", wordsStart}, Memory{"m", b.used/wordSize*wordSize + wordSize, 8}),
	} {
		if err := b.Reset(1); err != nil {
			t.Fatal(err)
		}
		_, err := b.Load(Env{}, Part{}, Part{Program: Program{Arm(), op}})
		var opErr *OpError
		if !errors.As(err, &opErr) || opErr.Index != 1 {
			t.Errorf("%s: %v, want an *OpError at operation 1", name, err)
			continue
		}
		if want := "part 1: "; err.Error()[:len(want)] != want {
			t.Errorf("%s: %q, want the part in it", name, err)
		}
	}
	if _, err := b.Load(Env{Peer: -1}, Part{Program: Program{Kill(Child, SIGUSR1)}}); err == nil {
		t.Error("a kill of everybody was accepted")
	}
}
