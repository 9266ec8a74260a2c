package handshake

import (
	"fmt"
	"strings"

	"github.com/nsbench/nsbench/sync/program"
)

// work is what a process does in a step, as a program.
func (w *writer) work(step Step) (program.Program, error) {
	to := step.To
	if to == "" {
		to = w.name
	}
	switch step.Work.Name {
	case workUnshare:
		return program.Program{program.UnshareNow(program.Namespace(step.Work.Namespaces))}, nil
	case workMaps:
		return w.maps(w.pids[to])
	case workIDs:
		return program.Program{program.SetGroup(0), program.SetUser(0)}, nil
	case workCgroup:
		return w.cgroup(w.pids[to])
	case workLink:
		return w.link(w.pids[to])
	case workHostname:
		return program.Program{program.Sethostname(hostName)}, nil
	case workProc:
		return program.Program{program.MakePrivate(), program.MountProc("/proc")}, nil
	case workRoot:
		return pivot(), nil
	case workTie:
		return program.Program{program.ParentDeathSignal(program.SIGKILL)}, nil
	case workJob:
		var p program.Program
		if w.setting.holdSleep > 0 {
			p = append(p, program.Sleep(w.setting.holdSleep))
		}
		if w.setting.spin > 0 {
			p = append(p, program.Busy(w.setting.spin))
		}
		return append(p, program.Store(w.setting.world.job, jobDone)), nil
	}
	return nil, fmt.Errorf("%s does %q: no such work", step.By, step.Work.Name)
}

// digits is room for a process ID in a path or a text, which ends at a multiple of 8.
const digits = 16

// memory gives out a memory that begins with a text.
func (w *writer) memory(name, text string, size int) (program.Memory, error) {
	m, err := w.setting.board.Memory(name, max(size, len(text)))
	if err == nil {
		copy(w.setting.board.Bytes(m), text)
	}
	return m, err
}

// maps maps the user and the group that this program runs as to 0, for another process.
// setgroups has to be denied before an unprivileged process may map a group.
// user_namespaces(7).
func (w *writer) maps(of program.Word) (p program.Program, err error) {
	fd, err := w.setting.board.Word("map")
	if err != nil {
		return nil, err
	}
	for _, f := range []struct{ name, text string }{
		{"setgroups", "deny"},
		{"uid_map", fmt.Sprintf("0 %d 1\n", w.setting.world.uid)},
		{"gid_map", fmt.Sprintf("0 %d 1\n", w.setting.world.gid)},
	} {
		path, err := w.memory("/proc/PID/"+f.name, "/proc"+strings.Repeat("/", digits-len("/proc"))+"/"+f.name+"\x00", 0)
		if err != nil {
			return nil, err
		}
		p = append(p,
			program.Decimal(of, path.At(path.Name, digits)),
			program.OpenAt(path, program.WriteOnly).Into(fd),
			program.Write(fd, f.text),
			program.Close(fd))
	}
	return p, nil
}

// cgroup moves another process into the group. Blanks before a number are skipped.
func (w *writer) cgroup(pid program.Word) (program.Program, error) {
	fd, err := w.setting.board.Word("cgroup.procs")
	if err != nil {
		return nil, err
	}
	text, err := w.memory("PID", strings.Repeat(" ", digits), 0)
	if err != nil {
		return nil, err
	}
	return program.Program{
		program.Decimal(pid, text.At(text.Name, digits)),
		program.Open(w.setting.world.group+"/cgroup.procs", program.WriteOnly).Into(fd),
		program.WriteFrom(fd, text, digits),
		program.Close(fd),
	}, nil
}

// The new root, before it is one, and what tells it from the old.
const (
	newRoot    = "/tmp"
	rootMarker = "/nsbench-root"
)

// pivot moves the process into an empty root, with /proc if there is one of its own: it
// cannot be mounted any more when no other is in sight. pivot_root(2), "pivot_root(".", ".")".
func pivot() program.Program {
	return program.Program{
		program.MakePrivate(),
		program.MountTmpfs(newRoot),
		program.MakeDir(newRoot + "/proc"),
		program.MakeDir(newRoot + rootMarker),
		program.MoveMount("/proc", newRoot+"/proc").Try(),
		program.ChangeDir(newRoot),
		program.PivotRoot(".", "."),
		program.DetachMount("."),
		program.ChangeDir("/"),
	}
}
