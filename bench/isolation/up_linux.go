//go:build amd64 || arm64

package isolation

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// What follows has a child in the space that releases its parent. The parent that
// waits is no Go program, whose other threads would take signals and stop with it: it
// is a child of the script's process, in its namespaces, and clones the one that
// releases it. The script's process only made the gate, and closes what it has of it.

// A sight is what those two see of each other, as words of the board.
type sight struct {
	child program.Word // the process ID of the child, for the script

	self, pidfd program.Word // of the parent, as it has them itself
	parent      program.Word // its process ID as the child has it
	byID        program.Word // a pidfd that the child has opened by that
	ready, goes program.Word // the child has opened what it needs; the parent waits
}

func (s *scene) sight() (v sight, err error) {
	for name, w := range map[string]*program.Word{
		"child's ID": &v.child, "self": &v.self, "own pidfd": &v.pidfd, "parent": &v.parent, "parent's pidfd": &v.byID, "ready": &v.ready, "go": &v.goes,
	} {
		if *w, err = s.Board.Word(name); err != nil {
			return v, err
		}
	}
	return v, nil
}

// up has a parent wait, which a child in the space releases.
func (s *scene) up() trial.End {
	v, err := s.sight()
	if err != nil {
		return s.Failed(err)
	}
	releasing, err := s.releasing(v)
	if err != nil {
		return s.Failed(err)
	}
	var before program.Program
	if s.takesPidfd() && s.byName == nil {
		before = program.Program{program.Getpid().Into(v.self), program.PidfdOpen(v.self).Into(v.pidfd)}
	}
	spawns := len(before)
	part := program.Part{Stage: trial.StageChild, Program: releasing}
	before = append(before, program.Spawn(program.Namespace(s.space.flags()), part).Into(v.child))
	parent, err := s.StartBy(launch.Config{CPU: -1, Untied: true, Keep: releasing.Files()}, slices.Concat(before, s.Gate.Wait()))
	if err != nil {
		return s.Failed(err)
	}
	if pid := s.await(parent, v.child); pid == 0 {
		if o := parent.Outcome(); o.Index == spawns && o.Errno != 0 {
			return s.refused(&launch.CloneError{Namespaces: s.space.flags(), Err: unix.Errno(o.Errno)})
		}
		return s.Done("")
	}
	c, err := s.spawned(int(s.Board.Value(v.child)), parent.Code().Spawned(0), releasing)
	if err != nil {
		return s.Failed(err)
	}
	return s.isReleased(parent, c, v)
}

// takesPidfd reports whether who releases needs a pidfd of who waits.
func (s *scene) takesPidfd() bool {
	hold, release := s.sides()
	return slices.Concat(hold, release).TakesPidfd()
}

// sides are what who releases does, before it can and to do it.
func (s *scene) sides() (hold, release program.Program) {
	if h, ok := s.Gate.(gate.Holder); ok {
		hold = h.Hold(program.Child)
	}
	return hold, s.Gate.Release(program.Child)
}

// releasing is what the child does. Its parent it knows by the process ID that its own
// PID namespace has for it, if it has one.
func (s *scene) releasing(v sight) (program.Program, error) {
	p, err := s.arrive()
	if err != nil {
		return nil, err
	}
	hold, release := s.sides()
	both := slices.Concat(hold, release)
	pidfd := v.pidfd
	if s.byName != nil {
		p = append(p, program.CloseRange(0, ^uint32(0)))
		pidfd = v.byID
	}
	opens := both.TakesPidfd() && s.byName != nil
	if both.TakesProcess() || opens {
		p = append(p, program.Getppid().Into(v.parent))
	}
	if opens {
		p = append(p, program.Positive(v.parent), program.PidfdOpen(v.parent).Into(v.byID))
	}
	if s.byName != nil {
		open, err := s.byName.Open(hold, release)
		if err != nil {
			return nil, err
		}
		p = append(p, open...)
	}
	p = append(p, program.Store(v.ready, 1), program.SleepWhile(v.goes, 0, nap))
	p = append(p, hold.Toward(v.parent, pidfd)...)
	p = append(p, program.Stamp(program.StampReleased))
	p = append(p, release.Toward(v.parent, pidfd)...)
	return append(p, program.Stamp(program.StampSignalled)), nil
}

// await waits until a word is not 0, and returns what it is; 0 if the process ends
// before that.
func (s *scene) await(p interface{ Ended() bool }, w program.Word) uint32 {
	for {
		ended := p.Ended()
		if n := s.Board.Value(w); n != 0 || ended {
			return n
		}
		time.Sleep(nap)
	}
}

// A grandchild is the one that releases: not this process's child, and reaped by
// nobody.
type grandchild struct {
	pid, pidfd int
	code       program.Code
	runs       program.Program
}

func (s *scene) spawned(pid int, code program.Code, runs program.Program) (*grandchild, error) {
	if err := s.mapUsers(pid); err != nil {
		return nil, err
	}
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return nil, fmt.Errorf("pidfd of process %d: %w", pid, os.NewSyscallError("pidfd_open", err))
	}
	return &grandchild{pid, pidfd, code, runs}, nil
}

// Ended reports, without waiting, whether it has ended.
func (g *grandchild) Ended() bool { return g.endsWithin(0) }

func (g *grandchild) endsWithin(d time.Duration) bool {
	ended, err := trial.Readable(g.pidfd, d)
	return ended && err == nil
}

// How long the child may take to release, before it counts that the parent hangs: to
// find that out takes its own time. And how long a parent that does not sleep, or sleeps
// in between, may take to go on after a release that failed half-way.
const (
	releases = 5 * time.Second
	goesOn   = 5 * time.Millisecond
)

// isReleased has the child release the parent, when that waits.
func (s *scene) isReleased(parent *launch.Child, c *grandchild, v sight) trial.End {
	if s.await(c, v.ready) == 0 {
		return s.notReleased(parent, c)
	}
	if err := s.AwaitAsleep(parent); err != nil {
		return s.Ended(err)
	}
	if err := s.letGoOfGate(); err != nil {
		return s.Failed(err)
	}
	// That may have been what it waits for.
	if err := s.AwaitAsleep(parent); err != nil {
		return s.Ended(err)
	}
	s.Board.Set(v.goes, 1)
	for end := time.Now().Add(releases); !c.endsWithin(time.Millisecond); {
		switch {
		case parent.Ended():
			return s.Done("")
		case time.Now().After(end):
			return s.Done("the child hangs, too")
		}
	}
	return s.notReleased(parent, c)
}

// notReleased tells of a child that has ended, and perhaps before it had released.
func (s *scene) notReleased(parent *launch.Child, c *grandchild) trial.End {
	o := c.code.Outcome()
	if o.Verdict == program.Released {
		return s.Done("")
	}
	// What the release has woken is awake by now, and runs as soon as it is let.
	if err := s.AwaitAsleep(parent); err != nil && !errors.Is(err, trial.ErrEnded) {
		return s.Failed(err)
	}
	time.Sleep(goesOn)
	if parent.Ended() {
		if v := parent.Outcome().Verdict; v == program.Released || v == program.Failed {
			return s.Done("")
		}
	}
	return s.Met(o, c.runs, byChild)
}

// letGoOfGate closes what this process has of the gate, which others have by now.
func (s *scene) letGoOfGate() error {
	hold, release := s.sides()
	var errs []error
	for _, fd := range slices.Concat(s.Gate.Wait(), hold, release).Files() {
		errs = append(errs, os.NewSyscallError("close", unix.Close(fd.N)))
	}
	return errors.Join(errs...)
}
