package program

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// An FD is a descriptor under the name by which the programs of its gate call it.
type FD struct {
	Name string
	N    int
}

// A Word is a 32-bit word of a board, on a cache line of its own.
type Word struct {
	Name   string
	offset int
}

// A Peer is the process on the other side of a gate, by its role: which
// process that is, is known only once it has been cloned.
type Peer uint8

// Child is the process that waits.
const Child Peer = 1

// An operandKind says what an operand is resolved to.
type operandKind uint8

const (
	operandNone    operandKind = iota
	operandNumber              // val, printed as text if there is one
	operandFile                // the descriptor val, named text
	operandWord                // the word at offset val
	operandField               // the stage's memory at offset val
	operandData                // the address of a copy of text in the board
	operandString              // the same, with a NUL behind it
	operandVector              // the address of a NULL-ended vector of the strings in text
	operandSignals             // the address of the signal set val
	operandTime                // the address of a struct timespec of val nanoseconds
	operandBuffer              // the address of val bytes in the board
	operandPoll                // the address of a struct pollfd: POLLIN on the descriptor val
	operandAction              // the address of a struct sigaction whose handler only interrupts
	operandPeer                // the process ID of the other side
	operandKinds
)

// An operand is an argument of an operation before it is resolved.
type operand struct {
	kind operandKind
	val  int64
	text string
}

func number(v int64) operand             { return operand{kind: operandNumber, val: v, text: ""} }
func named(v int64, name string) operand { return operand{kind: operandNumber, val: v, text: name} }
func file(fd FD) operand                 { return operand{kind: operandFile, val: int64(fd.N), text: fd.Name} }
func word(w Word) operand                { return operand{kind: operandWord, val: int64(w.offset), text: w.Name} }
func stageField(f uintptr, n string) operand {
	return operand{kind: operandField, val: int64(f), text: n}
}
func data(s string) operand { return operand{kind: operandData, val: int64(len(s)), text: s} }
func buffer(n int) operand  { return operand{kind: operandBuffer, val: int64(n), text: ""} }
func vector(s []string) operand {
	return operand{kind: operandVector, val: int64(len(s)), text: strings.Join(s, "\x00")}
}

// strings returns the members of a vector.
func (a operand) strings() []string {
	all := strings.Split(a.text, "\x00")
	return all[:min(max(a.val, 0), int64(len(all)))]
}

const maxBuffer = 1 << 20

func (a operand) check(needed bool) error {
	switch {
	case a.kind >= operandKinds:
		return errors.New("no such operand")
	case needed != (a.kind != operandNone):
		return errors.New("missing or too many")
	case (a.kind == operandFile || a.kind == operandPoll) && (a.val < 0 || a.val != int64(int32(a.val))):
		return fmt.Errorf("descriptor %d", a.val)
	case a.kind == operandWord && (a.val < wordsStart || a.val%wordSize != 0):
		return errors.New("not a word of a board")
	case a.kind == operandField && (a.val < 0 || a.val >= stageSize):
		return errors.New("outside of the stage")
	case a.kind == operandBuffer && (a.val < 0 || a.val > maxBuffer):
		return fmt.Errorf("a buffer of %d bytes", a.val)
	case a.kind == operandString && strings.Contains(a.text, "\x00"),
		a.kind == operandVector && a.val != 0 && a.val != int64(strings.Count(a.text, "\x00"))+1:
		return errors.New("a NUL inside of a string")
	case a.kind == operandTime && a.val < 0:
		return fmt.Errorf("a time of %d ns", a.val)
	case a.kind == operandPeer && a.val != int64(Child):
		return errors.New("no such peer")
	}
	return nil
}

func (a operand) String() string {
	switch a.kind {
	case operandFile, operandWord, operandField:
		if a.text == "" {
			return strconv.FormatInt(a.val, 10)
		}
		return printable(a.text)
	case operandNumber:
		if a.text != "" {
			return printable(a.text)
		}
		return strconv.FormatInt(a.val, 10)
	case operandData, operandString:
		return strconv.Quote(a.text)
	case operandVector:
		return quotedList(a.strings())
	case operandSignals:
		return SignalSet(a.val).String()
	case operandTime:
		return fmt.Sprintf("{tv_sec=%d, tv_nsec=%d}", a.val/1e9, a.val%1e9)
	case operandBuffer:
		return "buf"
	case operandPoll:
		return fmt.Sprintf("[{fd=%v, events=POLLIN}]", file(FD{a.text, int(a.val)}))
	case operandAction:
		return "{return, sa_flags=0}"
	case operandPeer:
		return "child"
	default:
		return "?"
	}
}

func quotedList(strs []string) string {
	quoted := make([]string, len(strs))
	for i, s := range strs {
		quoted[i] = strconv.Quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// printable is s if it can stand in a line as it is, and quoted otherwise.
func printable(s string) string {
	if q := strconv.QuoteToASCII(s); q[1:len(q)-1] != s {
		return q
	}
	return s
}
