package bench

import (
	"fmt"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/program"
)

// appendLife adds what is known of a child to a block: a row a stage, and one
// for the child.
func (s *session) appendLife(b *result.Block, l *life) {
	b.CloneNS = append(b.CloneNS, s.clock.ns(l.called, l.cloned))
	b.StartupNS = append(b.StartupNS, s.between(l.called, s.board.Stage(0).Armed))
	b.CycleNS = append(b.CycleNS, s.clock.ns(l.began, l.reaped))
	b.RunDelayNS = l.runDelay
	for i := range l.stages {
		s.appendStage(b, l, i)
	}
}

func (s *session) appendStage(b *result.Block, l *life, i int) {
	st := s.board.Stage(i)
	if reason, detail := s.doubt(b.Series, st, l, i); reason != "" {
		b.Invalid = append(b.Invalid, result.Mark{Sample: len(b.Stage), Reason: reason, Detail: detail})
	}
	b.Stage = append(b.Stage, int64(i)+1)
	b.HoldNS = append(b.HoldNS, s.between(st.Armed, st.Released))
	b.ReleaseNS = append(b.ReleaseNS, s.between(st.Released, st.Resumed))
	b.SignalNS = append(b.SignalNS, s.between(st.Released, st.Signalled))
	b.WaitCPUNS = append(b.WaitCPUNS, max(0, st.CPUAfter.NS()-st.CPUBefore.NS()))
	b.Voluntary = append(b.Voluntary, max(0, st.After.Voluntary-st.Before.Voluntary))
	b.Involuntary = append(b.Involuntary, max(0, st.After.Involuntary-st.Before.Involuntary))
	b.ParentCPU = append(b.ParentCPU, int64(st.ParentCPU))
	b.ChildCPU = append(b.ChildCPU, int64(st.ChildCPU))
}

// between is the time between two stamps, and 0 if one was never taken: such a
// sample is marked.
func (s *session) between(from, to uint64) int64 {
	if from == 0 || to == 0 {
		return 0
	}
	return s.clock.ns(from, to)
}

// doubt says why a sample is not valid, if it is not.
func (s *session) doubt(series int, st *program.Stage, l *life, i int) (reason, detail string) {
	p := s.plan.Primitives[series]
	switch {
	case l.stages[i].failed():
		return result.ReasonOutcome, fmt.Sprintf("the parent's side: %v", l.stages[i].outcome)
	case st.Resumed == 0:
		return result.ReasonOutcome, fmt.Sprintf("the wait: %v, %v", l.outcome, l.exit)
	case st.Released < st.Armed:
		return result.ReasonEarly, ""
	case st.Armed == st.Released || st.Resumed < st.Released || st.Signalled < st.Released:
		return result.ReasonClock, fmt.Sprintf("armed %d, released %d, signalled %d, resumed %d", st.Armed, st.Released, st.Signalled, st.Resumed)
	case p.Blocking && st.After.Voluntary == st.Before.Voluntary:
		return result.ReasonNotBlocked, ""
	}
	return "", ""
}
