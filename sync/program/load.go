package program

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"github.com/nsbench/nsbench/sync/internal/sys"
)

// A Part is a program with the stage that its stamps belong to.
type Part struct {
	Stage   int
	Program Program
}

// Env is what operands are resolved to that are not known before the clone.
type Env struct {
	Peer  int // process ID of the other side
	Pidfd int // a pidfd of it, for the operations that take one
}

// A Code is a sequence of programs, resolved into a board and ready to run.
// It belongs to the board and is void after the board's Reset.
type Code struct {
	frame *frame
	base  uintptr // address of the board
	maps  []mapped

	spawned []Code
}

// A mapped is memory that a step maps: the address of the double word that
// receives its address, and its length.
type mapped struct{ into, length uintptr }

// A frame is a code as the interpreter sees it. The steps follow it.
type frame struct {
	steps   uint64
	scratch Timespec
	pidfd   int32 // of the child that runs the code; see Clone
	_       int32
	tls     [2]uint64 // its thread-local storage, which ends at tls[1]

	verdict uint32
	part    uint32
	index   uint32
	errno   uint32
	result  int64
}

// A step is an operation whose operands are resolved.
type step struct {
	do    uint32
	eintr uint32
	part  uint32
	index uint32

	nr   uintptr
	args [6]uintptr

	want, gone, goneErrno int64
	flags                 uintptr

	word, old uintptr // doWhile: the address of the word; doEvery: of the sleep
	into      uintptr
}

// What the interpreter does at a step. Ordered by how much a nanosecond there matters.
const (
	doCall uint32 = iota
	doStamp
	doClock
	doStore
	doSpin
	doWhile
	doEvery
	doPause
	doSpinFor
	doLoad
	doMove
	doAddress
	doFetch // an argument of a step to come
	doSleep
	doBusy
	doBusyClock
	doPositive
	doWhileOnce
	doSpawn
	doDecimal
)

const (
	flagWant uintptr = 1 << iota
	flagGone
	flagTry
	flagOnce
)

const (
	frameSize = int(unsafe.Sizeof(frame{}))
	stepSize  = int(unsafe.Sizeof(step{}))

	frameAlign = 64 // a cache line
)

// Load checks the parts, resolves them and puts the code into the board.
// An operation that cannot be run is an *OpError.
func (b *Board) Load(env Env, parts ...Part) (Code, error) {
	return b.load(env, b.used, parts)
}

// load is Load where the board has given out so much to those who made the programs.
func (b *Board) load(env Env, given int, parts []Part) (Code, error) {
	steps := 0
	for i, p := range parts {
		if err := p.Program.Check(); err != nil {
			return Code{}, fmt.Errorf("part %d: %w", i, err)
		}
		if p.Stage < 0 || p.Stage >= b.stages {
			return Code{}, fmt.Errorf("part %d: stage %d of %d", i, p.Stage, b.stages)
		}
		for j := range p.Program {
			simple := p.Program[j].expand()
			steps += len(simple)
			for k := range simple {
				steps += int(simple[k].fetches)
			}
		}
	}
	offset, err := b.take(frameSize+steps*stepSize, frameAlign)
	if err != nil {
		return Code{}, err
	}
	f := (*frame)(b.at(offset))
	*f = frame{steps: uint64(steps)}
	r := resolver{board: b, env: env, given: given, next: offset + frameSize}
	for i, p := range parts {
		if err := r.part(i, p); err != nil {
			return Code{}, fmt.Errorf("part %d: %w", i, err)
		}
	}
	return Code{f, uintptr(b.at(0)), r.maps, r.spawned}, nil
}

// A resolver turns operations into steps, from an offset of the board on.
type resolver struct {
	board *Board
	env   Env
	given int // what the board had given out before: a word lies in that
	next  int
	maps  []mapped

	spawned []Code
}

func (r *resolver) part(n int, p Part) error {
	for i := range p.Program {
		simple := p.Program[i].expand()
		for j := range simple {
			if err := r.op(&simple[j], p.Stage, uint32(n), uint32(i)); err != nil {
				return &OpError{i, p.Program[i], err}
			}
		}
	}
	return nil
}

func (r *resolver) op(op *Op, stage int, part, index uint32) error {
	s := (*step)(r.board.at(r.next + int(op.fetches)*stepSize))
	if err := r.step(s, op, stage); err != nil {
		return err
	}
	s.part, s.index = part, index
	if op.calls() && op.call == callMmap && s.into != 0 {
		r.maps = append(r.maps, mapped{s.into, s.args[1]})
	}
	if op.fetches > 0 {
		if err := r.fetch(s, op); err != nil {
			return err
		}
	}
	r.next += stepSize
	return nil
}

// fetch puts before the step of an operation those that fetch its arguments that
// nobody knows until then.
func (r *resolver) fetch(s *step, op *Op) error {
	for i := range op.arity() {
		if op.arg(i).kind != operandValue {
			continue
		}
		from, err := r.word(op.arg(i))
		if err != nil {
			return err
		}
		*(*step)(r.board.at(r.next)) = step{
			do: doFetch, part: s.part, index: s.index,
			args: [6]uintptr{from, uintptr(unsafe.Pointer(&s.args[i]))},
		}
		r.next += stepSize
	}
	return nil
}

// step fills in a step, which is all zeros: so is what a board gives out.
func (r *resolver) step(s *step, op *Op, stage int) error {
	s.do, s.flags = doOf[op.kind], op.flags()
	s.want, s.gone, s.goneErrno = op.want, op.gone, op.goneErrno
	if op.calls() {
		s.nr, s.eintr = numbers[op.call], uint32(op.eintr())
	}
	if op.once && op.kind == kindWhile {
		s.do = doWhileOnce
	}
	if op.kind == kindStamp {
		s.args[0] = r.stage(stage) + fieldTable[op.field].offset
		if r.board.clock == Syscall {
			s.do = doClock
		}
		return nil
	}
	for i := range op.arity() {
		switch a := op.arg(i); a.kind {
		case operandNumber, operandFile: // most of them
			s.args[i] = uintptr(a.val)
		default:
			v, err := r.operand(a, stage)
			if err != nil {
				return err
			}
			s.args[i] = v
		}
	}
	if op.kind == kindPositive {
		s.old = uintptr(ESRCH)
	}
	if op.kind == kindBusy && r.board.clock == Syscall {
		s.do = doBusyClock
	}
	if op.aside == nil {
		return nil
	}
	return r.beside(s, op, stage)
}

// beside resolves what an operation has besides its arguments.
func (r *resolver) beside(s *step, op *Op, stage int) (err error) {
	a := op.besides()
	switch op.kind {
	case kindWhile:
		s.old = uintptr(a.old)
		s.word, err = r.operand(&a.word, stage)
	case kindSpawn:
		err = r.spawn(s, a.spawn)
	case kindEvery:
		s.old = uintptr(a.not)
		s.word, err = r.operand(&a.nap, stage)
	}
	if err == nil && a.into.kind != operandNone {
		s.into, err = r.operand(&a.into, stage)
	}
	return err
}

// spawn loads what an operation spawns, with all that clone3 is given for it.
func (r *resolver) spawn(s *step, what *spawning) error {
	code, err := r.board.load(r.env, r.given, what.parts)
	if err != nil {
		return err
	}
	stack, err := r.board.take(spawnStack, 16)
	if err != nil {
		return err
	}
	tls := uintptr(unsafe.Pointer(&code.frame.tls[1]))
	args, err := r.doubles(uint64(what.cloneFlags()), 0, 0, 0, 0, // no pidfd, no thread IDs, no signal
		uint64(uintptr(r.board.at(stack))), spawnStack, uint64(tls), 0, 0, 0)
	if err != nil {
		return err
	}
	s.args = [6]uintptr{args, cloneArgsSize, spawnEntry(what.thread), uintptr(unsafe.Pointer(code.frame))}
	r.spawned = append(r.spawned, code)
	if what.thread { // what it maps is the process's
		r.maps = append(r.maps, code.maps...)
	}
	return nil
}

// spawnStack is plenty for the interpreter and a frame of a signal.
const spawnStack = 16 << 10

var doOf = [kinds]uint32{
	kindCall: doCall, kindWhile: doWhile, kindEvery: doEvery, kindStore: doStore, kindMove: doMove, kindAddress: doAddress, kindLoad: doLoad,
	kindSpin: doSpin, kindPause: doPause, kindSpinFor: doSpinFor, kindSleep: doSleep, kindBusy: doBusy, kindStamp: doStamp,
	kindPositive: doPositive, kindSpawn: doSpawn, kindDecimal: doDecimal,
}

// eintr is what an interruption asks of the operation's call.
func (op *Op) eintr() eintr {
	if op.once {
		return eintrFails
	}
	return callTable[op.call].eintr
}

func (op *Op) flags() (f uintptr) {
	if op.once {
		f |= flagOnce
	}
	if op.wants {
		f |= flagWant
	}
	if op.goners {
		f |= flagGone
	}
	if op.ignoreFailures {
		f |= flagTry
	}
	return f
}

func (r *resolver) stage(i int) uintptr { return uintptr(unsafe.Pointer(r.board.Stage(i))) }

func (r *resolver) operand(a *operand, stage int) (uintptr, error) {
	switch a.kind {
	case operandWord, operandMemory:
		return r.word(a)
	case operandValue:
		return 0, nil // fetched by a step of its own
	case operandField:
		return r.stage(stage) + uintptr(a.val), nil
	case operandData:
		return r.data(a.text)
	case operandString:
		return r.data(a.text + "\x00")
	case operandVector:
		return r.vector(a.strings())
	case operandSignals:
		return r.doubles(uint64(a.val))
	case operandTime:
		return r.doubles(uint64(a.val/1e9), uint64(a.val%1e9))
	case operandBuffer:
		return r.data(string(make([]byte, a.val)))
	case operandStruct:
		return r.structure(*a.members, stage)
	case operandCall:
		return numbers[a.val], nil
	case operandNote:
		return r.data(string(sys.Noting()))
	case operandAction:
		return r.data(string(sys.Interrupting()))
	case operandPeer:
		if r.env.Peer <= 0 { // kill(2): 0 is the caller's whole process group, -1 everybody
			return 0, fmt.Errorf("the other side is process %d", r.env.Peer)
		}
		return uintptr(r.env.Peer), nil
	case operandPeerFile:
		if r.env.Pidfd <= 0 {
			return 0, fmt.Errorf("the pidfd of the other side is %d", r.env.Pidfd)
		}
		return uintptr(r.env.Pidfd), nil
	default:
		return uintptr(a.val), nil
	}
}

// word returns the address of what the board has given out: a word has 4 bytes,
// all else that has an address at least 8.
func (r *resolver) word(a *operand) (uintptr, error) {
	size := int64(8)
	if a.kind == operandWord && a.val%8 != 0 {
		size = 4
	}
	if a.val > int64(r.given)-size { // a sum with a.val may overflow
		return 0, fmt.Errorf("word at %d: the board has given out %d bytes", a.val, r.given)
	}
	return uintptr(r.board.at(int(a.val))), nil
}

// structure puts the members of a structure into the board, one after another.
func (r *resolver) structure(members []member, stage int) (uintptr, error) {
	var room [64]byte
	b := room[:0]
	for i := range members {
		m := &members[i]
		if m.size == 0 {
			b = append(b, m.text...)
			continue
		}
		v, err := r.operand(&m.operand, stage)
		if err != nil {
			return 0, err
		}
		var all [8]byte
		binary.NativeEndian.PutUint64(all[:], uint64(v))
		b = append(b, all[:m.size]...) // both architectures are little-endian
	}
	return r.data(string(b))
}

// data puts a copy of s into the board.
func (r *resolver) data(s string) (uintptr, error) {
	offset, err := r.board.take(max(len(s), 1), 8)
	if err != nil {
		return 0, err
	}
	copy(r.board.mem[offset:], s)
	return uintptr(r.board.at(offset)), nil
}

// doubles puts double words into the board.
func (r *resolver) doubles(all ...uint64) (uintptr, error) {
	offset, err := r.board.take(8*len(all), 8)
	if err != nil {
		return 0, err
	}
	for i, v := range all {
		binary.NativeEndian.PutUint64(r.board.mem[offset+8*i:], v)
	}
	return uintptr(r.board.at(offset)), nil
}

// vector puts the strings and a vector of their addresses into the board.
func (r *resolver) vector(strs []string) (uintptr, error) {
	var addrs []byte
	for _, s := range strs {
		addr, err := r.data(s + "\x00")
		if err != nil {
			return 0, err
		}
		addrs = binary.NativeEndian.AppendUint64(addrs, uint64(addr))
	}
	return r.data(string(binary.NativeEndian.AppendUint64(addrs, 0)))
}

// Spawned is the code that the Spawn of that number runs, from 0, in the order of the
// operations of all parts.
func (c Code) Spawned(i int) Code { return c.spawned[i] }

// Outcome returns how the code has ended, in this process or in a child.
func (c Code) Outcome() Outcome {
	f := c.frame
	return Outcome{Verdict(f.verdict), int(f.part), int(f.index), Errno(f.errno), f.result}
}
