package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// nsjail is nsjail in its mode ONCE, with all namespaces. The same socket pair carries one
// byte down, and afterwards tells the parent whether the child got to its execve: the end
// of file says that it did, the letter E that it did not.
//
// Left out: the descriptor that the child sends up with a seccomp notification, and the
// answer to it.
var nsjail = Profile{
	Name:   "nsjail",
	About:  "one byte lets the child of one clone into all namespaces go, and the end of file that its execve brings answers",
	Source: "google/nsjail d6454b46: subproc.cc, contain.cc",
	Processes: []Process{
		{"P", "nsjail"},
		{"C", "the child, the first of the new PID namespace"},
	},
	Steps: []Step{
		// The cgroup namespace too, although the move into the control group comes after:
		// its root is where nsjail was started, and the child sees the path below that.
		clones("P", "C", launch.User|launch.Mnt|launch.PID|launch.Net|launch.IPC|launch.UTS|launch.Cgroup),
		does("P", moveLink("C")),
		does("P", joinCgroup("C")),
		does("P", writeMaps("C")),
		releases("P", "C", "done", gate.UnixStream).noting("the letter D; all else, and the end of file, makes the child exit"),
		does("C", setIDs()),
		does("C", mountProc()),
		does("C", pivotRoot()),
		does("C", setHostname()),
		does("C", dieWithParent()),

		// A child that dies on its way is a success for who reads this alone; nsjail learns
		// of it when it reaps.
		releases("C", "P", "exec", gate.PipeEOF).byExec().noting("a socket in reality"),
		executes("C"),
	},
}
