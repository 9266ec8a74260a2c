package program

import (
	"fmt"
	"time"
)

// Store stores v into a word.
func Store(w Word, v uint32) Op {
	return Op{kind: kindStore}.withArgs(word(w), number(int64(v)))
}

// Move copies the double word at from to the one at to.
func Move(to, from Word) Op {
	return Op{kind: kindMove}.withArgs(word(to), word(from))
}

// PointTo stores the address of a memory into a double word.
func PointTo(into Word, of Memory) Op {
	return Op{kind: kindAddress}.withArgs(word(into), memory(of))
}

// Load has what a word holds as the result, as a signed number.
func Load(w Word) Op {
	return Op{kind: kindLoad}.withArgs(word(w), number(0))
}

// LoadAt has as the result the word that lies offset bytes behind the address
// that base holds.
func LoadAt(base Word, offset int) Op {
	return Op{kind: kindLoad}.withArgs(value(base), number(int64(offset)))
}

// SpinUntil loads a word until it is v, and does nothing else meanwhile.
func SpinUntil(w Word, v uint32) Op {
	return Op{kind: kindSpin}.withArgs(word(w), number(int64(v)))
}

// PauseUntil loads a word until it is v, with a PAUSE of the CPU (YIELD on
// arm64) between the loads.
func PauseUntil(w Word, v uint32) Op {
	return Op{kind: kindPause}.withArgs(word(w), number(int64(v)))
}

// SpinFor loads a word until it is v, with a PAUSE between, but at most looks times.
func SpinFor(w Word, v, looks uint32) Op {
	return Op{kind: kindSpinFor}.withArgs(word(w), number(int64(v)), number(int64(looks)))
}

// YieldWhile gives its CPU to others as long as a word is old. sched_yield(2).
func YieldWhile(w Word, old uint32) Op { return while(w, old, syscallOp(callYield)) }

// SleepWhile sleeps for d, again and again, as long as a word is old. nanosleep(2).
func SleepWhile(w Word, old uint32, d time.Duration) Op {
	return while(w, old, syscallOp(callNanosleep, interval(d), null()))
}

// TimerSlack says how late a sleep of this thread may end, so that it can be
// joined with others. PR_SET_TIMERSLACK(2const).
func TimerSlack(d time.Duration) Op {
	return syscallOp(callTimerSlack, named(prSetTimerslack, "PR_SET_TIMERSLACK"), number(d.Nanoseconds()))
}

// FutexWait sleeps while a word is old. futex(2), FUTEX_WAIT.
func FutexWait(w Word, old uint32) Op {
	return while(w, old, syscallOp(callFutex, word(w), named(futexWait, "FUTEX_WAIT"), number(int64(old)), null()))
}

// FutexWaitv sleeps while a word is old, by the call that can wait for up to
// 128 of them. futex_waitv(2), Linux 5.16.
func FutexWaitv(w Word, old uint32) Op {
	waiter := structure(fmt.Sprintf("[{val=%d, uaddr=%s, flags=FUTEX_32}]", old, blank),
		u64(uint64(old)), shown(pointer(word(w))), u32(futex32), u32(0))
	return while(w, old, syscallOp(callWaitv, waiter, number(1), number(0), null(), named(clockMonotonic, "CLOCK_MONOTONIC")))
}

// FutexWake wakes at most n waiters on a word. futex(2), FUTEX_WAKE.
func FutexWake(w Word, n int) Op {
	return syscallOp(callFutexWake, word(w), named(futexWake, "FUTEX_WAKE"), number(int64(n)))
}

// Sleep sleeps for d, however often it is interrupted. clock_nanosleep(2).
//
// It sleeps until a moment, TIMER_ABSTIME. The design that lost is to go on with
// what nanosleep says is left: that includes the slack of the timer, 50 us, so a
// sleep that is interrupted more often than that grows longer each time and
// never ends. The Go runtime's preemption signals come that often.
func Sleep(d time.Duration) Op {
	return Op{kind: kindSleep}.withArgs(interval(d))
}
