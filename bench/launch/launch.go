// Package launch starts a child in new namespaces with a program to run, and
// never loses one.
//
// A child that outlives its parent is a process that spins in somebody's
// machine for ever, so everything here is about its end. It asks for SIGKILL
// at the death of the thread that cloned it, and then looks whether that thread
// is already gone. Whoever ends the run, for whatever reason, calls Close, and
// every child is killed and reaped by its process ID, which is its own until it
// is reaped: the two take turns under one lock.
//
// The child runs on a stack of its own and in the interpreter of package
// program; nothing of the Go runtime is there, unless the child is executed anew,
// and then it is out of the way. It keeps the descriptors that its programs name,
// and closes all others before it does anything else: a write end that belongs to
// another gate would hold that gate's child. See [Kind] for how it comes to be.
package launch

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/nsbench/nsbench/sync/program"
)

// A Config is how a child is to come to be.
type Config struct {
	Kind       Kind // how; the zero value is Clone
	Namespaces Namespaces
	CPU        int          // that the child is pinned to; negative for none
	Keep       []program.FD // descriptors that the child keeps besides those that its programs name

	// Outlives is for a child that clears away behind its parent, which it
	// learns the end of by itself: a read of a pipe that only the parent can
	// write to. No parent-death signal is asked for and Launcher.Kill leaves it
	// alone. It begins and stays with every signal blocked, lest an interrupt of
	// the whole process group ends it first. Launcher.Close ends it.
	Outlives bool

	// Untied is for a child of which it is to be seen what it does when its
	// parent dies: it asks for no parent-death signal. Whoever sets it sees to its
	// end, also after this process has been killed.
	Untied bool
}

// ErrUnsupported says that children cannot be cloned on this OS.
var ErrUnsupported = fmt.Errorf("clone: namespaces are a thing of Linux: %w", errors.ErrUnsupported)

// Prologue is what a child does before its first gate: it ties its life to its
// parent's, and lets go of what is not its own. parent is a pidfd of the
// parent. The programs are those that the child will run.
func Prologue(parent program.FD, keep []program.FD, then ...program.Part) program.Program {
	m := newPrologues(parent)
	return m.make(Config{Keep: keep}, then)
}

// ties tie a child's life to its parent's.
func ties(parent program.FD) program.Program {
	return program.Program{
		program.ParentDeathSignal(program.SIGKILL),

		// A parent that died before the line above sends no signal any
		// more. getppid cannot tell: from inside of a PID namespace it is
		// always 0. A pidfd can: it is readable once the process has ended.
		program.PollIn(parent).Want(0).Gone(1),
	}
}

// prologues make prologues, one for each child and within what is measured as a
// cycle. So what is the same for all is made before, and each has the memory of
// the one before.
type prologues struct {
	ties  program.Program
	mask  program.Op        // for the signals
	waits program.SignalSet // that the child before waited for
	made  program.Program
	keep  []program.FD
	parts []program.Part
}

func newPrologues(parent program.FD) prologues {
	return prologues{ties: ties(parent), mask: program.SetMask(0)}
}

// make returns a prologue that is good until the next one is made. That of a child
// which is to outlive its parent ties it to nobody, and leaves every signal blocked.
func (m *prologues) make(cfg Config, then []program.Part) program.Program {
	m.keep = append(m.keep[:0], cfg.Keep...)
	var signals program.SignalSet
	for _, part := range then {
		m.keep = part.Program.AppendFiles(m.keep)
		signals |= part.Program.Signals()
	}
	slices.SortFunc(m.keep, func(a, b program.FD) int { return a.N - b.N })
	if cfg.Outlives {
		m.made = CloseAllBut(m.made[:0], m.keep)
	} else {
		if signals != m.waits {
			m.mask, m.waits = program.SetMask(signals), signals
		}
		m.made = m.made[:0]
		if !cfg.Untied {
			m.made = append(m.made, m.ties...)
		}
		m.made = append(CloseAllBut(m.made, m.keep), m.mask)
	}
	return m.made
}

// before returns the parts with a prologue before them.
func (m *prologues) before(cfg Config, then []program.Part) []program.Part {
	m.parts = append(append(m.parts[:0], program.Part{Program: m.make(cfg, then)}), then...)
	return m.parts
}

// CloseAllBut appends to a program what closes every descriptor but those given, which are in
// order and may be given twice.
func CloseAllBut(p program.Program, keep []program.FD) program.Program {
	next := 0
	for _, fd := range keep {
		if fd.N > next {
			p = append(p, program.CloseRange(uint32(next), uint32(fd.N-1)))
		}
		next = max(next, fd.N+1)
	}
	return append(p, program.CloseRange(uint32(next), math.MaxUint32))
}

// An Exit is how a child ended.
type Exit struct {
	Status int // of exit_group, if Signal is 0
	Signal int // that killed it
}

func (e Exit) String() string {
	if e.Signal != 0 {
		return fmt.Sprintf("killed by signal %d", e.Signal)
	}
	return fmt.Sprintf("exit status %d", e.Status)
}

// A CloneError says that a child could not be cloned into its namespaces.
type CloneError struct {
	Namespaces Namespaces
	Err        error // the errno
}

func (e *CloneError) Error() string {
	return fmt.Sprintf("clone into new namespaces %v: %v", e.Namespaces, e.Err)
}

func (e *CloneError) Unwrap() error { return e.Err }
