package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// firejail is firejail --noroot --net=DEVICE --hostname=NAME. Its user namespace comes last: firejail is
// setuid, and does all its work as root of the host.
//
// Left out: the file systems that profiles of its own configure, the filters, and the root,
// which is changed only with --chroot and the like.
var firejail = Profile{
	Name:   "firejail",
	About:  "lines of text over two pipes: base setup, then the user namespace last, which the parent maps",
	Source: "netblue30/firejail 19550fad: src/firejail/main.c, src/firejail/sandbox.c, src/firejail/util.c",
	Processes: []Process{
		{"P", "firejail"},
		{"C", "the sandbox, the first of the new PID namespace"},
		{"D", "its child, which becomes the payload"},
	},
	Steps: []Step{
		clones("P", "C", launch.Mnt|launch.PID|launch.UTS|launch.Net),
		does("P", moveLink("C")).noting("by a helper that it executes"),
		releases("P", "C", "base", gate.PipeByte),
		does("C", setHostname()),
		does("C", mountProc()),

		// After all that needs root's rights in the other namespaces, which do not belong to
		// this one. Both stages are there without --noroot too, with nothing to do.
		does("C", unshare(launch.User)),
		releases("C", "P", "userns", gate.PipeByte),
		does("P", writeMaps("C")),
		releases("P", "C", "mapped", gate.PipeByte),
		does("C", setIDs()).noting("in reality to the user that has called it"),
		does("C", dieWithParent()).noting("behind the change of IDs, which would clear it"),
		clones("C", "D", 0),
		executes("D"),
	},
}
