package gate

import (
	"errors"

	"github.com/nsbench/nsbench/sync/internal/sys"
	"github.com/nsbench/nsbench/sync/program"
)

// PosixMQ releases the child by a message over a POSIX queue. mq_overview(7).
//
// On Linux the queue is a file, and what names it is a descriptor. The gate
// removes its name as soon as it is made, and the child has the descriptor from
// its parent: so nothing is left when both have died, and it goes on working in
// a new IPC namespace, in which the name would not be found. In both it differs
// from SysvMsg.
//
// A message is kept until somebody takes it, and one mq_receive takes it: one
// message frees one child.
//
// Cost: 1 descriptor in the parent, and a queue for one byte, which counts
// against RLIMIT_MSGQUEUE of the user and /proc/sys/fs/mqueue/queues_max of the
// namespace, 256 unless told otherwise; one mq_timedreceive for the child, one
// mq_timedsend for the parent.
//
// When the parent dies, nothing happens: the child itself keeps the queue open,
// which has no notion of a peer, and waits for ever.
var PosixMQ = Primitive{
	Name:        "posix-mq",
	Family:      IPC,
	Summary:     "the parent sends a message over a POSIX queue; the child receives it",
	Blocking:    true,
	Descriptors: 1,
	SetUp:       ByParent,
	Frees:       FreesOne,
	Cost:        "a queue without a name; child: mq_timedreceive; parent: mq_timedsend, once for each receiver",
	Orphan:      WaitsForEver,
	ParentDies:  "waits for ever: a message queue has no hang-up",
	Source:      "mq_overview(7), mq_receive(3), mq_send(3), mq_open(3)",
	New:         newPosixMQ,
	newNamed:    newNamedPosixMQ,
}

type posixMQ struct {
	ends
	queue program.FD
}

var _ Gate = (*posixMQ)(nil)

func newPosixMQ(*program.Board) (Gate, error) {
	n, err := sys.Mqueue()
	if err != nil {
		return nil, err
	}
	queue := program.FD{Name: "queue", N: n}
	return &posixMQ{ends{queue}, queue}, nil
}

// A namedMQ is a posixMQ that has kept its name.
type namedMQ struct {
	*posixMQ
	name string
}

var _ namer = namedMQ{}

func newNamedPosixMQ(*program.Board) (Gate, error) {
	n, name, err := sys.NamedMqueue()
	if err != nil {
		return nil, err
	}
	queue := program.FD{Name: "queue", N: n}
	return namedMQ{&posixMQ{ends{queue}, queue}, name}, nil
}

func (g namedMQ) open(program.FD) (program.Op, program.Program, bool) {
	return program.MqOpen(g.name), nil, true
}

// Close also removes the name.
func (g namedMQ) Close(ran ...program.Program) error {
	return errors.Join(g.posixMQ.Close(ran...), sys.UnlinkMqueue(g.name))
}

func (g *posixMQ) Wait() program.Program {
	return program.Program{
		program.Arm(),
		program.MqReceive(g.queue).Want(1),
	}
}

func (g *posixMQ) Release(program.Peer) program.Program {
	return program.Program{program.MqSend(g.queue)}
}
