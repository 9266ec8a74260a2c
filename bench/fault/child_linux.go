//go:build amd64 || arm64

package fault

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/program"
)

// What follows concerns the child.

// childKilled: a child that dies before its time, freedesktop bug 76193.
func childKilled(p *trial.Parent) trial.End { return releaseOfDead(p, false) }

// releaseAfterDeath: the same, when its process ID is free again.
func releaseAfterDeath(p *trial.Parent) trial.End { return releaseOfDead(p, true) }

func releaseOfDead(p *trial.Parent, reaped bool) trial.End {
	c, end := held(p)
	if end != nil {
		return *end
	}
	release, run, err := releasing(p, c)
	if err != nil {
		return p.Failed(err)
	}
	if err := killChild(c, reaped); err != nil {
		return p.Failed(err)
	}
	// As a program has it that does not ignore SIGPIPE. The Go runtime does.
	if _, err := p.Run(program.Env{}, program.Program{program.Default(program.SIGPIPE)}); err != nil {
		return p.Failed(err)
	}
	if err := p.WatchSelf(release); err != nil {
		return p.Failed(err)
	}
	o, err := run()
	if err != nil {
		return p.Failed(err)
	}
	return p.Met(o, release, "")
}

// releasing prepares a release while the child can still be asked for what it takes.
func releasing(p *trial.Parent, c *launch.Child) (release program.Program, run func() (program.Outcome, error), err error) {
	release = p.Gate.Release(program.Child)
	run, err = p.Prepare(c, release)
	return release, run, err
}

// killChild kills the child and waits for its end. Its pidfd stays open, which a
// reaping by the launcher would close.
func killChild(c *launch.Child, reap bool) error {
	if err := c.Kill(); err != nil {
		return err
	}
	if err := c.AwaitEnd(); err != nil {
		return err
	}
	if !reap {
		return nil
	}
	for {
		_, err := unix.Wait4(c.PID, nil, unix.WALL, nil)
		if err != unix.EINTR {
			return err
		}
	}
}

// idle is what one does that is to live on: it waits for no signal at all.
var idle = program.Program{program.Sigwait(program.Signals())}

// forkInChild: lxc/lxc#4112, an init that forks where it was to execute.
func forkInChild(p *trial.Parent) trial.End {
	if failed := p.Make(); failed != nil {
		return *failed
	}
	forked := program.Spawn(0, program.Part{Stage: trial.StageOther, Program: idle})
	c, end := heldAt(p, append(program.Program{forked}, p.Gate.Wait()...))
	if end != nil {
		return *end
	}
	return p.LetGoHeld(c)
}

// halfDead: a filter that kills a thread and not its process leaves one that is
// neither dead nor alive: nobody is told, and its descriptors stay open.
func halfDead(p *trial.Parent) trial.End {
	if failed := p.Make(); failed != nil {
		return *failed
	}
	wait, end := refusing(p, program.RefuseByKill)
	if end != nil {
		return *end
	}
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return p.Failed(err)
	}
	thread := program.SpawnThread(program.Part{Stage: trial.StageOther, Program: idle})
	life := program.FD{Name: "life", N: ends[1]}
	c, err := p.StartBy(launch.Config{CPU: -1, Untied: true, Keep: []program.FD{life}}, append(program.Program{thread}, wait...))
	if err == nil {
		err = unix.Close(ends[1])
	}
	if err != nil {
		return p.Failed(err)
	}
	for l := trial.LookAt(c.PID); !p.Board.AwaitArmed(trial.StageChild, 1) || !l.Rests() && !l.Gone(); l = trial.LookAt(c.PID) {
		if c.Ended() {
			return p.Done("")
		}
		time.Sleep(nap)
	}
	if err := p.Hold(c); err != nil && !errors.Is(err, trial.ErrEnded) { // its first thread has
		return p.Failed(err)
	}
	o, ran, err := p.Release(c)
	if err != nil {
		return p.Failed(err)
	}
	seen, err := whatIsTold(c, ends[0])
	if err != nil {
		return p.Failed(err)
	}
	return p.Done(trial.Also(p.Note(o, ran), seen))
}

// whatIsTold says what a parent is told of a child: by a pipe whose other end only
// the child has, and by its end.
func whatIsTold(c *launch.Child, life int) (string, error) {
	atEnd, err := trial.Readable(life, told)
	if err != nil {
		return "", err
	}
	pipe := "no end of file in a pipe of the child's"
	if atEnd {
		pipe = "end of file in a pipe of the child's"
	}
	end := "no sign of its end to waitid"
	if c.Ended() {
		end = "its end to waitid"
	}
	return fmt.Sprintf("the parent sees %s and %s", pipe, end), nil
}

// told is how long a parent waits to be told: a hundred times what it takes.
const told = 20 * time.Millisecond

// executes: the runtimes that execute their second stage, such as runc's init.
func executes(p *trial.Parent) trial.End {
	if failed := p.Make(); failed != nil {
		return *failed
	}
	c, err := startAcross(p)
	if err != nil {
		return p.Failed(err)
	}
	err = p.AwaitHeld(c)
	if errors.Is(err, trial.ErrEnded) && trial.LookAt(c.PID).Stops() && !p.Board.AwaitArmed(trial.StageChild, 1) {
		return p.Done("it stands at its execve, where a tracer has to let it go on first: ptrace(2), PTRACE_TRACEME")
	}
	if err != nil {
		return p.Ended(err)
	}
	return p.LetGoHeld(c)
}

// startAcross starts a child that executes this program between what it does before
// its wait and the wait.
func startAcross(p *trial.Parent) (*launch.Child, error) {
	prepare, wait := p.Gate.Wait().Split()
	wait = append(slices.Clip(wait), program.Resumed())
	part := program.Part{Stage: trial.StageChild, Program: wait}
	code, err := p.Board.Load(program.Env{}, part)
	if err != nil {
		return nil, err
	}
	// No signal may come to a handler of the Go runtime that begins there.
	prepare = append(slices.Clip(prepare), program.SetMask(^program.SignalSet(0)))
	again, err := p.Board.ExecAgain(code, prepare, wait)
	if err != nil {
		return nil, err
	}
	l, err := p.Launcher()
	if err != nil {
		return nil, err
	}
	c, err := l.Start(launch.Config{CPU: -1, Untied: true, Keep: append(wait.Files(), p.Board.File())}, p.Board,
		program.Part{Stage: trial.StageChild, Program: append(prepare, again...)})
	if err != nil {
		return nil, err
	}
	return c, p.WatchCode(result.OfChild, c.PID, code, part)
}
