//go:build amd64 || arm64

package fault

import (
	"errors"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/program"
)

// What follows concerns the releasing end: somebody has a copy of it.

// ownEndOpen: lxc/lxc#2139, a child that does not close its write end.
func ownEndOpen(p *trial.Parent) trial.End {
	if failed := p.Make(); failed != nil {
		return *failed
	}
	wait, kept := p.Gate.Wait().KeepingOpen()
	if len(kept) == 0 {
		return p.Moot("the child closes nothing before it waits: it has no copy of a releasing end, or needs what it has")
	}
	c, err := p.StartBy(launch.Config{CPU: -1, Untied: true, Keep: kept}, wait)
	if err != nil {
		return p.Failed(err)
	}
	return p.LetGo(c)
}

// sibling: golang/go#22315, a child that is forked in between has what is open.
func sibling(p *trial.Parent) trial.End {
	c, end := held(p)
	if end != nil {
		return *end
	}
	other, err := p.Primitive.New(p.Board)
	if err != nil {
		return p.Failed(err)
	}
	ends, err := p.Ends()
	if err != nil {
		return p.Failed(err)
	}
	l, err := p.Launcher()
	if err != nil {
		return p.Failed(err)
	}
	part := program.Part{Stage: trial.StageOther, Program: other.Wait()}
	second, err := l.Start(launch.Config{CPU: -1, Untied: true, Keep: ends}, p.Board, part)
	if err != nil {
		return p.Failed(err)
	}
	if err := p.AwaitWaiting(second, trial.StageOther); err != nil {
		return p.Failed(err)
	}
	return p.LetGoHeld(c)
}

// leakedExec: ziglang/zig#5966 and lxc/go-lxc#66, an end without O_CLOEXEC.
func leakedExec(p *trial.Parent) trial.End { return leaked(p, inherit, p.LetGoHeld) }

// thirdParty: containerd/containerd#9218, an end that a shim holds.
func thirdParty(p *trial.Parent) trial.End { return leaked(p, passOn, p.LetGoHeld) }

// leakedKilled is what a leak does to those who tell a death by the end of a pipe.
func leakedKilled(p *trial.Parent) trial.End {
	return leaked(p, inherit, func(*launch.Child) trial.End { return p.Killed() })
}

// leaked has the descriptors of a gate come to another program, and then goes on.
func leaked(p *trial.Parent, leak func(*trial.Parent, []int) error, then func(*launch.Child) trial.End) trial.End {
	c, end := held(p)
	if end != nil {
		return *end
	}
	ends, err := p.Ends()
	if err != nil {
		return p.Failed(err)
	}
	if len(ends) == 0 {
		return p.Moot("the gate has no descriptor that could leak")
	}
	var numbers []int
	for _, fd := range ends {
		numbers = append(numbers, fd.N)
	}
	switch err := leak(p, numbers); {
	case errors.Is(err, unix.EINVAL): // an io_uring: unix(7), SCM_RIGHTS, and net/core/scm.c since Linux 6.7
		return p.Moot("the kernel does not pass on a descriptor of the gate: %v", err)
	case err != nil:
		return p.Failed(err)
	}
	return then(c)
}

func inherit(p *trial.Parent, fds []int) error {
	_, err := p.Bystander(fds...)
	return err
}

func passOn(p *trial.Parent, fds []int) error {
	b, err := p.Bystander()
	if err != nil {
		return err
	}
	return b.Pass(fds...)
}

// held has a child held at a gate. The End is for one that cannot be.
func held(p *trial.Parent) (*launch.Child, *trial.End) {
	if failed := p.Make(); failed != nil {
		return nil, failed
	}
	return heldAt(p, p.Gate.Wait())
}

// heldAt is held with another wait, and further programs behind it.
func heldAt(p *trial.Parent, wait program.Program, then ...program.Program) (*launch.Child, *trial.End) {
	c, err := p.Start(0, wait, then...)
	if err != nil {
		end := p.Failed(err)
		return nil, &end
	}
	if err := p.AwaitHeld(c); err != nil {
		end := p.Ended(err)
		return nil, &end
	}
	return c, nil
}
