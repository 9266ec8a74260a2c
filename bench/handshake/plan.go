package handshake

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nsbench/nsbench/bench/result"
)

// A Plan is what is to be run.
type Plan struct {
	Variants   []Variant
	Iterations int // measured handshakes of each variant
	Warmup     int // rounds at the start that are marked as warm-up
	Seed       uint64
	First      int // the CPU of the first process of each handshake; negative for any
	Others     int // that of all others
	Trials     int // of each break; of a plan of breaks

	// Header is what the record begins with that does not depend on what is run.
	Header result.Header
}

// A Variant is a profile with a change.
type Variant struct {
	Profile Profile
	Change  Change
}

// Block is how many handshakes a visit to a variant has. Few make many rounds of as many
// handshakes, and rounds are what changes are compared by.
const Block = 2

// Limits of a plan.
const (
	mostIterations = 1_000_000
	mostTrials     = 1_000
	mostHold       = 10 * time.Second
)

// Check refuses a plan that cannot be run as it is.
func (p Plan) Check() error {
	switch {
	case len(p.Variants) == 0:
		return errors.New("no profile is named")
	case len(p.Variants) > result.MaxSeries:
		return fmt.Errorf("%d handshakes, at most %d are possible", len(p.Variants), result.MaxSeries)
	case p.Trials == 0 && (p.Iterations < 1 || p.Iterations > mostIterations):
		return fmt.Errorf("iterations %d: 1 to %d are possible", p.Iterations, mostIterations)
	case p.Trials < 0 || p.Trials > mostTrials:
		return fmt.Errorf("trials %d: 1 to %d are possible", p.Trials, mostTrials)
	case p.Warmup < 0 || p.Warmup > mostIterations:
		return fmt.Errorf("warmup %d: 0 to %d are possible", p.Warmup, mostIterations)
	}
	for _, v := range p.Variants {
		if _, err := v.Change.of(v.Profile); err != nil {
			return err
		}
		if p.Trials > 0 && v.Change.bare() {
			return fmt.Errorf("breaks of %s without any work: nothing tells a wrong world from a right one, name some work", v.Profile.Name)
		}
		if v.Change.Hold < 0 || v.Change.Hold > mostHold {
			return fmt.Errorf("hold %v: 0 to %v are possible", v.Change.Hold, mostHold)
		}
	}
	return nil
}

// recordOf is a profile, with a change that has been made to it, as the record has it.
func recordOf(p Profile, c Change) result.Profile {
	r := result.Profile{Name: p.Name, About: p.About, Source: p.Source, Work: c.workName(), Trimmed: strings.Join(c.Stages, ","), Dropped: c.Drop}
	if c.With != nil {
		r.With = c.With.Name
	}
	for _, process := range p.Processes {
		r.Processes = append(r.Processes, result.Process(process))
	}
	for _, s := range p.Steps {
		r.Steps = append(r.Steps, s.record())
	}
	return r
}

var kinds = [...]string{
	Clones: result.StepClones, Does: result.StepDoes, Releases: result.StepReleases,
	Reaps: result.StepReaps, Exits: result.StepExits, Executes: result.StepExecutes,
}

func (s Step) record() result.Step {
	r := result.Step{Kind: kinds[s.Kind], By: s.By, To: s.To, Name: s.Name, Note: s.Note, Namespaces: s.Namespaces.Names()}
	switch s.Kind {
	case Does:
		r.Name, r.Namespaces = s.Work.Name, s.Work.Namespaces.Names()
	case Releases:
		r.Primitive = s.Primitive.Name
	}
	return r
}

// Recorded is a profile as the record has it.
func Recorded(p Profile) result.Profile { return recordOf(p, Change{}) }
