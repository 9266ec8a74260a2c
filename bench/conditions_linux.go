package bench

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/condition"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
)

// conditions are what a session has at hand to bring its series' conditions about.
type conditions struct {
	usable  []int // CPUs
	quotas  map[condition.Quota]*condition.QuotaGroup
	means   condition.Means    // by which CPUs are kept awake
	drainer *condition.Drainer // nil if there is nothing to drain, or nothing tells
	drains  string             // by what, or why not
}

// tryConditions brings each condition of the plan about once, before anything is
// measured: what this host does not allow is refused here.
func (s *session) tryConditions() error {
	s.usable = condition.Members(&s.anywhere)
	s.quotas = map[condition.Quota]*condition.QuotaGroup{}
	var tried []Conditions
	for i := range s.scenes {
		sc := &s.scenes[i]
		if slices.Contains(tried, sc.Conditions) {
			continue
		}
		tried = append(tried, sc.Conditions)
		if err := s.tryScene(sc); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) tryScene(sc *scene) error {
	if err := s.moveTo(sc.cpus); err != nil {
		return err
	}
	if err := sc.Sched.Check(s.launcher, sc.cpus.child); err != nil {
		return err
	}
	if err := s.openQuota(sc.Quota); err != nil {
		return err
	}
	if sc.namespaces&launch.Net != 0 && s.drains == "" {
		if err := s.openDrainer(); err != nil {
			return err
		}
	}
	surroundings, err := s.surround(sc)
	if err != nil {
		return err
	}
	return surroundings.end()
}

// openQuota makes the group of a quota, unless it is there already.
func (s *session) openQuota(q condition.Quota) error {
	if q == 0 || s.quotas[q] != nil {
		return nil
	}
	g, err := q.Open(s.launcher)
	if err != nil {
		return err
	}
	s.later(g.Close)
	s.quotas[q] = g
	return g.Check(s.launcher, -1)
}

// openDrainer finds out by what network namespaces can be waited for. That nothing
// tells when they are gone is no reason not to measure, but one to say so.
func (s *session) openDrainer() error {
	d, err := condition.NewDrainer(s.launcher)
	if errors.Is(err, condition.ErrCannotTell) {
		s.drains = err.Error()
		return nil
	}
	if err != nil {
		return err
	}
	s.later(d.Close)
	s.drainer, s.drains = d, string(d.Means)
	return nil
}

// A surroundings is what goes on around the releases of a block.
type surroundings struct {
	awake *condition.Awake
	load  *condition.Spinners
}

// surround brings about what has to go on around the releases of a series.
func (s *session) surround(sc *scene) (around surroundings, err error) {
	if around.awake, err = sc.Idle.Begin(s.launcher, s.usable); err != nil {
		return around, err
	}
	if sc.Idle != condition.Natural {
		s.means = around.awake.Means
	}
	if sc.Load.PerCPU > 0 {
		if around.load, err = sc.Load.Begin(s.launcher, s.usable); err != nil {
			err = errors.Join(err, around.end())
		}
	}
	return around, err
}

func (a surroundings) end() (err error) {
	if a.load != nil {
		err = a.load.End()
	}
	if a.awake != nil {
		err = errors.Join(err, a.awake.End())
	}
	return err
}

// throttled is how long a quota has kept children waiting so far.
func (s *session) throttled(sc *scene) (time.Duration, error) {
	if sc.Quota == 0 {
		return 0, nil
	}
	t, err := s.quotas[sc.Quota].Throttling()
	return t.Time, err
}

// under measures a block under the conditions of its series, and notes what they
// have done to it.
func (r *run) under(sc *scene, b *result.Block, measure func() error) error {
	around, err := r.surround(sc)
	if err != nil {
		return err
	}
	before, err := r.throttled(sc)
	if err == nil {
		err = measure()
	}
	if endErr := around.end(); err == nil {
		err = endErr // what ends a block early ends the busy threads, too
	}
	if sc.Quota > 0 && err == nil {
		after, statErr := r.throttled(sc)
		ns := (after - before).Nanoseconds()
		b.ThrottledNS, err = &ns, statErr
	}
	return err
}

// drain waits until the kernel has taken the network namespaces of a block apart,
// which would disturb the next. Where nobody can tell when that is, the block
// does not say how long it took.
func (s *session) drain(sc *scene, b *result.Block) error {
	if s.drainer == nil || sc.namespaces&launch.Net == 0 {
		return nil
	}
	began := s.clock.Now()
	err := s.drainer.Drain()
	if errors.Is(err, condition.ErrCannotTell) {
		return nil
	}
	if ns := s.clock.NS(began, s.clock.Now()); err == nil {
		b.DrainNS = &ns
	}
	return err
}

// limit gives the children, which have armed, their quota. One that has never run
// when it is moved into a group may not come to run for seconds where somebody
// else is busy on its CPU, which was seen with version 1 on Linux 6.18.
func (s *session) limit(sc *scene, g *group) error {
	if sc.Quota == 0 {
		return nil
	}
	for i := range g.lives {
		c := g.lives[i].child
		if err := s.quotas[sc.Quota].Add(c.PID); err != nil && !c.Ending() {
			return err
		}
	}
	return nil
}

// strayed says how the mask of a child differs from what it was given, if it does.
func (sc *scene) strayed(c *launch.Child) string {
	if sc.cpus.child < 0 {
		return ""
	}
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(c.PID, &set); err != nil {
		return fmt.Sprintf("its mask: %v", err)
	}
	if at := condition.Members(&set); !slices.Equal(at, []int{sc.cpus.child}) {
		return fmt.Sprintf("its mask is %s, and was %d", condition.List(at), sc.cpus.child)
	}
	return ""
}
