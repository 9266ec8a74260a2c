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
	operandNone   operandKind = iota
	operandNumber             // val, printed as text if there is one
	operandFile               // the descriptor val, named text
	operandWord               // the word at offset val
	operandField              // the stage's memory at offset val
	operandData               // the address of a copy of text in the board
	operandVector             // the address of a NULL-ended vector of the strings in text
	operandBuffer             // the address of val bytes in the board
	operandSame               // what argument 0 was resolved to
	operandPoll               // the address of a struct pollfd: POLLIN on the descriptor val
	operandAction             // the address of a struct sigaction whose handler only interrupts
	operandPeer               // the process ID of the other side
	operandKinds
)

// An operand is an argument of an operation before it is resolved.
type operand struct {
	kind operandKind
	val  int64
	text string
}

func number(v int64) operand                 { return operand{operandNumber, v, ""} }
func named(v int64, name string) operand     { return operand{operandNumber, v, name} }
func file(fd FD) operand                     { return operand{operandFile, int64(fd.N), fd.Name} }
func word(w Word) operand                    { return operand{operandWord, int64(w.offset), w.Name} }
func stageField(f uintptr, n string) operand { return operand{operandField, int64(f), n} }
func data(s string) operand                  { return operand{operandData, int64(len(s)), s} }
func buffer(n int) operand                   { return operand{operandBuffer, int64(n), ""} }
func vector(s []string) operand {
	return operand{operandVector, int64(len(s)), strings.Join(s, "\x00")}
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
	case a.kind == operandVector && a.val != 0 && a.val != int64(strings.Count(a.text, "\x00"))+1:
		return errors.New("a NUL inside of a string")
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
	case operandData:
		return strconv.Quote(a.text)
	case operandVector:
		return fmt.Sprintf("[%q]", strings.Split(a.text, "\x00"))
	case operandBuffer:
		return "buf"
	case operandSame:
		return "same"
	case operandPoll:
		return fmt.Sprintf("{%v, POLLIN}", file(FD{a.text, int(a.val)}))
	case operandAction:
		return "{return, sa_flags=0}"
	case operandPeer:
		return "child"
	default:
		return "?"
	}
}

// printable is s if it can stand in a line as it is, and quoted otherwise.
func printable(s string) string {
	if q := strconv.QuoteToASCII(s); q[1:len(q)-1] != s {
		return q
	}
	return s
}
