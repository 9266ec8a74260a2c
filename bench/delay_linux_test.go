package bench

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/nsbench/nsbench/sync/gate"
)

// A delay is waited between the stamp that a release counts from and the release:
// by single children and by groups, by gates that one operation releases and
// such that take several; and nothing is delayed in the series beside it.
func TestDelays(t *testing.T) {
	for _, children := range []int{1, 3} {
		const delay = 300 * time.Microsecond
		p := validPlan()
		p.Series[0].Children = children
		primitives := uncut(p.Series[0].Namespaces, 2)
		p.each(primitives...)
		for _, prim := range primitives {
			p.Series = WithDelays(p.Series, prim.Name, []time.Duration{delay})
		}
		p.Iterations, p.Stages, p.Warmup = 4, 2, 0
		rec := &recording{}
		if err := carryOut(t, t.Context(), p, Observer{Record: rec.record}); err != nil {
			t.Fatal(err)
		}
		for _, b := range rec.blocks {
			s := p.Series[b.Series]
			if s.Delay == 0 {
				if b.DelayNS != nil {
					t.Errorf("%s has delays: %v", s.Label(), b.DelayNS)
				}
				continue
			}
			if len(b.DelayNS) != len(b.Stage) {
				t.Fatalf("%s: %d delays of %d samples", s.Label(), len(b.DelayNS), len(b.Stage))
			}
			for i, ns := range b.DelayNS {
				// The clock is calibrated again for each block: give or take a thousandth.
				if ns < delay.Nanoseconds()*999/1000 {
					t.Errorf("%s, sample %d: a delay of %d ns, want %v", s.Label(), i, ns, delay)
				}
				if b.ReleaseNS[i] < ns || b.SignalNS[i] < ns {
					t.Errorf("%s, sample %d: released after %d ns and signalled after %d, with a delay of %d", s.Label(), i, b.ReleaseNS[i], b.SignalNS[i], ns)
				}
			}
		}
		rec.readBack(t)
	}
}

// Where each child of a group has a gate of its own, the first release is delayed
// and no other: all count from the same moment.
func TestOneDelayOfAGroup(t *testing.T) {
	p := validPlan()
	p.each(gate.Eventfd)
	p.Series[0].Children, p.Series[0].Delay = 3, 5*time.Microsecond
	requireNamespaces(t, p)
	defer leaveNothing(t)()
	s, err := newSession(p)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	g, err := s.group(t.Context(), &s.scenes[0], 1, rand.New(rand.NewPCG(1, 2)), false)
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range g.stages[0] {
		text := h.release.String()
		if delayed := strings.Contains(text, "clock()"); delayed != (i == 0) || h.failed() {
			t.Errorf("the release of child %d, which is %v:\n%s", i, h.outcome, text)
		}
	}
}
