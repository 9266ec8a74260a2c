package traced

import (
	"fmt"
	"maps"
	"slices"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// A Process is one of a trace, with all its threads.
type Process struct {
	ID       int      // as strace numbers it
	Name     string   // the role that it has, when it has one
	Parent   *Process // who cloned it; nil of the first
	Commands []string // what it executed, in order, by the last name of the path

	table      table
	namespaces launch.Namespaces // that it or one before it in the tree has entered anew
	nested     int               // its number in the PID namespace of who cloned it; 0 if that is ID
	executing  bool
	going      bool // within execve or behind the start of its exit
	end        int  // the line at which it was gone
}

// An Event is one step of a handshake as a trace has it.
type Event struct {
	Kind       Kind
	By         *Process
	To         *Process          // the process that it is done to; nil of work on itself
	Namespaces launch.Namespaces // of Cloned and Unshared
	Sibling    bool              // of Cloned: by CLONE_PARENT
	Over       gate.Family       // of Released
	How        string            // of Released: data, open; and at an end of file close, exit, exec

	From int // the line at which By did it
	Till int // of Released: the line at which To had it; 0 while nobody has
}

// A Kind is what an event is.
type Kind string

// The kinds.
const (
	Cloned     Kind = "clones"
	Unshared   Kind = "unshares"
	Mapped     Kind = "maps"
	Grouped    Kind = "moves into a cgroup"
	Released   Kind = "releases"
	Reaped     Kind = "reaps"
	Exited     Kind = "exits"
	Executed   Kind = "executes"
	Identified Kind = "sets its IDs"
	Hostnamed  Kind = "sets its hostname"
	Mounted    Kind = "mounts proc"
	Rooted     Kind = "changes its root"
	Tied       Kind = "dies with its parent"
	Entered    Kind = "enters namespaces"
)

// aside says of a kind that it is work: its place among the synchronisation is looked
// at, its place among other work is not.
func (k Kind) aside() bool {
	switch k {
	case Identified, Hostnamed, Mounted, Rooted, Tied, Entered, Grouped:
		return true
	}
	return false
}

func newProcess(id int, parent *Process) *Process {
	p := &Process{ID: id, Parent: parent, table: table{}}
	if parent != nil {
		p.table, p.namespaces = maps.Clone(parent.table), parent.namespaces
		p.Commands = slices.Clip(parent.Commands)
	}
	return p
}

// String is the process by its role, and otherwise by what it runs.
func (p *Process) String() string {
	switch {
	case p == nil:
		return "?"
	case p.Name != "":
		return p.Name
	case len(p.Commands) > 0:
		return fmt.Sprintf("%s[%d]", p.Commands[len(p.Commands)-1], p.ID)
	}
	return fmt.Sprintf("[%d]", p.ID)
}
