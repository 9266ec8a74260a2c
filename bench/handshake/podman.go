package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// podmanConmon is podman run with conmon between it and the runtime: who is waited for is
// a process that outlives both. The runtime is any of runc, crun and youki; here is what
// they have in common, as short as it can be, and with it conmon's own stages.
//
// Left out: podman's network, which is there before the runtime is called, and the stage at
// which podman tells conmon of an attached terminal.
var podmanConmon = Profile{
	Name:   "podman-conmon",
	About:  "a byte lets conmon go once it is in its control group; conmon reports the container's ID, and podman has it started",
	Source: "containers/conmon c3f70a38: src/conmon.c; containers/podman c6580b4a: libpod/oci_conmon_common.go, libpod/oci_conmon_linux.go",
	Processes: []Process{
		{"P", "podman run"},
		{"M", "conmon, as podman has executed it"},
		{"N", "conmon, detached from podman: it stays"},
		{"K", "the runtime's create"},
		{"C", "the container's init"},
		{"T", "the runtime's start"},
	},
	Steps: []Step{
		clones("P", "M", 0),
		does("P", joinCgroup("M")),

		// Before it clones anybody, or that would be in the wrong control group. Only an error
		// of the read stops it: the end of file is as good as a byte.
		releases("P", "M", "start-nonce", gate.PipeByte).takingEnd(),
		clones("M", "N", 0),
		exits("M"),
		reaps("P", "M"),

		clones("N", "K", 0),
		does("K", dieWithParent()),
		clones("K", "C", launch.User|launch.Mnt|launch.PID|launch.IPC|launch.UTS|launch.Net),
		does("K", writeMaps("C")),
		releases("K", "C", "mapped", gate.UnixSeqpacket).noting("crun's; runc and youki take several"),
		does("C", setIDs()),
		does("C", mountProc()),
		does("C", pivotRoot()),
		does("C", setHostname()),
		releases("C", "K", "created", gate.UnixSeqpacket),

		// C's new parent is N, a subreaper, which it was not cloned by.
		exits("K"),
		reaps("N", "K"),
		releases("N", "P", "pid", gate.PipeByte).noting("as JSON; podman waits for 240 s and no longer"),
		clones("P", "T", 0),
		releases("T", "C", "start", gate.FIFO).noting("runc's exec.fifo"),
		releases("C", "T", "started", gate.PipeEOF).noting("runc's as well"),
		executes("C"),
	},
}
