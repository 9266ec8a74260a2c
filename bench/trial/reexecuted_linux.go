//go:build amd64 || arm64

package trial

import (
	"maps"
	"os"
	"sync/atomic"
)

// reexecutes says that this program calls Reexecuted.
var reexecutes atomic.Bool

// Reexecuted is what a process that a trial has started does, and does not return
// there. In any other process it returns at once. It is called before main, see package
// roles, or at the beginning of TestMain, behind program.Reexecuted, in a program that
// opens a Pool.
func Reexecuted(scripts ...Scripts) {
	all := Scripts{}
	for _, some := range scripts {
		maps.Copy(all, some)
	}
	if len(os.Args) > 0 {
		switch os.Args[0] {
		case observerName:
			runObserver(os.Args[1:])
		case parentName:
			runParent(all, os.Args[1:])
		case idleName:
			idle()
		case janitorName:
			runJanitor(os.Args[1:])
		}
	}
	reexecutes.Store(true)
}
