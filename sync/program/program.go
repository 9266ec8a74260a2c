// Package program holds what one side of a gate does, as data: a list of
// system calls and memory operations, and one small interpreter that runs it.
//
// The child of a raw clone cannot run ordinary Go: it has no scheduler, must
// not allocate and cannot grow its stack. So a primitive never hands over a
// function. It hands over a Program, which the launcher resolves into shared
// memory and which the same nosplit interpreter runs on both sides. The
// consequence: both sides are stamped by the same few instructions, so the
// harness adds the same to every primitive; a fault is an edit of a list; and
// what String prints is not a description of what runs, but the value that runs.
//
// Operands are symbolic until a Board resolves them: descriptors by name,
// memory by its place in the board, the process on the other side by its role.
// Nothing in a program points into the Go heap or a stack.
package program

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Program is what one side of a gate does, in order. It ends with its first
// operation that does not go as wanted; see Outcome.
type Program []Op

// String prints the program as strace would, one operation a line.
func (p Program) String() string {
	var b strings.Builder
	for _, op := range p {
		b.WriteString(op.String())
		b.WriteByte('\n')
	}
	return b.String()
}

// AppendFiles appends the descriptors that the program names, as they come and as
// often, with those of the programs that it spawns.
func (p Program) AppendFiles(fds []FD) []FD {
	for i := range p {
		for j := range p[i].arity() {
			fds = p[i].arg(j).files(fds)
		}
		if s := p[i].besides().spawn; s != nil {
			for _, part := range s.parts {
				fds = part.Program.AppendFiles(fds)
			}
		}
	}
	return fds
}

// Files returns the descriptors that the program names, in the order of their
// numbers and each once: what a process that runs it must still have.
func (p Program) Files() []FD {
	fds := p.AppendFiles(nil)
	slices.SortFunc(fds, func(a, b FD) int { return a.N - b.N })
	return slices.CompactFunc(fds, func(a, b FD) bool { return a.N == b.N })
}

// Closes reports whether the program closes fd.
func (p Program) Closes(fd FD) bool {
	for i := range p { // an Op is large, to be copied for each look
		if op := &p[i]; op.kind == kindCall && op.call == callClose && op.first[0].val == int64(fd.N) {
			return true
		}
	}
	return false
}

// Signals returns the signals that the program, or one that it spawns, waits for. They must be blocked
// from before the process begins to run, or one that comes early would be
// acted upon instead of kept. sigwaitinfo(2), NOTES.
func (p Program) Signals() SignalSet {
	var set SignalSet
	for i := range p {
		set |= p[i].waits
		if s := p[i].besides().spawn; s != nil {
			for _, part := range s.parts {
				set |= part.Program.Signals()
			}
		}
	}
	return set
}

// Maximum length of a program: far above any real one, and low enough that an
// index always fits wherever it is kept.
const maxOps = 1 << 20

// Check refuses a program that could not run as meant, and names the first
// operation at fault by its index. It is called before anything is cloned.
func (p Program) Check() error {
	if len(p) > maxOps {
		return fmt.Errorf("program: %d operations, at most %d", len(p), maxOps)
	}
	armed := false
	for i := range p {
		op := &p[i] // an Op is large, and this stands between two clones
		err := op.check()
		if err == nil && op.kind == kindArm && armed {
			err = errors.New("a second arm")
		}
		if err != nil {
			return &OpError{Index: i, Op: *op, Err: err}
		}
		armed = armed || op.kind == kindArm
	}
	return nil
}

// An OpError says which operation of a program is at fault.
type OpError struct {
	Index int // from 0
	Op    Op
	Err   error
}

func (e *OpError) Error() string {
	return fmt.Sprintf("program: op %d: %v: %v", e.Index, e.Op, e.Err)
}

func (e *OpError) Unwrap() error { return e.Err }
