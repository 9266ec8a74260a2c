package host

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

// Leftovers tells what nsbench processes have left that were killed: control
// groups, files in the directory for temporary files, and POSIX queues, all of
// which have the process ID in their names. Those of processes that live are none.
//
// It is none of the Checks: nothing of it disturbs a measurement, and no record
// has to tell of it. Not found are objects of System V, which have no names.
func (h *Host) Leftovers(temporary string) result.Disturbance {
	d := h.leftovers(strings.TrimPrefix(path.Clean(temporary), "/"))
	d.Check = "leftovers"
	if d.Effect == "" {
		d.Effect = "no figure suffers, but each counts against a limit of this host; look first whether one of the processes lives in another PID namespace"
	}
	return d
}

// A kindLeft is where something may be left, and what removes it.
// The command has a %s for a pattern.
type kindLeft struct{ name, dir, remove string }

// removeGroups removes control groups with those in them, which are further ones and
// files that cannot be removed. cgroups(7).
const removeGroups = "find %s -depth -type d -exec rmdir {} +"

func (h *Host) leftovers(temporary string) result.Disturbance {
	if !h.exists("proc/self") {
		return unknown(h.explain("proc/self", fs.ErrNotExist))
	}
	groups, err := h.groupsAround()
	if err != nil {
		return unknown(err)
	}
	var kinds []kindLeft
	for _, dir := range groups {
		kinds = append(kinds, kindLeft{"control groups", dir, removeGroups})
	}
	kinds = append(kinds, kindLeft{"temporary files", temporary, "rm -r %s"}, kindLeft{"POSIX queues", "dev/mqueue", "rm %s"})
	var found, fixes []string
	for _, k := range kinds {
		pids, n, err := h.dead(k.dir)
		if err != nil {
			return unknown(err)
		}
		if n == 0 {
			continue
		}
		found = append(found, fmt.Sprintf("%d %s in /%s", n, k.name, k.dir))
		for _, pid := range pids {
			fixes = append(fixes, fmt.Sprintf(k.remove, fmt.Sprintf("%s/nsbench-%d-*", shellWord("/"+k.dir), pid)))
		}
	}
	if found == nil {
		return ok("nothing of dead nsbench processes")
	}
	return warn("of dead nsbench processes: "+strings.Join(found, ", "), strings.Join(fixes, "; "))
}

// owned is a name that begins with the ID of the process that made it.
var owned = regexp.MustCompile(`^nsbench-([1-9][0-9]{0,9})-.`)

// dead returns the dead processes that have left something in a directory, and
// how many things those are. A directory that is not there holds nothing.
func (h *Host) dead(dir string) (pids []int, n int, err error) {
	entries, err := fs.ReadDir(h.files, dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, h.explain(dir, err)
	}
	for _, e := range entries {
		m := owned.FindStringSubmatch(e.Name())
		if m == nil || h.exists("proc/"+m[1]) {
			continue
		}
		pid, err := strconv.Atoi(m[1])
		if err != nil {
			return nil, 0, err
		}
		pids, n = append(pids, pid), n+1
	}
	slices.Sort(pids)
	return slices.Compact(pids), n, nil
}

// groupsAround are the control group of this process, that above it, and those
// beside it: a run in another terminal or session had one of these. There are none
// where no hierarchy of version 2 is mounted.
func (h *Host) groupsAround() ([]string, error) {
	text, err := h.read("proc/self/cgroup")
	if errors.Is(err, fs.ErrNotExist) { // a kernel without control groups
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	mounts, err := h.cgroupMounts()
	if err != nil {
		return nil, err
	}
	own, ok := strings.CutPrefix(text[strings.LastIndexByte(text, '\n')+1:], "0::") // version 2 comes last. cgroups(7)
	for _, m := range mounts {
		below, inside := m.below(own)
		if !ok || m.v1 || !inside {
			continue
		}
		dir := path.Join(m.point, below)
		dirs := []string{dir}
		if dir != m.point {
			beside, err := fs.Glob(h.files, path.Dir(dir)+"/*/cgroup.procs")
			if err != nil {
				return nil, err
			}
			dirs = append(dirs, path.Dir(dir))
			for _, procs := range beside {
				dirs = append(dirs, path.Dir(procs))
			}
		}
		slices.Sort(dirs)
		return slices.Compact(dirs), nil
	}
	return nil, nil
}

// shellWord is a path as a shell takes it for one word.
func shellWord(s string) string {
	if !strings.ContainsFunc(s, func(c rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-@:", c)
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
