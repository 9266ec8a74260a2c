package bench

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// A scene is a series as this host can have it: which CPUs its placement comes
// to, and which namespaces its children are cloned into.
type scene struct {
	Series
	cpus       cpus
	namespaces launch.Namespaces // of the series, and user if it had to be added
}

// config is how children come to be. On the parent's CPU they need no pinning:
// they have the parent's mask.
func (sc *scene) config() launch.Config {
	cfg := launch.Config{Kind: sc.Launcher, Namespaces: sc.namespaces, CPU: -1}
	if sc.cpus.child != sc.cpus.parent {
		cfg.CPU = sc.cpus.child
	}
	return cfg
}

// initJob is what the parent has to do for a child that it holds.
func (sc *scene) initJob(child *launch.Child) error {
	if sc.namespaces&launch.User == 0 {
		return nil
	}
	return launch.WriteMaps(child.PID)
}

// set makes a scene of each series of the plan.
func (s *session) set() error {
	settled := map[launch.Namespaces]launch.Namespaces{}
	for _, series := range s.plan.Series {
		ns, known := settled[series.Namespaces]
		if !known {
			var err error
			if ns, err = s.settleNamespaces(series.Namespaces); err != nil {
				return err
			}
			settled[series.Namespaces] = ns
		}
		s.scenes = append(s.scenes, scene{series, s.places[series.Placement], ns})
	}
	return nil
}

// crowd clones as many children as the largest group has, which do nothing: there
// are limits on processes, and whoever reaches one should be told before the run.
func (s *session) crowd() (err error) {
	if s.plan.most() == 1 {
		return nil
	}
	if err := s.board.Reset(1); err != nil {
		return err
	}
	var children []*launch.Child
	defer func() {
		for _, c := range children {
			_, waitErr := c.Wait()
			err = errors.Join(err, waitErr)
		}
	}()
	for range s.plan.most() {
		c, err := s.launcher.Start(launch.Config{CPU: -1}, s.board)
		if err != nil {
			return fmt.Errorf("%w: %d of %d children: %w", ErrProcesses, len(children), s.plan.most(), err)
		}
		children = append(children, c)
	}
	return nil
}

// settleNamespaces finds out whether a child can be cloned into namespaces, and
// adds a user namespace if that is what it takes. There is no other way to know
// than to try: capabilities, settings and filters all have their say.
func (s *session) settleNamespaces(ns launch.Namespaces) (launch.Namespaces, error) {
	err := s.trial(ns)
	if errors.Is(err, unix.EPERM) && ns&launch.User == 0 {
		if userErr := s.trial(ns | launch.User); userErr != nil {
			return 0, fmt.Errorf("%w; and with a user namespace: %w", err, userErr)
		}
		return ns | launch.User, nil
	}
	return ns, err
}

// trial clones a child, does the parent's init job for it, and lets it go. The
// child has to be held meanwhile: nobody may map the users of a process that
// has ended.
func (s *session) trial(ns launch.Namespaces) error {
	sc := scene{cpus: cpus{-1, -1}, namespaces: ns}
	if err := s.board.Reset(1); err != nil {
		return err
	}
	held, err := gate.Sigwait.New(s.board)
	if err != nil {
		return err
	}
	child, err := s.launcher.Start(sc.config(), s.board, program.Part{Program: held.Wait()})
	if err != nil {
		return err
	}
	jobErr := sc.initJob(child)
	code, err := s.load(child, 0, held.Release(program.Child))
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
