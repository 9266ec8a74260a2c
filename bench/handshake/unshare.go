package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// unshareCommand is unshare(1) --user --map-users --map-groups --mount --uts --ipc --net
// --pid --fork --mount-proc --setuid 0 --setgid 0, run as root. It is the other handshakes
// inverted: the parent enters the new namespaces, and the child stays outside to map it.
//
// The maps need more than one ID, or the command writes them itself and nobody waits. A
// caller without privileges has the helper execute newuidmap and newgidmap, one of them
// in one more child.
//
// Left out: the helper of --mount=FILE and the like, which waits at an eventfd of its own.
//
// If unshare(2) fails, the parent exits and leaves the helper to wait for ever: an eventfd
// tells of no death. Until 2016 a helper polled the inode of /proc/PID/ns in a loop, and
// then waited at a pipe until 2021.
var unshareCommand = Profile{
	Name:   "unshare",
	About:  "inverted: the parent unshares, and a helper that it left outside writes its maps and exits",
	Source: "util-linux/util-linux 39465c78: sys-utils/unshare.c",
	Processes: []Process{
		{"P", "unshare"},
		{"H", "the helper, a plain fork, which stays in the old namespaces"},
		{"C", "the fork that --fork asks for, the first of the new PID namespace"},
	},
	Steps: []Step{
		// Before the unshare, or it would be inside as well and have no right to map.
		clones("P", "H", 0),
		does("P", unshare(launch.User|launch.Mnt|launch.UTS|launch.IPC|launch.PID|launch.Net)),
		releases("P", "H", "unshared", gate.Eventfd),
		does("H", writeMaps("P")),

		// The exit is the answer: there is no second gate.
		exits("H"),
		reaps("P", "H"),
		clones("P", "C", 0),
		does("C", mountProc()),
		does("C", setIDs()),
		executes("C"),
	},
}
