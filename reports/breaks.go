package reports

import (
	"fmt"
	"slices"

	"github.com/nsbench/nsbench/bench/result"
)

// Breaks are what became of the profiles of one section of a record when something
// broke.
type Breaks struct {
	Header   result.Header
	End      *result.End // nil if it was cut short
	Profiles []result.Profile

	cells []map[breakPlace]*result.Break // by profile
	all   int
}

// A breakPlace is where a break stands in the matrix of its profile.
type breakPlace struct{ what, side, stage string }

func newBreaks(h result.Header) *Breaks {
	b := &Breaks{Header: h, Profiles: h.Plan.Profiles, cells: make([]map[breakPlace]*result.Break, len(h.Plan.Profiles))}
	for i := range b.cells {
		b.cells[i] = make(map[breakPlace]*result.Break)
	}
	return b
}

func (b *Breaks) add(one *result.Break) {
	b.all++
	b.cells[one.Profile][breakPlace{one.Break, one.Side, one.Stage}] = one
}

// Killed is what became of a profile, by its index, when a process was killed right
// after a stage, or right after the first clone where that is empty. Nil where it was
// not tried.
func (b *Breaks) Killed(profile int, side, stage string) *result.Break {
	return b.cells[profile][breakPlace{result.BreakKill, side, stage}]
}

// Dropped is what became of it when a stage was left out that is released by a process;
// nil where it was not tried.
func (b *Breaks) Dropped(profile int, side, stage string) *result.Break {
	return b.cells[profile][breakPlace{result.BreakDrop, side, stage}]
}

// check says what is wrong with the section as a whole.
func (b *Breaks) check() (problems []string) {
	switch {
	case b.End == nil:
		return []string{fmt.Sprintf("The section of breaks has no end and was cut short after %s.", plural(b.all, "break"))}
	case b.End.Ended != result.EndedComplete:
		text := fmt.Sprintf("The section of breaks ended as %s after %s.", word(b.End.Ended), plural(b.all, "break"))
		if b.End.Error != "" {
			text += " Error: " + sentence(b.End.Error) + "."
		}
		return []string{text}
	}
	return nil
}

// clip keeps the profiles that are shown, and says how many are not.
func (b *Breaks) clip() (problems []string) {
	if n := len(b.Profiles); n > mostProfiles {
		b.Profiles = b.Profiles[:mostProfiles:mostProfiles]
		problems = append(problems, fmt.Sprintf("Shown of the breaks: the first %d profiles of %s.", mostProfiles, plural(n, "profile")))
	}
	return problems
}

// trialsOf counts the trials of a break by their verdicts.
func trialsOf(b *result.Break) map[string]int {
	counts := make(map[string]int)
	for _, r := range b.Results {
		counts[r.Verdict] += r.N
	}
	return counts
}

// ordered are the breaks of a profile: who is killed after what, and then what is
// dropped, in the order of its steps.
func (b *Breaks) ordered(at int, p result.Profile) (all []*result.Break) {
	for _, process := range p.Processes {
		for _, stage := range killMoments(p) {
			if one := b.Killed(at, process.Name, stage); one != nil {
				all = append(all, one)
			}
		}
	}
	for _, s := range p.Steps {
		if one := b.Dropped(at, s.By, s.Name); one != nil && s.Kind == result.StepReleases {
			all = append(all, one)
		}
	}
	return all
}

// withAll adds to a list what it has not yet.
func withAll(list, more []string) []string {
	for _, one := range more {
		if !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}
