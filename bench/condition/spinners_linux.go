//go:build amd64 || arm64

package condition

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/program"
)

// Spinners are processes that do nothing but keep a CPU busy each.
type Spinners struct {
	board    *program.Board
	children []*launch.Child
	cpus     []int // of the children
}

// Room on a board for one of them: its stage, its words and its code, with as
// much again.
const spinnerRoom = 8 << 10

// A spinning is how spinners are busy, and how each is made what it has to be, by
// its process ID.
type spinning struct {
	busy   func(program.Word, uint32) program.Op
	settle func(pid int) error

	// late settles them when they have been seen to run, and not before: once
	// settled they may not come to run as long as others would.
	late bool
}

// spin starts one process on each of the CPUs, which may be given several times,
// and returns when all have been seen to run there. They have a board of their
// own, since that of what is measured is cleared for each child.
//
// The design that lost is to have them wait between blocks, stopped by SIGSTOP:
// it saves a tenth of a millisecond a block, and leaves processes about that a
// hand which misses one SIGCONT measures without.
func spin(by *launch.Launcher, cpus []int, how spinning) (s *Spinners, err error) {
	s = &Spinners{cpus: slices.Clone(cpus)}
	if len(cpus) == 0 {
		return s, nil
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.clear())
			s = nil
		}
	}()
	// A clock that every machine has: a stamp says here that, and not when.
	if s.board, err = program.NewBoard(len(cpus)*spinnerRoom, program.Syscall); err != nil {
		return s, err
	}
	if err = s.board.Reset(len(cpus)); err != nil {
		return s, err
	}
	turn, err := s.board.Word("turn")
	if err != nil {
		return s, err
	}
	for stage, cpu := range cpus {
		child, err := by.Start(launch.Config{CPU: cpu}, s.board, program.Part{Stage: stage, Program: how.program(turn)})
		if err != nil {
			return s, err
		}
		s.children = append(s.children, child)
	}
	settle := func() error { return s.each(how.settle) }
	steps := []func() error{settle, s.turn(turn, toRun), s.awaitRunning}
	if how.late {
		steps = []func() error{s.turn(turn, toRun), s.awaitRunning, settle, s.turn(turn, toBeBusy)}
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return s, err
		}
	}
	return s, nil
}

// What a spinner's word tells it: first it sleeps, lest it be in the way of the
// thread that puts it where it belongs.
const (
	toSleep uint32 = iota
	toRun
	toBeBusy
	never
)

// program is a spinner's: it notes on which CPU it runs, and is busy until it is
// killed.
func (how spinning) program(turn program.Word) program.Program {
	p := program.Program{program.FutexWait(turn, toSleep), program.ReleaseCPU(), program.Arm()}
	if how.late {
		p = append(p, program.FutexWait(turn, toRun))
	}
	return append(p, how.busy(turn, never))
}

func (s *Spinners) each(do func(pid int) error) error {
	for _, child := range s.children {
		if err := do(child.PID); err != nil {
			return err
		}
	}
	return nil
}

// turn tells all of them what to do next.
func (s *Spinners) turn(w program.Word, to uint32) func() error {
	return func() error {
		code, err := s.board.Load(program.Env{}, program.Part{Program: program.Program{program.Store(w, to), program.FutexWake(w, len(s.children))}})
		if err != nil {
			return err
		}
		if o := program.Run(code); o.Verdict != program.Released {
			return fmt.Errorf("busy threads: %v", o)
		}
		return nil
	}
}

// awaitRunning waits until each has run, and looks where. It sleeps in between:
// this thread may stand in the way.
func (s *Spinners) awaitRunning() error {
	for i, child := range s.children {
		for !s.board.AwaitArmed(i, 1) {
			if child.Ended() {
				return fmt.Errorf("busy thread on CPU %d: ended before it ran: %v", s.cpus[i], child.Outcome())
			}
			nap()
		}
		if ran := s.board.Stage(i).ParentCPU; int(ran) != s.cpus[i] {
			return fmt.Errorf("busy thread on CPU %d: runs on CPU %d", s.cpus[i], ran)
		}
	}
	return nil
}

// nap lets others run between two looks. An interrupted one is as good.
func nap() {
	moment := unix.NsecToTimespec(20_000)
	_ = unix.Nanosleep(&moment, nil)
}

// End kills them all and reaps them. It is an error if one had ended before:
// then the condition had not held to the end.
func (s *Spinners) End() error {
	var errs []error
	for i, child := range s.children {
		if child.Ended() {
			errs = append(errs, fmt.Errorf("busy thread on CPU %d: ended before its time: %v", s.cpus[i], child.Outcome()))
		}
	}
	return errors.Join(append(errs, s.clear())...)
}

// clear kills all before it waits for the first: they end side by side.
func (s *Spinners) clear() error {
	var errs []error
	for _, child := range s.children {
		errs = append(errs, child.Kill())
	}
	for _, child := range s.children {
		_, err := child.Wait()
		errs = append(errs, err)
	}
	s.children = nil
	if s.board != nil {
		errs = append(errs, s.board.Close())
		s.board = nil
	}
	return errors.Join(errs...)
}
