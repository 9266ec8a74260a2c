package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// bubblewrap is bwrap --unshare-all --die-with-parent --proc /proc, installed setuid:
// then its parent writes the maps, for which the one stage is there. Without that the
// child writes its own, of a single ID, right behind the stage; the order is the same.
//
// Left out: --userns-block-fd and --block-fd, at which other programs hold bwrap, the
// pipe behind --json-status-fd, which nobody waits at, the second user namespace behind
// --dev, and the eventfd that tells the parent at the end how the payload exited.
//
// The child ignores what its read has returned. An eventfd has no end of file, so that
// a parent's death leaves it waiting all the same; a signal with a handler would let it
// go on too early.
var bubblewrap = Profile{
	Name:   "bubblewrap",
	About:  "one stage: the child of one clone into all namespaces waits at an eventfd until its maps are written",
	Source: "containers/bubblewrap 124c4cdf: bubblewrap.c",
	Processes: []Process{
		{"P", "bwrap, which stays outside and waits for the end"},
		{"C", "the child, the first of the new PID namespace"},
		{"D", "its child, which becomes the payload"},
	},
	Steps: []Step{
		// All at once, the cgroup namespace too: nobody moves the child into a control
		// group, so that its root is wherever bwrap was started.
		clones("P", "C", launch.Mnt|launch.User|launch.PID|launch.Net|launch.IPC|launch.UTS|launch.Cgroup),
		does("P", writeMaps("C")),
		releases("P", "C", "go", gate.Eventfd).noting("what the read returns is ignored"),
		does("C", setIDs()),
		does("C", mountProc()),
		does("C", pivotRoot()).noting("the second of two: the first is to where the new root is built"),
		does("C", setHostname()),

		// PID 1 has to reap, which a payload does not do: it stays in between. Each ties
		// itself to the one above it only here, right before it settles.
		clones("C", "D", 0),
		does("C", dieWithParent()),
		does("D", dieWithParent()),
		executes("D"),
	},
}
