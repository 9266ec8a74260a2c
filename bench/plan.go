// Package bench measures the release latency of children cloned into new
// namespaces: the time from right before the parent's release to right after
// the child's wait.
//
// It is opinionated about what makes such a figure worth something. A sample
// has to prove that its child was asleep, or it measures how fast a process
// starts. Series are visited in rounds, a small block each, in an order drawn
// from the seed and balanced, so that a host that drifts drifts for all of them
// and what one leaves behind meets all others. Where the two sides run is fixed
// before and noted after. What does not hold up is marked and kept. And nothing
// is summed up here: a run yields records, and what they mean is for whoever
// reads them.
package bench

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nsbench/nsbench/bench/result"
)

// A Plan is what to measure.
type Plan struct {
	Series     []Series
	Iterations int      // measured releases per series, all stages included; more where groups of children come to more
	Stages     int      // releases per child
	Warmup     int      // rounds to begin with that are marked as warm-up
	Block      int      // children per block, where they are held one by one; 0 chooses
	Payload    []string // the path of a program and its arguments, which each child executes at its end; none exits instead
	Seed       uint64

	// When the run is to end before the iterations are through; 0 for not at all.
	// It is Observer.Enough that ends it. With a precision the rounds are short.
	Precision float64
	MaxTime   time.Duration

	// How reports compare what is measured; see [result.Plan].
	Baseline  string
	Threshold float64
}

// ErrFiles says that the gates of a child would need more descriptors than this
// process may have.
var ErrFiles = errors.New("the limit on open files is too low")

// ErrProcesses says that so many children cannot live at a time.
var ErrProcesses = errors.New("the limit on processes is too low")

// Bounds of a plan. Ten million releases a series, MaxIterations, is more than a
// day of the slowest of them.
const (
	MaxIterations = 10_000_000
	maxStages     = 100_000
	maxWarmup     = 1000
)

// Check refuses a plan that makes no sense, before anything runs.
func (p Plan) Check() error {
	switch {
	case len(p.Series) == 0:
		return errors.New("nothing to measure: the plan has no series")
	case len(p.Series) > result.MaxSeries:
		return fmt.Errorf("the plan has %d series, and a record holds at most %d", len(p.Series), result.MaxSeries)
	case p.Iterations < 1 || p.Iterations > MaxIterations:
		return fmt.Errorf("iterations: %d is not from 1 to %d", p.Iterations, MaxIterations)
	case p.Stages < 1 || p.Stages > min(maxStages, p.Iterations):
		return fmt.Errorf("stages: %d is not from 1 to %d, and not more than the iterations", p.Stages, min(maxStages, p.Iterations))
	case p.Warmup < 0 || p.Warmup > maxWarmup:
		return fmt.Errorf("warmup: %d is not from 0 to %d rounds", p.Warmup, maxWarmup)
	case p.Block < 0:
		return fmt.Errorf("block: %d children", p.Block)
	case !(p.Precision >= 0 && p.Precision < 1): // nor is NaN
		return fmt.Errorf("precision: %v is not from 0 to less than 1", p.Precision)
	case p.MaxTime < 0:
		return fmt.Errorf("max-time: %v is less than nothing", p.MaxTime)
	case !(p.Threshold >= 0 && p.Threshold < 1): // nor is NaN
		return fmt.Errorf("threshold: %v is not from 0 to less than 1", p.Threshold)
	case p.Baseline != "" && !p.Measures(p.Baseline):
		return fmt.Errorf("baseline: %s is not among the primitives measured: add it", p.Baseline)
	}
	return p.checkSeries()
}

// Measures reports whether there is a series of the primitive of that name.
func (p Plan) Measures(primitive string) bool {
	return slices.ContainsFunc(p.Series, func(s Series) bool { return s.Primitive.Name == primitive })
}

// checkSeries refuses series that make no sense, and two of which nobody could
// tell which is which.
func (p Plan) checkSeries() error {
	seen := make(map[key]bool, len(p.Series))
	for _, s := range p.Series {
		if err := s.Check(); err != nil {
			return err
		}
		if p.Stages*s.Children > maxStages {
			return fmt.Errorf("stages: %d of each of %d children are more than %d", p.Stages, s.Children, maxStages)
		}
		if seen[s.key()] {
			return fmt.Errorf("the series of %s is there twice under the same conditions", s.Label())
		}
		seen[s.key()] = true
	}
	return nil
}

// total is how many children each series clones when it is measured, at least.
func (p Plan) total() int { return (p.Iterations + p.Stages - 1) / p.Stages }

// groups returns how many stages the children of each group pass that a series
// has in a round. A group is one child, as a rule. All pass as many stages, but
// for the very last child, which passes what is left.
func (p Plan) groups(s Series, round int) []int {
	if s.Children > 1 {
		return slices.Repeat([]int{p.Stages}, p.large(s.Children, round))
	}
	first := max(0, round-p.Warmup) * p.block()
	groups := make([]int, min(p.block(), p.total()-first))
	for i := range groups {
		groups[i] = min(p.Stages, p.Iterations-(first+i)*p.Stages)
	}
	return groups
}

// fewestGroups is how many groups of several children a series has at the least,
// however few releases that would take: a median over groups takes 6 for an
// interval, and some may turn out invalid.
const fewestGroups = 8

// large is how many groups of several children there are in a round. There may
// be fewer of them than rounds, over which they are spread; there is one in each
// round of warm-up.
func (p Plan) large(children, round int) int {
	if round < p.Warmup {
		return 1
	}
	total, measured, n := max((p.total()+children-1)/children, fewestGroups), p.rounds()-p.Warmup, round-p.Warmup
	groups := (n+1)*total/measured - n*total/measured
	if p.Precision > 0 {
		groups = max(groups, 1) // nobody knows how many rounds there will be to spread them over
	}
	return groups
}

// slowRelease is more than a release takes whose waiter spins on the parent's
// own CPU and goes on only when its time slice has ended, a few milliseconds
// for either side.
const slowRelease = 50 * time.Millisecond

// longest is how long these groups can take, all together, if no child hangs.
func (p Plan) longest(s Series, groups []int) (d time.Duration) {
	for _, stages := range groups {
		d += time.Duration(stages) * (s.Hold*3/2 + s.Delay + time.Duration(s.Children)*slowRelease)
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
	if p.Precision > 0 {
		return min(max(p.total()/100, 1), preciseBlock)
	}
	return min(max(p.total()/100, 1), 40)
}

// preciseBlock is the most children that a block has whose run ends when enough
// is known. It is that of a run without flags: there are to be many rounds, or
// there is nothing to tell drift by, and the run ends by a whole one.
const preciseBlock = 15

// Open reports whether the run may end before its iterations are through.
func (p Plan) Open() bool { return p.Precision > 0 || p.MaxTime > 0 }

// rounds is how many there are, warm-up included.
func (p Plan) rounds() int { return p.Warmup + (p.total()+p.block()-1)/p.block() }

// blocks is how many there are: one for each series in each round, but where a
// series has fewer groups than there are rounds.
func (p Plan) blocks() (n int) {
	for _, s := range p.Series {
		if s.Children == 1 {
			n += p.rounds()
			continue
		}
		for round := range p.rounds() {
			n += min(1, p.large(s.Children, round))
		}
	}
	return n
}

// size says how much there is of a group.
func (p Plan) size(s Series) string {
	if s.Children > 1 {
		return fmt.Sprintf("%d stages of %d children", p.Stages, s.Children)
	}
	return fmt.Sprintf("%d stages", p.Stages)
}

// most is the most children that a group of the plan has.
func (p Plan) most() int {
	n := 1
	for _, s := range p.Series {
		n = max(n, s.Children)
	}
	return n
}
