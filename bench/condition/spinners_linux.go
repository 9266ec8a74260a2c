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

// spin starts one process on each of the CPUs, which may be given several times,
// has it settled by its process ID, and lets all of them go. They have a board of
// their own, since that of what is measured is cleared for each child.
//
// The design that lost is to have them wait between blocks, stopped by SIGSTOP:
// it saves a tenth of a millisecond a block, and leaves processes about that a
// hand which misses one SIGCONT measures without.
func spin(by *launch.Launcher, cpus []int, busy busyness, settle func(pid int) error) (s *Spinners, err error) {
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
	settled, err := s.board.Word("settled")
	if err != nil {
		return s, err
	}
	for stage, cpu := range cpus {
		child, err := by.Start(launch.Config{CPU: cpu}, s.board, program.Part{Stage: stage, Program: busy.program(settled)})
		if err != nil {
			return s, err
		}
		s.children = append(s.children, child)
		if err := settle(child.PID); err != nil {
			return s, err
		}
	}
	code, err := s.board.Load(program.Env{}, program.Part{Program: program.Program{program.Store(settled, 1), program.FutexWake(settled, len(cpus))}})
	if err != nil {
		return s, err
	}
	program.Run(code)
	return s, s.awaitRunning()
}

// A busyness is an operation that never ends on a word that nobody stores.
type busyness func(program.Word, uint32) program.Op

// program sleeps until it has been put where it belongs, lest it be in the way of
// the thread that does so; then notes on which CPU it runs, and is busy until it
// is killed.
func (busy busyness) program(settled program.Word) program.Program {
	return program.Program{
		program.FutexWait(settled, 0),
		program.ReleaseCPU(),
		program.Arm(),
		busy(settled, 2),
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
