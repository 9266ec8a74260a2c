package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// youki is youki's create followed by its start, of a container with a user namespace.
// It divides the work as runc does, among one process less.
//
// Left out: time namespaces (a request and an answer before the PID namespace), hooks and
// seccomp's notifications (a request and an answer each, where they are configured), and
// the remounts of ID-mapped mounts.
var youki = Profile{
	Name:   "youki",
	About:  "an intermediate process asks for its maps and clones init as its sibling; a socket in the file system holds that until youki start",
	Source: "youki-dev/youki bc787206: crates/libcontainer/src/process/container_main_process.rs, container_intermediate_process.rs, container_init_process.rs, channel.rs, src/notify_socket.rs",
	Processes: []Process{
		{"M", "youki create"},
		{"I", "the intermediate process: makes the user and the PID namespace"},
		{"N", "the first of the new PID namespace, and the container's init"},
		{"T", "youki start"},
	},
	Steps: []Step{
		clones("M", "I", 0),

		// By itself, before there is a namespace in which it could not, and before there is
		// anybody else to move.
		does("I", joinCgroup("I")),
		does("I", unshare(launch.User)).noting("alone and first, as runc does"),
		releases("I", "M", "write-mapping", gate.UnixSeqpacket),
		does("M", writeMaps("I")),
		releases("M", "I", "mapping-written", gate.UnixSeqpacket),
		does("I", setIDs()),
		does("I", unshare(launch.PID)),
		clonesSibling("I", "N", 0),
		releases("I", "M", "intermediate-ready", gate.UnixSeqpacket).noting("with the ID of N"),
		exits("I"),

		does("N", unshare(launch.Mnt|launch.UTS|launch.IPC|launch.Net|launch.Cgroup)).noting("one call each in reality"),

		// N asks only now, because only now there is a network namespace to move it to.
		releases("N", "M", "network-ready", gate.UnixSeqpacket),
		does("M", moveLink("N")),
		releases("M", "N", "network-moved", gate.UnixSeqpacket),
		does("N", setHostname()),
		does("N", mountProc()),
		does("N", pivotRoot()),
		releases("N", "M", "init-ready", gate.UnixSeqpacket),

		// The last that youki create does: I ended long ago.
		reaps("M", "I"),

		// youki create ends here; T is no child of M's in reality. There N listens at a unix
		// socket, from before its root was changed; T connects and sends a message. That is
		// kept for an N that is late, and N cannot know whether anybody will come, both of
		// which is so with a datagram.
		clones("M", "T", 0).noting("in reality by whoever manages the container"),
		releases("T", "N", "start", gate.UnixDgram).noting("a connection to notify.sock, without a limit of time"),
		executes("N"),
	},
}
