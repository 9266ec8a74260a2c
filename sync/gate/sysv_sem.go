package gate

import (
	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// SysvSem releases the child by taking a System V semaphore from 1 to 0, for
// which the child waits. semop(2), sysvipc(7).
//
// That an operation can wait for zero is what these semaphores have over
// others: it takes nothing, so that all who wait go on at once, and who comes
// later does not wait. It is how libdevmapper waits for udev, with one unit for
// each device that is not there yet.
//
// A semaphore is named by a number that means something only in one IPC
// namespace: in a new one the child's semop fails with EINVAL, or, if somebody
// made one there, waits at another semaphore.
//
// It belongs to the namespace, not to a process. Nothing removes it when its
// maker dies, so a parent that is killed leaves one behind for each gate that
// is open: ipcs -s shows it, ipcrm -s removes it. A parent that removes it
// before the release wakes the child with EIDRM, which is no release.
// The kernel has at most SEMMNI of them: /proc/sys/kernel/sem.
//
// Cost: no descriptor, but a set of one semaphore; one semop for each side.
//
// When the parent dies, nothing happens: the child waits for ever. If the
// parent had put the 1 there with SEM_UNDO, the kernel would take it away again
// at its death, which would release the child.
var SysvSem = Primitive{
	Name:       "sysv-sem",
	Family:     IPC,
	Summary:    "the parent takes a semaphore to 0, for which the child waits",
	Blocking:   true,
	SetUp:      ByParent,
	Frees:      FreesAll,
	CutBy:      []string{"ipc"},
	Cost:       "a semaphore that outlives both sides; child: semop; parent: semop, which frees every waiter at once",
	Orphan:     WaitsForEver,
	ParentDies: "waits for ever: the semaphore outlives the parent",
	Source:     "semop(2), sysvipc(7), ipc_namespaces(7)",
	New:        newSysvSem,
	newNamed:   newKeyedSysvSem,
}

type sysvSem struct{ object }

var _ Gate = (*sysvSem)(nil)

func newSysvSem(*program.Board) (Gate, error) {
	n, err := sys.Semaphore(1)
	if err != nil {
		return nil, err
	}
	return &sysvSem{object{program.ID{Name: "set", N: n}, sys.RemoveSemaphore}}, nil
}

// A keyedSem is a sysvSem that is found by a key.
type keyedSem struct {
	*sysvSem
	key uint32
}

var _ finder = keyedSem{}

func newKeyedSysvSem(*program.Board) (Gate, error) {
	n, key, err := sys.KeyedSemaphore(1)
	if err != nil {
		return nil, err
	}
	return keyedSem{&sysvSem{object{program.ID{Name: "set", N: n}, sys.RemoveSemaphore}}, key}, nil
}

func (g keyedSem) find() program.Op { return program.Semget(g.key).Want(int64(g.id.N)) }

func (g *sysvSem) Wait() program.Program {
	return program.Program{
		program.Arm(),
		program.Semop(g.id, 0).GoneError(program.EIDRM),
	}
}

func (g *sysvSem) Release(program.Peer) program.Program {
	return program.Program{program.Semop(g.id, -1)}
}

// An object is one of System V IPC, which this process has to remove.
type object struct {
	id     program.ID
	remove func(id int) error // nil when it has been removed
}

// Close removes the object, once: its number may be given out again.
func (o *object) Close(...program.Program) error {
	remove := o.remove
	if remove == nil {
		return nil
	}
	o.remove = nil
	return remove(o.id.N)
}
