package program

import (
	"encoding/binary"
	"errors"
	"math"
	"reflect"
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
		{Open("/f", ReadOnly).Into(word), Read(word, 1), Kill(word, SIGUSR1), TakeFile(Child, word).Into(word), Close(word)},
		{AwaitFile("/f", time.Second), SleepWhile(word, 0, time.Second), FutexWaitv(word, 1), Suspend(SIGUSR1, word), Note(SIGUSR1)},
		{Load(word).Want(1).Into(word), LoadAt(word, 8).Gone(0), Move(word, word), PointTo(word, Memory{"m", wordsStart, wordSize}), SpinFor(word, 1, 9), PauseUntil(word, 1)},
		{AwaitPoll([]FD{r}, []FD{r}), EpollAdd(word, r), LockRecord(r, Shared), Supervise(), Semop(ID{"s", 1}, -1), Connect(word, UnixAddress("/s"))},
		{PidfdSignal(Child, SIGUSR1), Queue(Child, RealTime(1), 1, 1), SigwaitInfo(Signals(SIGUSR1), Memory{"m", wordsStart, wordSize}), Signalfd(0)},
		{Getpid().Into(Word{"w", math.MaxInt - wordSize + 1})},
		{Load(Word{"w", math.MaxInt &^ 3})}, // each alone: the first that is refused ends Load
		{PointTo(word, Memory{"m", math.MaxInt &^ 7, 8})},
		{every(1, 0, Op{call: callYield}), {kind: kindWhile, call: callYield}, syscallOp(callYield, operand{kind: operandStruct})},
		{Stamp(StampReleased), Busy(5000), Stamp(StampDelayed), Busy(math.MaxUint64)},
		{Positive(word), Default(SIGUSR1), KeepOnExec(r), SetUser(1), MountTmpfs("/t"), Refuse(Program{Arm(), Read(r, 1)}.Waits(), RefuseByKill)},
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
		_, _ = p.KeepingOpen()
		_ = p.Once().String()
		_ = p.Waits().String()
		_ = p.Toward(word, word).Check()
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
			env.Peer, env.Pidfd = 1<<22, 1<<20
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
// words and stamps, and of the code what a step fetches for another and how
// long one sleeps. Nothing else of the board, let alone beside it. Where a load
// through an address goes, nobody knows before.
func keepsToItsMemory(t *testing.T, b *Board, code Code, given int) {
	base := uintptr(unsafe.Pointer(&b.mem[0]))
	between := func(i uint64, at uintptr, first, end int) {
		t.Helper()
		if offset := at - base; at < base || offset < uintptr(first) || offset >= uintptr(end) {
			t.Fatalf("step %d goes to offset %d, want it between %d and %d", i, int(offset), first, end)
		}
	}
	s := (*step)(unsafe.Add(unsafe.Pointer(code.frame), frameSize))
	fetched := false // the first argument of the step, by the one before
	for i := range code.frame.steps {
		switch s.do {
		case doStamp, doClock, doStore, doSpin, doPause, doSpinFor, doAddress:
			between(i, s.args[0], wordsStart, given)
		case doMove:
			between(i, s.args[0], wordsStart, given)
			between(i, s.args[1], wordsStart, given)
		case doLoad:
			if !fetched {
				between(i, s.args[0], wordsStart, given)
			}
		case doFetch:
			between(i, s.args[0], wordsStart, given)
			between(i, s.args[1], given, b.used)
		case doWhile:
			between(i, s.word, wordsStart, given)
		case doEvery:
			between(i, s.word, given, b.used)
		case doSleep:
			between(i, s.args[0], given, b.used)
		}
		if s.into != 0 {
			between(i, s.into, wordsStart, given)
		}
		fetched = s.do == doFetch
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
		a := aside{old: uint32(in.int64()), not: Errno(in.int64())}
		for _, to := range op.operands(&a) {
			*to = in.operand(1)
			if to != &a.word && to != &a.nap && to != &a.into && to.kind == operandValue {
				op.fetches++
			}
		}
		if a != nothing {
			op.aside = &a
		}
		p = append(p, op)
	}
	return p
}

// operands are all that an operation has, with what it has aside.
func (op *Op) operands(a *aside) []*operand {
	all := []*operand{&a.word, &a.nap, &a.into}
	for i := range op.first {
		all = append(all, &op.first[i])
	}
	for i := range a.rest {
		all = append(all, &a.rest[i])
	}
	return all
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
		for _, v := range []int64{op.want, op.gone, op.goneErrno, int64(op.waits), int64(op.besides().old), int64(op.besides().not)} {
			raw = binary.AppendVarint(raw, v)
		}
		for _, a := range op.operands(op.besides()) {
			raw = appendOperand(raw, *a)
		}
	}
	return raw
}

func appendOperand(raw []byte, a operand) []byte {
	raw = binary.AppendVarint(append(raw, byte(a.kind)), a.val)
	raw = append(append(raw, byte(len(a.text))), a.text...)
	if a.kind != operandStruct {
		return raw
	}
	if a.members == nil {
		return append(raw, 0)
	}
	raw = append(raw, byte(len(*a.members))+1)
	for _, m := range *a.members {
		size := byte(m.size)
		if m.shown {
			size += 9
		}
		raw = appendOperand(append(raw, size), m.operand)
	}
	return raw
}

// operand reads one, whose members may have members to that depth.
func (r *reader) operand(depth int) operand {
	a := operand{kind: operandKind(r.byte()), val: r.int64(), text: r.text()}
	if a.kind != operandStruct {
		return a
	}
	n := int(r.byte())
	if n == 0 {
		return a
	}
	members := make([]member, min(n-1, len(*r))) // of a byte or more each
	a.members = &members
	for i := range members {
		size := r.byte() % 18
		members[i].size, members[i].shown = int(size%9), size >= 9 // 0 is what the text has
		if depth >= 0 {
			members[i].operand = r.operand(depth - 1)
		}
	}
	return a
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
	p := Program{Close(FD{"r", 3}), Exec("/bin/sh", []string{"a", "b"}, nil).Want(-1), Sigwait(^SignalSet(0)).Try(), Exit(-5),
		AwaitFile("/f", time.Second), SleepWhile(Word{"w", wordsStart}, 7, 1), Getpid().Into(Word{"w", wordsStart}), AwaitPoll(nil, []FD{{"p", 4}}), Supervise(), Busy(7),
	}
	for i, got := range decode(encode(p)) {
		if !reflect.DeepEqual(got, p[i]) {
			t.Errorf("got\n%#v\nwant\n%#v", got, p[i])
		}
	}
	if n := len(decode(encode(p))); n != len(p) {
		t.Errorf("%d operations, want %d", n, len(p))
	}
}
