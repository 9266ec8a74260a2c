// Package isolation finds out which primitive works under which namespace: does the
// release arrive, in either direction, for what was made before the clone and for
// what is opened by name after it.
//
// Every cell is found by running. Who waits and who releases run the programs of the
// gate, whatever it is; one of them is in new namespaces. Nothing here knows a
// primitive, but for the sentences that explain what was found: they are looked up by
// the call that failed and by the way that it did, and decide nothing.
package isolation

import (
	"slices"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
)

// A Space is a set of new namespaces that one side of a gate is in. The other side is
// where it was made.
type Space struct {
	result.Space

	// mapped says that its maker maps its user and group, and that it mounts a
	// directory for temporary files of its own over the other's.
	mapped bool
}

// All returns the spaces, in their fixed order.
func All() []Space { return slices.Clone(spaces) }

// Named returns the space of that name.
func Named(name string) (Space, bool) {
	i := slices.IndexFunc(spaces, func(s Space) bool { return s.Name == name })
	if i < 0 {
		return Space{}, false
	}
	return spaces[i], true
}

var spaces = []Space{
	{Space: result.Space{Name: "none", About: "No new namespace: what fails here fails everywhere.", Namespaces: []string{}}},
	one("cgroup", "A cgroup namespace of its own, whose root is the control group that it was made in."),
	one("ipc", "An IPC namespace of its own, with no System V object and no name of a POSIX queue in it."),
	one("mnt", "A mount namespace of its own, a copy: each path leads where it led."),
	one("net", "A network namespace of its own, whose loopback is down, and with no abstract unix socket in it."),
	one("pid", "A PID namespace of its own, of which it is the first process: it sees itself alone, and its parent has no number in it. The /proc that is mounted is the old one."),
	one("time", "A time namespace of its own, without offsets."),
	one("user", "A user namespace of its own, in which no user and no group is mapped: it has every capability in there, and none outside."),
	one("uts", "A UTS namespace of its own: another host name."),
	{Space: result.Space{Name: "all", About: "All eight at once. No user and no group is mapped.", Namespaces: launch.NamespaceNames()}},
	{Space: result.Space{Name: "all-mapped", About: "All eight at once, with user and group mapped to 0 by the other side, and a directory for temporary files of its own mounted over the old one: what a container has.", Namespaces: launch.NamespaceNames()}, mapped: true},
}

func one(name, about string) Space {
	return Space{Space: result.Space{Name: name, About: about, Namespaces: []string{name}}}
}

// flags are the namespaces as the clone takes them.
func (s Space) flags() (all launch.Namespaces) {
	for _, name := range s.Namespaces {
		ns, err := launch.ParseNamespace(name)
		if err != nil {
			panic(err) // a mistake in the table above, which a test finds
		}
		all |= ns
	}
	return all
}

// has reports whether a namespace is new in it.
func (s Space) has(namespace string) bool { return slices.Contains(s.Namespaces, namespace) }
