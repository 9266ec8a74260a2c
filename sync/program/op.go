package program

import (
	"errors"
	"fmt"
)

// An Op is one operation: a system call, or a step on shared memory. Make one
// with the functions of this package; the zero Op is not valid.
//
// Operations are copied, checked and resolved between two clones, so that one is
// small: what few of them have stands aside.
type Op struct {
	kind  kind
	call  call // of kindCall
	field Field

	wants, goners  bool // whether want and gone are set
	ignoreFailures bool
	once           bool  // its call is not made again after EINTR; see Program.Once
	fetches        uint8 // how many arguments are known only when the operation runs

	first      [argsHere]operand // of the arguments; see arg
	waits      SignalSet         // the signals that the call waits for
	want, gone int64
	goneErrno  int64
	aside      *aside // shared by copies, so that who changes it replaces it; nil if there is nothing
}

// An aside is what few operations have.
type aside struct {
	rest [maxArgs - argsHere]operand // of the arguments

	word  operand // of kindWhile: the word, and the value at which the call is made again
	old   uint32
	nap   operand // of kindEvery: how long to sleep while the call fails, and with what
	not   Errno
	spawn *spawning // of kindSpawn
	into  operand   // the word that receives the result, if any
}

// How many arguments a system call may have, and how many of them an Op has in itself.
const (
	maxArgs  = 6
	argsHere = 3
)

// nothing is what most operations have aside. It is never written to.
var nothing aside

// besides is what the operation has aside, to be read.
func (op *Op) besides() *aside {
	if op.aside == nil {
		return &nothing
	}
	return op.aside
}

// with returns the operation with something else aside.
func (op Op) with(set func(*aside)) Op {
	a := *op.besides()
	set(&a)
	op.aside = &a
	return op
}

// arg is argument i of the operation, to be read.
func (op *Op) arg(i int) *operand {
	if i < argsHere {
		return &op.first[i]
	}
	return &op.besides().rest[i-argsHere]
}

// withArgs returns an operation that has nothing aside with these arguments.
func (op Op) withArgs(args ...operand) Op {
	if n := copy(op.first[:], args); n < len(args) {
		op.aside = &aside{}
		copy(op.aside.rest[:], args[n:])
	}
	for i := range args {
		if args[i].kind == operandValue {
			op.fetches++
		}
	}
	return op
}

// A kind is what the interpreter's switch tells apart.
type kind uint8

const (
	kindInvalid  kind = iota
	kindCall          // one system call
	kindWhile         // one system call, again and again while a word has a value
	kindEvery         // one system call, again after a sleep while it fails
	kindStore         // store a word
	kindMove          // copy a double word
	kindAddress       // store the address of a memory into a double word
	kindLoad          // load a word, which is the result
	kindSpin          // load a word until it has a value
	kindPause         // the same, with a pause of the CPU between
	kindSpinFor       // the same, a number of times
	kindSleep         // sleep until a moment
	kindBusy          // read the clock of the stamps until it has advanced
	kindStamp         // write the time into the stage
	kindArm           // proof, then the stamp that tells the other side
	kindResume        // the stamp, then proof
	kindPositive      // fail with ESRCH unless a double word can be a process ID
	kindDecimal       // write a number in decimal before an address
	kindSpawn         // start another process or thread
	kinds
)

// Want sets the result that the operation must have; any other ends the
// program. Without it, any result that is not an error will do.
func (op Op) Want(result int64) Op {
	op.want, op.wants = result, true
	return op
}

// Gone sets the result that means that the other side is gone: the program
// ends with the outcome ParentGone.
func (op Op) Gone(result int64) Op {
	op.gone, op.goners = result, true
	return op
}

// GoneError sets the errno that means that the other side is gone.
func (op Op) GoneError(errno Errno) Op {
	op.goneErrno = int64(errno)
	return op
}

// Into puts the result, if the operation does not fail, into a word: all 64
// bits of it, for it may be an address.
func (op Op) Into(w Word) Op {
	return op.with(func(a *aside) { a.into = word(w) })
}

// Try lets the program go on when the call fails.
func (op Op) Try() Op {
	op.ignoreFailures = true
	return op
}

// calls reports whether the operation makes a system call that its programmer chose.
func (op *Op) calls() bool {
	return op.kind == kindCall || op.kind == kindWhile || op.kind == kindEvery
}

func (op *Op) check() error {
	if op.kind == kindInvalid || op.kind >= kinds {
		return errors.New("no such operation")
	}
	if op.calls() && (op.call == 0 || op.call >= calls) {
		return errors.New("no such call")
	}
	if op.kind == kindStamp && op.field >= fields {
		return errors.New("no such stamp")
	}
	if !op.calls() && op.kind != kindLoad && op.kind != kindSpawn && (op.wants || op.goners || op.besides().into.kind != operandNone) {
		return errors.New("it has no result to be wanted")
	}
	if op.goneErrno < 0 || op.goneErrno > maxErrno || op.besides().not > maxErrno {
		return errors.New("no such errno")
	}
	if err := op.checkSpawn(); err != nil {
		return err
	}
	return op.checkOperands()
}

func (op *Op) checkSpawn() error {
	spawned := op.besides().spawn
	if (op.kind == kindSpawn) != (spawned != nil) {
		return errors.New("nothing to spawn, or nothing that spawns it")
	}
	if spawned == nil {
		return nil
	}
	for _, part := range spawned.parts {
		if err := part.Program.Check(); err != nil {
			return err
		}
	}
	return nil
}

func (op *Op) checkOperands() error {
	needed := op.arity()
	if err := checkArgs(op.first[:], 0, needed); err != nil {
		return err
	}
	if op.aside != nil || needed > argsHere || op.kind == kindWhile || op.kind == kindEvery {
		if err := op.checkAside(needed); err != nil {
			return err
		}
	}
	return op.checkFirst()
}

// checkArgs checks arguments, the first of which is number from, of an operation
// that takes so many.
func checkArgs(args []operand, from, needed int) error {
	for i := range args {
		a, n := &args[i], from+i
		if n < needed && a.kind == operandNumber || n >= needed && a.kind == operandNone {
			continue // most of them
		}
		if err := a.check(n < needed); err != nil {
			return fmt.Errorf("argument %d: %w", n, err)
		}
	}
	return nil
}

func (op *Op) checkAside(needed int) error {
	a := op.besides()
	if err := checkArgs(a.rest[:], argsHere, needed); err != nil {
		return err
	}
	if err := a.into.checkExtra("result", operandWord, a.into.kind != operandNone); err != nil {
		return err
	}
	if err := a.word.checkExtra("condition", operandWord, op.kind == kindWhile); err != nil {
		return err
	}
	if err := a.nap.checkExtra("sleep", operandTime, op.kind == kindEvery); err != nil {
		return err
	}
	if a.into.val%8 != 0 {
		return errors.New("result: not a double word")
	}
	return nil
}

// checkFirst refuses what the interpreter could not work on by itself.
func (op *Op) checkFirst() error {
	first := op.first[0].kind
	switch op.kind {
	case kindStore, kindMove, kindAddress, kindSpin, kindPause, kindSpinFor:
		if first != operandWord {
			return errors.New("argument 0: not a word of the board")
		}
		if op.kind == kindMove && op.first[1].kind != operandWord {
			return errors.New("argument 1: not a word of the board")
		}
		if (op.kind == kindMove || op.kind == kindAddress) && (op.first[0].val|op.first[1].val)%8 != 0 {
			return errors.New("not double words")
		}
	case kindLoad:
		if first != operandWord && first != operandValue {
			return errors.New("argument 0: neither a word of the board nor what one holds")
		}
	case kindSleep:
		if first != operandTime {
			return errors.New("argument 0: not a time")
		}
	case kindPositive, kindDecimal:
		if first != operandValue {
			return errors.New("argument 0: not what a word holds")
		}
	case kindBusy:
		if first != operandNumber || op.first[0].val < 0 {
			return errors.New("argument 0: not a number of ticks")
		}
	}
	return nil
}

// arity is how many arguments the operation takes, and 0 if there is no such operation.
func (op *Op) arity() int {
	switch op.kind {
	case kindCall, kindWhile, kindEvery:
		if op.call >= calls {
			return 0
		}
		return callTable[op.call].arity
	case kindSpinFor:
		return 3
	case kindStore, kindMove, kindAddress, kindLoad, kindSpin, kindPause, kindDecimal:
		return 2
	case kindSleep, kindBusy, kindPositive:
		return 1
	default:
		return 0
	}
}
