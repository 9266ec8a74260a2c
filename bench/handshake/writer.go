package handshake

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// ErrNotWith says that a handshake cannot be over a primitive.
var ErrNotWith = errors.New("not over this primitive")

// A writer writes the program of one process, part by part.
type writer struct {
	*compiled
	name   string
	nested bool // it is in a new PID namespace, where the IDs of the others mean nothing
	exits  bool // it comes to its end by itself
	forks  bool // its children are, since it has unshared one
	parts  []program.Part
	steps  []int // to which step each part belongs
}

func (w *writer) add(step int, p program.Program) {
	w.parts = append(w.parts, program.Part{Stage: stageOf(step), Program: p})
	w.steps = append(w.steps, step)
}

// process makes the programs of a process from the steps that name it.
func (c *compiled) process(name string, nested bool) ([]program.Part, error) {
	w := &writer{compiled: c, name: name, nested: nested}
	ended := false
	for i, step := range c.profile.Steps {
		if ended || step.By != name && step.To != name {
			continue
		}
		if err := w.step(i, step); err != nil {
			return nil, err
		}
		if k := c.setting.kill; k != nil && k.side == name && k.after == i {
			w.add(i, program.Program{program.Exit(deadStatus)})
			ended = true
		}
		if step.Kind != Does {
			w.delay(i)
		}
	}
	if n := len(w.steps); !ended && n > 0 && c.profile.Steps[w.steps[n-1]].Kind != Executes && !w.exits {
		// It stays for as long as it has children, as those do who start a container in
		// the foreground: who is tied to it lives on, and the first process of a PID
		// namespace is the last to end.
		w.parts = append(w.parts, program.Part{Program: program.Program{program.ReapAll(c.zero)}})
	}
	w.letGo()
	c.steps[name], c.programs[name] = w.steps, w.parts
	return w.parts, nil
}

// deadStatus is that of one who dies in the middle, to tell it from others in a trace.
const deadStatus = 137

// delay has the process sleep after a step if it is the last at which it depends on
// another before a stage that is dropped, and that it was to release.
func (w *writer) delay(after int) {
	for _, step := range w.profile.Steps[after+1:] {
		switch {
		case step.Kind == Releases && step.dropped && step.By == w.name:
			w.add(after, program.Program{program.Sleep(w.setting.late)})
			return
		case step.Kind != Does && (step.By == w.name || step.To == w.name):
			return
		}
	}
}

func (w *writer) step(i int, step Step) error {
	switch step.Kind {
	case Clones:
		if step.To == w.name {
			w.begin(i)
			return nil
		}
		return w.clone(i, step)
	case Does:
		if step.By == w.name {
			work, err := w.work(step)
			if err != nil {
				return err
			}
			w.add(i, stamped(work))
			w.forks = w.forks || step.Work.Name == workUnshare && step.Work.Namespaces&launch.PID != 0
		}
	case Releases:
		return w.stage(i, step)
	case Reaps:
		if step.By == w.name {
			w.add(i, stamped(program.Program{program.Reap(w.pids[step.To])}))
		}
	case Exits:
		w.exits = true
		w.add(i, program.Program{program.Stamp(program.StampReleased)})
	case Executes:
		w.add(i, w.execute(i))
	}
	return nil
}

// stamped is a program between the stamps of who acts.
func stamped(p program.Program) program.Program {
	p = append(program.Program{program.Stamp(program.StampReleased)}, p...)
	return append(p, program.Stamp(program.StampSignalled))
}

// begin is how a process that has been cloned begins.
func (w *writer) begin(i int) {
	p := program.Program{program.Stamp(program.StampResumed)}
	if cpu := w.setting.others; cpu >= 0 {
		p = append(p, program.Pin(cpu))
	}
	w.add(i, p)
}

func (w *writer) clone(i int, step Step) error {
	child, err := w.process(step.To, w.nested || w.forks || step.Namespaces&launch.PID != 0)
	if err != nil {
		return err
	}
	// What a child is not to have goes before anything else: a write end that it would
	// keep holds up whoever reads the other.
	child[0].Program = append(child[0].Program, closeAllBut(child)...)
	spawn := program.Spawn
	if step.Sibling {
		spawn = program.SpawnSibling
	}
	w.add(i, stamped(program.Program{spawn(program.Namespace(step.Namespaces), child...).Into(w.pids[step.To])}))
	w.spawns[w.name] = append(w.spawns[w.name], step.To)
	w.inner[step.To] = w.nested
	return nil
}

// stage is one side of a stage.
func (w *writer) stage(i int, step Step) error {
	g := w.gates[i]
	switch {
	case step.dropped:
		return nil
	case step.To == w.name:
		wait := w.wait(g)
		if step.EndIsRelease {
			wait = wait.TakingEnd()
		}
		w.add(i, append(slices.Clip(wait), program.Resumed()))
		return nil
	case step.ByExec:
		return nil // see execute
	}
	release := w.release(g)
	if _, holds := g.(gate.Holder); holds {
		return fmt.Errorf("stage %s: %s: %w: its releaser has to see that the other side waits, which no handshake provides for", step.Name, step.Primitive.Name, ErrNotWith)
	}
	if n := w.signalled(step.To); n > 1 {
		return fmt.Errorf("stage %s: %s: %w: %s waits at %d stages, and a second signal that comes before the first has been taken is merged with it", step.Name, step.Primitive.Name, ErrNotWith, step.To, n)
	}
	before := w.held(g, release)
	if process, pidfd := release.TakesProcess(), release.TakesPidfd(); process || pidfd {
		if w.nested {
			return fmt.Errorf("stage %s: %s: %w: %s has to name %s by its process ID, which it does not see from its PID namespace", step.Name, step.Primitive.Name, ErrNotWith, step.By, step.To)
		}
		fd, err := w.setting.board.Word("pidfd")
		if err != nil {
			return err
		}
		if pidfd {
			before = append(before, program.PidfdOpen(w.pids[step.To]).Into(fd))
		}
		release = release.Toward(w.pids[step.To], fd)
	}
	w.add(i, append(before, stamped(release)...))
	return nil
}

// standardSignals are those of which one at a time is kept pending. signal(7).
const standardSignals = 1<<31 - 1

// signalled is at how many stages a process waits for a standard signal.
func (c *compiled) signalled(name string) (n int) {
	for i, step := range c.profile.Steps {
		if step.Kind == Releases && step.To == name && c.gates[i] != nil && c.gates[i].Wait().Signals()&standardSignals != 0 {
			n++
		}
	}
	return n
}

// execute is the end of the process that becomes the payload. What it finds it notes
// behind the last stamp: that is no part of the handshake. Where its execve is a release
// the looks come before that, and are a part of the total, in between: some 35 us where it
// looks for a network device and a control group.
func (w *writer) execute(i int) program.Program {
	p := program.Program{program.Stamp(program.StampReleased)}
	if !w.setting.world.executes {
		return p
	}
	p = append(p, w.setting.world.look()...)
	if i > 0 && w.gates[i-1] != nil && w.profile.Steps[i-1].ByExec { // the execve is a release
		for _, fd := range w.gates[i-1].Release(program.Child).Files() {
			p = append(p, program.CloseOnExec(fd))
		}
		w.add(i, p)
		p = nil
		w.add(i-1, program.Program{program.Stamp(program.StampReleased)})
	}
	return append(p, program.ExecFile(w.setting.world.payload))
}

// wait and release are a gate's programs, which find what has a name from any root.
func (c *compiled) wait(g gate.Gate) program.Program {
	return g.Wait().Under(os.TempDir(), c.setting.temp)
}

func (c *compiled) release(g gate.Gate) program.Program {
	return g.Release(program.Child).Under(os.TempDir(), c.setting.temp)
}
