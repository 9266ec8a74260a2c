//go:build amd64 || arm64

package handshake

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/clock"
	"github.com/nsbench/nsbench/bench/condition"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/program"
)

// A session is what handshakes need as long as they are run.
type session struct {
	launcher *launch.Launcher
	board    *program.Board
	clock    *clock.Clock
	payload  program.FD
	group    *condition.Group // nil if there is none
	procs    program.FD       // its cgroup.procs, to be read
	temp     program.FD       // the directory of temporary files
	drainer  *condition.Drainer
	user     bool // the keeper is in a user namespace, for want of privileges

	restore func() error // the environment; nil if it is as it was

	first, others int // CPUs; negative for any

	refused map[string]string // works that this host refuses, and why
}

// open begins a session on the calling thread.
func open(first, others int) (s *session, err error) {
	s = &session{first: first, others: others, refused: map[string]string{}, payload: program.FD{N: -1}, procs: program.FD{N: -1}, temp: program.FD{N: -1}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.launcher, err = launch.New(); err != nil {
		return s, err
	}
	var pinned []int
	if first >= 0 && others != first {
		pinned = []int{others}
	}
	if s.clock, err = clock.New(pinned); err != nil {
		return s, err
	}
	if s.board, err = program.NewBoard(boardSize, s.clock.Clock); err != nil {
		return s, err
	}
	if s.payload, err = newPayload(); err != nil {
		return s, err
	}
	if err := s.openGroup(); err != nil {
		s.refused[workCgroup] = err.Error()
	}
	s.user = os.Geteuid() != 0
	if err = s.tryKeeper(); err != nil {
		return s, err
	}
	if err = s.mountTemp(); err != nil {
		return s, err
	}
	if s.drainer, err = condition.NewDrainer(s.launcher); errors.Is(err, condition.ErrCannotTell) {
		err = nil
	}
	return s, err
}

func (s *session) openGroup() (err error) {
	if s.group, err = condition.OpenGroup(s.launcher, "handshakes"); err != nil {
		return err
	}
	name := s.group.Dir + "/cgroup.procs"
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return &os.PathError{Op: "open", Path: name, Err: err}
	}
	s.procs = program.FD{Name: "cgroup.procs", N: fd}
	return nil
}

// tryKeeper finds out whether there can be a keeper as things are, or in a user
// namespace.
func (s *session) tryKeeper() error {
	nobody := Profile{Name: "nobody", Processes: []Process{{"P", "it ends at once"}}, Steps: []Step{exits("P")}}
	try := func() error {
		p, _, err := s.pass(nobody, Change{}, nil)
		if err == nil {
			err = p.err()
		}
		return err
	}
	err := try()
	if err != nil && !s.user && errors.Is(err, unix.EPERM) {
		s.user = true
		err = try()
	}
	if err != nil {
		return fmt.Errorf("start the keeper of a handshake: %w", err)
	}
	return nil
}

// pass runs a handshake once. The compiled is good until the next one, for its stamps.
// What it ends by is watched: a hang is found when nothing moves any more.
func (s *session) pass(p Profile, c Change, kill *death) (passed, *compiled, error) {
	return s.run(p, c, kill, func(a *arena, sleeps time.Duration) (bool, error) { return a.awaitQuiet(sleeps) })
}

// passFree is pass without looks, which would take CPU time from what is timed.
func (s *session) passFree(p Profile, c Change) (passed, *compiled, error) {
	return s.run(p, c, nil, func(a *arena, sleeps time.Duration) (bool, error) { return a.await(sleeps) })
}

// lateness is how late he is who was to release at a dropped stage: the other side has
// long gone on by then.
const lateness = 20 * time.Millisecond

// spinHold is the longest that an init job is busy, at its end; before that it sleeps.
// So is the hold of a run.
const spinHold = time.Millisecond

func (s *session) run(p Profile, c Change, kill *death, await func(*arena, time.Duration) (bool, error)) (done passed, _ *compiled, err error) {
	p, err = c.of(p)
	if err != nil {
		return done, nil, err
	}
	p = without(p, s.refused)
	if err := s.board.Reset(len(p.Steps) + 1); err != nil {
		return done, nil, err
	}
	w := &world{executes: !c.bare(), payload: s.payload, uid: os.Geteuid(), gid: os.Getegid(), procs: s.procs}
	if s.user {
		w.uid, w.gid = 0, 0
	}
	if s.group != nil {
		w.group = s.group.Dir
	}
	if err := w.expect(s.board, p); err != nil {
		return done, nil, err
	}
	set := setting{board: s.board, world: w, temp: s.temp, first: s.first, others: s.others, kill: kill, late: lateness}
	set.holdSleep = max(c.Hold-spinHold, 0)
	set.spin = s.clock.Ticks(c.Hold - set.holdSleep)
	compiled, err := compile(p, set)
	defer func() { err = errors.Join(err, compiled.close()) }()
	if err != nil {
		return done, compiled, err
	}
	a, err := compiled.start(s.launcher, s.user)
	if err != nil {
		return done, compiled, err
	}
	sleeps := set.holdSleep
	if c.Drop != "" {
		sleeps += lateness
	}
	done.hung, err = await(a, sleeps)
	done.fates = a.fates()
	if w.executes && compiled.executed() {
		done.wrong = w.wrong()
	}
	return done, compiled, err
}

func (s *session) close() error {
	var errs []error
	if s.restore != nil {
		errs = append(errs, s.restore())
	}
	if s.drainer != nil {
		errs = append(errs, s.drainer.Close())
	}
	for _, fd := range []int{s.payload.N, s.procs.N, s.temp.N} {
		if fd >= 0 {
			errs = append(errs, os.NewSyscallError("close", unix.Close(fd)))
		}
	}
	if s.group != nil {
		errs = append(errs, s.group.Close())
	}
	if s.board != nil {
		errs = append(errs, s.board.Close())
	}
	if s.launcher != nil {
		errs = append(errs, s.launcher.Close())
	}
	return errors.Join(errs...)
}
