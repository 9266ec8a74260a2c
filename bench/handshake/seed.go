package handshake

import (
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// seed is the program of the article that this one began with: the parent closes its
// end of a pipe when its init job is done, and a child that reads the end of file goes
// on, sets the name of its host and executes.
var seed = Profile{
	Name:   "seed",
	About:  "one stage: the parent closes its end of a pipe, and the end of file lets the child go",
	Source: "the seed document, its last program",
	Processes: []Process{
		{"P", "the parent"},
		{"C", "the child, in new uts and ipc namespaces"},
	},
	Steps: []Step{
		clones("P", "C", launch.UTS|launch.IPC),
		does("P", initJob()),
		releases("P", "C", "go", gate.PipeEOF),
		does("C", setHostname()),
		executes("C"),
	},
}
