package bench

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nsbench/nsbench/bench/condition"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/gate"
)

// A Series is one combination of all that a plan can vary.
type Series struct {
	Primitive gate.Primitive
	Conditions
	SelfCheck bool          // the same as another series, to see what differences a run finds between equals
	Delay     time.Duration // how much later the release is made than it is said to be, to see whether a run finds that
}

// Label is what the series is called among those that share its conditions.
func (s Series) Label() string {
	return result.Series{Primitive: s.Primitive.Name, SelfCheck: s.SelfCheck, DelayNS: s.Delay.Nanoseconds()}.Label()
}

// itself reports whether the series is its primitive and no more.
func (s Series) itself() bool { return !s.SelfCheck && s.Delay == 0 }

// A key tells series apart. Primitives are the same that have the same name.
type key struct {
	label string
	Conditions
}

func (s Series) key() key { return key{s.Label(), s.Conditions} }

// Conditions are all of a series but its primitive.
type Conditions struct {
	Launcher   launch.Kind
	Namespaces launch.Namespaces
	Placement  Placement
	Hold       time.Duration // the centre that each hold is drawn around; 0 releases at once, without waiting for the child to arm
	Children   int           // held at a time and released together

	Load  condition.Load  // beside what is measured
	Idle  condition.Idle  // what a CPU does that has nothing to do
	Quota condition.Quota // of the children, all together
	Sched condition.Sched // of the child
}

// Bounds of a series. A longer hold than an hour is a typing error, as is a delay
// of a second, and more children than this are more than most kernels let a user
// have.
const (
	maxHold     = time.Hour
	maxDelay    = time.Second
	maxChildren = 4096
)

// Check refuses a series that makes no sense.
func (s Series) Check() error {
	switch {
	case s.Delay < 0 || s.Delay > maxDelay:
		return fmt.Errorf("delay: %v is not from 0 to %v", s.Delay, maxDelay)
	case s.SelfCheck && s.Delay != 0:
		return fmt.Errorf("delay: %v of a self check, which is to be equal to another series", s.Delay)
	}
	return s.Conditions.Check()
}

// Check refuses conditions that make no sense.
func (c Conditions) Check() error {
	switch {
	case c.Hold < 0 || c.Hold > maxHold:
		return fmt.Errorf("hold: %v is not from 0 to %v", c.Hold, maxHold)
	case c.Children < 1 || c.Children > maxChildren:
		return fmt.Errorf("children: %d is not from 1 to %d", c.Children, maxChildren)
	case c.Children > 1 && c.Hold == 0:
		return errors.New("hold: 0 with several children: a group is released together, when all of it has armed")
	case c.Quota > 0 && c.Hold == 0:
		return fmt.Errorf("cpu quota %s: a child has it from when it has armed, and with a hold of 0 nobody waits for that: use a longer hold", c.Quota)
	case !slices.Contains(Placements(), c.Placement):
		return fmt.Errorf("placement: %q is none of %v", c.Placement, Placements())
	case !slices.Contains(condition.Idles(), c.Idle):
		return fmt.Errorf("idle: %q is none of %v", c.Idle, condition.Idles())
	case c.Sched.Policy == condition.SchedDeadline && c.Placement != Free:
		return fmt.Errorf("sched %s: it takes a child that may run on every CPU, and placement %s pins it: use placement %s", c.Sched, c.Placement, Free)
	}
	return cmp.Or(c.Load.Check(), c.Quota.Fits(c.Sched))
}

// shares reports whether the children of a group wait at one gate, whose one
// release frees all of them; otherwise each has a gate of its own.
func (s Series) shares() bool { return s.Children > 1 && s.Primitive.Frees == gate.FreesAll }

// index returns where a series is in a list, or -1.
func index(all []Series, s Series) int {
	k := s.key()
	return slices.IndexFunc(all, func(t Series) bool { return t.Primitive.Name == s.Primitive.Name && t.key() == k })
}

// record is the series as the record keeps it, in the namespaces that its
// children come to be in.
func (s Series) record(ns launch.Namespaces) result.Series {
	r := result.Series{
		Primitive:  s.Primitive.Name,
		Family:     string(s.Primitive.Family),
		Blocking:   s.Primitive.Blocking,
		Launcher:   s.Launcher.String(),
		Namespaces: ns.Names(),
		Placement:  string(s.Placement),
		HoldNS:     s.Hold.Nanoseconds(),
		SelfCheck:  s.SelfCheck,
		DelayNS:    s.Delay.Nanoseconds(),
	}
	if s.Children > 1 {
		r.Children, r.FreesAll = s.Children, s.shares()
	}
	r.Load, r.LoadNice, r.Quota, r.Sched = s.Load.PerCPU, s.Load.Nice, s.Quota.Percent(), s.Sched.String()
	if s.Idle != condition.Natural {
		r.Idle = string(s.Idle)
	}
	return r
}

// Axes are the values that each thing takes which a plan can vary.
type Axes struct {
	Primitives []gate.Primitive
	Launchers  []launch.Kind
	Namespaces []launch.Namespaces
	Placements []Placement
	Holds      []time.Duration
	Children   []int
	Loads      []condition.Load
	Idles      []condition.Idle
	Quotas     []condition.Quota
	Scheds     []condition.Sched
}

// Series returns every combination of them; of a thing without a value its zero
// is taken, and natural idling. What shares its conditions stands together, in
// the order of the primitives.
func (a Axes) Series() []Series {
	all := []Series{{Conditions: Conditions{Children: 1, Idle: condition.Natural}}}
	for _, axis := range []func(Series) []Series{
		vary(a.Placements, func(s *Series, v Placement) { s.Placement = v }),
		vary(a.Launchers, func(s *Series, v launch.Kind) { s.Launcher = v }),
		vary(a.Namespaces, func(s *Series, v launch.Namespaces) { s.Namespaces = v }),
		vary(a.Holds, func(s *Series, v time.Duration) { s.Hold = v }),
		vary(a.Children, func(s *Series, v int) { s.Children = v }),
		vary(a.Loads, func(s *Series, v condition.Load) { s.Load = v }),
		vary(a.Idles, func(s *Series, v condition.Idle) { s.Idle = v }),
		vary(a.Quotas, func(s *Series, v condition.Quota) { s.Quota = v }),
		vary(a.Scheds, func(s *Series, v condition.Sched) { s.Sched = v }),
		vary(a.Primitives, func(s *Series, v gate.Primitive) { s.Primitive = v }),
	} {
		var next []Series
		for _, s := range all {
			next = append(next, axis(s)...)
		}
		all = next
	}
	return all
}

// vary returns what makes of one series as many as there are values, and leaves
// it as it is if there is none.
func vary[V any](values []V, set func(*Series, V)) func(Series) []Series {
	return func(s Series) []Series {
		if len(values) == 0 {
			return []Series{s}
		}
		all := make([]Series, len(values))
		for i, v := range values {
			all[i] = s
			set(&all[i], v)
		}
		return all
	}
}
