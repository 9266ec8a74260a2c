package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// crun is crun's create followed by its start, of a container with a user namespace that
// joins no namespace. All its stages go over one pair of sequenced-packet sockets: C and
// GC have the same end of it, and must not read at the same time.
//
// Left out: namespaces that are joined (one more fork before the user namespace), time
// namespaces, terminals, seccomp's notifications, and that crun create forks once to
// detach from its caller, which waits for the end of that.
//
// Without a user namespace the first clone has all namespaces but those of time and of
// control groups, and there is no GC and no stage before init.
var crun = Profile{
	Name:   "crun",
	About:  "child and grandchild report and are answered over one pair of sockets; a fifo holds the grandchild until crun start",
	Source: "containers/crun ba38286f: src/libcrun/linux.c, src/libcrun/container.c, src/libcrun/status.c",
	Processes: []Process{
		{"P", "crun create"},
		{"C", "the child, which makes the namespaces"},
		{"GC", "its child, the first of the new PID namespace, and the container's init"},
		{"T", "crun start"},
	},
	Steps: []Step{
		// The user namespace alone, so that the others belong to it.
		clones("P", "C", launch.User),
		does("P", writeMaps("C")),
		releases("P", "C", "mapped", gate.UnixSeqpacket),
		does("C", setIDs()),
		does("C", unshare(launch.Mnt|launch.UTS|launch.IPC|launch.PID|launch.Net)),

		// unshare(2) moves only children into a PID namespace. GC waits until its ID has
		// been read, because it is about to write to the socket that C has written to.
		clones("C", "GC", 0),
		releases("C", "P", "forked", gate.UnixSeqpacket).noting("with the ID of GC, in a second message"),
		exits("C"),
		releases("P", "GC", "pid-read", gate.UnixSeqpacket),
		reaps("P", "C"),

		releases("GC", "P", "init", gate.UnixSeqpacket),
		releases("P", "GC", "mounts", gate.UnixSeqpacket).noting("the descriptors of ID-mapped mounts and of devices, several messages even where there are none"),
		releases("GC", "P", "init-done", gate.UnixSeqpacket),

		// Where the kernel can, the first clone begins in the control group already.
		does("P", joinCgroup("GC")),
		does("P", moveLink("GC")),
		releases("P", "GC", "own-pid", gate.UnixSeqpacket).noting("what GC's ID is outside"),
		releases("P", "GC", "sync-1", gate.UnixSeqpacket),

		// Only now, in its control group, so that this is the root of the new namespace.
		does("GC", unshare(launch.Cgroup)),
		does("GC", mountProc()),

		// The hooks of the runtime see the mounts, and the root of the host still.
		releases("GC", "P", "sync-2", gate.UnixSeqpacket),
		releases("P", "GC", "sync-3", gate.UnixSeqpacket),
		does("GC", pivotRoot()),
		does("GC", setHostname()),
		releases("GC", "P", "sync-4", gate.UnixSeqpacket),

		// crun create ends here; T is no child of P's in reality. GC has the fifo open for
		// reading, and selects and reads; T opens it for writing, writes a byte and ends. So
		// the release is kept for a GC that is late, and no death of a T lets it go or tells
		// it anything. A datagram is like that; the primitive fifo is not, which is an open
		// that waits for another, as runc's is.
		clones("P", "T", 0).noting("in reality by whoever manages the container"),
		releases("T", "GC", "start", gate.UnixDgram).noting("a byte into exec.fifo, without a limit of time"),
		executes("GC"),
	},
}
