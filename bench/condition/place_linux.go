//go:build amd64 || arm64

package condition

import (
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/gate"
)

// A place is where a control group with a quota can be made.
type place struct {
	home    string // the directory of this process's own group
	dir     string // that of the group below which it is made
	v1      bool
	enables bool // whether the controller has to be enabled there, and disabled afterwards
}

// The files of version 1.
const (
	cfsPeriod = "cpu.cfs_period_us"
	cfsQuota  = "cpu.cfs_quota_us"
	rtRuntime = "cpu.rt_runtime_us"
)

// realtimeGroup is the directory of the group that gives a thread its share of
// the time for real-time policies: there is such a thing in version 1 alone.
func realtimeGroup(tid int) (string, error) { return gate.CgroupDir(tid, "cpu") }

// findPlace looks for the hierarchy that has the cpu controller: where one of
// version 1 is mounted with it, version 2 does not have it.
func findPlace() (place, error) {
	home, err := gate.CgroupDir(os.Getpid(), "cpu")
	if err == nil {
		return place{home: home, dir: home, v1: true}, nil
	}
	if !errors.Is(err, errors.ErrUnsupported) {
		return place{}, err
	}
	if home, err = gate.CgroupDir(os.Getpid(), ""); err != nil {
		return place{}, fmt.Errorf("%w: mount -t cgroup2 cgroup2 /sys/fs/cgroup", err)
	}
	return unifiedPlace(home)
}

// unifiedPlace looks for a place in version 2. A group that holds processes, as
// this one's own does, may not enable a controller for those below it, unless it
// is the root. But its own controllers are those that the group above has
// enabled, so that there is room beside it. Controllers of groups that are not
// this run's own are never enabled: that would change how all in them are
// scheduled. cgroup-v2 in the kernel's documentation, "No Internal Process
// Constraint".
func unifiedPlace(home string) (place, error) {
	if !names(home+"/cgroup.controllers", "cpu") {
		return place{}, fmt.Errorf("control group %s: %w: it does not have the cpu controller: systemd-run --scope -p CPUWeight=100 nsbench, or echo +cpu >%s",
			home, errors.ErrUnsupported, path.Join(path.Dir(home), "cgroup.subtree_control"))
	}
	if names(home+"/cgroup.subtree_control", "cpu") {
		return place{home: home, dir: home}, nil
	}
	// The root of the whole hierarchy is the one that has no type.
	if _, err := os.Stat(home + "/cgroup.type"); errors.Is(err, os.ErrNotExist) {
		return place{home: home, dir: home, enables: true}, nil
	}
	if above := path.Dir(home); names(above+"/cgroup.subtree_control", "cpu") {
		return place{home: home, dir: above}, nil
	}
	return place{}, fmt.Errorf("control group %s: %w: it holds processes, so that none below it may have the cpu controller, and the one above cannot be seen: move every process of it into a group below, then echo +cpu >%s/cgroup.subtree_control",
		home, errors.ErrUnsupported, home)
}

// names reports whether a file of a group has a controller in its list.
func names(file, controller string) bool {
	return slices.Contains(strings.Fields(setting(file)), controller)
}

func (p place) control() string { return p.dir + "/cgroup.subtree_control" }

// enable enables the controller, where it is this run that has to.
func (p place) enable() error {
	if !p.enables {
		return nil
	}
	return os.WriteFile(p.control(), []byte("+cpu"), 0)
}

// limit gives a group the quota, and looks whether it has it.
func (p place) limit(dir string, q Quota) error {
	files := [][2]string{{"cpu.max", fmt.Sprintf("%d %d", q.perPeriod(), QuotaPeriod.Microseconds())}}
	if p.v1 {
		files = [][2]string{{cfsPeriod, fmt.Sprint(QuotaPeriod.Microseconds())}, {cfsQuota, fmt.Sprint(q.perPeriod())}}
	}
	for _, f := range files {
		name := path.Join(dir, f[0])
		if err := os.WriteFile(name, []byte(f[1]), 0); err != nil {
			return err
		}
		if got := setting(name); got != f[1] {
			return fmt.Errorf("%s: wrote %q, read %q", name, f[1], got)
		}
	}
	return nil
}

// explain adds to a refusal what to change.
func (p place) explain(err error) error {
	switch {
	case errors.Is(err, unix.EROFS):
		return fmt.Errorf("%w: mount -o remount,rw %s, or give the container a control group of its own", err, p.dir)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("%w: run as root, or in a group that is delegated to you: systemd-run --user --scope -p Delegate=cpu nsbench", err)
	case p.v1 && errors.Is(err, unix.EINVAL):
		return fmt.Errorf("%w: a group above may allow less: see %s/%s; and a child under a real-time policy cannot be moved", err, p.dir, cfsQuota)
	}
	return err
}
