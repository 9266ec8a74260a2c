package handshake

import (
	"slices"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// Who has which descriptor decides what is seen of a death: a write end that a third keeps
// open holds up whoever reads the other. So each process has those that it or a process
// that it clones names, and gives them up as soon as it does not need them any more.

// letGo has the process close, behind each clone, what only the child names.
func (w *writer) letGo() {
	var later []program.FD // that are named by what follows
	for i := len(w.parts) - 1; i >= 0; i-- {
		part := &w.parts[i]
		if i >= len(w.steps) {
			continue
		}
		if step := w.profile.Steps[w.steps[i]]; step.Kind == Clones && step.By == w.name {
			part.Program = slices.Concat(part.Program, closes(part.Program.Files(), later))
		}
		later = part.Program.AppendFiles(later)
	}
}

// closes closes descriptors that are not among others.
func closes(fds, but []program.FD) (p program.Program) {
	for _, fd := range fds {
		if !slices.ContainsFunc(but, func(b program.FD) bool { return b.N == fd.N }) {
			p = append(p, program.Close(fd))
		}
	}
	return p
}

// filesOf are the descriptors that parts name.
func filesOf(parts []program.Part) (fds []program.FD) {
	for _, part := range parts {
		fds = part.Program.AppendFiles(fds)
	}
	return fds
}

// closeAllBut closes every descriptor but those that parts name.
func closeAllBut(parts []program.Part) program.Program {
	keep := filesOf(parts)
	slices.SortFunc(keep, func(a, b program.FD) int { return a.N - b.N })
	return launch.CloseAllBut(nil, keep)
}

// held keeps in the releaser what the waiter closes before it waits, and the release does
// not name: by its being open the waiter knows that the releaser lives.
func (w *writer) held(g gate.Gate, release program.Program) (p program.Program) {
	_, ends := g.Wait().KeepingOpen()
	for _, fd := range ends {
		if !slices.ContainsFunc(release.Files(), func(f program.FD) bool { return f.N == fd.N }) {
			p = append(p, program.CloseOnExec(fd))
		}
	}
	return p
}
