package program

import (
	"fmt"
	"strings"
)

// String prints the operation as strace would, with what is expected of it.
// Where a word is spoken of, its name is its address, and *name what it holds.
func (op Op) String() string { return op.Bare() + op.expected() }

// Brief is String without the programs of what the operation spawns.
func (op Op) Brief() string {
	if s := op.besides().spawn; op.kind == kindSpawn && s != nil {
		return op.intoString() + s.call() + op.expected()
	}
	return op.String()
}

// Bare is String without what is expected.
func (op Op) Bare() string {
	switch op.kind {
	case kindCall:
		return op.intoString() + op.callString()
	case kindWhile:
		return fmt.Sprintf("while (*%v == %d) %s;", op.besides().word, op.besides().old, op.callString())
	case kindEvery:
		return fmt.Sprintf("while (%s == %v) nanosleep(%v, NULL);", op.callString(), op.besides().not.Name(), op.besides().nap)
	case kindStore:
		return fmt.Sprintf("*%v = %v", op.first[0], op.first[1])
	case kindMove:
		return fmt.Sprintf("*%v = *%v", op.first[0], op.first[1])
	case kindAddress:
		return fmt.Sprintf("*%v = %v", op.first[0], op.first[1])
	case kindLoad:
		return op.intoString() + op.loadString()
	case kindSpin:
		return fmt.Sprintf("while (*%v != %v);", op.first[0], op.first[1])
	case kindPause:
		return fmt.Sprintf("while (*%v != %v) pause;", op.first[0], op.first[1])
	case kindSpinFor:
		return fmt.Sprintf("for (i = 0; i < %v && *%v != %v; i++) pause;", op.first[2], op.first[0], op.first[1])
	case kindSleep:
		return fmt.Sprintf("clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, now + %v, NULL)", op.first[0])
	case kindSpawn:
		if op.besides().spawn == nil {
			return "invalid spawn"
		}
		return op.intoString() + op.besides().spawn.String()
	case kindPositive:
		return fmt.Sprintf("if (%v <= 0) ESRCH;", op.first[0])
	case kindDecimal:
		return fmt.Sprintf("sprintf(%v, \"%%d\", %v)", op.first[1], op.first[0])
	case kindBusy:
		return fmt.Sprintf("for (t = clock(), getppid(); clock() - t < %v;);", op.first[0])
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
	for i := range op.call.shown() {
		args = append(args, op.arg(i).String())
	}
	s := callTable[op.call].name + "(" + strings.Join(args, ", ") + ")"
	if op.call == callSigsuspend {
		s = "{ " + s + "; rt_sigreturn(); }" // the handler's way back
	}
	return s
}

// intoString is where the result goes.
func (op Op) intoString() string {
	if op.besides().into.kind == operandNone {
		return ""
	}
	return "*" + op.besides().into.String() + " = "
}

func (op Op) loadString() string {
	if at := op.first[1].val; op.first[0].kind == operandValue {
		return fmt.Sprintf("*(%v + %d)", op.first[0], at)
	}
	return "*" + op.first[0].String()
}

// expected is what the result has to be, and what it may mean.
func (op Op) expected() (s string) {
	if op.wants {
		s += fmt.Sprintf(" = %d", op.want)
	}
	if op.goners {
		s += fmt.Sprintf("; %d: parent-gone", op.gone)
	}
	if op.goneErrno != 0 {
		s += fmt.Sprintf("; %v: parent-gone", Errno(op.goneErrno))
	}
	if op.once {
		s += fmt.Sprintf("; %v: %v", EINTR, Failed)
	}
	if op.ignoreFailures {
		s += "; or fails"
	}
	return s
}
