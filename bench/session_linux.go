package bench

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A session is everything that one run needs to have children released: the
// thread and its launcher, the board, the clock, and the CPUs.
type session struct {
	plan       Plan
	namespaces launch.Namespaces // of the plan, and user if it had to be added
	cpus       cpus
	clock      *clock
	board      *program.Board
	launcher   *launch.Launcher
	patience   time.Duration // how long a block may take beyond its holds before its children are taken to hang
	late       lingering
	undo       []func() error
}

// enoughPatience is far more than the slowest primitive needs.
const enoughPatience = time.Minute

// newSession prepares a run on this goroutine, which keeps its thread until
// close. The checks that can refuse a run are all made here.
func newSession(plan Plan) (_ *session, err error) {
	if err := plan.Check(); err != nil {
		return nil, err
	}
	s := &session{plan: plan, patience: enoughPatience}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	for _, prepare := range []func() error{s.checkFiles, s.spareProcessor, s.launch, s.place, s.quiet, s.startClock, s.mapBoard, s.settleNamespaces} {
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
	for _, p := range s.plan.Primitives {
		if need := reservedFiles + p.Descriptors*s.plan.Stages; uint64(need) > limit.Cur {
			return fmt.Errorf("%s with %d stages needs %d descriptors, and this process may have %d: %w",
				p.Name, s.plan.Stages, need, limit.Cur, ErrFiles)
		}
	}
	return nil
}

// spareProcessor lets another goroutine run while this one keeps its thread
// busy, or waits where the runtime does not know of it: the one that compares
// clocks, the watchdog, and whoever ends the context. With one processor, which
// is what one CPU gives a process, they would come never.
func (s *session) spareProcessor() error {
	before := runtime.GOMAXPROCS(0)
	if before > 1 {
		return nil
	}
	runtime.GOMAXPROCS(2)
	s.later(func() error { runtime.GOMAXPROCS(before); return nil })
	return nil
}

func (s *session) launch() (err error) {
	if s.launcher, err = launch.New(); err == nil {
		s.later(s.launcher.Close)
	}
	return err
}

func (s *session) place() error {
	allowed, err := UsableCPUs()
	if err != nil {
		return err
	}
	if s.cpus, err = choose(s.plan.Placement, allowed); err != nil {
		return err
	}
	undo, err := pin(s.cpus.parent)
	if err != nil {
		return err
	}
	s.later(undo)
	return nil
}

// quiet keeps this thread's sleeps exact and its signals away: a signal of the
// runtime that asks it to give way must not come between a stamp and a release.
// They stay pending, and come when the run is over; the process's other threads
// take those that are sent to the process.
func (s *session) quiet() error {
	var all, old unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^uint64(0)
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &all, &old); err != nil {
		return os.NewSyscallError("rt_sigprocmask", err)
	}
	s.later(func() error {
		return os.NewSyscallError("rt_sigprocmask", unix.PthreadSigmask(unix.SIG_SETMASK, &old, nil))
	})
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
	other, err := s.otherCPU()
	if err != nil {
		return err
	}
	s.clock, err = newClock(other)
	return err
}

// otherCPU is the one whose clock has to agree with the parent's: the child's;
// or, where the scheduler chooses, one that either side may come to run on. It
// is negative if there is none.
func (s *session) otherCPU() (int, error) {
	switch s.plan.Placement {
	case SameCPU:
		return -1, nil
	case CrossCPU:
		return s.cpus.child, nil
	}
	allowed, err := UsableCPUs()
	if err != nil || len(allowed) < 2 {
		return -1, err
	}
	return allowed[len(allowed)-1], nil
}

// mapBoard maps a board for all stages of a child. The figures are upper
// bounds of what one child and one stage of it take.
func (s *session) mapBoard() (err error) {
	const forChild = 64 << 10
	forStage := 16<<10 + os.Getpagesize() // userfaultfd fills a page
	s.board, err = program.NewBoard(forChild+s.plan.Stages*forStage, s.clock.Clock)
	if err == nil {
		s.later(s.board.Close)
	}
	return err
}

// settleNamespaces finds out whether a child can be cloned into the namespaces
// of the plan, and adds a user namespace if that is what it takes. There is no
// other way to know than to try: capabilities, settings and filters all have
// their say.
func (s *session) settleNamespaces() error {
	s.namespaces = s.plan.Namespaces
	err := s.trial()
	if errors.Is(err, unix.EPERM) && s.namespaces&launch.User == 0 {
		s.namespaces |= launch.User
		if userErr := s.trial(); userErr != nil {
			return fmt.Errorf("%w; and with a user namespace: %w", err, userErr)
		}
		return nil
	}
	return err
}

// trial clones a child, does the parent's init job for it, and lets it go. The
// child has to be held meanwhile: nobody may map the users of a process that
// has ended.
func (s *session) trial() error {
	if err := s.board.Reset(1); err != nil {
		return err
	}
	held, err := gate.Sigwait.New(s.board)
	if err != nil {
		return err
	}
	child, err := s.launcher.Start(s.config(), s.board, program.Part{Program: held.Wait()})
	if err != nil {
		return err
	}
	jobErr := s.initJob(child)
	code, err := s.board.Load(program.Env{Peer: child.PID, Pidfd: child.Pidfd()}, program.Part{Program: held.Release(program.Child)})
	if err == nil {
		program.Run(code)
	} else {
		err = errors.Join(err, child.Kill())
	}
	exit, waitErr := child.Wait()
	if child.Outcome().Verdict != program.Released {
		waitErr = errors.Join(waitErr, fmt.Errorf("trial child: %v (%v)", child.Outcome(), exit))
	}
	return errors.Join(jobErr, err, waitErr)
}

// config is how children come to be. On the parent's CPU they need no pinning:
// they have the parent's mask.
func (s *session) config() launch.Config {
	cfg := launch.Config{Namespaces: s.namespaces, CPU: -1}
	if s.cpus.child != s.cpus.parent {
		cfg.CPU = s.cpus.child
	}
	return cfg
}

// initJob is what the parent has to do for a child that it holds.
func (s *session) initJob(child *launch.Child) error {
	if s.namespaces&launch.User == 0 {
		return nil
	}
	return launch.WriteMaps(child.PID)
}

// drawHold draws a hold from +-50 % around the plan's, so that releases do not
// lock to a tick.
func (s *session) drawHold(random *rand.Rand) time.Duration {
	return time.Duration(float64(s.plan.Hold) * (0.5 + random.Float64()))
}
