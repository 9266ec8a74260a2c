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

// A Memory is room in a board for a structure that the kernel, or one side of
// a gate, fills in.
type Memory struct {
	Name         string
	offset, size int
}

// Word returns the word at an offset, a multiple of 4, of the memory.
func (m Memory) Word(name string, offset int) Word {
	if offset < 0 || offset+4 > m.size {
		return Word{Name: name} // offset 0 is no word, and Check says so
	}
	return Word{name, m.offset + offset}
}

// At returns the memory from an offset, a multiple of 8, of another on.
func (m Memory) At(name string, offset int) Memory {
	if offset < 0 || offset > m.size {
		return Memory{Name: name} // offset 0 is no memory, and Check says so
	}
	return Memory{name, m.offset + offset, m.size - offset}
}

// A Peer is the process on the other side of a gate, by its role: which
// process that is, is known only once it has been cloned.
type Peer uint8

// A File is a descriptor: an FD, whose number is known before the clone; a
// Word that a call has put a descriptor Into; or a Peer, by its pidfd.
type File interface{ file() operand }

func (fd FD) file() operand  { return operand{kind: operandFile, val: int64(fd.N), text: fd.Name} }
func (w Word) file() operand { return value(w) }
func (p Peer) file() operand { return operand{kind: operandPeerFile, val: int64(p)} }

// A Process is a process ID: that of a Peer, a PID, or one that a call has put
// Into a Word.
type Process interface{ process() operand }

// A PID is a process ID that is known before the clone, in the PID namespace of
// who makes the program, under the name by which the program calls it.
type PID struct {
	Name string
	N    int
}

func (p Peer) process() operand { return operand{kind: operandPeer, val: int64(p)} }
func (p PID) process() operand  { return named(int64(p.N), p.Name) }
func (w Word) process() operand { return value(w) }

// An ID names an object of System V IPC, under the name by which the programs
// of its gate call it. sysvipc(7).
type ID struct {
	Name string
	N    int
}

func (id ID) operand() operand {
	return operand{kind: operandNumber, val: int64(id.N), text: id.Name}
}

// Child is the process that waits.
const Child Peer = 1

// An operandKind says what an operand is resolved to.
type operandKind uint8

const (
	operandNone     operandKind = iota
	operandNumber               // val, printed as text if there is one
	operandFile                 // the descriptor val, named text
	operandWord                 // the word at offset val
	operandField                // the stage's memory at offset val
	operandData                 // the address of a copy of text in the board
	operandString               // the same, with a NUL behind it
	operandVector               // the address of a NULL-ended vector of the strings in text
	operandSignals              // the address of the signal set val
	operandTime                 // the address of a struct timespec of val nanoseconds
	operandBuffer               // the address of val bytes in the board
	operandAction               // the address of a struct sigaction whose handler only interrupts
	operandNote                 // the same, of one whose handler notes that it ran; see Suspend
	operandPeer                 // the process ID of the other side
	operandPeerFile             // a pidfd of the other side
	operandValue                // what the word at offset val holds when the operation runs
	operandMemory               // the memory at offset val
	operandStruct               // the address of a structure, printed as text with its blanks filled
	operandCall                 // the number of the call val on this architecture
	operandKinds
)

// An operand is an argument of an operation before it is resolved.
type operand struct {
	kind    operandKind
	val     int64
	text    string
	members *[]member // of operandStruct
}

// A member is one of a structure: the bytes of a string if size is 0, else an
// operand that takes so many bytes.
type member struct {
	size int
	operand
	shown bool // in the next blank of the structure's text
}

func number(v int64) operand             { return operand{kind: operandNumber, val: v, text: ""} }
func named(v int64, name string) operand { return operand{kind: operandNumber, val: v, text: name} }
func value(w Word) operand               { return operand{kind: operandValue, val: int64(w.offset), text: w.Name} }
func memory(m Memory) operand {
	return operand{kind: operandMemory, val: int64(m.offset), text: m.Name}
}
func word(w Word) operand { return operand{kind: operandWord, val: int64(w.offset), text: w.Name} }
func stageField(f uintptr, n string) operand {
	return operand{kind: operandField, val: int64(f), text: n}
}
func data(s string) operand { return operand{kind: operandData, val: int64(len(s)), text: s} }
func buffer(n int) operand  { return operand{kind: operandBuffer, val: int64(n), text: ""} }
func vector(s []string) operand {
	return operand{kind: operandVector, val: int64(len(s)), text: strings.Join(s, "\x00")}
}

func structure(text string, members ...member) operand {
	return operand{kind: operandStruct, text: text, members: &members}
}

// blank is where the text of a structure shows a member.
const blank = "\x00"

func raw(s string) member               { return member{operand: operand{kind: operandData, text: s}} }
func u8(v uint8) member                 { return member{size: 1, operand: number(int64(v))} }
func u16(v uint16) member               { return member{size: 2, operand: number(int64(v))} }
func u32(v uint32) member               { return member{size: 4, operand: number(int64(v))} }
func u64(v uint64) member               { return member{size: 8, operand: number(int64(v))} }
func pointer(to operand) member         { return member{size: 8, operand: to} }
func sized(size int, of operand) member { return member{size: size, operand: of} }

func shown(m member) member {
	m.shown = true
	return m
}

// shownMembers are those that stand in the blanks of a structure's text.
func (a operand) shownMembers() (all []operand) {
	if a.members == nil {
		return nil
	}
	for _, m := range *a.members {
		if m.shown {
			all = append(all, m.operand)
		}
	}
	return all
}

// strings returns the members of a vector.
func (a operand) strings() []string {
	all := strings.Split(a.text, "\x00")
	return all[:min(max(a.val, 0), int64(len(all)))]
}

const maxBuffer = 1 << 20

// checkExtra checks what an operation has besides its arguments.
func (a *operand) checkExtra(name string, kind operandKind, needed bool) error {
	if err := a.check(needed); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if needed && a.kind != kind {
		return fmt.Errorf("%s: not what it has to be", name)
	}
	return nil
}

// check is called for each operand of each child's programs, so that it looks at
// the one that it is and copies none.
func (a *operand) check(needed bool) error {
	switch {
	case a.kind == operandNone && !needed:
		return nil
	case a.kind >= operandKinds:
		return errors.New("no such operand")
	case needed != (a.kind != operandNone):
		return errors.New("missing or too many")
	case a.kind == operandFile && (a.val < 0 || a.val != int64(int32(a.val))):
		return fmt.Errorf("descriptor %d", a.val)
	case a.kind == operandWord && (a.val < wordsStart || a.val%4 != 0):
		return errors.New("not a word of a board")
	case a.kind == operandValue && (a.val < wordsStart || a.val%8 != 0):
		return errors.New("not a word of a board that can hold a result")
	case a.kind == operandMemory && (a.val < wordsStart || a.val%8 != 0):
		return errors.New("not memory of a board")
	case a.kind == operandCall && (a.val <= 0 || a.val >= int64(calls)):
		return errors.New("no such call")
	case a.kind == operandField && (a.val < 0 || a.val >= stageSize):
		return errors.New("outside of the stage")
	case a.kind == operandBuffer && (a.val < 0 || a.val > maxBuffer):
		return fmt.Errorf("a buffer of %d bytes", a.val)
	case a.kind == operandString && strings.Contains(a.text, "\x00"),
		a.kind == operandVector && a.val != 0 && a.val != int64(strings.Count(a.text, "\x00"))+1:
		return errors.New("a NUL inside of a string")
	case a.kind == operandTime && a.val < 0:
		return fmt.Errorf("a time of %d ns", a.val)
	case (a.kind == operandPeer || a.kind == operandPeerFile) && a.val != int64(Child):
		return errors.New("no such peer")
	case a.kind == operandStruct:
		return checkMembers(a.members)
	}
	return nil
}

// files appends the descriptors that the operand names.
func (a *operand) files(to []FD) []FD {
	switch a.kind {
	case operandFile:
		to = append(to, FD{a.text, int(int32(a.val))})
	case operandStruct:
		if a.members == nil {
			return to
		}
		for i := range *a.members {
			to = (*a.members)[i].files(to)
		}
	}
	return to
}

func checkMembers(members *[]member) error {
	if members == nil {
		return errors.New("a structure without members")
	}
	for i := range *members {
		m := &(*members)[i]
		if m.kind == operandValue {
			return fmt.Errorf("member %d: not known before the operation runs", i)
		}
		if err := m.check(true); err != nil {
			return fmt.Errorf("member %d: %w", i, err)
		}
	}
	return nil
}

func (a operand) String() string {
	switch a.kind {
	case operandFile, operandWord, operandField, operandMemory:
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
		return quoted(a.text)
	case operandVector:
		return quotedList(a.strings())
	case operandSignals:
		return SignalSet(a.val).String()
	case operandTime:
		return fmt.Sprintf("{tv_sec=%d, tv_nsec=%d}", a.val/1e9, a.val%1e9)
	case operandBuffer:
		return "buf"
	case operandValue:
		return "*" + printable(a.text)
	case operandStruct:
		return a.filled()
	case operandCall:
		if a.val < 0 || a.val >= int64(calls) {
			return "?"
		}
		return callTable[a.val].name
	case operandNote:
		return "{note, sa_flags=SA_SIGINFO}"
	case operandAction:
		return "{return, sa_flags=0}"
	case operandPeer:
		return "child"
	case operandPeerFile:
		return "child's pidfd"
	default:
		return "?"
	}
}

// filled is the text of a structure with its blanks filled.
func (a operand) filled() string {
	s := a.text
	for _, m := range a.shownMembers() {
		s = strings.Replace(s, blank, m.String(), 1)
	}
	return s
}

func quotedList(strs []string) string {
	all := make([]string, len(strs))
	for i, s := range strs {
		all[i] = quoted(s)
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// quoted is a string as strace quotes it: bytes that cannot be printed are octal,
// with as few digits as can be told from what follows.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		c := s[i]
		escape := strings.IndexByte("\t\n\v\f\r\"\\", c)
		digit := i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9'
		switch {
		case escape >= 0:
			b.WriteByte('\\')
			b.WriteByte("tnvfr\"\\"[escape])
		case ' ' <= c && c <= '~':
			b.WriteByte(c)
		case digit:
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			fmt.Fprintf(&b, `\%o`, c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// printable is s if it can stand in a line as it is, and quoted otherwise.
func printable(s string) string {
	if q := strconv.QuoteToASCII(s); q[1:len(q)-1] != s {
		return q
	}
	return s
}
