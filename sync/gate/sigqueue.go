package gate

import (
	"os"

	"github.com/nsbench/nsbench/sync/program"
)

// Sigqueue releases the child by a real-time signal that carries a value, which
// the child takes by rt_sigtimedwait and compares. sigqueue(3), signal(7).
//
// Real-time signals queue: two of one number are two, where a second SIGUSR1
// that finds the first still pending is lost. And the value tells a release
// from any other signal of that number: kill sends the value 0. A wrong value
// is a failure and no release, for the wait has then taken something that was
// meant for somebody else.
//
// Cost: no descriptor, but 128 bytes for what the kernel tells of the signal;
// one rt_sigtimedwait for the child, one rt_sigqueueinfo for the parent, once
// for each child. Each queued signal counts against the limit of the receiving
// user, and fails with EAGAIN beyond it: RLIMIT_SIGPENDING, getrlimit(2). The C
// library keeps the first few real-time signals for itself, hence a later one.
//
// When the parent dies, nothing happens: the child waits for ever.
//
// No namespace cuts it: the parent's PID namespace is an ancestor of the
// child's, and sees every process in it.
var Sigqueue = Primitive{
	Name:       "sigqueue",
	Family:     Signal,
	Summary:    "the parent queues a real-time signal with a value; the child takes and compares it",
	Blocking:   true,
	SetUp:      ByChild,
	Frees:      FreesOne,
	Cost:       "a queued signal; child: rt_sigtimedwait; parent: rt_sigqueueinfo, once for each child",
	Orphan:     WaitsForEver,
	ParentDies: "waits for ever",
	Source:     "sigqueue(3), rt_sigqueueinfo(2), sigwaitinfo(2), signal(7)",
	New:        newSigqueue,
}

// releaseSignal is behind those that C libraries use: glibc has the first two, musl three.
var releaseSignal = program.RealTime(4)

// releaseToken is any value but 0, which is what a signal has that was not queued.
const releaseToken = 0x600d

type sigqueue struct {
	ends
	info program.Memory
}

var _ Gate = sigqueue{}

func newSigqueue(b *program.Board) (Gate, error) {
	info, err := b.Memory("info", program.SiginfoSize)
	return sigqueue{info: info}, err
}

func (g sigqueue) Wait() program.Program {
	return program.Program{
		program.Arm(),
		program.SigwaitInfo(program.Signals(releaseSignal), g.info).Want(int64(releaseSignal)),
		program.Load(g.info.Word("info.si_int", program.SiginfoValue)).Want(releaseToken),
	}
}

func (sigqueue) Release(child program.Peer) program.Program {
	return program.Program{program.Queue(child, releaseSignal, releaseToken, os.Getpid())}
}
