package program

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"
	"time"
	"unsafe"
)

// FuzzLoad hands arbitrary programs to all that looks at a program before it is
// run; nothing is run. The operations are built from the inside, so that they
// are also such as no function of this package makes.
func FuzzLoad(f *testing.F) {
	r, word := FD{"r", 3}, Word{"w", wordsStart + int(stageSize)}
	for _, p := range []Program{
		nil,
		{{}},
		{Close(r), Arm(), Read(r, 1).Want(1).Gone(0).GoneError(104), Resumed()},
		{Write(r, "x"), PollIn(r).Want(0).Try(), Sleep(time.Second), Exec("/bin/sh", []string{"sh", "-c"}, []string{""})},
		{Store(word, 1), SpinUntil(word, 1), YieldWhile(word, 0), FutexWait(word, 0), FutexWake(word, 1)},
		{Kill(Child, SIGUSR1), Sigwait(Signals(SIGUSR1)), SetMask(0), Interrupt(SIGUSR2)},
		{Store(Word{"w", math.MaxInt - wordSize + 1}, 1), Store(Word{"w", math.MinInt}, 1), Read(r, maxBuffer), Sleep(math.MaxInt64)},
		{Store(Word{"w", math.MaxInt - wordSize + 1}, 1)}, // well-formed, and past the end of any board
		{ParentDeathSignal(SIGKILL), CloseRange(0, ^uint32(0)), Sethostname("h"), Stamp(StampReleased), ReleaseCPU(), Exit(1)},
	} {
		f.Add(uint8(0), true, encode(p))
	}
	b, err := NewBoard(64<<10, Counter)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, stage uint8, known bool, raw []byte) {
		p := decode(raw)
		_ = p.String()
		for _, fd := range p.Files() {
			_ = p.Closes(fd)
		}
		_ = p.Signals()
		checkErr := p.Check()
		wellFormed(t, p, checkErr)

		if err := b.Reset(1); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Word("w"); err != nil {
			t.Fatal(err)
		}
		env := Env{}
		if known {
			env.Peer = 1 << 22
		}
		given := b.used
		code, err := b.Load(env, Part{Stage: int(stage % 2), Program: p})
		if checkErr != nil && err == nil {
			t.Fatalf("Check: %v, and Load took it", checkErr)
		}
		if err == nil {
			keepsToItsMemory(t, b, code, given)
		}
	})
}

// wellFormed holds an error of Check to what it promises.
func wellFormed(t *testing.T, p Program, err error) {
	if err == nil {
		return
	}
	_ = err.Error()
	var opErr *OpError
	if !errors.As(err, &opErr) || opErr.Index < 0 || opErr.Index >= len(p) || opErr.Err == nil {
		t.Fatalf("Check: %#v, want an *OpError with an index below %d", err, len(p))
	}
}

// keepsToItsMemory looks at what the interpreter itself would load and store:
// words and stamps, and nothing else of the board, let alone beside it.
func keepsToItsMemory(t *testing.T, b *Board, code Code, given int) {
	base := uintptr(unsafe.Pointer(&b.mem[0]))
	s := (*step)(unsafe.Add(unsafe.Pointer(code.frame), frameSize))
	for i := range code.frame.steps {
		if s.do != doCall && s.do != doSleep {
			if at := s.args[0] - base; s.args[0] < base || at < wordsStart || at >= uintptr(given) {
				t.Fatalf("step %d goes to offset %d, want it between %d and %d", i, int(at), wordsStart, given)
			}
		}
		s = (*step)(unsafe.Add(unsafe.Pointer(s), stepSize))
	}
}

// decode makes a program of any bytes; encode is its inverse.
func decode(raw []byte) (p Program) {
	in := reader(raw)
	for len(in) > 0 {
		op := Op{kind: kind(in.byte()), call: call(in.byte()), field: Field(in.byte())}
		flags := in.byte()
		op.wants, op.goners, op.ignoreFailures = flags&1 != 0, flags&2 != 0, flags&4 != 0
		op.want, op.gone, op.goneErrno, op.waits = in.int64(), in.int64(), in.int64(), SignalSet(in.int64())
		for i := range op.args {
			op.args[i] = operand{kind: operandKind(in.byte()), val: in.int64(), text: in.text()}
		}
		p = append(p, op)
	}
	return p
}

func encode(p Program) (raw []byte) {
	for _, op := range p {
		var flags byte
		for i, set := range []bool{op.wants, op.goners, op.ignoreFailures} {
			if set {
				flags |= 1 << i
			}
		}
		raw = append(raw, byte(op.kind), byte(op.call), byte(op.field), flags)
		for _, v := range []int64{op.want, op.gone, op.goneErrno, int64(op.waits)} {
			raw = binary.AppendVarint(raw, v)
		}
		for _, a := range op.args {
			raw = binary.AppendVarint(append(raw, byte(a.kind)), a.val)
			raw = append(append(raw, byte(len(a.text))), a.text...)
		}
	}
	return raw
}

// A reader reads zeros behind its end.
type reader []byte

func (r *reader) byte() (b byte) {
	if len(*r) > 0 {
		b, *r = (*r)[0], (*r)[1:]
	}
	return b
}

func (r *reader) int64() int64 {
	v, n := binary.Varint(*r)
	*r = (*r)[max(n, min(1, len(*r))):]
	return v
}

func (r *reader) text() string {
	n := min(int(r.byte()), len(*r))
	s := string((*r)[:n])
	*r = (*r)[n:]
	return s
}

// The fuzz target's seeds are what they are meant to be.
func TestDecodeUndoesEncode(t *testing.T) {
	p := Program{Close(FD{"r", 3}), Exec("/bin/sh", []string{"a", "b"}, nil).Want(-1), Sigwait(^SignalSet(0)).Try(), Exit(-5)}
	if got := decode(encode(p)); got.String() != p.String() || got.Signals() != p.Signals() || got.Check() != nil {
		t.Errorf("got\n%vwant\n%v", got, p)
	}
}
