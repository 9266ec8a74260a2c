//go:build amd64 || arm64

package condition

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// A Group is a control group of version 2 without any limit, for processes to be moved
// into.
type Group struct {
	Dir     string
	janitor *janitor
}

// OpenGroup makes a group below that of this process, named nsbench, a process ID, what
// it is for, and what tells it from that of a process with the same ID in another PID
// namespace. It is gone after Close, and a moment after this process has been killed.
func OpenGroup(by *launch.Launcher, what string) (_ *Group, err error) {
	home, err := gate.CgroupDir(os.Getpid(), "")
	if err != nil {
		return nil, fmt.Errorf("control group: %w: mount -t cgroup2 cgroup2 /sys/fs/cgroup", err)
	}
	g := &Group{Dir: fmt.Sprintf("%s/nsbench-%d-%s-%016x", home, os.Getpid(), what, rand.Uint64())}
	if g.janitor, err = hire(by, g.Dir, place{}); err != nil {
		return nil, err
	}
	if err = unix.Mkdir(g.Dir, 0o755); err != nil {
		return nil, errors.Join(&os.PathError{Op: "mkdir", Path: g.Dir, Err: err}, g.Close())
	}
	return g, nil
}

// Close removes the group, in which nobody may be any more but who is on his way out.
func (g *Group) Close() error { return g.janitor.dismiss(func() error { return nil }) }
