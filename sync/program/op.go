package program

import (
	"errors"
	"fmt"
	"strings"
)

// An Op is one operation: a system call, or a step on shared memory. Make one
// with the functions of this package; the zero Op is not valid.
type Op struct {
	kind  kind
	call  call // of kindCall
	field Field
	args  [6]operand
	waits SignalSet // the signals that the call waits for

	want, gone     int64
	wants, goners  bool // whether want and gone are set
	goneErrno      int64
	ignoreFailures bool
}

// A kind is what the interpreter's switch tells apart.
type kind uint8

const (
	kindInvalid kind = iota
	kindCall         // one system call
	kindStore        // store a word
	kindSpin         // load a word until it has a value
	kindYield        // the same, with sched_yield between
	kindFutex        // futex wait while a word has a value
	kindSleep        // sleep until a moment
	kindStamp        // write the time into the stage
	kindArm          // proof, then the stamp that tells the other side
	kindResume       // the stamp, then proof
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

// Try lets the program go on when the call fails.
func (op Op) Try() Op {
	op.ignoreFailures = true
	return op
}

func (op *Op) check() error {
	if op.kind == kindInvalid || op.kind >= kinds {
		return errors.New("no such operation")
	}
	if op.kind == kindCall && (op.call == 0 || op.call >= calls) {
		return errors.New("no such call")
	}
	if op.kind == kindStamp && op.field >= fields {
		return errors.New("no such stamp")
	}
	if op.kind != kindCall && (op.wants || op.goners) {
		return errors.New("it has no result to be wanted")
	}
	if op.goneErrno < 0 || op.goneErrno > maxErrno {
		return errors.New("no such errno")
	}
	needed := op.arity()
	for i, a := range op.args {
		if err := a.check(i < needed); err != nil {
			return fmt.Errorf("argument %d: %w", i, err)
		}
	}
	if needsWord[op.kind] && op.args[0].kind != operandWord {
		return errors.New("argument 0: not a word of the board")
	}
	if op.kind == kindSleep && op.args[0].kind != operandTime {
		return errors.New("argument 0: not a time")
	}
	return nil
}

// needsWord holds the kinds whose first argument the interpreter loads from or stores to.
var needsWord = [kinds]bool{kindStore: true, kindSpin: true, kindYield: true, kindFutex: true}

func (op *Op) arity() int {
	switch op.kind {
	case kindCall:
		return callTable[op.call].arity
	case kindStore, kindSpin, kindYield, kindFutex:
		return 2
	case kindSleep:
		return 1
	default:
		return 0
	}
}

// String prints the operation as strace would, with what is expected of it.
func (op Op) String() string {
	switch op.kind {
	case kindCall:
		return op.callString()
	case kindStore:
		return fmt.Sprintf("*%v = %v", op.args[0], op.args[1])
	case kindSpin:
		return fmt.Sprintf("while (*%v != %v);", op.args[0], op.args[1])
	case kindYield:
		return fmt.Sprintf("while (*%v != %v) sched_yield();", op.args[0], op.args[1])
	case kindFutex:
		return fmt.Sprintf("while (*%v == %v) futex(%v, FUTEX_WAIT, %v, NULL);", op.args[0], op.args[1], op.args[0], op.args[1])
	case kindSleep:
		return fmt.Sprintf("clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, now + %v, NULL)", op.args[0])
	case kindStamp:
		return fmt.Sprintf("stamp(%v)", op.field)
	case kindArm:
		return "arm()"
	case kindResume:
		return "stamp(resumed)"
	default:
		return fmt.Sprintf("invalid(%d)", op.kind)
	}
}

func (op Op) callString() string {
	if op.call == callNone || op.call >= calls {
		return fmt.Sprintf("invalid call(%d)", op.call)
	}
	var args []string
	for _, a := range op.args[:callTable[op.call].arity] {
		args = append(args, a.String())
	}
	s := callTable[op.call].name + "(" + strings.Join(args, ", ") + ")"
	if op.wants {
		s += fmt.Sprintf(" = %d", op.want)
	}
	if op.goners {
		s += fmt.Sprintf("; %d: parent-gone", op.gone)
	}
	if op.goneErrno != 0 {
		s += fmt.Sprintf("; %v: parent-gone", Errno(op.goneErrno))
	}
	if op.ignoreFailures {
		s += "; or fails"
	}
	return s
}
