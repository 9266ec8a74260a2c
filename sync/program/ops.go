package program

import (
	"fmt"
	"time"
)

func syscallOp(c call, args ...operand) Op {
	return Op{kind: kindCall, call: c}.withArgs(args...)
}

func null() operand { return named(0, "NULL") }

func interval(d time.Duration) operand {
	return operand{kind: operandTime, val: d.Nanoseconds()}
}

// while makes an operation's system call again and again as long as a word is
// old. Each time that it returns the word is loaded again: an interrupted wait,
// a wake meant for somebody else and a word that changed before the wait all
// come to the same.
func while(w Word, old uint32, op Op) Op {
	op.kind = kindWhile
	return op.with(func(a *aside) { a.word, a.old = word(w), old })
}

// every makes an operation's system call again, after a sleep of d, as long as it
// fails with an error.
func every(d time.Duration, not Errno, op Op) Op {
	op.kind = kindEvery
	return op.with(func(a *aside) { a.nap, a.not = interval(d), not })
}

// Arm takes the proof that stands before a wait, then stamps the stage as
// armed, which the other side sees. It comes right before the operation that
// waits; a program has one at the most.
func Arm() Op { return Op{kind: kindArm} }

// Resumed stamps the stage as resumed, then takes the proof that stands after
// a wait. The harness puts it right behind the program of a gate's Wait.
func Resumed() Op { return Op{kind: kindResume} }

// Busy keeps its CPU until the clock of the stamps has advanced by so many ticks
// of it: of the counter, or nanoseconds where stamps are of [Syscall].
//
// What it is for is a delay that is known, and nothing else. A sleep is not: it
// ends late by what the timer and the way back onto the CPU take, which is more
// than a short delay and not known before, and what it leaves behind is a CPU
// that has idled, or that somebody else has used.
//
// It begins by a system call that does nothing, and looks at the clock after that:
// what comes behind a delay finds the CPU much as it does behind a hold. Behind looks
// alone the release of a pipe took 30 ns more than it was delayed by, behind calls all
// the while, whose path is warm then, 30 less; behind PAUSE between the looks 30 more
// after 1 us and 140 after 5.
func Busy(ticks uint64) Op {
	return Op{kind: kindBusy}.withArgs(named(int64(ticks), fmt.Sprintf("%d ticks", ticks)))
}

// Stamp writes the time into a field of the stage.
func Stamp(f Field) Op { return Op{kind: kindStamp, field: f} }
