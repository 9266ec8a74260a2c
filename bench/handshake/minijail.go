package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// minijail is minijail0 with new user, PID, mount, IPC, UTS, network and cgroup
// namespaces. Its one stage is the article's: the parent closes both ends of a pipe when
// its setup is done. Whatever closes them lets the child go, a death of the parent in the
// middle of its setup too: the child checks only that it has read nothing.
//
// Left out: the pid file and the resource limits that the parent sets, and what the child
// does without anybody's help behind the mounts.
var minijail = Profile{
	Name:   "minijail",
	About:  "one stage: the parent closes a pipe when maps, limits and control groups are done, and the end of file lets the child go",
	Source: "google/minijail 8d20993c: libminijail.c",
	Processes: []Process{
		{"P", "minijail0"},
		{"C", "the child, the first of the new PID namespace"},
		{"D", "its child, which becomes the payload"},
	},
	Steps: []Step{
		// Only the two namespaces that need a clone or a parent; the child unshares the rest.
		clones("P", "C", launch.User|launch.PID),
		does("P", joinCgroup("C")),
		does("P", writeMaps("C")),
		does("P", initJob()),
		releases("P", "C", "setup-complete", gate.PipeEOF),
		does("C", setIDs()),

		// All that needed another process is done: from here on nobody is waited for. The
		// cgroup namespace comes after the move into the control group.
		does("C", unshare(launch.Mnt|launch.IPC|launch.UTS|launch.Net|launch.Cgroup)).noting("one call each in reality"),
		does("C", setHostname()),
		does("C", mountProc()),
		does("C", pivotRoot()),

		// PID 1 has to reap, which a payload does not do.
		clones("C", "D", 0),
		executes("D"),
	},
}
