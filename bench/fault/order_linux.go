//go:build amd64 || arm64

package fault

import (
	"math"
	"time"

	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// What follows concerns the order of things.

// earlyRelease: the release that comes before the wait, which signals lost in runc
// before 2016.
func earlyRelease(p *trial.Parent) trial.End {
	if failed := p.Make(); failed != nil {
		return *failed
	}
	if _, ok := p.Gate.(gate.Holder); ok {
		return p.Moot("the parent can only release a child that it has seen held: see explain")
	}
	on, err := p.Board.Word("go on")
	if err != nil {
		return p.Failed(err)
	}
	c, err := p.Start(0, append(program.Program{program.FutexWait(on, 0)}, p.Gate.Wait()...))
	if err != nil {
		return p.Failed(err)
	}
	o, ran, err := p.Release(c)
	if err == nil {
		err = letOn(p, on)
	}
	if err != nil {
		return p.Failed(err)
	}
	return p.Done(p.Note(o, ran))
}

// letOn has one that waits for a word go on.
func letOn(p *trial.Parent, on program.Word) error {
	_, err := p.Run(program.Env{}, program.Program{program.Store(on, 1), program.FutexWake(on, math.MaxInt32)})
	return err
}

// doubleRelease: the second close of a descriptor is of somebody else's by then,
// golang/go#61751; and a second signal kills one who is not prepared for it.
func doubleRelease(p *trial.Parent) trial.End {
	if failed := p.Make(); failed != nil {
		return *failed
	}
	on, err := p.Board.Word("go on")
	if err != nil {
		return p.Failed(err)
	}
	was, err := p.Board.Memory("mask", 8)
	if err != nil {
		return p.Failed(err)
	}
	c, end := heldAt(p, p.Gate.Wait(), program.Program{program.FutexWait(on, 0), program.SwapMask(0, was)})
	if end != nil {
		return *end
	}
	first, ran, err := p.Release(c)
	if err != nil {
		return p.Failed(err)
	}
	// One that does not go on is seen to by the observer.
	for since := time.Now(); p.Board.Stage(trial.StageChild).Resumed == 0 && !trial.LookAt(c.PID).Gone(); time.Sleep(nap) {
		if time.Since(since) > patience {
			return p.Done(p.Note(first, ran))
		}
	}
	release, run, err := releasing(p, c)
	if err != nil {
		return p.Failed(err)
	}
	second, err := run()
	if err != nil {
		return p.Failed(err)
	}
	note := p.Note(first, ran)
	if met := p.Note(second, release); met != "" {
		note = trial.Also(note, "at the second release "+met)
	}
	if err := letOn(p, on); err != nil {
		return p.Failed(err)
	}
	return p.Done(note)
}

// patience is how long a child may take to go on after its release.
const patience = 5 * time.Second
