//go:build amd64 || arm64

package condition

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/program"
)

// A janitor is a process that removes a control group when this process ends,
// however that ends: it reads from a pipe that nobody writes to, and whose write
// end only this process has.
//
// The design that lost is to sweep up at the next start what an earlier run has
// left: there may be no next one, and a name with a process ID in it may be that
// of a run which is under way in another PID namespace.
type janitor struct {
	board *program.Board
	child *launch.Child
	alive int // the write end
	kept  []int
}

// patience is how long a janitor sleeps between two attempts.
const patience = time.Millisecond

// hire starts a janitor for a group that need not be there yet.
func hire(by *launch.Launcher, dir string, at place) (_ *janitor, err error) {
	j := &janitor{alive: -1}
	defer func() {
		if err != nil {
			err = errors.Join(err, j.free())
		}
	}()
	if j.board, err = program.NewBoard(spinnerRoom, program.Syscall); err != nil {
		return nil, err
	}
	if err = j.board.Reset(1); err != nil {
		return nil, err
	}
	var ends [2]int
	if err = unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return nil, os.NewSyscallError("pipe2", err)
	}
	j.alive = ends[1]
	j.kept = append(j.kept, ends[0])
	p := program.Program{
		program.Read(program.FD{Name: "parent", N: ends[0]}, 1).Want(0),
		program.RemoveDir(dir, patience).Try(), // which it may never have come to
	}
	if at.enables {
		control, err := unix.Open(at.control(), unix.O_WRONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return nil, &os.PathError{Op: "open", Path: at.control(), Err: err}
		}
		j.kept = append(j.kept, control)
		p = append(p, program.Write(program.FD{Name: "cgroup.subtree_control", N: control}, "-cpu").Try())
	}
	j.child, err = by.Start(launch.Config{CPU: -1, Outlives: true}, j.board, program.Part{Program: p})
	if err != nil {
		return nil, err
	}
	kept := j.kept
	j.kept = nil
	return j, closeAll(kept)
}

func closeAll(fds []int) error {
	var errs []error
	for _, fd := range fds {
		errs = append(errs, os.NewSyscallError("close", unix.Close(fd)))
	}
	return errors.Join(errs...)
}

// dismiss has the janitor do its work, and returns when it is done. It calls
// vacate until then.
func (j *janitor) dismiss(vacate func() error) error {
	errs := []error{closeAll([]int{j.alive})}
	j.alive = -1
	for !j.child.Ended() {
		if err := vacate(); err != nil {
			errs = append(errs, err, j.child.Kill())
			break
		}
		nap()
	}
	exit, err := j.child.Wait()
	if o := j.child.Outcome(); o.Verdict != program.Released {
		err = errors.Join(err, fmt.Errorf("janitor of a control group: %v (%v)", o, exit))
	}
	j.child = nil
	return errors.Join(append(errs, err, j.free())...)
}

// free undoes what hire did, but for the child.
func (j *janitor) free() error {
	fds := j.kept
	if j.alive >= 0 {
		fds = append(fds, j.alive)
	}
	errs := []error{closeAll(fds)}
	if j.board != nil && j.child == nil {
		errs = append(errs, j.board.Close())
	}
	j.kept, j.alive, j.board = nil, -1, nil
	return errors.Join(errs...)
}
