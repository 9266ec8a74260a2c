//go:build amd64 || arm64

package fault

import (
	"errors"
	"time"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/program"
)

// What follows concerns how many wait.

// twoWaiters: one operation that frees every waiter is what a parent of several
// children wants, and what a gate for one child must not be taken for.
func twoWaiters(p *trial.Parent) trial.End {
	c, end := held(p)
	if end != nil {
		return *end
	}
	l, err := p.Launcher()
	if err != nil {
		return p.Failed(err)
	}
	part := program.Part{Stage: trial.StageOther, Program: append(p.Gate.Wait(), program.Resumed())}
	second, err := l.Start(launch.Config{CPU: -1, Untied: true}, p.Board, part)
	if err != nil {
		return p.Failed(err)
	}
	watchSecond := func() error { return p.Watch(result.OfChild, second, part) }
	switch err := p.AwaitWaiting(second, trial.StageOther); {
	case errors.Is(err, trial.ErrEnded):
		if err := watchSecond(); err != nil {
			return p.Failed(err)
		}
		return p.Done("it cannot wait at a gate at which another waits")
	case err != nil:
		return p.Failed(err)
	}
	o, ran, err := p.Release(c)
	if err != nil {
		return p.Failed(err)
	}
	// Either may be the one that goes on, and the other is to be watched.
	for since := time.Now(); time.Since(since) < patience && p.Board.Stage(trial.StageOther).Resumed == 0; time.Sleep(nap) {
		if p.Board.Stage(trial.StageChild).Resumed == 0 && !trial.LookAt(c.PID).Gone() {
			continue
		}
		if err := watchSecond(); err != nil {
			return p.Failed(err)
		}
		break
	}
	return p.Done(p.Note(o, ran))
}
