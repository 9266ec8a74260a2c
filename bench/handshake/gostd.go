package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// goStd is Go's os/exec with Cloneflags, UidMappings and a Credential: what a Go program
// can have without a raw clone. The one stage before the execve is the standard library's
// own; a program has no way to add work to it. From the clone on StartProcess holds a lock
// that every other fork of the program needs.
//
// Left out: Unshareflags, Chroot, and Pdeathsig, which in a new PID namespace makes the
// child kill itself: it compares getppid(2), which is 0 there, with its parent's ID.
var goStd = Profile{
	Name:   "go-std",
	About:  "the parent writes the maps and then an errno to a pipe, and waits at another for the end of file that the execve brings",
	Source: "golang/go 1.26.8: src/syscall/exec_linux.go, src/syscall/exec_unix.go",
	Processes: []Process{
		{"P", "the Go program"},
		{"C", "the child, which becomes the payload"},
	},
	Steps: []Step{
		// Without CLONE_VFORK, for once: the parent could not write the maps while it is held.
		clones("P", "C", launch.User|launch.Mnt|launch.UTS|launch.IPC|launch.Net),
		does("P", writeMaps("C")),
		releases("P", "C", "mapped", gate.PipeByte).noting("a word: 0, or the errno with which the maps failed"),
		does("C", setIDs()),
		releases("C", "P", "exec", gate.PipeEOF).byExec(),
		executes("C"),
	},
}
