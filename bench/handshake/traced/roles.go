package traced

import (
	"slices"

	"github.com/nsbench/nsbench/sync/gate"
)

// payload keeps, of all executions, that of the payload, and of all releases by
// executing, that by it. It is the last program that a process of new namespaces
// executed: what is started in a container is to be one program, that starts no other.
func (s *reducer) payload() {
	var payload *Event
	for _, e := range s.events {
		if e.Kind == Executed && e.By.namespaces != 0 {
			payload = e
		}
	}
	if payload == nil {
		s.note("no process of new namespaces executes anything: there is no payload")
	}
	reaped := func(by, to *Process) bool {
		return slices.ContainsFunc(s.events, func(e *Event) bool { return e.Kind == Reaped && e.By == by && e.To == to })
	}
	s.events = slices.DeleteFunc(s.events, func(e *Event) bool {
		switch {
		case e.Kind == Executed:
			return e != payload
		case e.Kind == Released && e.How == "exec":
			return payload == nil || e.Over == gate.Pipe || e.By != payload.By || e.From < payload.From || payload.Till < e.From
		case e.Kind == Released && e.How == "exit":
			return reaped(e.To, e.By)
		}
		return false
	})
}

// roles keeps what is of processes that take part: those that release or are released,
// that become the payload, and those that these descend from. Others are helpers. What
// a helper does to a process, such as newuidmap, is done by who has it do that.
func (s *reducer) roles() {
	part := map[*Process]bool{}
	take := func(p *Process) {
		for ; p != nil && !part[p]; p = p.Parent {
			part[p] = true
		}
	}
	for _, e := range s.events {
		if e.Kind == Released || e.Kind == Executed {
			take(e.By)
			if e.To != nil {
				take(e.To)
			}
		}
	}
	if driver := s.driver(); driver != nil {
		delete(part, driver)
	}
	helpers := 0
	for _, p := range s.processes {
		if !part[p] && p != s.driver() {
			helpers++
		}
	}
	if helpers > 0 {
		s.note("%d helpers that nobody waits for but at their end are left out", helpers)
	}
	s.keep(part)
	s.processes = slices.DeleteFunc(s.processes, func(p *Process) bool { return !part[p] })
}

// driver is the shell that runs the commands of a runtime one after another, such as
// create and start; nil where there is none. It is the first process, takes no part and
// is a shell.
func (s *reducer) driver() *Process {
	if len(s.processes) == 0 {
		return nil
	}
	first := s.processes[0]
	if first.Parent != nil || len(first.Commands) == 0 || !slices.Contains([]string{"sh", "dash", "bash"}, first.Commands[len(first.Commands)-1]) {
		return nil
	}
	if slices.ContainsFunc(s.events, func(e *Event) bool { return e.Kind == Released && (e.By == first || e.To == first) }) {
		return nil
	}
	return first
}

func (s *reducer) keep(part map[*Process]bool) {
	acting := func(p *Process) *Process {
		for p != nil && !part[p] {
			p = p.Parent
		}
		return p
	}
	events := s.events[:0]
	for _, e := range s.events {
		if (e.Kind == Mapped || e.Kind == Grouped) && e.By != e.To {
			e.By = acting(e.By)
		}
		if e.By == nil || !part[e.By] || e.To != nil && !part[e.To] {
			continue
		}
		if (e.Kind == Mapped || e.Kind == Grouped) && repeats(events, e) {
			continue
		}
		events = append(events, e)
	}
	s.events = events
}

// repeats says whether the same was the last that the process did: newuidmap and
// newgidmap are two helpers and one step.
func repeats(events []*Event, e *Event) bool {
	for _, o := range slices.Backward(events) {
		if o.By == e.By {
			return o.Kind == e.Kind && o.To == e.To
		}
	}
	return false
}
