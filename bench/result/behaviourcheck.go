package result

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

var (
	matrices = []string{MatrixFaults, MatrixIsolation}
	outcomes = []string{OutcomeReleased, OutcomeParentGone, OutcomeHung, OutcomeKilled, OutcomeFailed, OutcomeUnavailable}
	ways     = Ways()
	sides    = []string{OfChild, OfParent, OfStranger}
)

// A matrix is what must be remembered of the header of one to judge its cells.
type matrix struct {
	name                string
	primitives, columns map[string]bool
	trials              int
	told                map[cell]bool
}

// A cell is the place of a behaviour in its matrix.
type cell struct{ primitive, column, way string }

// matrixOf returns that of a plan, nil where it is one of series.
func matrixOf(p Plan) *matrix {
	m := &matrix{trials: p.Trials, primitives: make(map[string]bool), columns: make(map[string]bool), told: make(map[cell]bool)}
	switch {
	case len(p.Faults) > 0:
		m.name = MatrixFaults
	case len(p.Spaces) > 0:
		m.name = MatrixIsolation
	default:
		return nil
	}
	for _, name := range p.Primitives {
		m.primitives[name] = true
	}
	for _, f := range p.Faults {
		m.columns[f.Name] = true
	}
	for _, s := range p.Spaces {
		m.columns[s.Name] = true
	}
	return m
}

// checkMatrix judges what a plan says of one.
func checkMatrix(p Plan) error {
	faults, spaces, profiles := len(p.Faults), len(p.Spaces), len(p.Profiles)
	switch {
	case profiles > 0 && faults+spaces+len(p.Primitives)+len(p.Ideas) > 0:
		return errors.New("plan of both profiles and primitives")
	case profiles > 0 && len(p.Series) > 0:
		return errors.New("plan of both series and profiles")
	case profiles > 0:
		return checkCount("trials", p.Trials)
	case faults == 0 && spaces == 0 && (p.Trials != 0 || len(p.Primitives)+len(p.Ideas) > 0):
		return errors.New("plan of trials with neither faults, spaces nor profiles")
	case faults == 0 && spaces == 0:
		return nil
	case faults > 0 && spaces > 0:
		return errors.New("plan of both faults and spaces")
	case len(p.Series) > 0:
		return errors.New("plan of both series and a matrix")
	case max(faults, spaces, len(p.Primitives)) > MaxSeries:
		return fmt.Errorf("plan of %d primitives by %d, at most %d are possible of either", len(p.Primitives), max(faults, spaces), MaxSeries)
	case len(p.Ideas) > 0 && len(p.Ideas) != len(p.Primitives):
		return fmt.Errorf("plan.ideas has %d entries, there are %d primitives", len(p.Ideas), len(p.Primitives))
	}
	for i, f := range p.Faults {
		if err := checkFault(f); err != nil {
			return fmt.Errorf("plan.faults[%d].%w", i, err)
		}
	}
	return cmp.Or(
		checkCount("trials", p.Trials),
		checkNames("plan.primitives[%d]", p.Primitives, func(name string) string { return name }),
		checkNames("plan.faults[%d].name", p.Faults, func(f Fault) string { return f.Name }),
		checkNames("plan.spaces[%d].name", p.Spaces, func(s Space) string { return s.Name }),
	)
}

func checkFault(f Fault) error {
	if err := checkOneOf("of", f.Of, sides); err != nil {
		return err
	}
	for i, outcome := range f.Sound {
		if err := checkOneOf(fmt.Sprintf("sound[%d]", i), outcome, outcomes); err != nil {
			return err
		}
	}
	for i, outcome := range f.Unsafe {
		if err := checkOneOf(fmt.Sprintf("unsafe[%d]", i), outcome, outcomes); err != nil {
			return err
		}
		if slices.Contains(f.Sound, outcome) {
			return fmt.Errorf("unsafe[%d] %q is sound, too", i, outcome)
		}
	}
	return nil
}

// checkNames refuses a name that is empty or there twice: cells are found by it.
func checkNames[T any](path string, list []T, nameOf func(T) string) error {
	seen := make(map[string]bool, len(list))
	for i, one := range list {
		switch name := nameOf(one); {
		case name == "":
			return fmt.Errorf(path+" is empty", i)
		case seen[name]:
			return fmt.Errorf(path+" %q stands there twice", i, name)
		default:
			seen[name] = true
		}
	}
	return nil
}

func checkOneOf(path, value string, known []string) error {
	if !slices.Contains(known, value) {
		return fmt.Errorf("%s %q is none of %s", path, value, strings.Join(known, ", "))
	}
	return nil
}

// afterBehaviour judges a cell, and returns the run as it stands then. A cell is
// taken for told when the next comes, and not before: a Writer whose line failed
// goes on from the run before it, and may write the cell again.
func (r run) afterBehaviour(b *Behaviour) (run, error) {
	if !r.open {
		return r, ErrNoHeader
	}
	if r.matrix == nil {
		return r, errors.New("the plan of the header before it has no matrix")
	}
	r.matrix.told[r.last] = true
	if err := cmp.Or(r.matrix.checkPlace(b), checkTrials(b, r.matrix.trials)); err != nil {
		return r, err
	}
	r.last = b.cell()
	return r, nil
}

func (b *Behaviour) cell() cell { return cell{b.Primitive, cmp.Or(b.Fault, b.Namespace), b.Way} }

// checkPlace holds a cell to a place in the matrix that nobody has taken.
func (m *matrix) checkPlace(b *Behaviour) error {
	if err := checkOneOf("matrix", b.Matrix, matrices); err != nil {
		return err
	}
	if b.Matrix != m.name {
		return fmt.Errorf("matrix %q under the header of %s", b.Matrix, m.name)
	}
	if !m.primitives[b.Primitive] {
		return fmt.Errorf("primitive %q is not in the plan", b.Primitive)
	}
	if err := m.checkColumn(b); err != nil {
		return err
	}
	if m.told[b.cell()] {
		return fmt.Errorf("cell of %q and %q stands there twice", b.Primitive, cmp.Or(b.Fault, b.Namespace))
	}
	return nil
}

func (m *matrix) checkColumn(b *Behaviour) error {
	if b.Matrix == MatrixFaults {
		switch {
		case b.Namespace != "":
			return errors.New("namespace in a cell of faults")
		case b.Way != "":
			return errors.New("way in a cell of faults")
		case !m.columns[b.Fault]:
			return fmt.Errorf("fault %q is not in the plan", b.Fault)
		}
		return nil
	}
	switch {
	case b.Fault != "":
		return errors.New("fault in a cell of isolation")
	case !m.columns[b.Namespace]:
		return fmt.Errorf("namespace %q is not in the plan", b.Namespace)
	}
	return checkOneOf("way", b.Way, ways)
}

// checkTrials holds the outcome of a cell to what its trials came to.
func checkTrials(b *Behaviour, planned int) error {
	if err := cmp.Or(checkOneOf("outcome", b.Outcome, outcomes), atLeastZero("trials", int64(b.Trials))); err != nil {
		return err
	}
	switch unavailable := b.Outcome == OutcomeUnavailable; {
	case b.Trials > planned:
		return fmt.Errorf("trials %d of a plan of %d", b.Trials, planned)
	case unavailable != (b.Trials == 0):
		return fmt.Errorf("outcome %q of %d trials", b.Outcome, b.Trials)
	case unavailable && b.Reason == "":
		return errors.New("does not say why it is unavailable")
	case b.Moot && !unavailable:
		return fmt.Errorf("moot, and its outcome is %q", b.Outcome)
	}
	counts, err := countResults(b)
	if err != nil {
		return err
	}
	for _, outcome := range outcomes {
		if counts[outcome] > counts[b.Outcome] {
			return fmt.Errorf("outcome %q of %d trials, %d are %s", b.Outcome, counts[b.Outcome], counts[outcome], outcome)
		}
	}
	if n := counts[OutcomeReleased]; len(b.LatencyNS) > n {
		return fmt.Errorf("latency_ns has %d entries, %d trials were released", len(b.LatencyNS), n)
	}
	if len(b.FreeNS) > b.Trials {
		return fmt.Errorf("free_ns has %d entries, there were %d trials", len(b.FreeNS), b.Trials)
	}
	if len(b.Descriptors) > b.Trials {
		return fmt.Errorf("descriptors has %d entries, there were %d trials", len(b.Descriptors), b.Trials)
	}
	for i, n := range b.Descriptors {
		if err := atLeastZero(fmt.Sprintf("descriptors[%d]", i), n); err != nil {
			return err
		}
	}
	return nil
}

// countResults counts the trials of each outcome, which are all of the cell's.
func countResults(b *Behaviour) (map[string]int, error) {
	counts, left := make(map[string]int), b.Trials
	seen := make(map[Result]bool, len(b.Results))
	for i, r := range b.Results {
		n := r.N
		r.N = 0
		switch {
		case r.Outcome == OutcomeUnavailable:
			return nil, fmt.Errorf("results[%d].outcome is of a trial that was none", i)
		case n < 1:
			return nil, fmt.Errorf("results[%d].n %d is below 1", i, n)
		case n > left:
			return nil, fmt.Errorf("results[%d].n %d is of more than the %d trials of the cell", i, n, b.Trials)
		case i > 0 && n > b.Results[i-1].N:
			return nil, fmt.Errorf("results[%d].n %d is above the one before it", i, n)
		case seen[r]:
			return nil, fmt.Errorf("results[%d] stands there twice", i)
		}
		if err := checkOneOf(fmt.Sprintf("results[%d].outcome", i), r.Outcome, outcomes); err != nil {
			return nil, err
		}
		seen[r] = true
		counts[r.Outcome] += n
		left -= n
	}
	if left > 0 {
		return nil, fmt.Errorf("results are of %d trials, the cell has %d", b.Trials-left, b.Trials)
	}
	return counts, nil
}
