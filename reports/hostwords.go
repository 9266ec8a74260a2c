package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"

	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// verdict says in at most three sentences what the hosts have in common: on how
// many of them the baseline is told to be slower than the fastest other primitive
// that blocks, whether primitives stand in the same order, and how the baseline
// itself differs between them. It is about first releases. A run that was read
// twice counts once.
func (h *hosts) verdict() []string {
	noun := h.noun() + "s"
	if len(h.sets) == 0 {
		return []string{fmt.Sprintf("No primitive was measured under the same conditions on two %s, so nothing is compared between them.", noun)}
	}
	chosen := h.headlines()
	var rivals, orders, levels []string
	for _, s := range chosen {
		places := h.distinct(s)
		if len(places) < 2 {
			continue
		}
		rivals = appendText(rivals, h.rivals(s, places))
		orders = appendText(orders, h.orders(s, places))
		levels = appendText(levels, h.levels(s, places))
	}
	var all []string
	if orders != nil {
		orders[len(orders)-1] += " (a tau-b of 1 is one order, -1 the reverse)"
	}
	for _, list := range [][]string{rivals, orders, levels} {
		if list != nil {
			all = append(all, capital(strings.Join(list, "; "))+".")
		}
	}
	if all != nil {
		return all
	}
	if h.once() {
		return []string{"All records are of the same run, which tells nothing of two " + noun + "."}
	}
	return []string{fmt.Sprintf("The baseline is not compared with another primitive on two %s under the same conditions: see the tables.", noun)}
}

// once tells whether all the runs are one.
func (h *hosts) once() bool {
	original := h.original()
	return original[len(original)-1] == 0 && !slices.ContainsFunc(original, func(i int) bool { return i != 0 })
}

func appendText(to []string, text string) []string {
	if text == "" {
		return to
	}
	return append(to, text)
}

// headlines are the sets that are spoken of: of first releases, and of many the
// first under each placement and that with the most children.
func (h *hosts) headlines() []hostSet {
	var judged []hostSet
	var leaders []group
	for _, s := range h.sets {
		if _, ok := s.baseline(); ok && s.groups[0].headline() {
			judged, leaders = append(judged, s), append(leaders, s.groups[0])
		}
	}
	if len(judged) <= fewVerdicts {
		return judged
	}
	kept := principal(leaders)
	return slices.DeleteFunc(judged, func(s hostSet) bool {
		return !slices.ContainsFunc(kept, func(g group) bool { return g.setting == s.groups[0].setting })
	})
}

// rivals says on how many hosts the baseline is told to be slower than the fastest
// other blocking primitive, and what that is on each.
func (h *hosts) rivals(s hostSet, places []int) string {
	var found []string
	slower := 0
	for _, k := range places {
		g := s.groups[k]
		if _, ok := g.own(); !ok {
			continue
		}
		rival, ok := g.judgement().fastest(func(s Series) bool { return s.Blocking })
		if !ok || !compared(rival) {
			found = append(found, h.label(s, k)+": none to compare with")
			continue
		}
		slower += yes(is(rival) == stat.Faster)
		found = append(found, fmt.Sprintf("%s: %s takes %s times as long (%s), %s",
			h.label(s, k), word(rival.Primitive), multiple(rival.Against.Ratio), ratioSpan(rival.Against.RatioInterval), rival.Against.Verdict))
	}
	if found == nil {
		return ""
	}
	name, _ := s.baseline()
	return fmt.Sprintf("on %s, %s is told to be slower than the fastest other blocking primitive on %s of %s (%s)",
		s.where(), word(name), plot.Count(slower), plural(len(found), h.noun()), strings.Join(found, "; "))
}

// where names the conditions of a set.
func (s *hostSet) where() string { return s.vary.where(s.conditions) }

// levels says how many times as long the baseline itself takes as on the first host.
func (h *hosts) levels(s hostSet, places []int) string {
	at := slices.IndexFunc(s.rows, func(row hostRow) bool { return row.primitive == s.groups[0].baseline })
	if at < 0 {
		return ""
	}
	var parts []string
	for _, k := range places {
		if r := s.rows[at].figures[k].ratio; r.Interval.Known() {
			parts = append(parts, fmt.Sprintf("%s times (%s) on %s", multiple(r.Ratio), ratioSpan(r.Interval), h.label(s, k)))
		}
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("on %s, the median by %s itself is %s that on %s", s.where(), word(s.groups[0].baseline), joined(parts...), h.label(s, places[0]))
}

// orders says whether the primitives stand in the same order.
func (h *hosts) orders(s hostSet, places []int) string {
	least, most, primitives := math.Inf(1), math.Inf(-1), 0
	for i, a := range places {
		for _, b := range places[i+1:] {
			if tau, n := s.agreement(a, b); !math.IsNaN(tau) {
				least, most, primitives = min(least, tau), max(most, tau), max(primitives, n)
			}
		}
	}
	if primitives == 0 {
		return ""
	}
	tau := fmt.Sprintf("%.2f", least)
	if most-least >= 0.005 {
		tau += fmt.Sprintf(" to %.2f", most)
	}
	told, reversed := s.told(places)
	text := fmt.Sprintf("on %s, the orders of %s by %s agree with Kendall's tau-b of %s", s.where(), plural(primitives, "primitive"), hostTimes, tau)
	switch {
	case told == 0:
		return text + ", but no two of them are told apart on two " + h.noun() + "s"
	case len(reversed) == 0:
		return text + fmt.Sprintf(", with none reversed of %s that two %ss tell apart", plural(told, "pair"), h.noun())
	}
	named, among := reversed, ""
	if len(named) > fewReversed {
		named, among = named[:fewReversed], "among them "
	}
	return text + fmt.Sprintf(", with %s reversed of %s that two %ss tell apart: %s%s",
		plot.Count(len(reversed)), plural(told, "pair"), h.noun(), among, joined(named...))
}

// fewReversed is how many pairs that stand in reverse order are named.
const fewReversed = 3

// fewestOrdered primitives make an order that can agree with another by more than
// the toss of a coin.
const fewestOrdered = 3

// position is where a figure stands among those of its host, as a multiple of the
// baseline, and within what. What is some primitive once more has none.
func position(g group, f hostFigure) (at float64, within stat.Interval, ok bool) {
	switch {
	case !f.there() || f.SelfCheck || f.DelayNS > 0 || f.summary().N == 0:
		return 0, stat.Interval{}, false
	case f.Primitive == g.baseline:
		return 1, stat.Interval{Lo: 1, Hi: 1}, true
	case !compared(f.Series):
		return 0, stat.Interval{}, false
	}
	return f.Against.Ratio, f.Against.RatioInterval, true
}

// agreement is Kendall's tau-b of two hosts, by the multiples of the primitives
// that both have, and how many those are. It is NaN for fewer than three.
//
// It is the cosine of the signs of all pairs of each host (Kendall, "The treatment
// of ties in ranking problems", Biometrika 33, 1945). gonum's Kendall lost: it takes
// values that are equal for ones in order.
func (s *hostSet) agreement(a, b int) (tau float64, primitives int) {
	var x, y []float64
	for _, row := range s.rows {
		ours, _, ok := position(s.groups[a], row.figures[a])
		theirs, _, also := position(s.groups[b], row.figures[b])
		if ok && also {
			x, y = append(x, ours), append(y, theirs)
		}
	}
	if len(x) < fewestOrdered {
		return math.NaN(), len(x)
	}
	u, v := signs(x), signs(y)
	return floats.Dot(u, v) / (floats.Norm(u, 2) * floats.Norm(v, 2)), len(x)
}

// signs tells of each pair of values which is greater.
func signs(values []float64) []float64 {
	var all []float64
	for i, a := range values {
		for _, b := range values[i+1:] {
			all = append(all, float64(yes(a > b)-yes(a < b)))
		}
	}
	return all
}

// told counts the pairs of primitives that at least two hosts tell apart, and names
// those that they do not have in one order. A host tells two apart where their
// intervals do, which is less than what it could tell, and no error for all pairs
// at once.
func (s *hostSet) told(places []int) (pairs int, reversed []string) {
	for i, a := range s.rows {
		for _, b := range s.rows[i+1:] {
			before, behind := 0, 0
			for _, k := range places {
				_, ours, ok := position(s.groups[k], a.figures[k])
				_, theirs, also := position(s.groups[k], b.figures[k])
				if ok && also && ours.Apart(theirs) {
					before, behind = before+yes(ours.Hi < theirs.Lo), behind+yes(ours.Lo > theirs.Hi)
				}
			}
			if before+behind < 2 {
				continue
			}
			pairs++
			if before > 0 && behind > 0 {
				reversed = append(reversed, word(a.primitive)+" with "+word(b.primitive))
			}
		}
	}
	return pairs, reversed
}
