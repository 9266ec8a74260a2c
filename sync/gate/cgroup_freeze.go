package gate

import (
	"path"

	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// CgroupFreeze releases the child from a frozen control group: the child moves
// itself into the group, which stops it before it is back from the write, and the
// parent thaws the group. cgroups(7), version 2, Linux 5.2.
//
// Container runtimes freeze a container to pause it, and crun refuses to make one
// in a group that is frozen, for it would hang there. As a gate it is kept: a
// group that was thawed early stops nobody. A signal that has a handler is kept
// until the thaw, and SIGKILL kills.
//
// A move makes all forks and exits wait, by a lock whose writer waits for
// a grace period of RCU, tens of milliseconds, unless another has had it shortly
// before. So the child moves first to where it is already. What remains takes
// some 60 us from arming to being frozen: a release within that meets the child
// on its way, and such a sample is seen not to have blocked, or to be long.
//
// Cost: a control group below the parent's own, which takes write access there
// (root's, or delegated), and 3 descriptors in the parent; two writes for the
// child, one write for the parent, which frees all that are in the group. To
// make and remove the group takes some 15 times as long as a pipe does.
//
// When the parent dies, nothing happens: the child stays frozen for ever, in a
// group that stays, too. Its name, nsbench-PID-N, says whose it was.
//
// No namespace cuts it, a cgroup namespace neither: the files are open already.
var CgroupFreeze = Primitive{
	Name:        "cgroup-freeze",
	Family:      Other,
	Summary:     "the child moves into a frozen control group; the parent thaws it",
	Blocking:    true,
	Descriptors: 3,
	SetUp:       ByParent,
	Frees:       FreesAll,
	Cost:        "a control group and 3 descriptors; child: write, twice; parent: write, which frees every process in the group",
	Orphan:      WaitsForEver,
	ParentDies:  "stays frozen for ever",
	Source:      "cgroups(7)",
	New:         newCgroupFreeze,
}

type cgroupFreeze struct {
	group               *sys.Cgroup
	home, procs, freeze program.FD
}

var _ namer = (*cgroupFreeze)(nil)

func newCgroupFreeze(*program.Board) (Gate, error) {
	c, err := sys.NewCgroup()
	if err != nil {
		return nil, err
	}
	return &cgroupFreeze{
		group:  c,
		home:   program.FD{Name: "home/cgroup.procs", N: c.Home},
		procs:  program.FD{Name: "cgroup.procs", N: c.Procs},
		freeze: program.FD{Name: "cgroup.freeze", N: c.Freeze},
	}, nil
}

func (g *cgroupFreeze) Wait() program.Program {
	return program.Program{
		program.Write(g.home, "0"), // the first move in a while is slow: not that which waits
		program.Arm(),
		program.Write(g.procs, "0"), // returns when the group is thawed
	}
}

func (g *cgroupFreeze) Release(program.Peer) program.Program {
	return program.Program{program.Write(g.freeze, "0")}
}

func (g *cgroupFreeze) open(fd program.FD) (program.Op, program.Program, bool) {
	at := g.group.Dir
	if fd == g.home {
		at = path.Dir(at)
	}
	return program.Open(path.Join(at, path.Base(fd.Name)), program.WriteOnly), nil, true
}

// Close removes the group.
func (g *cgroupFreeze) Close(...program.Program) error { return g.group.Close() }
