package handshake

import (
	"slices"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// A Profile is how one runtime holds its processes and lets them go: what each does,
// and at which stages one waits for another. It is data. [Profile.compile] makes a
// program of it for each process.
type Profile struct {
	Name   string
	About  string // the handshake, in a sentence
	Source string // what it was read from: the project, its commit, the files

	Processes []Process // in the order of their births; the first is there from the start
	Steps     []Step    // in the order in which a reader would tell them
}

// A Process is one of a profile, by the name that its steps call it.
type Process struct{ Name, About string }

// A Step is one line of a profile. A process goes through the steps that name it, in
// their order; it waits for another only at those that say so. Make one by clones,
// does, releases, reaps, exits or executes.
type Step struct {
	Kind Kind
	By   string // the process that acts
	To   string // the process that it acts on; of work on itself empty

	Name      string         // of a stage, unique in its profile; empty of other steps
	Primitive gate.Primitive // of a stage

	Namespaces launch.Namespaces // of a clone: those that To is cloned into
	Sibling    bool              // of a clone: To becomes a child of By's parent, by CLONE_PARENT

	Work Work // of does

	Note string // what is particular about it, for a reader

	// EndIsRelease is of a stage whose waiter takes the end of the other side for its
	// release, because it does not look at what its read returned.
	EndIsRelease bool

	// ByExec is of a stage that By releases by executing: its end of the channel is
	// closed on exec, and To takes the end of file for success. The payload begins.
	ByExec bool

	dropped bool // of a stage: it is left out; see Change.Drop
}

// A Kind is what a step is.
type Kind uint8

// The kinds.
const (
	Clones   Kind = iota // By clones To
	Does                 // By does work
	Releases             // By releases To, which waits: a stage
	Reaps                // By waits for the end of To, and reaps it
	Exits                // By ends
	Executes             // By executes another program: the payload begins
)

// clones is a step in which a process clones another. That begins with the steps
// that name it.
func clones(by, to string, ns launch.Namespaces) Step {
	return Step{Kind: Clones, By: by, To: to, Namespaces: ns}
}

// clonesSibling is clones with CLONE_PARENT: to becomes a child of by's parent.
func clonesSibling(by, to string, ns launch.Namespaces) Step {
	return Step{Kind: Clones, By: by, To: to, Namespaces: ns, Sibling: true}
}

// does is a step in which a process does work, to another where the work has one.
func does(by string, w Work) Step { return Step{Kind: Does, By: by, To: w.of, Work: w} }

// releases is a stage: to waits there until by releases it.
func releases(by, to, name string, p gate.Primitive) Step {
	return Step{Kind: Releases, By: by, To: to, Name: name, Primitive: p}
}

// reaps is a step in which a process waits for the end of a child.
func reaps(by, to string) Step { return Step{Kind: Reaps, By: by, To: to} }

// exits is a step in which a process ends, as it was meant to.
func exits(by string) Step { return Step{Kind: Exits, By: by} }

// executes is the last step of the process that becomes the payload.
func executes(by string) Step { return Step{Kind: Executes, By: by} }

// takingEnd is a stage whose waiter takes the end of the other side for its release.
func (s Step) takingEnd() Step {
	s.EndIsRelease = true
	return s
}

// byExec is a stage that is released by the releaser's execve.
func (s Step) byExec() Step {
	s.ByExec = true
	return s
}

// noting is a step with what is particular about it, in a few words.
func (s Step) noting(note string) Step {
	s.Note = note
	return s
}

// A Work is something that a process does between two stages, to itself or to another.
type Work struct {
	Name       string            // one of the names of Works
	of         string            // the process that it is done to; empty: itself
	Namespaces launch.Namespaces // of unshare
}

// The names of works, as --work takes them.
const (
	workUnshare  = "unshare"  // unshare(2) of namespaces. Stages depend on it, so that no --work leaves it out but none
	workMaps     = "maps"     // setgroups, uid_map and gid_map of another process are written
	workIDs      = "ids"      // setresuid and setresgid to 0, which the maps have to be there for
	workCgroup   = "cgroup"   // another process is moved into a control group
	workLink     = "link"     // one end of a veth pair is moved into the network namespace of another process
	workHostname = "hostname" // sethostname(2)
	workProc     = "proc"     // mounts become private, and proc is mounted over /proc
	workRoot     = "root"     // pivot_root(2) into an empty tmpfs
	workTie      = "tie"      // PR_SET_PDEATHSIG, SIGKILL
	workJob      = "job"      // the init job that takes as long as --hold says
)

// Works are the names of all works, in the order in which reports list them.
func Works() []string {
	return []string{workUnshare, workMaps, workIDs, workCgroup, workLink, workHostname, workProc, workRoot, workTie, workJob}
}

func unshare(ns launch.Namespaces) Work { return Work{Name: workUnshare, Namespaces: ns} }
func writeMaps(of string) Work          { return Work{Name: workMaps, of: of} }
func setIDs() Work                      { return Work{Name: workIDs} }
func joinCgroup(of string) Work         { return Work{Name: workCgroup, of: of} }
func moveLink(to string) Work           { return Work{Name: workLink, of: to} }
func setHostname() Work                 { return Work{Name: workHostname} }
func mountProc() Work                   { return Work{Name: workProc} }
func pivotRoot() Work                   { return Work{Name: workRoot} }
func dieWithParent() Work               { return Work{Name: workTie} }
func initJob() Work                     { return Work{Name: workJob} }

// Stages are the stages of the profile, in their order.
func (p Profile) Stages() (all []Step) {
	for _, s := range p.Steps {
		if s.Kind == Releases {
			all = append(all, s)
		}
	}
	return all
}

// Named returns the profile of that name.
func Named(name string) (Profile, bool) {
	all := All()
	i := slices.IndexFunc(all, func(p Profile) bool { return p.Name == name })
	if i < 0 {
		return Profile{}, false
	}
	return all[i], true
}
