package handshake

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nsbench/nsbench/sync/gate"
)

// A Change is what is different about a handshake from its profile. The zero Change is
// the profile as it stands.
type Change struct {
	With   *gate.Primitive // takes the place of every stage's primitive; nil for none
	Work   []string        // the works that are done, where OnlyWork is set
	Stages []string        // the stages that are left in; nil is all
	Drop   string          // a stage that is left out though others count on it, while who was to release is late

	// OnlyWork says that Work counts. With no Work there is nothing but
	// synchronisation: neither works, nor namespaces, nor the payload.
	OnlyWork bool

	// Hold is how long an init job takes.
	Hold time.Duration
}

// bare reports whether there is to be nothing but synchronisation.
func (c Change) bare() bool { return c.OnlyWork && len(c.Work) == 0 }

// works reports whether a work is to be done.
func (c Change) works(name string) bool {
	if c.bare() {
		return name == workJob // which is no work, but the time that it takes
	}
	return !c.OnlyWork || name == workUnshare || slices.Contains(c.Work, name)
}

// workName is what is done of the work, for the record.
func (c Change) workName() string {
	switch {
	case !c.OnlyWork:
		return "all"
	case len(c.Work) == 0:
		return "none"
	}
	return strings.Join(c.Work, ",")
}

// of is the profile with the stages and the work that the change leaves, and with its
// primitive. The error says what the profile has not.
func (c Change) of(p Profile) (Profile, error) {
	names := stageNames(p)
	for _, name := range append(slices.Clone(c.Stages), c.Drop) {
		if name != "" && !slices.Contains(names, name) {
			return p, fmt.Errorf("profile %s has no stage %s: its stages are %s", p.Name, name, strings.Join(names, ", "))
		}
	}
	changed := p
	changed.Steps = nil
	for _, s := range p.Steps {
		switch s.Kind {
		case Does:
			if !c.works(s.Work.Name) {
				continue
			}
		case Clones:
			if c.bare() {
				s.Namespaces = 0
			}
		case Releases:
			if c.Stages != nil && !slices.Contains(c.Stages, s.Name) {
				continue
			}
			if c.With != nil {
				s.Primitive = *c.With
			}
			// An execve ends nothing but what is closed by it.
			s.ByExec = s.ByExec && !c.bare() && c.With == nil
			s.dropped = s.Name == c.Drop
		}
		changed.Steps = append(changed.Steps, s)
	}
	return changed, nil
}

func stageNames(p Profile) (names []string) {
	for _, s := range p.Stages() {
		names = append(names, s.Name)
	}
	return names
}

// without is a profile without the works that this host refuses.
func without(p Profile, refused map[string]string) Profile {
	kept := p
	kept.Steps = nil
	for _, s := range p.Steps {
		if _, gone := refused[s.Work.Name]; !gone || s.Kind != Does {
			kept.Steps = append(kept.Steps, s)
		}
	}
	return kept
}
