package result

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

var (
	stepKinds = []string{StepClones, StepDoes, StepReleases, StepReaps, StepExits, StepExecutes}
	breaks    = []string{BreakKill, BreakDrop}
	verdicts  = Verdicts()
)

// Verdicts returns the Verdict constants, the worse first.
func Verdicts() []string { return []string{VerdictOpen, VerdictHangs, VerdictClosed, VerdictWhole} }

// Handshakes are what must be remembered of a plan of profiles to judge what follows.
type handshakes struct {
	profiles []planned
	trials   int // of a break; 0 in a plan of handshakes
	told     map[breakCell]bool
}

// A planned is a profile as far as its lines name parts of it.
type planned struct {
	kinds             []string // of the steps
	processes, stages map[string]bool
	unavailable       bool
}

// A breakCell is the place of a break among the others.
type breakCell struct {
	profile            int
	what, side, before string
}

func (b *Break) cell() breakCell { return breakCell{b.Profile, b.Break, b.Side, b.Stage} }

// handshakesOf returns those of a plan, nil where it has none.
func handshakesOf(p Plan) *handshakes {
	if len(p.Profiles) == 0 {
		return nil
	}
	h := &handshakes{trials: p.Trials, told: make(map[breakCell]bool)}
	for _, profile := range p.Profiles {
		one := planned{processes: make(map[string]bool), stages: make(map[string]bool), unavailable: profile.Unavailable != ""}
		for _, process := range profile.Processes {
			one.processes[process.Name] = true
		}
		for _, s := range profile.Steps {
			one.kinds = append(one.kinds, s.Kind)
			if s.Kind == StepReleases {
				one.stages[s.Name] = true
			}
		}
		h.profiles = append(h.profiles, one)
	}
	return h
}

// checkProfiles judges what a plan says of them.
func checkProfiles(all []Profile) error {
	if n := len(all); n > MaxSeries {
		return fmt.Errorf("plan of %d profiles, at most %d are possible", n, MaxSeries)
	}
	places := make(map[string]int, len(all))
	for i, p := range all {
		if err := checkProfile(p); err != nil {
			return fmt.Errorf("plan.profiles[%d].%w", i, err)
		}
		key := fmt.Sprintf("%q %q %q %q %q", p.Name, p.With, p.Work, p.Trimmed, p.Dropped)
		if first, known := places[key]; known {
			return fmt.Errorf("plan.profiles[%d] is plan.profiles[%d] once more", i, first)
		}
		places[key] = i
	}
	return nil
}

func checkProfile(p Profile) error {
	switch {
	case p.Name == "":
		return errors.New("name is empty")
	case len(p.Processes) > MaxSteps:
		return fmt.Errorf("processes has %d entries, at most %d are possible", len(p.Processes), MaxSteps)
	case len(p.Steps) > MaxSteps:
		return fmt.Errorf("steps has %d entries, at most %d are possible", len(p.Steps), MaxSteps)
	}
	if err := checkNames("processes[%d].name", p.Processes, func(p Process) string { return p.Name }); err != nil {
		return err
	}
	processes, stages := make(map[string]bool, len(p.Processes)), make(map[string]bool)
	for _, process := range p.Processes {
		processes[process.Name] = true
	}
	for i, s := range p.Steps {
		if err := checkStep(s, processes, stages); err != nil {
			return fmt.Errorf("steps[%d].%w", i, err)
		}
	}
	return nil
}

// checkStep judges a step of a profile with such processes, and adds its stage to those
// before it.
func checkStep(s Step, processes, stages map[string]bool) error {
	if err := checkOneOf("kind", s.Kind, stepKinds); err != nil {
		return err
	}
	needsTo := s.Kind == StepClones || s.Kind == StepReleases || s.Kind == StepReaps
	switch {
	case !processes[s.By]:
		return fmt.Errorf("by %q is no process of the profile", s.By)
	case s.To == "" && needsTo:
		return fmt.Errorf("to is empty, and the step %s somebody", s.Kind)
	case s.To != "" && !processes[s.To]:
		return fmt.Errorf("to %q is no process of the profile", s.To)
	case s.To == s.By && needsTo:
		return fmt.Errorf("to %q is the process that acts", s.To)
	case s.Kind != StepReleases:
		return nil
	case s.Name == "":
		return errors.New("name is empty, and the step is a stage")
	case stages[s.Name]:
		return fmt.Errorf("name %q is that of a stage before it", s.Name)
	}
	stages[s.Name] = true
	return nil
}

// checkHandshake holds the columns of a handshake to its profile.
func (r run) checkHandshake(h *Handshake) error {
	switch {
	case !r.open:
		return ErrNoHeader
	case r.handshakes == nil:
		return errors.New("the plan of the header before it has no profiles")
	case r.handshakes.trials > 0:
		return errors.New("the plan of the header before it is one of breaks")
	}
	p, err := r.handshakes.profile(h.Profile)
	if err != nil {
		return err
	}
	n := len(h.TotalNS)
	switch {
	case p.unavailable:
		return fmt.Errorf("profile %d is unavailable", h.Profile)
	case len(h.Steps) != len(p.kinds):
		return fmt.Errorf("steps has %d entries, profile %d has %d", len(h.Steps), h.Profile, len(p.kinds))
	case len(h.Outcome) != n:
		return fmt.Errorf("outcome has %d entries, total_ns has %d", len(h.Outcome), n)
	case len(h.Wrong) != n:
		return fmt.Errorf("wrong has %d entries, total_ns has %d", len(h.Wrong), n)
	}
	for i, outcome := range h.Outcome {
		if err := checkOneOf(fmt.Sprintf("outcome[%d]", i), outcome, outcomes); err != nil {
			return err
		}
	}
	for i := range h.Steps {
		if err := h.Steps[i].check(p.kinds[i], n); err != nil {
			return fmt.Errorf("steps[%d].%w", i, err)
		}
	}
	return cmp.Or(
		atLeastZero("round", int64(h.Round)),
		atLeastZero("place", int64(h.Place)),
		noneBelowZero("total_ns", h.TotalNS),
	)
}

func (h *handshakes) profile(at int) (planned, error) {
	if at < 0 || at >= len(h.profiles) {
		return planned{}, fmt.Errorf("profile %d of a plan of %d", at, len(h.profiles))
	}
	return h.profiles[at], nil
}

// A stampColumn is one list of stamps, by the name that it has in the file, and the
// kinds of step that have it.
type stampColumn struct {
	name   string
	values *[]int64
	kinds  []string
}

func (s *Stamps) columns() []stampColumn {
	return []stampColumn{
		{"begin_ns", &s.BeginNS, stepKinds},
		{"end_ns", &s.EndNS, []string{StepClones, StepDoes, StepReleases, StepReaps}},
		{"armed_ns", &s.ArmedNS, []string{StepReleases}},
		{"resumed_ns", &s.ResumedNS, []string{StepClones, StepReleases}},
		{"slept", &s.Slept, []string{StepReleases}},
	}
}

// check holds the stamps of a step to one entry a handshake in the columns that a
// step of this kind has, and to none in the others.
func (s *Stamps) check(kind string, n int) error {
	for _, c := range s.columns() {
		want := 0
		if slices.Contains(c.kinds, kind) {
			want = n
		}
		if got := len(*c.values); got != want {
			return fmt.Errorf("%s has %d entries, of a step that %s there are %d", c.name, got, kind, want)
		}
		if err := noneBelowZero(c.name, *c.values); err != nil {
			return err
		}
	}
	return nil
}

func noneBelowZero(name string, values []int64) error {
	for i, n := range values {
		if n < 0 {
			return fmt.Errorf("%s[%d] %d is negative", name, i, n)
		}
	}
	return nil
}

// afterBreak judges a break, and returns the run as it stands then. It is taken for told
// when the next comes, as a behaviour is.
func (r run) afterBreak(b *Break) (run, error) {
	switch {
	case !r.open:
		return r, ErrNoHeader
	case r.handshakes == nil || r.handshakes.trials == 0:
		return r, errors.New("the plan of the header before it has no breaks")
	}
	r.handshakes.told[r.lastBreak] = true
	if err := cmp.Or(r.handshakes.checkPlace(b), checkVerdict(b, r.handshakes.trials)); err != nil {
		return r, err
	}
	r.lastBreak = b.cell()
	return r, nil
}

// checkPlace holds a break to a place in its profile that nobody has taken.
func (h *handshakes) checkPlace(b *Break) error {
	p, err := h.profile(b.Profile)
	if err != nil {
		return err
	}
	if err := checkOneOf("break", b.Break, breaks); err != nil {
		return err
	}
	switch {
	case !p.processes[b.Side]:
		return fmt.Errorf("side %q is no process of profile %d", b.Side, b.Profile)
	case b.Stage == "" && b.Break == BreakDrop:
		return errors.New("stage is empty, and one is dropped")
	case b.Stage != "" && !p.stages[b.Stage]:
		return fmt.Errorf("stage %q is none of profile %d", b.Stage, b.Profile)
	case h.told[b.cell()]:
		return fmt.Errorf("break %q of %q at %q in profile %d stands there twice", b.Break, b.Side, b.Stage, b.Profile)
	}
	return nil
}

// checkVerdict holds the verdict on a break to what its trials came to.
func checkVerdict(b *Break, most int) error {
	switch {
	case b.Trials < 0:
		return atLeastZero("trials", int64(b.Trials))
	case b.Trials > most:
		return fmt.Errorf("trials %d of a plan of %d", b.Trials, most)
	case b.Trials == 0 && (b.Verdict != "" || len(b.Results) > 0):
		return fmt.Errorf("verdict %q of 0 trials", b.Verdict)
	case b.Trials == 0 && b.Reason == "":
		return errors.New("does not say why it could not be tried")
	case b.Trials == 0:
		return nil
	}
	counts, left := make(map[string]int), b.Trials
	for i, r := range b.Results {
		switch {
		case r.N < 1:
			return fmt.Errorf("results[%d].n %d is below 1", i, r.N)
		case r.N > left:
			return fmt.Errorf("results[%d].n %d is of more than the %d trials", i, r.N, b.Trials)
		case i > 0 && r.N > b.Results[i-1].N:
			return fmt.Errorf("results[%d].n %d is above the one before it", i, r.N)
		}
		if err := checkOneOf(fmt.Sprintf("results[%d].verdict", i), r.Verdict, verdicts); err != nil {
			return err
		}
		counts[r.Verdict] += r.N
		left -= r.N
	}
	if left > 0 {
		return fmt.Errorf("results are of %d trials, the break has %d", b.Trials-left, b.Trials)
	}
	if err := checkOneOf("verdict", b.Verdict, verdicts); err != nil {
		return err
	}
	for _, v := range verdicts {
		if counts[v] > counts[b.Verdict] {
			return fmt.Errorf("verdict %q of %d trials, %d are %s", b.Verdict, counts[b.Verdict], counts[v], v)
		}
	}
	return nil
}
