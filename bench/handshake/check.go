package handshake

import (
	"errors"
	"fmt"
	"slices"

	"github.com/nsbench/nsbench/bench/launch"
)

// Check tells whether the profile can be run as it is written: that each step is one
// that its process can take there, and has what it needs. It reads the steps in their
// order, which is one in which they can happen. What they lead to is not its matter.
//
// It returns what is wrong with the profile, and with each of its steps the first thing.
func (p Profile) Check() error {
	c := checker{Profile: p, born: map[string]bool{}, gone: map[string]bool{}, parents: map[string]string{}, inUser: map[string]bool{}, mapped: map[string]bool{}, stages: map[string]bool{}}
	errs := []error{c.header()}
	for i, s := range p.Steps {
		if err := c.step(i, s); err != nil {
			errs = append(errs, fmt.Errorf("profile %s, step %d, of %s: %w", p.Name, i+1, s.By, err))
		}
	}
	errs = append(errs, c.end())
	return errors.Join(errs...)
}

// A checker is what is known of a profile's processes before a step.
type checker struct {
	Profile
	born    map[string]bool
	gone    map[string]bool   // exited, or executed
	parents map[string]string // of the born but the first, by the clones: a child of one that exits is nobody's here
	inUser  map[string]bool   // in a user namespace that a step has made
	mapped  map[string]bool   // that has its maps
	stages  map[string]bool   // the names so far
	payload string
	byExec  string // who has to execute in the next step
}

// header checks what is not a step.
func (c *checker) header() error {
	var errs []error
	add := func(format string, a ...any) {
		errs = append(errs, fmt.Errorf("profile %s: "+format, append([]any{c.Name}, a...)...))
	}
	if c.Name == "" || c.About == "" || c.Source == "" {
		add("name, about and source have to be there")
	}
	if len(c.Processes) == 0 || len(c.Steps) == 0 {
		add("has no processes or no steps")
		return errors.Join(errs...)
	}
	for i, q := range c.Processes {
		if q.Name == "" || q.About == "" {
			add("process %d has no name or no about", i+1)
		}
		if c.index(q.Name) != i {
			add("two processes are named %s", q.Name)
		}
	}
	c.born[c.Processes[0].Name] = true
	return errors.Join(errs...)
}

// end checks what all steps together have to come to.
func (c *checker) end() error {
	var errs []error
	if c.payload == "" {
		errs = append(errs, fmt.Errorf("profile %s: nobody executes", c.Name))
	}
	for _, q := range c.Processes {
		if !c.born[q.Name] {
			errs = append(errs, fmt.Errorf("profile %s: nobody clones %s", c.Name, q.Name))
		}
	}
	return errors.Join(errs...)
}

func (c *checker) step(i int, s Step) error {
	if err := c.alive(s.By); err != nil {
		return err
	}
	if c.byExec != "" && (s.Kind != Executes || s.By != c.byExec) {
		err := fmt.Errorf("%s has to execute here, which releases the stage before", c.byExec)
		c.byExec = ""
		return err
	}
	c.byExec = ""
	switch s.Kind {
	case Clones:
		return c.clones(s)
	case Does:
		return c.does(s)
	case Releases:
		return c.releases(s)
	case Reaps:
		return c.reaps(s)
	case Exits:
		c.gone[s.By] = true
	case Executes:
		return c.executes(s)
	default:
		return fmt.Errorf("kind %d is none", s.Kind)
	}
	return nil
}

func (c *checker) clones(s Step) error {
	switch {
	case c.index(s.To) < 0:
		return fmt.Errorf("there is no process %q", s.To)
	case c.born[s.To]:
		return fmt.Errorf("%s is there already", s.To)
	case c.index(s.To) != len(c.born):
		return fmt.Errorf("%s is not the next of the processes, which are in the order of their births", s.To)
	case s.Sibling && c.parents[s.By] == "":
		return fmt.Errorf("%s has no parent in the profile, of which %s could be a child", s.By, s.To)
	}
	c.born[s.To] = true
	c.parents[s.To] = s.By
	if s.Sibling {
		c.parents[s.To] = c.parents[s.By]
	}
	c.inUser[s.To], c.mapped[s.To] = c.inUser[s.By], c.mapped[s.By]
	c.enters(s.To, s.Namespaces)
	return nil
}

// enters is for a process that begins in, or unshares, namespaces.
func (c *checker) enters(process string, ns launch.Namespaces) {
	if ns&launch.User != 0 {
		c.inUser[process], c.mapped[process] = true, false
	}
}

func (c *checker) does(s Step) error {
	w := s.Work
	if !slices.Contains(Works(), w.Name) {
		return fmt.Errorf("there is no work %q: there are %v", w.Name, Works())
	}
	if w.of != s.To {
		return fmt.Errorf("the work is on %q, the step on %q", w.of, s.To)
	}
	if ofAnother := slices.Contains([]string{workMaps, workCgroup, workLink}, w.Name); ofAnother != (w.of != "") {
		return fmt.Errorf("%s is done to %q", w.Name, w.of)
	}
	if w.of != "" {
		if err := c.alive(w.of); err != nil {
			return err
		}
	}
	switch w.Name {
	case workUnshare:
		if w.Namespaces == 0 {
			return errors.New("of no namespace")
		}
		c.enters(s.By, w.Namespaces)
	case workMaps:
		if !c.inUser[w.of] || c.mapped[w.of] {
			return fmt.Errorf("%s is in no user namespace that is still without maps", w.of)
		}
		c.mapped[w.of] = true
	case workIDs, workHostname, workProc, workRoot:
		// The first needs the maps, and the others what follows from it.
		if c.inUser[s.By] && !c.mapped[s.By] {
			return fmt.Errorf("%s, before there are maps for %s", w.Name, s.By)
		}
		if w.Name == workIDs && !c.inUser[s.By] {
			return fmt.Errorf("%s is in no new user namespace", s.By)
		}
	}
	return nil
}

func (c *checker) releases(s Step) error {
	switch {
	case s.Name == "":
		return errors.New("the stage has no name")
	case c.stages[s.Name]:
		return fmt.Errorf("there are two stages %s", s.Name)
	case s.To == s.By:
		return fmt.Errorf("stage %s: it waits for itself", s.Name)
	case s.Primitive.New == nil:
		return fmt.Errorf("stage %s has no primitive", s.Name)
	}
	c.stages[s.Name] = true
	if s.ByExec {
		c.byExec = s.By
	}
	return c.alive(s.To)
}

func (c *checker) reaps(s Step) error {
	switch {
	case c.parents[s.To] != s.By:
		return fmt.Errorf("%q is not its child", s.To)
	case !c.gone[s.To] || s.To == c.payload:
		return fmt.Errorf("%s does not exit", s.To)
	}
	delete(c.parents, s.To)
	return nil
}

func (c *checker) executes(s Step) error {
	if c.payload != "" {
		return fmt.Errorf("%s has executed already, and there is one payload", c.payload)
	}
	c.payload, c.gone[s.By] = s.By, true
	return nil
}

// alive tells whether the process is there to do something, or to have it done to it.
func (c *checker) alive(process string) error {
	switch {
	case c.index(process) < 0:
		return fmt.Errorf("there is no process %q", process)
	case !c.born[process]:
		return fmt.Errorf("nobody has cloned %s yet", process)
	case c.gone[process]:
		return fmt.Errorf("%s has ended", process)
	}
	return nil
}

func (c *checker) index(process string) int {
	return slices.IndexFunc(c.Processes, func(q Process) bool { return q.Name == process })
}
