package handshake

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/sync/program"
)

// A world is what the payload of a handshake should find, and what it finds: the
// oracle that tells a wrong world from a right one.
type world struct {
	executes bool       // there is a payload
	payload  program.FD // the program that it is
	uid, gid int        // that are mapped to 0
	group    string     // the directory of the control group
	procs    program.FD // its cgroup.procs, to be read

	facts []fact // that the works of the profile are to bring about
	board *program.Board

	job program.Word // set when the init job is done

	jobSeen, user, pid, self, links, linked, root, members program.Word

	seen                                 program.Word // set when the payload has looked at all of it
	selfText, names, request, memberText program.Memory
}

// A fact is something about the world in which a payload begins.
type fact string

// The facts, as results name what is wrong.
const (
	factUser     fact = "its user is not mapped"
	factLink     fact = "the network device is not there"
	factProc     fact = "/proc shows another PID namespace"
	factHostname fact = "the host has another name"
	factRoot     fact = "the root is the old one"
	factCgroup   fact = "it is not in the control group"
	factJob      fact = "the init job is not done"
)

// brings says which fact a work brings about.
var brings = map[string]fact{
	workMaps: factUser, workLink: factLink, workProc: factProc, workHostname: factHostname, workRoot: factRoot, workCgroup: factCgroup, workJob: factJob,
}

const (
	hostName    = "nsbench"
	selfSize    = 64
	membersSize = 4096
	notFound    = ^uint32(0)
	jobDone     = 1
	lookedAt    = 1
)

// expect sets up what the payload of a profile notes.
func (w *world) expect(b *program.Board, p Profile) (err error) {
	w.board, w.facts = b, nil
	for _, s := range p.Steps {
		if f, known := brings[s.Work.Name]; known && s.Kind == Does {
			w.facts = append(w.facts, f)
		}
	}
	for _, word := range []struct {
		name string
		at   *program.Word
	}{
		{"job", &w.job}, {"job seen", &w.jobSeen}, {"uid", &w.user}, {"pid", &w.pid}, {"self", &w.self}, {"socket", &w.links}, {"link", &w.linked}, {"root", &w.root}, {"members", &w.members}, {"seen", &w.seen},
	} {
		if *word.at, err = b.Word(word.name); err != nil {
			return err
		}
		b.Set(*word.at, notFound)
	}
	for _, m := range []struct {
		name string
		at   *program.Memory
		size int
	}{
		{"/proc/self", &w.selfText, selfSize}, {"uname", &w.names, program.UnameSize}, {"ifreq", &w.request, program.RequestSize}, {"cgroup.procs", &w.memberText, membersSize},
	} {
		if *m.at, err = b.Memory(m.name, m.size); err != nil {
			return err
		}
	}
	copy(b.Bytes(w.request), linkThere)
	return nil
}

// has reports whether a fact is expected.
func (w *world) has(f fact) bool { return slices.Contains(w.facts, f) }

// look is what the payload looks at before it executes. Nothing of it fails: what it
// does not find it does not note. Whoever is killed in the middle of it has not noted
// what was there either, and so the end of it is noted, too.
func (w *world) look() (p program.Program) {
	if w.has(factJob) {
		p = append(p, program.Move(w.jobSeen, w.job))
	}
	if w.has(factUser) {
		p = append(p, program.Getuid().Into(w.user))
	}
	if w.has(factLink) {
		p = append(p, program.DatagramSocket().Into(w.links).Try(), program.LinkIndex(w.links, w.request).Into(w.linked).Try())
	}
	if w.has(factProc) || w.has(factCgroup) {
		p = append(p, program.Getpid().Into(w.pid))
	}
	if w.has(factProc) {
		p = append(p, program.ReadLink("/proc/self", w.selfText, selfSize).Into(w.self).Try())
	}
	if w.has(factHostname) {
		p = append(p, program.Uname(w.names).Try())
	}
	if w.has(factRoot) {
		p = append(p, program.Open(rootMarker, program.ReadOnly).Into(w.root).Try())
	}
	if w.has(factCgroup) {
		p = append(p, program.ReadAt(w.procs, w.memberText, membersSize).Into(w.members).Try())
	}
	return append(p, program.Store(w.seen, lookedAt))
}

// looked reports whether the payload has looked at all of its world.
func (w *world) looked() bool { return w.board.Value(w.seen) == lookedAt }

// wrong is what was wrong with the world that the payload found, by what it noted.
func (w *world) wrong() (all []string) {
	pid := strconv.Itoa(int(w.board.Value(w.pid)))
	for _, f := range w.facts {
		right := false
		switch f {
		case factJob:
			right = w.board.Value(w.jobSeen) == jobDone
		case factUser:
			right = w.board.Value(w.user) == 0
		case factLink:
			right = w.board.Value(w.linked) != notFound
		case factProc:
			right = w.text(w.selfText, w.self) == pid
		case factHostname:
			right = strings.HasPrefix(string(w.board.Bytes(w.names)[program.UnameField:]), hostName+"\x00")
		case factRoot:
			right = w.board.Value(w.root) != notFound
		case factCgroup:
			for member := range strings.FieldsSeq(w.text(w.memberText, w.members)) {
				right = right || member == pid
			}
		}
		if !right {
			all = append(all, string(f))
		}
	}
	return all
}

// text is what a memory holds, as long as a word says.
func (w *world) text(m program.Memory, length program.Word) string {
	n := w.board.Value(length)
	if n == notFound {
		return ""
	}
	return string(w.board.Bytes(m)[:min(int(n), len(w.board.Bytes(m)))])
}
