// Package bench measures the release latency of children cloned into new
// namespaces: the time from right before the parent's release to right after
// the child's wait.
//
// It is opinionated about what makes such a figure worth something. A sample
// has to prove that its child was asleep, or it measures how fast a process
// starts. Series are visited in rounds, a small block each, in an order that
// the seed shuffles, so that a host that drifts drifts for all of them. Where
// the two sides run is fixed before and noted after. What does not hold up is
// marked and kept. And nothing is summed up here: a run yields records, and
// what they mean is for whoever reads them.
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

// A Plan is what to measure.
type Plan struct {
	Primitives []gate.Primitive
	Namespaces launch.Namespaces
	Placement  Placement
	Iterations int           // measured releases per series, all stages included
	Stages     int           // releases per child
	Hold       time.Duration // the centre that each hold is drawn around; 0 releases at once, without waiting for the child to arm
	Warmup     int           // rounds to begin with that are marked as warm-up
	Block      int           // children per block; 0 chooses
	Seed       uint64
}

// A Placement is where the two sides run.
type Placement string

// The placements.
const (
	SameCPU  Placement = "same-cpu"  // both on one CPU
	CrossCPU Placement = "cross-cpu" // each on a CPU of its own
	Free     Placement = "free"      // wherever the scheduler puts them
)

// Placements returns all placements.
func Placements() []Placement { return []Placement{SameCPU, CrossCPU, Free} }

// ErrOneCPU says that a placement needs more CPUs than there are.
var ErrOneCPU = errors.New("only one CPU may be used here")

// ErrFiles says that the gates of a child would need more descriptors than this
// process may have.
var ErrFiles = errors.New("the limit on open files is too low")

// Bounds of a plan. Ten million releases a series is more than a day of the
// slowest of them; a longer hold than an hour is a typing error.
const (
	maxIterations = 10_000_000
	maxStages     = 100_000
	maxHold       = time.Hour
	maxWarmup     = 1000
)

// Check refuses a plan that makes no sense, before anything runs.
func (p Plan) Check() error {
	switch {
	case len(p.Primitives) == 0:
		return errors.New("no primitive to measure")
	case p.Iterations < 1 || p.Iterations > maxIterations:
		return fmt.Errorf("iterations: %d is not from 1 to %d", p.Iterations, maxIterations)
	case p.Stages < 1 || p.Stages > min(maxStages, p.Iterations):
		return fmt.Errorf("stages: %d is not from 1 to %d, and not more than the iterations", p.Stages, min(maxStages, p.Iterations))
	case p.Hold < 0 || p.Hold > maxHold:
		return fmt.Errorf("hold: %v is not from 0 to %v", p.Hold, maxHold)
	case p.Warmup < 0 || p.Warmup > maxWarmup:
		return fmt.Errorf("warmup: %d is not from 0 to %d rounds", p.Warmup, maxWarmup)
	case p.Block < 0:
		return fmt.Errorf("block: %d children", p.Block)
	case !slices.Contains(Placements(), p.Placement):
		return fmt.Errorf("placement: %q is none of %v", p.Placement, Placements())
	}
	return nil
}

// total is how many children each series clones when it is measured.
func (p Plan) total() int { return (p.Iterations + p.Stages - 1) / p.Stages }

// children returns how many stages each child of a round's block passes. All
// pass as many, but for the very last, which passes what is left.
func (p Plan) children(round int) []int {
	first := max(0, round-p.Warmup) * p.block()
	children := make([]int, min(p.block(), p.total()-first))
	for i := range children {
		children[i] = min(p.Stages, p.Iterations-(first+i)*p.Stages)
	}
	return children
}

// slowRelease is more than a release takes whose waiter spins on the parent's
// own CPU and goes on only when its time slice has ended, a few milliseconds
// for either side.
const slowRelease = 50 * time.Millisecond

// longest is how long these children can take, all together, if none hangs.
func (p Plan) longest(children []int) (d time.Duration) {
	for _, stages := range children {
		d += time.Duration(stages) * (p.Hold*3/2 + slowRelease)
	}
	return d
}

// block is how many children a block has. A round should be short against the
// drift of a host, and there should be enough rounds to see it; a block should
// be long enough that its first child, whose caches the series before it has
// filled, does not weigh much.
func (p Plan) block() int {
	if p.Block > 0 {
		return p.Block
	}
	return min(max(p.total()/100, 1), 40)
}

// rounds is how many there are, warm-up included.
func (p Plan) rounds() int { return p.Warmup + (p.total()+p.block()-1)/p.block() }

// record is the plan as the record keeps it.
func (p Plan) record(ns launch.Namespaces) result.Plan {
	var series []result.Series
	for _, prim := range p.Primitives {
		series = append(series, result.Series{
			Primitive:  prim.Name,
			Family:     string(prim.Family),
			Blocking:   prim.Blocking,
			Launcher:   "clone",
			Namespaces: ns.Names(),
			Placement:  string(p.Placement),
			HoldNS:     p.Hold.Nanoseconds(),
		})
	}
	return result.Plan{Series: series, Iterations: p.Iterations, Stages: p.Stages, Block: p.block(), Warmup: p.Warmup}
}
