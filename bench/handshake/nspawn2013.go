package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// nspawn2013 is systemd-nspawn as it was from February to October 2013, with the pipe
// from which the article has its idea. The parent had little to do then, to log the child's
// ID and to set the terminal up, and the child does not even read: it polls for the hang-up.
//
// Left out: the root file system, which was moved with MS_MOVE and chroot(2) in place of
// pivot_root(2), and the control groups, which the parent entered before the clone.
//
// The pipe was removed in the same year, with the work that had needed it. What took its
// place is the profile nspawn.
var nspawn2013 = Profile{
	Name:   "nspawn-2013",
	About:  "one stage: the child polls a pipe for the hang-up that comes when the parent closes it",
	Source: "systemd/systemd 1fd961211d: src/nspawn/nspawn.c",
	Processes: []Process{
		{"P", "systemd-nspawn"},
		{"C", "the child, the container's init"},
	},
	Steps: []Step{
		clones("P", "C", launch.Mnt|launch.IPC|launch.PID|launch.UTS|launch.Net),
		does("P", initJob()).noting("the child's ID is logged, the terminal set up"),
		releases("P", "C", "go", gate.PipePoll).noting("poll(2) for POLLHUP, without a read"),

		// Behind the stage: a parent that dies before it lets the child go, and dies unseen.
		does("C", dieWithParent()),
		does("C", mountProc()),
		does("C", setHostname()),
		executes("C"),
	},
}
