package gatetest

import (
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// freesWhomItSays has as many children wait at one gate as there are stages, and
// releases once. Of a Holder nothing can be tried: it sees to one child. Nor of
// io-uring: the first child submits all that there is in the ring.
func freesWhomItSays(r *rig) {
	if r.primitive.Name == gate.IOUring.Name {
		return
	}
	if r.primitive.Holds {
		if r.primitive.Frees != gate.FreesOne {
			r.Errorf("it holds one child, and says that a release frees %s", r.primitive.Frees)
		}
		return
	}
	waiters := r.waitTogether()
	r.release(waiters[0])
	if r.primitive.Frees == gate.FreesAll {
		for _, h := range waiters {
			r.mustGo(h)
		}
		return
	}
	freed := r.awaitFreed(waiters)
	r.check(freed.child.Reap())
	r.sleep(hold)
	for _, h := range waiters {
		if h != freed && r.board.Stage(h.stage).Resumed != 0 {
			r.Error("one release has freed two, and the primitive says that it frees one")
		}
	}
	for _, h := range waiters {
		if h != freed {
			r.letEnd(h)
		}
	}
}

// waitTogether starts a child for each stage, all of which wait at the first
// one's gate.
func (r *rig) waitTogether() (waiters []*held) {
	r.Helper()
	first := r.newGate(r.primitive)
	for stage := range fewStages {
		h := &held{gate: first.gate, stage: stage}
		if stage == 0 {
			h = first
		}
		h.child = r.start(r.part(h))
		r.awaitWaiting(h)
		waiters = append(waiters, h)
	}
	return waiters
}

// awaitFreed waits until one of the children has come through the gate, and to
// its end. It fails when all of them sleep, or have ended otherwise.
func (r *rig) awaitFreed(waiters []*held) *held {
	r.Helper()
	for switches, same := 0, 0; same <= asleepLooks; same++ {
		now, awake := 0, false
		for _, h := range waiters {
			s := r.look(h.child)
			if s.state == ended && r.board.Stage(h.stage).Resumed != 0 {
				return h
			}
			now += s.switches
			awake = awake || s.state != ended && !s.rests()
		}
		if awake || now != switches {
			switches, same = now, 0
		}
		r.sleep(between)
	}
	r.Fatal("the release has freed none of the children")
	return nil
}

// letEnd ends a child that was not freed. Some have found out by now that another
// was, and have ended by themselves.
func (r *rig) letEnd(h *held) {
	r.Helper()
	if r.look(h.child).state != ended {
		r.run(h, program.Program{program.Kill(program.Child, program.SIGKILL)})
	}
	r.check(h.child.Reap())
}
