package host

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

var checkCPULimit = check{
	name:   "cpu-limit",
	effect: "a control group that has used up its share of a period stands still until the next one, in the middle of a release too",
	look:   lookCPULimit,
}

// lookCPULimit takes a limit seriously only where the process could reach it
// with the CPUs it has. Which CPUs those are, cpuset included, is for the
// check of cpus.
func lookCPULimit(h *Host) result.Disturbance {
	group, err := h.cpuGroup()
	if err != nil {
		return unknown(err)
	}
	limit, err := h.tightest(group)
	if err != nil {
		return unknown(err)
	}
	if limit.quota == 0 {
		return ok("no limit from /" + group.dir + " up to the top of what is mounted")
	}
	found := fmt.Sprintf("%.2f CPUs in periods of %d us, by /%s", limit.cpus(), limit.period, limit.file)
	usable, err := h.calls.affinity()
	if err == nil && limit.cpus() >= float64(len(usable)) {
		return ok(found + ", which the CPUs to use cannot exceed")
	}
	return warn(found, "echo "+limit.lift+" > /"+limit.file)
}

// A limit is CPU time per period, both in microseconds. A quota of 0 is none.
type limit struct {
	quota  int64
	period int64
	file   string // where it is set
	lift   string // what to write there to lift it
}

func (l limit) cpus() float64 { return float64(l.quota) / float64(l.period) }

// A cpuGroup is the process' control group in the one hierarchy that has the
// CPU controller.
type cpuGroup struct {
	dir   string // the group's directory
	top   string // the highest directory of the hierarchy that is mounted
	limit func(*Host, string) (limit, error)
}

// tightest looks at the group and at all above it: each limits those below.
func (h *Host) tightest(group cpuGroup) (limit, error) {
	var tightest limit
	for dir := group.dir; ; dir = path.Dir(dir) {
		l, err := group.limit(h, dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return limit{}, err
		}
		if l.quota > 0 && (tightest.quota == 0 || l.cpus() < tightest.cpus()) {
			tightest = l
		}
		if dir == group.top {
			return tightest, nil
		}
	}
}

// limitV2 reads cpu.max; admin-guide/cgroup-v2 in the kernel's documentation.
// The root has no such file, nor has a group that was not given the
// controller: neither is limited.
func limitV2(h *Host, dir string) (limit, error) {
	l := limit{file: path.Join(dir, "cpu.max"), lift: "max"}
	text, err := h.read(l.file)
	if err != nil || strings.HasPrefix(text, "max") {
		return limit{}, err
	}
	if _, err := fmt.Sscanf(text, "%d %d", &l.quota, &l.period); err != nil {
		return limit{}, fmt.Errorf("read /%s: %w", l.file, err)
	}
	return l, l.valid()
}

// limitV1 reads the two files of the first version; scheduler/sched-bwc in
// the kernel's documentation. A quota of -1 is none.
func limitV1(h *Host, dir string) (limit, error) {
	l := limit{file: path.Join(dir, "cpu.cfs_quota_us"), lift: "-1"}
	var err error
	if l.quota, err = h.readInt(l.file); err != nil || l.quota < 0 {
		return limit{}, err
	}
	if l.period, err = h.readInt(path.Join(dir, "cpu.cfs_period_us")); err != nil {
		return limit{}, err
	}
	return l, l.valid()
}

func (l limit) valid() error {
	if l.quota <= 0 || l.period <= 0 {
		return fmt.Errorf("read /%s: %d us in %d us is no limit", l.file, l.quota, l.period)
	}
	return nil
}

// cpuGroup finds the process' group; cgroups(7), "/proc/[pid]/cgroup". A
// controller is in one hierarchy: in the second version's, "0::", unless one
// of the first version names it.
func (h *Host) cpuGroup() (cpuGroup, error) {
	text, err := h.read("proc/self/cgroup")
	if err != nil {
		return cpuGroup{}, err
	}
	mounts, err := h.cgroupMounts()
	if err != nil {
		return cpuGroup{}, err
	}
	name, v1 := "", false
	for line := range strings.Lines(text) {
		id, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		switch {
		case slices.Contains(strings.Split(controllers, ","), "cpu"):
			name, v1 = group, true
		case id == "0" && !v1:
			name = group
		}
	}
	return h.locate(name, v1, mounts)
}

// locate finds the directory of a group in one of the mounts. Inside a
// container the mount may begin further down than the hierarchy.
func (h *Host) locate(name string, v1 bool, mounts []cgroupMount) (cpuGroup, error) {
	for _, m := range mounts {
		if m.v1 != v1 {
			continue
		}
		below, ok := m.below(name)
		if dir := path.Join(m.point, below); ok && h.exists(dir) {
			return cpuGroup{dir, m.point, m.limit()}, nil
		}
	}
	return cpuGroup{}, fmt.Errorf("control group %q is not below any mount", name)
}

// A cgroupMount is a place where a hierarchy that may have the CPU controller
// is mounted.
type cgroupMount struct {
	root  string // the group that is seen at point
	point string // below the root directory, without a leading slash
	v1    bool
}

func (m cgroupMount) limit() func(*Host, string) (limit, error) {
	if m.v1 {
		return limitV1
	}
	return limitV2
}

// below returns a group's place under the mount, "/" being the mount itself.
// A group outside the process' cgroup namespace is written with leading "..",
// and no place under the mount is meant by it.
func (m cgroupMount) below(group string) (string, bool) {
	rest, ok := strings.CutPrefix(group, strings.TrimSuffix(m.root, "/"))
	if rest == "" {
		rest = "/"
	}
	return rest, ok && group != "" && rest[0] == '/' && !strings.HasPrefix(rest, "/..")
}

func (h *Host) cgroupMounts() ([]cgroupMount, error) {
	text, err := h.read("proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	var mounts []cgroupMount
	for line := range strings.Lines(text) {
		if m, ok := parseCgroupMount(line); ok {
			mounts = append(mounts, m)
		}
	}
	return mounts, nil
}

// parseCgroupMount reads a line of proc_pid_mountinfo(5): the fields before a
// lone hyphen vary in number, those behind it are the type, the source and
// the options of the file system.
func parseCgroupMount(line string) (cgroupMount, bool) {
	before, after, _ := strings.Cut(line, " - ")
	mount, system := strings.Fields(before), strings.Fields(after)
	if len(mount) < 5 || len(system) < 3 {
		return cgroupMount{}, false
	}
	m := cgroupMount{root: unescape(mount[3]), point: strings.TrimPrefix(unescape(mount[4]), "/")}
	switch system[0] {
	case "cgroup2":
		return m, true
	case "cgroup":
		m.v1 = true
		return m, slices.Contains(strings.Split(system[2], ","), "cpu")
	}
	return m, false
}

// unescape undoes how mountinfo writes the characters that would break it.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
