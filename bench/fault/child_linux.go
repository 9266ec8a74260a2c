//go:build amd64 || arm64

package fault

import (
	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
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

func forkInChild(p *trial.Parent) trial.End { return p.Unavailable("soon") }
func halfDead(p *trial.Parent) trial.End    { return p.Unavailable("soon") }
func executes(p *trial.Parent) trial.End    { return p.Unavailable("soon") }
