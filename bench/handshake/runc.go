package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// runc is runc's create followed by its start, of a container with a user namespace and
// a control group of version 2. Three stages of runc init, each a process, divide what
// the kernel does not let one process do: a user namespace is mapped from outside it,
// a PID namespace is entered by a fork. Both clones are with CLONE_PARENT, so that all
// three are runc's own children.
//
// Left out: namespaces that are joined, time namespaces (two more stages between
// usermap-ack and recvpid-pls), the file descriptors of ID-mapped mounts and of seccomp
// (pairs of stages between config and ready, which their configuration asks for), and
// the boot of the Go runtime in S2, which is no step but takes most of its time.
//
// runc 1.1 talks about the hooks and what follows over the stream that the bootstrap data
// went over. It has one stage more, in which S0 tells R before the bootstrap data that it
// has begun, and its S2 makes the cgroup namespace. The order of all else is the same.
var runc = Profile{
	Name:   "runc",
	About:  "three stages of init ask for each privileged step and are answered; a fifo holds the last until runc start",
	Source: "opencontainers/runc 76d9cf5d: libcontainer/nsenter/nsexec.c, libcontainer/nsenter/README.md, libcontainer/process_linux.go, libcontainer/standard_init_linux.go, libcontainer/rootfs_linux.go, libcontainer/container_linux.go",
	Processes: []Process{
		{"R", "runc create"},
		{"S0", "runc init, stage 0: writes what has to be written from outside the user namespace"},
		{"S1", "runc init, stage 1: makes the namespaces"},
		{"S2", "runc init, stage 2: the first of the new PID namespace, and the container's init"},
		{"T", "runc start"},
	},
	Steps: []Step{
		clones("R", "S0", 0).noting("by an execve of itself: runc init"),

		// Before S0 is told anything, so that none of its children can escape the control
		// group. Where the kernel can, the clone itself begins there (CLONE_INTO_CGROUP).
		does("R", joinCgroup("S0")),
		releases("R", "S0", "bootstrap", gate.UnixStream).noting("a netlink message with the namespaces and the maps"),

		clonesSibling("S0", "S1", 0),

		// Alone and first: the other namespaces are to belong to the user namespace, and
		// some kernels refuse both in one call.
		does("S1", unshare(launch.User)),
		releases("S1", "S0", "usermap-pls", gate.UnixStream),
		does("S0", writeMaps("S1")),
		releases("S0", "S1", "usermap-ack", gate.UnixStream),
		does("S1", setIDs()),

		// The cgroup namespace is one of them: its root is right only because S0, and with
		// it S1, is in the control group by now.
		does("S1", unshare(launch.Mnt|launch.UTS|launch.IPC|launch.PID|launch.Net|launch.Cgroup)),

		// One more process, because unshare(2) moves only children into a PID namespace.
		// It waits for grandchild all the while that S0 and S1 come to their ends.
		clonesSibling("S1", "S2", 0),
		releases("S1", "S0", "recvpid-pls", gate.UnixStream).noting("with the ID of S2"),
		releases("S0", "S1", "recvpid-ack", gate.UnixStream),
		releases("S0", "R", "pids", gate.UnixStream).noting("the IDs of S1 and S2, as JSON"),
		releases("S1", "S0", "child-finish", gate.UnixStream),
		exits("S1"),
		releases("S0", "S2", "grandchild", gate.UnixStream),
		releases("S2", "S0", "grandchild-finish", gate.UnixStream),
		exits("S0"),
		reaps("R", "S1"),
		reaps("R", "S0"),

		does("R", moveLink("S2")),
		releases("R", "S2", "config", gate.UnixStream).noting("the configuration, as JSON"),
		does("S2", mountProc()),

		// The hooks of the runtime see the mounts, and the root of the host still.
		releases("S2", "R", "hooks", gate.UnixSeqpacket),
		releases("R", "S2", "hooks-done", gate.UnixSeqpacket),
		does("S2", pivotRoot()),
		does("S2", setHostname()),
		releases("S2", "R", "ready", gate.UnixSeqpacket),
		releases("R", "S2", "run", gate.UnixSeqpacket).noting("after the container's state has been stored: it can be deleted from here on"),

		// It has said all, and the parent reads both to their ends of file.
		releases("S2", "R", "sync-closed", gate.UnixEOF).noting("a close in reality"),
		releases("S2", "R", "log-closed", gate.PipeEOF).noting("the pipe of what S2 has logged"),

		// runc create ends here, in the state "created", and whoever manages containers
		// calls runc start at some later time: T is no child of R's in reality. S2 opens
		// the fifo for writing, by the /proc/self/fd of a descriptor that it has kept, for
		// the path is gone with the old root; T opens it for reading.
		clones("R", "T", 0).noting("in reality by whoever manages the container"),
		releases("T", "S2", "start", gate.FIFO).noting("exec.fifo, without a limit of time"),
		releases("S2", "T", "started", gate.PipeEOF).noting("a byte through the same fifo, and its close: T reads to the end of file"),
		executes("S2"),
	},
}
