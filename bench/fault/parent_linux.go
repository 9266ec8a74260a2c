//go:build amd64 || arm64

package fault

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/program"
)

// What follows concerns the parent.

// none counts the descriptors, too.
func none(p *trial.Parent) trial.End {
	c, end := held(p)
	if end != nil {
		return *end
	}
	ends, err := p.Ends()
	if err != nil {
		return p.Failed(err)
	}
	return p.LetGoHeld(c).Counted(len(ends))
}

// parentKilled: opencontainers/runc#2586 and every runtime that the OOM killer finds.
func parentKilled(p *trial.Parent) trial.End {
	_, end := held(p)
	if end != nil {
		return *end
	}
	return p.Killed()
}

// parentExits: a set-up error after which nobody tells the child.
func parentExits(p *trial.Parent) trial.End {
	_, end := held(p)
	if end != nil {
		return *end
	}
	return p.Exits()
}

// threadExit: golang/go#27505. The parent-death signal is of the thread that cloned.
func threadExit(p *trial.Parent) trial.End {
	if failed := p.Make(); failed != nil {
		return *failed
	}
	var c *launch.Child
	var err error
	var tid int
	held := make(chan struct{})
	go func() {
		defer close(held)
		runtime.LockOSThread() // and never unlocked: the thread ends with this goroutine
		tid = unix.Gettid()
		if c, err = p.StartBy(launch.Config{CPU: -1}, p.Gate.Wait()); err == nil {
			err = p.AwaitHeld(c)
		}
	}()
	<-held
	if err != nil {
		return p.Ended(err)
	}
	for exists(fmt.Sprintf("/proc/self/task/%d", tid)) {
		time.Sleep(nap)
	}
	return p.LetGoHeld(c)
}

// nap is how long no look is taken.
const nap = 100 * time.Microsecond

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// nobody is a user that the child changes to.
const nobody = 65534

// credentialChange: golang/go#9686. A change of credentials takes the parent-death
// signal away. PR_SET_PDEATHSIG(2const).
func credentialChange(p *trial.Parent) trial.End {
	maps, err := os.ReadFile("/proc/self/uid_map")
	if err != nil {
		return p.Failed(err)
	}
	if fields := strings.Fields(string(maps)); len(fields) == 3 && fields[2] == "1" {
		return p.Unavailable("the user namespace that trials are within has one user, so that there is none to change to: run it as root")
	}
	return deathSignalled(p, program.SetUser(nobody))
}

// deathSignal is the remedy as it is meant, beside those that take it away. A parent
// that dies closes its files before its children are told: kernel/exit.c, do_exit. So
// of one who takes end of file for a release it is a race.
func deathSignal(p *trial.Parent) trial.End { return deathSignalled(p) }

// deathSignalled has the child ask for a parent-death signal and then do something
// else, and kills the parent.
func deathSignalled(p *trial.Parent, then ...program.Op) trial.End {
	if failed := p.Make(); failed != nil {
		return *failed
	}
	wait := slices.Concat(program.Program{program.ParentDeathSignal(program.SIGKILL)}, then, p.Gate.Wait())
	if _, end := heldAt(p, wait); end != nil {
		return *end
	}
	return p.Killed()
}
