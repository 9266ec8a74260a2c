package gate

import (
	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// SysvMsg releases the child by a message over a System V queue. msgop(2),
// sysvipc(7).
//
// A message is kept until somebody takes it, and one msgrcv takes it: one
// message frees one child. A message that is longer than the byte expected
// stays where it is, and the child's msgrcv fails with E2BIG.
//
// As with SysvSem, the queue is named by a number that means something only in
// one IPC namespace: in a new one the child's msgrcv fails with EINVAL. And a
// parent that is killed leaves one queue behind for each gate that is open:
// ipcs -q shows it, ipcrm -q removes it. A parent that removes it before the
// release wakes the child with EIDRM, which is no release. The kernel has at
// most MSGMNI of them: /proc/sys/kernel/msgmni.
//
// Cost: no descriptor, but a queue, and kernel memory for the message; one
// msgrcv for the child, one msgsnd for the parent.
//
// When the parent dies, nothing happens: the child waits for ever.
var SysvMsg = Primitive{
	Name:       "sysv-msg",
	Family:     IPC,
	Summary:    "the parent sends a message over a System V queue; the child receives it",
	Blocking:   true,
	SetUp:      ByParent,
	Frees:      FreesOne,
	CutBy:      []string{"ipc"},
	Cost:       "a queue that outlives both sides; child: msgrcv; parent: msgsnd, once for each receiver",
	Orphan:     WaitsForEver,
	ParentDies: "waits for ever: the queue outlives the parent",
	Source:     "msgrcv(2), msgsnd(2), sysvipc(7), ipc_namespaces(7)",
	New:        newSysvMsg,
	newNamed:   newKeyedSysvMsg,
}

type sysvMsg struct{ object }

var _ Gate = (*sysvMsg)(nil)

func newSysvMsg(*program.Board) (Gate, error) {
	n, err := sys.MessageQueue()
	if err != nil {
		return nil, err
	}
	return &sysvMsg{object{program.ID{Name: "queue", N: n}, sys.RemoveMessageQueue}}, nil
}

// A keyedMsg is a sysvMsg that is found by a key.
type keyedMsg struct {
	*sysvMsg
	key uint32
}

var _ finder = keyedMsg{}

func newKeyedSysvMsg(*program.Board) (Gate, error) {
	n, key, err := sys.KeyedMessageQueue()
	if err != nil {
		return nil, err
	}
	return keyedMsg{&sysvMsg{object{program.ID{Name: "queue", N: n}, sys.RemoveMessageQueue}}, key}, nil
}

func (g keyedMsg) find() program.Op { return program.Msgget(g.key).Want(int64(g.id.N)) }

func (g *sysvMsg) Wait() program.Program {
	return program.Program{
		program.Arm(),
		program.Msgrcv(g.id).Want(1).GoneError(program.EIDRM),
	}
}

func (g *sysvMsg) Release(program.Peer) program.Program {
	return program.Program{program.Msgsnd(g.id)}
}
