package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// lxc is lxc-start of a container with a user namespace. The two sides count: each message
// is the next number of a sequence, and a number that is not expected is an error.
//
// But the end of file is none: sync_wait takes 0 bytes for success at every stage, which the
// last one needs, because nobody is left to send it once the child executes. So a parent or
// a child that dies lets the other go on, until it meets an error of its own.
//
// Left out: time namespaces, the names of links and the descriptors that the parent sends
// ahead of stages, and the helper in the same maps that changes the owner of the control
// group, where that is done. Where the clone itself can begin in the control group
// (CLONE_INTO_CGROUP), LXC 5 takes the cgroup namespace with it, and nothing moves the child.
var lxc = Profile{
	Name:   "lxc",
	About:  "numbered messages in both directions over one socket pair, the last of which is the end of file that the execve brings",
	Source: "lxc/lxc e7b855a5: src/lxc/start.c, src/lxc/sync.c, src/lxc/sync.h, src/lxc/conf.c",
	Processes: []Process{
		{"P", "lxc-start, the monitor"},
		{"C", "the child, the container's init"},
	},
	Steps: []Step{
		// Without the network namespace, which is to belong to the user namespace.
		clones("P", "C", launch.User|launch.Mnt|launch.PID|launch.UTS|launch.IPC),

		// Before the first wait, and checked by the parent's /proc/PID/status: getppid(2) is 0
		// in the new PID namespace, whether the parent lives or not.
		does("C", dieWithParent()),
		does("P", writeMaps("C")),
		does("P", joinCgroup("C")),
		releases("P", "C", "startup", gate.UnixStream).takingEnd().noting("0"),
		does("C", unshare(launch.Net)),
		does("C", setIDs()),
		does("C", dieWithParent()).noting("again: the change of IDs has cleared it"),
		releases("C", "P", "configure", gate.UnixStream).takingEnd().noting("1"),

		// The network namespace exists now, and the child is in its control group.
		does("P", moveLink("C")),
		does("C", unshare(launch.Cgroup)),
		releases("P", "C", "post-configure", gate.UnixStream).takingEnd().noting("2"),
		does("C", setHostname()),
		does("C", mountProc()),
		releases("C", "P", "idmapped-mounts", gate.UnixStream).takingEnd().noting("3"),
		does("C", pivotRoot()),

		// The control group's devices are set behind the mounts, which may need to make some.
		releases("C", "P", "cgroup-limits", gate.UnixStream).takingEnd().noting("4"),
		releases("P", "C", "fds", gate.UnixStream).takingEnd().noting("5"),
		releases("C", "P", "terminals", gate.UnixStream).noting("their descriptors, over a socket pair of its own"),
		releases("P", "C", "ready-start", gate.UnixStream).takingEnd().noting("6"),

		// A child that does not execute, but clones who does, never gets here: lxc#4112.
		releases("C", "P", "exec", gate.PipeEOF).byExec().noting("7, or the end of file; a socket in reality"),
		executes("C"),
	},
}
