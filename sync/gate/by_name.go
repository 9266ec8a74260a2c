package gate

import (
	"errors"
	"fmt"
	"slices"

	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// A ByName is a gate whose programs can also be run by a process that has inherited
// nothing of it, and after the clone opens what it needs by name: by a path, a key,
// a process ID. What has no name of its own has one in the /proc of the process
// that made the gate, as long as that has it open; proc_pid_fd(5). That one is
// tried for all, also where it cannot work: it is the kernel that says so.
//
// What is opened comes to stand where a copy that was inherited would: so the
// programs are those of the gate.
type ByName struct {
	Gate
	board  *program.Board
	family Family
	opened program.Word // by one after another
}

// ErrNothingToOpen says that a gate has no object that a process could open.
var ErrNothingToOpen = errors.New("there is nothing to open: a process is known by its ID, whether anything was made before the clone or not")

// NewByName makes a gate whose object keeps its name until Close. Its maker, if it
// is killed, may leave behind what New leaves no trace of: a file, the name of a
// queue. The error is ErrNothingToOpen if the primitive has no object.
func (p Primitive) NewByName(b *program.Board) (*ByName, error) {
	create := p.New
	if p.newNamed != nil {
		create = p.newNamed
	}
	opened, err := b.Word("opened")
	if err != nil {
		return nil, err
	}
	g, err := create(b)
	if err != nil {
		return nil, err
	}
	n := &ByName{g, b, p.Family, opened}
	if p.SetUp != ByEither && !n.opens() {
		return nil, errors.Join(fmt.Errorf("%s: %w", p.Name, ErrNothingToOpen), g.Close())
	}
	return n, nil
}

// opens reports whether there is anything that is opened. What either side can set
// up is named in the programs themselves.
func (n *ByName) opens() bool {
	all := slices.Concat(n.Wait(), n.Release(program.Child))
	if h, ok := n.Gate.(Holder); ok {
		all = append(all, h.Hold(program.Child)...)
	}
	_, finds := n.Gate.(finder)
	return finds || n.family == Memory || all.TakesPidfd() || len(all.Files()) > 0
}

// A finder is a gate whose object is not a descriptor, and is found by a call that
// has as its result what the programs call the object by.
type finder interface{ find() program.Op }

// A namer is a gate of whose descriptors some have a name of their own.
type namer interface {
	// open is what opens that descriptor by its name, and has it as the result;
	// and what has to be done with it then. It is not ok if it has no name.
	open(fd program.FD) (op program.Op, then program.Program, ok bool)
}

// WaitByName is Wait for a process that has inherited nothing. It opens what it
// needs before it arms. What Wait closes, since it was inherited, is not there.
func (n *ByName) WaitByName() (program.Program, error) {
	wait, _ := n.Wait().KeepingOpen()
	open, err := n.Open(wait)
	return slices.Concat(open, wait), err
}

// Open is what a process does first that has inherited nothing and is to run these
// programs of the gate, Release or Hold: whatever they name is opened.
func (n *ByName) Open(then ...program.Program) (p program.Program, err error) {
	if f, ok := n.Gate.(finder); ok {
		p = append(p, f.find())
	}
	if n.family == Memory {
		open, err := n.own(n.board.File())
		if err != nil {
			return nil, err
		}
		p = append(p, open.Into(n.opened), n.board.MapAnew(n.opened), program.Close(n.opened))
	}
	for _, fd := range slices.Concat(then...).Files() {
		open, after, err := n.opening(fd)
		if err != nil {
			return nil, err
		}
		p = append(p, open.Into(n.opened), program.Dup(n.opened, fd), program.Close(n.opened))
		p = append(p, after...)
	}
	return p, nil
}

// opening is what opens a descriptor by the best name that it has.
func (n *ByName) opening(fd program.FD) (program.Op, program.Program, error) {
	if g, ok := n.Gate.(namer); ok {
		if op, then, ok := g.open(fd); ok {
			return op, then, nil
		}
	}
	op, err := n.own(fd)
	return op, nil, err
}

// own opens a descriptor by its name in the /proc of this process, for what it can
// be used for here.
func (n *ByName) own(fd program.FD) (program.Op, error) {
	path, reads, writes, err := sys.OwnFile(fd.N)
	access := program.ReadWrite
	switch {
	case !writes:
		access = program.ReadOnly
	case !reads:
		access = program.WriteOnly
	}
	return program.Open(path, access), err
}
