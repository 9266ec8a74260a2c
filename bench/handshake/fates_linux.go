//go:build amd64 || arm64

package handshake

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/program"
)

// A fate is how a process of a handshake ended.
type fate struct {
	process string
	outcome program.Outcome
	step    int    // the one at which it ended, if it did not go through all; else -1
	at      string // the operation, as explain prints it
	done    bool   // it went through all its steps, or executed
	gone    bool   // it is not done, and was not among those whom a look found when all was quiet
}

func (f fate) String() string {
	o := f.outcome
	switch {
	case f.done:
		return f.process + ": done"
	case o.Verdict == program.Unfinished:
		return fmt.Sprintf("%s: at %s", f.process, f.at)
	case o.Errno != 0:
		return fmt.Sprintf("%s: %v at %s: %v", f.process, o.Verdict, f.at, o.Errno)
	case o.Result < 0: // what a message of the kernel's says
		return fmt.Sprintf("%s: %v at %s: %v", f.process, o.Verdict, f.at, unix.Errno(-o.Result))
	}
	return fmt.Sprintf("%s: %v at %s: result %d", f.process, o.Verdict, f.at, o.Result)
}

// fates are how those have ended who were there, in the order of the profile.
func (a *arena) fates() (all []fate) {
	codes := map[string]program.Code{}
	first := a.profile.Processes[0].Name
	if !a.spawned(first) {
		return []fate{{process: "keeper", outcome: a.code.Outcome(), step: -1, at: "its start"}}
	}
	codes[first] = a.code.Spawned(0)
	for _, process := range a.profile.Processes {
		code, there := codes[process.Name]
		if !there {
			continue
		}
		for i, child := range a.spawns[process.Name] {
			if a.spawned(child) {
				codes[child] = code.Spawned(i)
			}
		}
		all = append(all, a.fateOf(process.Name, code))
	}
	return all
}

// spawned reports whether a process has been there.
func (a *arena) spawned(name string) bool { return a.setting.board.Value(a.pids[name]) != 0 }

func (a *arena) fateOf(name string, code program.Code) fate {
	f := fate{process: name, outcome: code.Outcome(), step: -1}
	steps := a.steps[name]
	if f.outcome.Verdict == program.Released {
		f.done = true
		return f
	}
	part := f.outcome.Part
	if name == a.profile.Processes[0].Name {
		part-- // that in which it was let go
	}
	if f.outcome.Verdict == program.Unfinished {
		f.step = a.reached(name)
		f.done = f.step < 0 // it has executed, or has only its children to wait for
		if f.step >= 0 {
			f.at = a.profile.Steps[f.step].about()
		}
		f.gone = !f.done && !a.lives(name)
		return f
	}
	if part >= 0 && part < len(steps) {
		f.step = steps[part]
		f.at = a.profile.Steps[f.step].about()
		if op, ok := a.op(name, part, f.outcome.Index); ok {
			text := op.Bare()
			if a.profile.Steps[f.step].Kind == Clones { // what the clone is to do would hide the reason
				text, _, _ = strings.Cut(text, " { ")
			}
			f.at += ", " + text
		}
	}
	return f
}

// lives reports whether a process was among those who were there when nothing moved any
// more. Its ID is as whoever cloned it sees it.
func (a *arena) lives(name string) bool {
	id, depth := int(a.setting.board.Value(a.pids[name])), 0
	if a.inner[name] {
		depth = 1
	}
	return slices.ContainsFunc(a.alive, func(ids []int) bool { return depth < len(ids) && ids[depth] == id })
}

// op is an operation of a process.
func (a *arena) op(name string, part, index int) (program.Op, bool) {
	parts := a.programs[name]
	if part >= len(parts) || index >= len(parts[part].Program) {
		return program.Op{}, false
	}
	return parts[part].Program[index], true
}

// reached is the step at which a process is that has not come to its end: the first that
// it has begun and not ended, or the first that it has not begun.
func (a *arena) reached(name string) int {
	for _, i := range a.steps[name] {
		step, stage := a.profile.Steps[i], a.setting.board.Stage(stageOf(i))
		ended := stage.Signalled
		switch {
		case step.Kind == Clones && step.To == name, step.Kind == Releases && step.To == name:
			ended = stage.Resumed
		case step.Kind == Exits, step.ByExec:
			ended = stage.Released
		case step.Kind == Executes:
			ended = 0
			if a.executed() {
				ended = stage.Released
			}
		}
		if ended == 0 {
			return i
		}
	}
	return -1
}

// about is a step in words.
func (s Step) about() string {
	switch s.Kind {
	case Clones:
		return "clone of " + s.To
	case Does:
		return s.Work.Name
	case Releases:
		return "stage " + s.Name
	case Reaps:
		return "end of " + s.To
	case Exits:
		return "exit"
	}
	return "execve"
}

// A passed is what a handshake came to, but for its stamps.
type passed struct {
	fates []fate
	hung  bool
	wrong []string // with the world in which the payload began
}

// outcome is that of the handshake as a whole: the worst of its processes.
func (p passed) outcome() (worst string) {
	worst = result.OutcomeReleased
	for _, f := range p.fates {
		switch {
		case f.done:
		case p.hung:
			return result.OutcomeHung
		case f.outcome.Verdict == program.ParentGone:
			worst = result.OutcomeParentGone
		case f.outcome.Verdict == program.Failed:
			return result.OutcomeFailed
		case worst == result.OutcomeReleased:
			worst = result.OutcomeKilled
		}
	}
	return worst
}

// err says what went wrong in a handshake that was to go well.
func (p passed) err() error {
	var all []string
	for _, f := range p.fates {
		if !f.done {
			all = append(all, f.String())
		}
	}
	switch {
	case all == nil:
		return nil
	case p.hung:
		return errors.New("it hangs: " + strings.Join(all, "; "))
	}
	return errors.New(strings.Join(all, "; "))
}

// executed reports whether the payload has begun, which it has once it has looked at its
// world: one that is killed on the way there has not. Where nothing is executed it has
// with its last stamp.
func (c *compiled) executed() bool {
	for i, s := range c.profile.Steps {
		if s.Kind == Executes {
			return c.setting.board.Stage(stageOf(i)).Released != 0 && (!c.setting.world.executes || c.setting.world.looked())
		}
	}
	return false
}
