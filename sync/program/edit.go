package program

import (
	"slices"
	"strings"
)

// Edits make another program of one, and leave that one as it is: a fault is an
// edit. What they are asked about is asked of the operations and never of a gate.

// Split parts a program at its Arm: what stands before it, and Arm with what
// follows. A program without Arm is all before.
func (p Program) Split() (before, after Program) {
	for i := range p {
		if p[i].kind == kindArm {
			return p[:i:i], p[i:]
		}
	}
	return p, nil
}

// KeepingOpen is the program without the closes that stand before its Arm, and the
// descriptors that it so keeps: as a rule the other side's ends, which keep the other
// side's death from showing. What the program has opened itself it closes all the
// same: that is not inherited.
func (p Program) KeepingOpen() (edited Program, kept []FD) {
	before, after := p.Split()
	for i := range before {
		if op := &before[i]; op.kind == kindCall && op.call == callClose && op.first[0].kind == operandFile {
			kept = op.first[0].files(kept)
			continue
		}
		edited = append(edited, before[i])
	}
	return append(edited, after...), kept
}

// TakingEnd is the program as one that does not tell the other side's end from its
// release: where an operation would have to have a result, and another means that the
// other side is gone, any will do.
func (p Program) TakingEnd() Program {
	edited := slices.Clone(p)
	for i := range edited {
		if op := &edited[i]; op.goners {
			op.wants, op.goners = false, false
		}
	}
	return edited
}

// Under is the program with each path below a directory looked up from there, by a
// descriptor, where it was looked up from the root: so it holds in a process that has
// come by another root. path_resolution(7).
func (p Program) Under(path string, dir FD) Program {
	edited := slices.Clone(p)
	for i := range edited {
		op := &edited[i]
		if !op.calls() || !op.call.looksUp() || op.first[0].kind != operandNumber || op.first[0].val != atFDCWD {
			continue
		}
		if rest, below := strings.CutPrefix(op.first[1].text, strings.TrimSuffix(path, "/")+"/"); below && op.first[1].kind == operandString {
			op.first[0], op.first[1].text = dir.file(), rest
		}
	}
	return edited
}

// looksUp reports whether the call takes a directory and a path.
func (c call) looksUp() bool {
	switch c {
	case callOpenat, callMknodat, callStatx, callUnlinkat, callMkdirat, callReadlinkat:
		return true
	}
	return false
}

// Once is the program as one that does not know of EINTR: none of its calls is made
// again after it. A call that a handler interrupts fails with EINTR, and the program
// ends there, unless a word that the call was to wait for has its value by then.
// A program that looks again after a sleep does so however that sleep ended.
func (p Program) Once() Program {
	edited := slices.Clone(p)
	for i := range edited {
		edited[i].once = edited[i].callsAgain()
	}
	return edited
}

// callsAgain reports whether an interrupted call of the operation is made again.
func (op *Op) callsAgain() bool {
	switch op.kind {
	case kindWhile: // a sleep between two looks is over when it is over
		return op.call != callNanosleep
	case kindSleep:
		return true
	case kindCall:
		return op.call < calls && callTable[op.call].eintr == eintrAgain
	}
	return false
}

// TakesProcess reports whether the program has an operation that takes the process
// on the other side by its ID, which means what the caller's PID namespace says.
func (p Program) TakesProcess() bool { return p.takes(operandPeer) }

// TakesPidfd reports whether the program has an operation that takes a pidfd of
// the process on the other side.
func (p Program) TakesPidfd() bool { return p.takes(operandPeerFile) }

func (p Program) takes(kind operandKind) bool {
	for i := range p {
		for j := range p[i].arity() {
			if p[i].arg(j).takes(kind) {
				return true
			}
		}
	}
	return false
}

func (a *operand) takes(kind operandKind) bool {
	if a.kind != operandStruct || a.members == nil {
		return a.kind == kind
	}
	return slices.ContainsFunc(*a.members, func(m member) bool { return m.takes(kind) })
}

// Toward is the program that does to the process of an ID and a pidfd, which are
// known only when it runs, what this one does to the process on the other side. The
// ID is what pid holds by then. Before each operation that takes it stands Positive:
// 0 is the caller's whole process group to kill(2), and -1 everybody.
func (p Program) Toward(pid Word, pidfd File) Program {
	var edited Program
	for i := range p {
		op := p[i]
		if p[i : i+1].TakesProcess() {
			edited = append(edited, Positive(pid))
		}
		edited = append(edited, op.toward(pid.process(), pidfd.file()))
	}
	return edited
}

func (op Op) toward(pid, pidfd operand) Op {
	args := make([]operand, op.arity())
	for i := range args {
		switch args[i] = *op.arg(i); args[i].kind {
		case operandPeer:
			args[i] = pid
		case operandPeerFile:
			args[i] = pidfd
		}
	}
	return op.replaceArgs(args)
}

// replaceArgs is the operation with other arguments, as many as it has.
func (op Op) replaceArgs(args []operand) Op {
	op.fetches = 0
	for i := range args {
		if args[i].kind == operandValue {
			op.fetches++
		}
	}
	if n := copy(op.first[:], args); n < len(args) {
		return op.with(func(a *aside) { copy(a.rest[:], args[n:]) })
	}
	return op
}

// Calls are system calls by their names on any architecture, each once.
type Calls []call

// String prints the names.
func (c Calls) String() string {
	names := make([]string, len(c))
	for i := range c {
		names[i] = callTable[c[i]].name
	}
	return strings.Join(names, ", ")
}

// Waits are the system calls that the program makes from its Arm on, without those
// of the harness: the proof on both sides of a wait, the stamps, and the end of the
// process. A wait that makes no call has none.
func (p Program) Waits() Calls {
	_, after := p.Split()
	var waits Calls
	add := func(c call) {
		if !slices.ContainsFunc(waits, func(d call) bool { return callTable[c].name == callTable[d].name }) {
			waits = append(waits, c)
		}
	}
	for i := range after {
		switch op := &after[i]; op.kind {
		case kindCall, kindWhile, kindEvery:
			if op.call != callNone && op.call < calls && !op.call.harness() {
				add(op.call)
			}
			if op.kind == kindEvery {
				add(callNanosleep)
			}
		case kindSleep:
			add(callClockNanosleep)
		}
	}
	return waits
}

// harness reports whether the interpreter makes the call for every program.
func (c call) harness() bool {
	switch c {
	case callGetrusage, callClockGettime, callGetcpu, callExit:
		return true
	}
	return false
}

// Opens are the words into which calls of the program put descriptors.
func (p Program) Opens() (all []Word) {
	for i := range p {
		if into := p[i].besides().into; into.kind == operandWord && p[i].kind == kindCall && p[i].call.opens() {
			all = append(all, Word{into.text, int(into.val)})
		}
	}
	return all
}

// opens reports whether the result of the call is a descriptor.
func (c call) opens() bool {
	switch c {
	case callOpenat, callMqOpen, callInotifyInit, callEpollCreate, callSignalfd, callUserfaultfd, callSocket, callAccept, callPidfdOpen, callPidfdGetfd, callSeccomp:
		return true
	}
	return false
}

// takesWord reports whether an operation has what a word holds for an argument.
func (p Program) takesWord(w Word) bool {
	for i := range p {
		for j := range p[i].arity() {
			if a := p[i].arg(j); a.kind == operandValue && a.val == int64(w.offset) {
				return true
			}
		}
	}
	return false
}
