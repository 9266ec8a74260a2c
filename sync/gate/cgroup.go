package gate

import "github.com/nsbench/nsbench/sync/internal/sys"

// CgroupDir finds the directory of the control group that a process has: in
// version 1 for a controller, such as cpu; in version 2 where the controller is
// empty. It is errors.ErrUnsupported if no such hierarchy is mounted, or not on
// this OS. It is here for those who make control groups of other kinds than
// CgroupFreeze does. cgroups(7), "/proc/[pid]/cgroup".
func CgroupDir(pid int, controller string) (string, error) {
	return sys.CgroupDir(pid, controller)
}
