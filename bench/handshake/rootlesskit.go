package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// rootlessKit is rootlesskit with a driver for the network and one for ports: messages in
// JSON over a pipe in each direction, one question or answer after each piece of work.
//
// Left out: the drivers themselves, which tell more in their messages, the PID namespace
// of --pidns, and that the maps are written by newuidmap and newgidmap, two programs.
// The child does not change its IDs: it is root as soon as it is mapped.
var rootlessKit = Profile{
	Name:   "rootlesskit",
	About:  "parent and child greet each other, and the parent reports maps, network and ports as they are done",
	Source: "rootless-containers/rootlesskit e780dd3b: pkg/parent/parent.go, pkg/child/child.go, pkg/messages/messages.go",
	Processes: []Process{
		{"P", "rootlesskit"},
		{"C", "rootlesskit, executed again in the new namespaces"},
		{"D", "its child, which becomes the payload"},
	},
	Steps: []Step{
		// The others are unshared by the child, so that they belong to the user namespace.
		clones("P", "C", launch.User|launch.Mnt),
		does("C", unshare(launch.Net|launch.Cgroup|launch.UTS|launch.IPC)),
		does("C", dieWithParent()),
		releases("P", "C", "parent-hello", gate.PipeByte),
		releases("C", "P", "child-hello", gate.PipeByte),
		does("P", writeMaps("C")),

		// Mapped, but without capabilities, which the execve has taken from it: the child
		// executes itself once more to be root with all of them, and finds by them where to go on.
		releases("P", "C", "idmap-completed", gate.PipeByte),
		releases("C", "P", "userns-completed", gate.PipeByte),
		does("P", moveLink("C")).noting("a driver in reality, most of which put a tap device there"),
		releases("P", "C", "network-completed", gate.PipeByte),
		releases("P", "C", "ports-completed", gate.PipeByte),
		does("C", dieWithParent()).noting("again: newuidmap, which is setuid, has cleared it"),
		clones("C", "D", 0),
		executes("D"),
	},
}
