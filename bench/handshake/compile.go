package handshake

import (
	"errors"
	"fmt"
	"time"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A setting is what programs depend on besides the profile.
type setting struct {
	board *program.Board
	world *world
	temp  program.FD // the directory of temporary files, in which some gates have a name

	holdSleep time.Duration // of the init job
	spin      uint64        // how long it is busy after that, in ticks

	first, others int           // the CPU of the first process and that of the others; negative for any
	kill          *death        // nil if everybody lives
	late          time.Duration // how late he is who was to release at a dropped stage
}

// A death is the end of a process, without a word, in the middle of a handshake.
type death struct {
	side  string
	after int // a step that it takes part in
}

// A compiled is a profile as programs: those of the first process, which spawns the
// others.
type compiled struct {
	profile Profile
	setting setting
	gates   []gate.Gate // of the steps that are stages; nil of the others
	pids    map[string]program.Word
	parts   []program.Part

	steps    map[string][]int          // of each process: to which step each of its parts belongs
	programs map[string][]program.Part // its parts
	spawns   map[string][]string       // whom it spawns, in their order
	inner    map[string]bool           // whose ID is one of a PID namespace below the keeper's

	begins, zero program.Word // set when the first process may begin; never set
}

// boardSize is room for the longest handshake: a stack and a code for each process, and
// some KiB for each step.
const boardSize = 2 << 20

// stageOf is the stage of the board that a step stamps: the keeper has the first.
func stageOf(step int) int { return step + 1 }

// compile makes gates and programs. Whatever happens, the gates are to be closed.
func compile(p Profile, s setting) (c *compiled, err error) {
	c = &compiled{
		profile: p, setting: s, gates: make([]gate.Gate, len(p.Steps)), pids: map[string]program.Word{},
		steps: map[string][]int{}, programs: map[string][]program.Part{}, spawns: map[string][]string{}, inner: map[string]bool{},
	}
	if c.begins, err = s.board.Word("go"); err != nil {
		return c, err
	}
	if c.zero, err = s.board.Word("zero"); err != nil {
		return c, err
	}
	for _, process := range p.Processes {
		if c.pids[process.Name], err = s.board.Word(process.Name); err != nil {
			return c, err
		}
	}
	for i, step := range p.Steps {
		if step.Kind != Releases || step.dropped {
			continue
		}
		if c.gates[i], err = step.Primitive.New(s.board); err != nil {
			return c, fmt.Errorf("make a gate for stage %s: %s: %w", step.Name, step.Primitive.Name, err)
		}
	}
	c.parts, err = c.process(p.Processes[0].Name, false)
	return c, err
}

// close closes the gates, whose programs have run in other processes.
func (c *compiled) close() error {
	var errs []error
	for _, g := range c.gates {
		if g == nil {
			continue
		}
		gate.Elsewhere(c.setting.board, g.Wait(), g.Release(program.Child))
		errs = append(errs, g.Close())
	}
	return errors.Join(errs...)
}
