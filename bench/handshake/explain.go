package handshake

import "github.com/nsbench/nsbench/sync/program"

// A Part is what a process does in one step.
type Part struct {
	Step    string // in words
	Program program.Program
}

// A Side is one process of a handshake with what it does, part by part.
type Side struct {
	Process
	Parts []Part
}

// tells is a step in words, as one of its processes has it.
func (s Step) tells(to string) string {
	switch {
	case s.Kind == Clones && s.To == to:
		return "begins"
	case s.Kind == Clones:
		return "clones " + s.To
	case s.Kind == Releases && s.To == to:
		return "waits at " + s.Name + " for " + s.By + " (" + s.Primitive.Name + ")"
	case s.Kind == Releases:
		return "releases " + s.To + " at " + s.Name + " (" + s.Primitive.Name + ")"
	case s.Kind == Does && s.To != "":
		return s.Work.Name + " of " + s.To
	case s.Kind == Reaps:
		return "waits for the end of " + s.To
	case s.Kind == Exits:
		return "ends"
	case s.Kind == Executes:
		return "executes"
	}
	return s.Work.Name
}
