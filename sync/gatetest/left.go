package gatetest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// How many gates are made and closed, and how many children live and die.
const (
	madeGates = 1000
	lives     = 20
)

func nothingIsLeftBehind(r *rig) {
	r.ownTemporary()
	r.live() // what is opened once and for all is opened now
	before := r.census()
	for i := range lives {
		if i%2 == 0 {
			r.live()
		} else {
			r.die(i%4 == 1)
		}
	}
	r.leftNothing(before, fmt.Sprintf("%d children", lives))

	h := r.hold(r.primitive) // whom the releases can mean that need somebody
	r.awaitWaiting(h)
	board := r.newBoard(perLife * gateSize)
	_, err := h.child.Pidfd() // a launcher may make it when it is first asked for
	r.check(err)
	before = r.census()
	r.makeAndClose(board, h)
	r.leftNothing(before, fmt.Sprintf("%d gates", madeGates))
	r.release(h)
	r.mustGo(h)
}

// ownTemporary has temporary files made where nobody else makes any, and
// removes them when all gates have been closed. The path is short: that of a
// socket may have 107 bytes. unix(7).
func (r *rig) ownTemporary() {
	r.Helper()
	dir, err := os.MkdirTemp("", "gatetest-")
	r.check(err)
	r.Cleanup(func() { r.check(os.RemoveAll(dir)) })
	r.Cleanup(r.closeGates)
	r.Setenv("TMPDIR", dir)
}

// live has a child live from its clone to its end.
func (r *rig) live() {
	r.Helper()
	h := r.hold(r.primitive)
	r.awaitWaiting(h)
	r.release(h)
	r.mustGo(h)
	r.clear()
}

// die has a child die at its gate, which is never released, after its parent has
// done what precedes a release or before.
func (r *rig) die(confirmed bool) {
	r.Helper()
	h := r.hold(r.primitive)
	r.awaitWaiting(h)
	if g, ok := h.gate.(gate.Holder); ok && confirmed {
		hold := g.Hold(program.Child)
		h.ran = append(h.ran, hold)
		r.run(h, hold)
	}
	r.run(h, program.Program{program.Kill(program.Child, program.SIGKILL)})
	r.until(h, "died", func(s look) bool { return s.state == ended })
	r.check(h.child.Reap())
	r.clear()
}

// makeAndClose makes gates and closes them, every other one after its release
// has run in this process.
func (r *rig) makeAndClose(board *program.Board, h *held) {
	r.Helper()
	for range madeGates / perLife {
		r.check(board.Reset(1))
		var made []*held
		for i := range perLife {
			g, err := r.primitive.New(board)
			r.check(err)
			made = append(made, &held{gate: g})
			if _, holds := g.(gate.Holder); holds || i%2 == 0 { // a release must not come before the hold
				continue
			}
			release := g.Release(program.Child)
			made[i].ran = append(made[i].ran, release)
			env, err := envOf(h.child, release)
			r.check(err)
			code, err := board.Load(env, program.Part{Program: release})
			r.check(err)
			if o := program.Run(code); o.Verdict != program.Released {
				r.Fatalf("release %d: %v", i, o)
			}
		}
		r.closeAll(made)
	}
}

// A census is what there is of all that a gate could leave behind.
type census [kindsLeft][]string

// Kinds of what can be left behind. Those from shared on are everybody's, for
// which the kernel has lists of a namespace: others come and go there.
const (
	descriptors = iota
	children
	files
	groups
	queues
	semaphores
	messages
	memories
	sockets
	mounts
	kindsLeft

	shared = queues
)

var kindNames = [kindsLeft]string{
	"descriptors", "children", "temporary files", "control groups",
	"POSIX message queues", "System V semaphores", "System V message queues", "System V memories", "abstract sockets", "mounts",
}

// crowd is how many others may come or go in a namespace between two looks: a
// gate that leaves something behind does it more often.
const crowd = madeGates / 4

func (r *rig) census() (c census) {
	r.Helper()
	for kind, list := range [kindsLeft]func() ([]string, error){
		descriptors: openDescriptors,
		children:    ownChildren,
		files:       func() ([]string, error) { return below(os.TempDir(), func(string) bool { return true }) },
		groups:      ownGroups,
		queues:      func() ([]string, error) { return below("/dev/mqueue", func(string) bool { return true }) },
		semaphores:  func() ([]string, error) { return lines("/proc/sysvipc/sem", "") },
		messages:    func() ([]string, error) { return lines("/proc/sysvipc/msg", "") },
		memories:    func() ([]string, error) { return lines("/proc/sysvipc/shm", "") },
		sockets:     func() ([]string, error) { return lines("/proc/net/unix", " @") },
		mounts:      func() ([]string, error) { return lines("/proc/self/mountinfo", "") },
	} {
		var err error
		c[kind], err = list()
		r.check(err)
	}
	return c
}

// leftNothing holds what there is to what there was.
func (r *rig) leftNothing(before census, after string) {
	r.Helper()
	for kind, now := range r.census() {
		more, fewer := without(now, before[kind]), without(before[kind], now)
		allowed := 0
		if kind >= shared {
			allowed = crowd
		}
		if len(more) > allowed || kind < shared && len(fewer) > 0 {
			r.Errorf("%s after %s: %d more, such as %q, and %d fewer", kindNames[kind], after, len(more), more[:min(3, len(more))], len(fewer))
		}
	}
}

func without(all, these []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(these, s) })
}

// openDescriptors lists those of this process, with what they are.
func openDescriptors() (list []string, err error) {
	const dir = "/proc/self/fd"
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if to, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil { // the one of the reading is gone
			list = append(list, e.Name()+" "+to)
		}
	}
	return list, err
}

// ownChildren lists the processes of which this one is the parent, dead ones, too.
func ownChildren() (list []string, err error) {
	entries, err := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if s, err := readStat(pid); err == nil && s.parent == os.Getpid() { // others may have ended by now
			list = append(list, e.Name())
		}
	}
	return list, err
}

// ownGroups lists the control groups with the name of this process in theirs.
func ownGroups() (list []string, err error) {
	mounted, err := lines("/proc/self/mountinfo", " - cgroup2 ")
	for _, m := range mounted {
		found, err := below(strings.Fields(m)[4], func(name string) bool {
			return strings.HasPrefix(name, fmt.Sprintf("nsbench-%d-", os.Getpid()))
		})
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, err
}

// below lists what is below a directory and has such a name.
func below(dir string, is func(name string) bool) (list []string, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if os.IsNotExist(err) || os.IsPermission(err) {
			return nil // gone by now, or nobody's who could be asked
		}
		if err == nil && path != dir && is(e.Name()) {
			list = append(list, path)
		}
		return err
	})
	return list, err
}

// lines lists the lines of a file that have some text in them, where there is such a file.
func lines(name, with string) (list []string, err error) {
	text, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		return nil, nil
	}
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, with) {
			list = append(list, strings.TrimSpace(line))
		}
	}
	return list, err
}
