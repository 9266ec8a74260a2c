package bench

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/clock"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/program"
)

// A session is everything that one run needs to have children released: the
// thread and its launcher, the board, the clock, and the scenes of its series.
type session struct {
	plan     Plan
	places   map[Placement]cpus // those of the plan
	anywhere unix.CPUSet        // the CPUs that this process may use
	at       cpus               // those that this process has moved to
	scenes   []scene            // of the plan's series
	clock    *clock.Clock
	board    *program.Board
	launcher *launch.Launcher
	patience time.Duration // how long a block may take beyond its holds before its children are taken to hang
	late     lingering
	undo     []func() error
	conditions
	before before
}

// enoughPatience is far more than the slowest primitive needs.
const enoughPatience = time.Minute

// newSession prepares a run on this goroutine, which keeps its thread until
// close. The checks that can refuse a run are all made here.
func newSession(plan Plan) (_ *session, err error) {
	if err := plan.Check(); err != nil {
		return nil, err
	}
	s := &session{plan: plan, at: anywhere, patience: enoughPatience}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	for _, prepare := range []func() error{s.checkFiles, s.spareProcessor, s.launch, s.place, s.quiet, s.startClock, s.mapBoard, s.set, s.crowd, s.tryConditions} {
		if err := prepare(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// close undoes what newSession did, last things first.
func (s *session) close() error {
	errs := []error{s.late.free()}
	for _, undo := range slices.Backward(s.undo) {
		errs = append(errs, undo())
	}
	s.undo = nil
	return errors.Join(errs...)
}

func (s *session) later(undo func() error) { s.undo = append(s.undo, undo) }

// reservedFiles are the descriptors that a run needs besides its gates: the
// standard ones, the runtime's, the record's, two pidfds, and some for the
// files of /proc that are read in between.
const reservedFiles = 16

// checkFiles refuses a plan whose gates need more descriptors than a process
// may have: all gates of a child are made before it is cloned.
func (s *session) checkFiles() error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return os.NewSyscallError("getrlimit", err)
	}
	for _, series := range s.plan.Series {
		p, gates := series.Primitive, s.plan.Stages*series.Children
		if series.shares() {
			gates = s.plan.Stages
		}
		need := reservedFiles + p.Descriptors*gates + series.Children - 1 // and a pidfd of each child
		if s.plan.Payload != nil {
			need += series.Children + 1
		}
		if uint64(need) > limit.Cur {
			return fmt.Errorf("%s with %s needs %d descriptors, and this process may have %d: %w",
				p.Name, s.plan.size(series), need, limit.Cur, ErrFiles)
		}
	}
	return nil
}

// spareProcessor lets another goroutine run while this one keeps its thread
// busy, or waits where the runtime does not know of it: the one that compares
// clocks, the watchdog, and whoever ends the context. With one processor, which
// is what one CPU gives a process, they would come never. A number that is not
// set, Go takes anew from the CPUs of the process each second, and it is pinned to one.
func (s *session) spareProcessor() error {
	before := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(max(2, before))
	s.later(func() error {
		runtime.SetDefaultGOMAXPROCS()
		if runtime.GOMAXPROCS(0) != before { // somebody had set it
			runtime.GOMAXPROCS(before)
		}
		return nil
	})
	return nil
}

func (s *session) launch() (err error) {
	if s.launcher, err = launch.New(); err == nil {
		s.later(s.launcher.Close)
	}
	return err
}

// place finds the CPUs of each placement, and pins this process to the parent's
// of the first series.
func (s *session) place() error {
	allowed, err := UsableCPUs()
	if err != nil {
		return err
	}
	s.places = map[Placement]cpus{}
	for _, series := range s.plan.Series {
		if s.places[series.Placement], err = choose(series.Placement, allowed); err != nil {
			return err
		}
	}
	var mask unix.CPUSet
	if err := unix.SchedGetaffinity(0, &mask); err != nil {
		return os.NewSyscallError("sched_getaffinity", err)
	}
	s.anywhere = mask
	s.later(func() error { return s.moveTo(anywhere) })
	return s.moveTo(s.places[s.plan.Series[0].Placement])
}

// moveTo pins this thread to the parent's CPU, or gives it all that it had if that
// is negative. The runtime's threads go to a CPU of neither side, if there is one,
// and else to the parent's: its monitor wakes up each 90 us or so, and if it does on
// the one CPU of both while the parent releases, it runs before the child does. That
// made a third of the releases of a pipe 7 us longer.
func (s *session) moveTo(to cpus) error {
	if to == s.at {
		return nil
	}
	own, rest := s.anywhere, s.anywhere
	if to.parent >= 0 {
		own.Zero()
		own.Set(to.parent)
		rest.Clear(to.parent)
		if rest.Clear(to.child); rest.Count() == 0 {
			rest = own
		}
	}
	if err := setAffinity(&own, &rest); err != nil {
		return errors.Join(fmt.Errorf("pin to CPU %d: %w", to.parent, err), setAffinity(&s.anywhere, &s.anywhere))
	}
	s.at = to
	return nil
}

// quiet keeps this thread's sleeps exact and its signals away: a signal of the
// runtime that asks it to give way must not come between a stamp and a release.
// They stay pending, and come when the run is over; the process's other threads
// take those that are sent to the process.
func (s *session) quiet() error {
	if err := s.launcher.Block(); err != nil {
		return err
	}
	// By default a sleep may end 50 us late. prctl(2), PR_SET_TIMERSLACK.
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl", err)
	}
	s.later(func() error {
		return os.NewSyscallError("prctl", unix.Prctl(unix.PR_SET_TIMERSLACK, 0, 0, 0, 0)) // 0 restores the default
	})
	return nil
}

func (s *session) startClock() error {
	others, err := s.otherCPUs()
	if err != nil {
		return err
	}
	s.clock, err = clock.New(others)
	return err
}

// otherCPUs are those whose clocks have to agree with the parent's: the child's
// of each placement; or, where the scheduler chooses, one that either side may
// come to run on.
func (s *session) otherCPUs() ([]int, error) {
	var others []int
	for placement, at := range s.places {
		switch {
		case placement == Free:
			allowed, err := UsableCPUs()
			if err != nil {
				return nil, err
			}
			others = append(others, allowed[len(allowed)-1])
		case at.child != at.parent:
			others = append(others, at.child)
		}
	}
	slices.Sort(others)
	return slices.Compact(others), nil
}

// mapBoard maps a board for all stages of a group. The figures are upper bounds
// of what one child and one stage of it take.
func (s *session) mapBoard() (err error) {
	forChild := 64<<10 + payloadSize(s.plan.Payload)
	forStage := 16<<10 + os.Getpagesize() // userfaultfd fills a page
	s.board, err = program.NewBoard(s.plan.most()*(forChild+s.plan.Stages*forStage), s.clock.Clock)
	if err == nil {
		s.later(s.board.Close)
	}
	return err
}
