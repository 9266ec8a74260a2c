package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// nspawn is systemd-nspawn of 2025 with --private-users and --private-network. What passes
// data goes over two pairs of sockets; what only waits is a barrier, of two eventfds and a
// pipe whose hang-up tells of a death, which came after a pipe alone, and eventfds alone.
//
// A barrier of systemd's is placed by both sides. Where both then wait for the other it
// is a stage here in the direction in which work depends on it: at #1, #3 and #5.1 the
// child also waits for its parent to be there, and goes straight on to the next wait for it.
//
// Left out: --private-users=pick, where the parent answers with another shift; the root
// file system, which O switches before it clones C, with a proc kept visible in it for C
// to be allowed to mount its own; the file descriptors that C sends, of its network namespace
// at #3 and of the log and the terminal at #5.1; and that P covers that proc between #5.1 and
// #5.2.
var nspawn = Profile{
	Name:   "nspawn",
	About:  "an outer child makes the mounts, and an inner one and the parent meet at barriers that tell of a death",
	Source: "systemd/systemd 020d85c8: src/nspawn/nspawn.c, src/shared/barrier.c",
	Processes: []Process{
		{"P", "systemd-nspawn"},
		{"O", "the outer child, in the mount namespace alone: it sees the images of the host"},
		{"C", "the inner child, the container's init"},
	},
	Steps: []Step{
		clones("P", "O", launch.Mnt),
		does("O", dieWithParent()),
		releases("O", "P", "mount-namespace", gate.UnixSeqpacket).noting("a descriptor of it"),
		releases("O", "P", "uid-shift", gate.UnixSeqpacket).noting("which only the image may tell"),
		clones("O", "C", launch.Mnt|launch.IPC|launch.PID|launch.UTS|launch.User),
		releases("O", "P", "inner-pid", gate.UnixSeqpacket).noting("with the machine's ID and the socket for notifications; read behind the reap"),
		exits("O"),
		reaps("P", "O"),

		releases("C", "P", "userns-exists", gate.Barrier).noting("#1"),
		does("P", writeMaps("C")),
		releases("P", "C", "maps-written", gate.Barrier).noting("#2"),
		does("C", setIDs()),
		does("C", mountProc()),

		// Not with the clone: it is to belong to the user namespace, with its IDs. Without the
		// barrier behind it the parent moved links into the network namespace that the child
		// still shared with it, which was systemd#8599 until 2018.
		does("C", unshare(launch.Net)),
		releases("C", "P", "netns-exists", gate.Barrier).noting("#3, of 7511655807"),
		does("P", moveLink("C")),
		does("P", joinCgroup("C")),
		releases("P", "C", "parent-done", gate.Barrier).noting("#4"),

		// Only now, in its control group, so that this is the root of the new namespace.
		does("C", unshare(launch.Cgroup)),
		does("C", setHostname()),

		// One barrier until 2023: then the parent could cover proc before the mounts were done.
		releases("C", "P", "mounts-done", gate.Barrier).noting("#5.1"),
		releases("P", "C", "go", gate.Barrier).noting("#5.2, of 1a8d781495"),
		executes("C"),
	},
}
