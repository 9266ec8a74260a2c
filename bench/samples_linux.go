package bench

import (
	"fmt"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/sync/program"
)

// appendGroup adds what is known of a group to a block: a row for each stage of
// each child, and one for each child.
func (s *session) appendGroup(b *result.Block, g *group) {
	for child := range g.lives {
		s.appendLife(b, g, child)
		for stage := range g.stages {
			s.appendStage(b, g, stage, child)
		}
	}
}

func (s *session) appendLife(b *result.Block, g *group, child int) {
	l := &g.lives[child]
	last := s.board.Stage(g.row(len(g.stages)-1, child))
	b.PrepareNS = append(b.PrepareNS, s.clock.NS(g.began, g.lives[0].called))
	b.CloneNS = append(b.CloneNS, s.clock.NS(l.called, l.cloned))
	b.StartupNS = append(b.StartupNS, s.between(l.called, s.board.Stage(g.row(0, child)).Armed))
	from := last.Resumed
	if l.payload != nil {
		b.ExecNS = append(b.ExecNS, s.between(last.Resumed, l.executed))
		from = l.executed
	}
	b.ExitNS = append(b.ExitNS, s.between(from, l.ended))
	b.ReapNS = append(b.ReapNS, s.between(l.ended+l.looked, l.reaped))
	b.CycleNS = append(b.CycleNS, s.clock.NS(g.began+l.looked, l.reaped))
	b.RunDelayNS = l.runDelay
}

func (s *session) appendStage(b *result.Block, g *group, stage, child int) {
	sc := &s.scenes[b.Series]
	st := s.stage(g, stage, child)
	if reason, detail := sc.doubt(&st, g, stage, child); reason != "" {
		b.Invalid = append(b.Invalid, result.Mark{Sample: len(b.Stage), Reason: reason, Detail: detail})
	}
	// What is released together has one beginning.
	began := s.board.Stage(g.row(stage, 0)).Released
	b.Stage = append(b.Stage, int64(stage)+1)
	b.HoldNS = append(b.HoldNS, s.between(st.Armed, began))
	b.ReleaseNS = append(b.ReleaseNS, s.between(began, st.Resumed))
	b.SignalNS = append(b.SignalNS, s.between(began, st.Signalled))
	if sc.Delay > 0 {
		b.DelayNS = append(b.DelayNS, max(0, s.between(began, s.board.Stage(g.row(stage, 0)).Delayed)))
	}
	b.WaitCPUNS = append(b.WaitCPUNS, max(0, st.CPUAfter.NS()-st.CPUBefore.NS()))
	b.Voluntary = append(b.Voluntary, max(0, st.After.Voluntary-st.Before.Voluntary))
	b.Involuntary = append(b.Involuntary, max(0, st.After.Involuntary-st.Before.Involuntary))
	b.ParentCPU = append(b.ParentCPU, int64(st.ParentCPU))
	b.ChildCPU = append(b.ChildCPU, int64(st.ChildCPU))
}

// stage is a stage of a child with the stamps of the release that is its own,
// be it shared with the others of its group.
func (s *session) stage(g *group, stage, child int) program.Stage {
	st := *s.board.Stage(g.row(stage, child))
	if len(g.stages[stage]) < len(g.lives) {
		shared := s.board.Stage(g.row(stage, 0))
		st.Released, st.Signalled, st.ParentCPU = shared.Released, shared.Signalled, shared.ParentCPU
	}
	return st
}

// between is the time between two stamps, and 0 if one was never taken: such a
// sample is marked.
func (s *session) between(from, to uint64) int64 {
	if from == 0 || to == 0 {
		return 0
	}
	return s.clock.NS(from, to)
}

// doubt says why a sample is not valid, if it is not. A sample that was to be
// released at once, and was before it had armed, proves nothing and need not: it
// found its gate open.
func (sc *scene) doubt(st *program.Stage, g *group, stage, child int) (reason, detail string) {
	h, l := g.gateOf(stage, child), &g.lives[child]
	early := st.Released < st.Armed
	switch {
	case h.failed():
		return result.ReasonOutcome, fmt.Sprintf("the parent's side: %v", h.outcome)
	case st.Resumed == 0:
		return result.ReasonOutcome, fmt.Sprintf("the wait: %v, %v", l.outcome, l.exit)
	case early && (sc.Hold > 0 || st.Released == 0):
		return result.ReasonEarly, ""
	case st.Armed == st.Released || st.Resumed < max(st.Armed, st.Released) || st.Signalled < st.Released:
		return result.ReasonClock, fmt.Sprintf("armed %d, released %d, signalled %d, resumed %d", st.Armed, st.Released, st.Signalled, st.Resumed)
	case sc.moved(st):
		return result.ReasonMoved, fmt.Sprintf("released on CPU %d, resumed on CPU %d, placed on %d and %d", st.ParentCPU, st.ChildCPU, sc.cpus.parent, sc.cpus.child)
	case l.strayed != "":
		return result.ReasonMoved, l.strayed
	case !early && sc.Primitive.Blocking && st.After.Voluntary == st.Before.Voluntary:
		return result.ReasonNotBlocked, ""
	}
	return "", ""
}

// moved reports whether a side was elsewhere than it was put.
func (sc *scene) moved(st *program.Stage) bool {
	return sc.cpus.parent >= 0 && (int(st.ParentCPU) != sc.cpus.parent || int(st.ChildCPU) != sc.cpus.child)
}
