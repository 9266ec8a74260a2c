package reports

import (
	"cmp"
	"slices"

	"github.com/nsbench/nsbench/bench/result"
)

// A stretch is a part of the critical path of a handshake: what it was spent on, by whom,
// and from when to when, in ns.
type stretch struct {
	step     int // of the profile, unspent for none
	by       string
	from, to int64
}

// unspent is the step of what was spent on none: what is between the steps.
const unspent = -1

// A pathfinder finds the critical paths of the handshakes of one profile.
type pathfinder struct {
	profile result.Profile
	own     map[string][]int // the steps of a process, in its order
	first   string           // the process that is there from the start
}

func newPathfinder(p result.Profile) *pathfinder {
	f := &pathfinder{profile: p, own: make(map[string][]int)}
	if len(p.Processes) > 0 {
		f.first = p.Processes[0].Name
	}
	for i, s := range p.Steps {
		f.own[s.By] = append(f.own[s.By], i)
		if s.To != "" && s.To != s.By {
			f.own[s.To] = append(f.own[s.To], i)
		}
	}
	return f
}

// A stamped is the stamps of one step of one handshake, in ns.
type stamped struct{ begin, end, armed, resumed, slept int64 }

// stampsAt are those of a handshake at a place in its columns, in the memory of scratch.
func stampsAt(scratch []stamped, h *result.Handshake, at int) []stamped {
	scratch = scratch[:0]
	one := func(column []int64) int64 {
		if at < len(column) {
			return column[at]
		}
		return 0
	}
	for _, s := range h.Steps {
		scratch = append(scratch, stamped{one(s.BeginNS), one(s.EndNS), one(s.ArmedNS), one(s.ResumedNS), one(s.Slept)})
	}
	return scratch
}

// early tells of a stage that nobody waited for it yet when it was released.
func (m stamped) early() bool { return m.armed >= m.begin }

// ordered tells whether the stamps of a step do not contradict each other.
func (f *pathfinder) ordered(all []stamped) bool {
	for i, m := range all {
		kind := f.profile.Steps[i].Kind
		switch {
		case m.end > 0 && m.end < m.begin:
			return false
		case kind == result.StepReleases && m.resumed > 0 && (m.resumed < m.begin || m.resumed < m.armed):
			return false
		case kind == result.StepClones && m.resumed > 0 && m.resumed < m.begin:
			return false
		}
	}
	return true
}

// invalid says why a handshake must not enter a figure, empty for one that may.
func (f *pathfinder) invalid(h *result.Handshake, at int, all []stamped) string {
	switch {
	case h.Outcome[at] != result.OutcomeReleased:
		return h.Outcome[at]
	case h.TotalNS[at] <= 0 || !f.ordered(all):
		return result.ReasonClock
	}
	return ""
}

// last is who took the last stamp of all.
func (f *pathfinder) last(all []stamped) string {
	who, latest := f.first, int64(-1)
	for i, m := range all {
		s := f.profile.Steps[i]
		if own := max(m.begin, m.end); own > latest {
			who, latest = s.By, own
		}
		if other := max(m.armed, m.resumed); s.To != "" && other > latest {
			who, latest = s.To, other
		}
	}
	return who
}

// A hop is where a path comes from: what a process went on from at a time.
type hop struct {
	step     int
	from, to int64  // the stretch that is the step's
	in       string // who the path goes on in
}

// hop is what a process last depended on before a time, of what is not in used.
func (f *pathfinder) hop(who string, before int64, all []stamped, used []bool) (last hop, ok bool) {
	for _, i := range f.own[who] {
		one, there := f.hopOf(i, who, all)
		if there && !used[i] && one.to <= before && (!ok || one.to >= last.to) {
			last, ok = one, true
		}
	}
	return last, ok
}

// hopOf is what a step is to a process that may have waited in it.
func (f *pathfinder) hopOf(i int, who string, all []stamped) (_ hop, there bool) {
	s, m := f.profile.Steps[i], all[i]
	switch {
	case s.Kind == result.StepClones && s.To == who:
		return hop{i, m.begin, m.resumed, s.By}, m.resumed > 0
	case s.Kind == result.StepReleases && s.To == who && m.early():
		return hop{i, m.armed, m.resumed, who}, m.resumed > 0
	case s.Kind == result.StepReleases && s.To == who:
		return hop{i, m.begin, m.resumed, s.By}, m.resumed > 0
	case s.Kind == result.StepReaps && s.By == who:
		if ended := f.ended(s.To, all); ended > m.begin && ended <= m.end {
			return hop{i, ended, m.end, s.To}, true
		}
	}
	return hop{}, false
}

// ended is when a process ended, or executed, 0 where it did not say.
func (f *pathfinder) ended(who string, all []stamped) (at int64) {
	for _, i := range f.own[who] {
		s := f.profile.Steps[i]
		if s.By == who && (s.Kind == result.StepExits || s.Kind == result.StepExecutes) {
			at = max(at, all[i].begin)
		}
	}
	return at
}

// path is what the time until the end of a handshake was spent on, from its begin on:
// stretches that follow each other without a gap, so that they add up to it.
//
// It is found backwards from the last stamp of all. In a process at a time, what came
// before was its own doing back to where it last depended on another: on a release
// that it waited for, on its clone, or on the end of a child that it reaped. From
// there the path goes on in that other, at the time at which it let go. A release that
// nobody waited for yet is none: passing it took from armed to resumed, and the path
// stays.
func (f *pathfinder) path(all []stamped, total int64) []stretch {
	var back []stretch
	add := func(step int, by string, from, to int64) {
		if to > from {
			back = append(back, stretch{step, by, from, to})
		}
	}
	used := make([]bool, len(all))
	who, at := f.last(all), total
	for at > 0 {
		h, ok := f.hop(who, at, all, used)
		if !ok {
			back = f.doing(back, who, 0, at, all)
			break
		}
		back = f.doing(back, who, h.to, at, all)
		used[h.step] = true
		from := max(min(h.from, h.to), 0)
		add(h.step, who, from, h.to)
		who, at = h.in, from
	}
	slices.SortStableFunc(back, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	return back
}

// doing adds what a process did by itself in a time: its work, its own calls, and what
// is between them.
func (f *pathfinder) doing(all []stretch, who string, from, to int64, stamps []stamped) []stretch {
	var own []stretch
	for _, i := range f.own[who] {
		s, m := f.profile.Steps[i], stamps[i]
		if s.By == who && m.end > m.begin && m.end > from && m.begin < to {
			own = append(own, stretch{i, who, max(m.begin, from), min(m.end, to)})
		}
	}
	slices.SortStableFunc(own, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	for _, one := range own {
		if one.from > from {
			all, from = append(all, stretch{unspent, who, from, one.from}), one.from
		}
		if one.to > from {
			one.from = from
			all, from = append(all, one), one.to
		}
	}
	if to > from {
		all = append(all, stretch{unspent, who, from, to})
	}
	return all
}
