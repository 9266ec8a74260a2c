//go:build amd64 || arm64

package isolation

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// Scripts are what parents do, for trial.Reexecuted.
var Scripts = trial.Scripts{scriptName: script}

const scriptName = "isolation"

// script does what a cell is about, which the arguments tell: a space and a way.
func script(p *trial.Parent) trial.End {
	if len(p.Args) != 2 {
		return p.Failed(fmt.Errorf("arguments %q: a space and a way are wanted", p.Args))
	}
	space, known := Named(p.Args[0])
	if !known {
		return p.Failed(fmt.Errorf("no such space: %s", p.Args[0]))
	}
	s := &scene{Parent: p, space: space}
	way := p.Args[1]
	if way == result.WayDownNamed || way == result.WayUpNamed {
		var err error
		s.byName, err = p.Primitive.NewByName(p.Board)
		switch {
		case errors.Is(err, gate.ErrNothingToOpen):
			return p.Unavailable("%v", gate.ErrNothingToOpen)
		case err != nil:
			return p.Failed(fmt.Errorf("make a gate: %w", err))
		}
		p.Gate = s.byName.Gate
	} else if failed := p.Make(); failed != nil {
		return *failed
	}
	if way == result.WayUp || way == result.WayUpNamed {
		return s.up()
	}
	return s.down()
}

// A scene is a trial under way.
type scene struct {
	*trial.Parent
	space  Space
	byName *gate.ByName // nil where the gate is inherited
	mapped program.Word // is 1 when user and group are mapped
}

// arrive is what a process does first that is in the space: it gets a directory of its
// own for temporary files if that belongs to it, when it has been mapped.
func (s *scene) arrive() (program.Program, error) {
	if !s.space.mapped {
		return nil, nil
	}
	var err error
	s.mapped, err = s.Board.Word("mapped")
	return program.Program{
		program.SleepWhile(s.mapped, 0, nap),
		program.MakePrivate(), program.MountTmpfs(os.TempDir()),
	}, err
}

// mapUsers maps user and group of a process that is in the space.
func (s *scene) mapUsers(pid int) error {
	if !s.space.mapped {
		return nil
	}
	if err := launch.WriteMaps(pid); err != nil {
		return err
	}
	s.Board.Set(s.mapped, 1)
	return nil
}

// nap is how long no look is taken.
const nap = 100 * time.Microsecond

// down has a child in the space, which the parent releases.
func (s *scene) down() trial.End {
	wait := s.Gate.Wait()
	if s.byName != nil {
		var err error
		if wait, err = s.byName.WaitByName(); err != nil {
			return s.Failed(err)
		}
	}
	arrive, err := s.arrive()
	if err != nil {
		return s.Failed(err)
	}
	c, err := s.Start(s.space.flags(), slices.Concat(arrive, wait))
	if refused, ok := errors.AsType[*launch.CloneError](err); ok {
		return s.refused(refused)
	}
	if err == nil {
		err = s.mapUsers(c.PID)
	}
	if err != nil {
		return s.Failed(err)
	}
	if err := s.AwaitAsleep(c); err != nil {
		return s.Ended(err)
	}
	if h, ok := s.Gate.(gate.Holder); ok {
		if end := s.does(c, h.Hold(program.Child)); end != nil {
			return *end
		}
	}
	o, ran, err := s.Release(c)
	if err != nil {
		return s.Failed(err)
	}
	if o.Verdict != program.Released && !c.Ended() {
		return s.Met(o, ran, byParent)
	}
	return s.Done("")
}

// What a result is of that is not of who waits.
const (
	byParent = "of the parent, which was to release"
	byChild  = "of the child, which was to release"
)

// does runs a program of the parent's side. The End is for one that does not come to
// its end.
func (s *scene) does(c *launch.Child, side program.Program) *trial.End {
	run, err := s.Prepare(c, side)
	if err != nil {
		end := s.Failed(err)
		return &end
	}
	o, err := run()
	switch {
	case err != nil:
		end := s.Failed(err)
		return &end
	case o.Verdict == program.Released:
		return nil
	case c.Ended(): // and what it came to counts
		end := s.Done("")
		return &end
	}
	end := s.Met(o, side, byParent)
	return &end
}

// refused is for a space that cannot be had.
func (s *scene) refused(err error) trial.End {
	var errno syscall.Errno
	errors.As(err, &errno)
	if why, known := refusals[unix.ErrnoName(errno)]; known {
		return s.Unavailable("%v: %s", err, why)
	}
	return s.Unavailable("%v", err)
}
