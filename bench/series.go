package bench

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/gate"
)

// A Series is one combination of all that a plan can vary.
type Series struct {
	Primitive gate.Primitive
	Conditions
}

// Conditions are all of a series but its primitive.
type Conditions struct {
	Namespaces launch.Namespaces
	Placement  Placement
	Hold       time.Duration // the centre that each hold is drawn around; 0 releases at once, without waiting for the child to arm
	Children   int           // held at a time and released together
}

// Bounds of a series. A longer hold than an hour is a typing error, and more
// children than this are more than most kernels let a user have.
const (
	maxHold     = time.Hour
	maxChildren = 4096
)

// Check refuses conditions that make no sense.
func (c Conditions) Check() error {
	switch {
	case c.Hold < 0 || c.Hold > maxHold:
		return fmt.Errorf("hold: %v is not from 0 to %v", c.Hold, maxHold)
	case c.Children < 1 || c.Children > maxChildren:
		return fmt.Errorf("children: %d is not from 1 to %d", c.Children, maxChildren)
	case c.Children > 1 && c.Hold == 0:
		return errors.New("hold: 0 with several children: a group is released together, when all of it has armed")
	case !slices.Contains(Placements(), c.Placement):
		return fmt.Errorf("placement: %q is none of %v", c.Placement, Placements())
	}
	return nil
}

// shares reports whether the children of a group wait at one gate, whose one
// release frees all of them; otherwise each has a gate of its own.
func (s Series) shares() bool { return s.Children > 1 && s.Primitive.Frees == gate.FreesAll }

// record is the series as the record keeps it, in the namespaces that its
// children come to be in.
func (s Series) record(ns launch.Namespaces) result.Series {
	r := result.Series{
		Primitive:  s.Primitive.Name,
		Family:     string(s.Primitive.Family),
		Blocking:   s.Primitive.Blocking,
		Launcher:   "clone",
		Namespaces: ns.Names(),
		Placement:  string(s.Placement),
		HoldNS:     s.Hold.Nanoseconds(),
	}
	if s.Children > 1 {
		r.Children, r.FreesAll = s.Children, s.shares()
	}
	return r
}

// Axes are the values that each thing takes which a plan can vary.
type Axes struct {
	Primitives []gate.Primitive
	Namespaces []launch.Namespaces
	Placements []Placement
	Holds      []time.Duration
	Children   []int
}

// Series returns every combination of them. What shares its conditions stands
// together, in the order of the primitives.
func (a Axes) Series() []Series {
	all := []Series{{}}
	for _, axis := range []func(Series) []Series{
		vary(a.Placements, func(s *Series, v Placement) { s.Placement = v }),
		vary(a.Namespaces, func(s *Series, v launch.Namespaces) { s.Namespaces = v }),
		vary(a.Holds, func(s *Series, v time.Duration) { s.Hold = v }),
		vary(a.Children, func(s *Series, v int) { s.Children = v }),
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

// vary returns what makes of one series as many as there are values.
func vary[V any](values []V, set func(*Series, V)) func(Series) []Series {
	return func(s Series) []Series {
		all := make([]Series, len(values))
		for i, v := range values {
			all[i] = s
			set(&all[i], v)
		}
		return all
	}
}
