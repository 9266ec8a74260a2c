package reports

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// sheets are the tables of a section of handshakes: all profiles first, then what the
// changes to them come to, then the steps of each.
func (h *Handshakes) sheets() []sheet {
	all := []sheet{h.overview()}
	if s, ok := h.whatIfs(); ok {
		all = append(all, s)
	}
	for _, p := range h.Profiles {
		if p.Unavailable == "" {
			all = append(all, p.sheet())
		}
	}
	return explained(all)
}

// overview is a line for each profile.
func (h *Handshakes) overview() sheet {
	s := sheet{
		title: "How long the handshakes of runtimes take",
		columns: []sheetColumn{
			{name: "profile", label: true}, {name: "stages"}, {name: "processes", spare: 2}, {name: "n", spare: 1},
			{name: "total p50"}, {name: "95%", glued: true}, {name: "p90", spare: 3}, {name: "p99", spare: 4},
			{name: "releases"}, {name: "clones", glued: true}, {name: "work", glued: true}, {name: "between", glued: true},
		},
	}
	for _, p := range h.Profiles {
		if p.Unavailable != "" {
			continue
		}
		sum := p.Summary
		s.rows = append(s.rows, []string{
			p.Label(), plot.Count(stages(p.Profile)), plot.Count(len(p.Processes)), plot.Count(sum.N),
			plot.Time(sum.P50), span(sum.P50Interval), plot.Time(sum.P90), plot.Time(sum.P99),
			percent(p.Shares.Releases), percent(p.Shares.Clones), percent(p.Shares.Work), percent(p.Shares.Between),
		})
	}
	s.notes = append([]string{h.taken(), sharesMeaning}, h.warnings()...)
	s.drawing = h.bars()
	return s
}

const (
	sharesMeaning = "Releases, clones, work and between are shares of the total, along the critical path, and add up to 100%. Releases are the waits of one process for another, from the release, or the end, of the one to the going on of the other; between is what is left."
	earlyMeaning  = "A release was early where its waiter had not armed by then: nobody waited for it, and it has no latency. Slept is how often the waiter gave its CPU up, on average. Shares are of the total, along the critical path."
)

// taken says when and how the handshakes were measured.
func (h *Handshakes) taken() string { return takenAs("Measured", h.Header, h.End) }

// takenAs says when and by which command a section of a record came to be.
func takenAs(how string, h result.Header, end *result.End) string {
	text := fmt.Sprintf("%s by nsbench %s, %s, ", how, known(h.Version), startOf(h))
	if end == nil {
		text += "cut short"
	} else {
		text += word(end.Ended)
		if took := end.Finished.Sub(h.Started); took > 0 && !end.Finished.IsZero() {
			text += " after " + plot.Time(float64(took))
		}
	}
	return text + ". Command: " + orElse(sentence(strings.Join(h.Command, " ")), "not recorded") + "."
}

// warnings are the doubts about the figures of the profiles, and what has none.
func (h *Handshakes) warnings() (all []string) {
	var invalid, wrong []string
	for _, p := range h.Profiles {
		if n := p.InvalidTotal(); n > 0 {
			invalid = append(invalid, fmt.Sprintf("%s %s of %s (%s)", p.Label(), plot.Count(n), plot.Count(n+p.Summary.N), howOften(p.Invalid)))
		}
		if len(p.Wrong) > 0 {
			wrong = append(wrong, p.Label()+": "+howOften(p.Wrong))
		}
	}
	if invalid != nil {
		all = append(all, "Not valid, and left out of all figures: "+strings.Join(invalid, "; ")+".")
	}
	if wrong != nil {
		all = append(all, "Handshakes whose payload began in a world that was not what it should be, and which count all the same: "+strings.Join(wrong, "; ")+".")
	}
	if short := sayAlike(h.Profiles, tooFewHandshakes); short != nil {
		all = append(all, "Too few handshakes to tell a median, as much as they depend on each other: "+strings.Join(short, "; ")+".")
	}
	for _, text := range sayAlike(h.Profiles, otherDoubts) {
		all = append(all, "Doubted: "+text+".")
	}
	for _, text := range sayAlike(h.Profiles, func(p HandshakeProfile) []string { return p.LeftOut }) {
		all = append(all, "Work left out, because the host refuses it: "+text+".")
	}
	for _, text := range sayAlike(h.Profiles, func(p HandshakeProfile) []string {
		if p.Unavailable == "" {
			return nil
		}
		return []string{p.Unavailable}
	}) {
		all = append(all, "Cannot be run here: "+text+".")
	}
	return all
}

// needed is how many handshakes a median would take that there are too few for, 0 where
// it is known.
func needed(p HandshakeProfile) int {
	for _, short := range p.Summary.Short {
		if short.Quantile == 0.5 && p.Unavailable == "" {
			return short.Need
		}
	}
	return 0
}

// otherDoubts are what statistics warn of, of a total, but for its being too small.
func otherDoubts(p HandshakeProfile) (texts []string) {
	if p.Unavailable != "" {
		return nil
	}
	for _, w := range p.Summary.Warnings {
		if w.Kind != stat.DoubtShort && w.Kind != stat.DoubtEmpty {
			texts = append(texts, w.Text)
		}
	}
	return texts
}

// sayAlike lists what profiles say, those of which it is the same before it.
func sayAlike(profiles []HandshakeProfile, says func(HandshakeProfile) []string) (all []string) {
	var order []string
	names := make(map[string][]string)
	for _, p := range profiles {
		for _, text := range says(p) {
			if text = sentence(text); !strings.HasSuffix(text, "...") { // which says that it is cut
				text = strings.TrimRight(text, ".")
			}
			if names[text] == nil {
				order = append(order, text)
			}
			names[text] = append(names[text], p.Label())
		}
	}
	for _, text := range order {
		all = append(all, strings.Join(firstOf(names[text], mostNamed), ", ")+": "+text)
	}
	return all
}

// tooFewHandshakes says how many handshakes it would take to tell a profile's median, where there
// are too few.
func tooFewHandshakes(p HandshakeProfile) []string {
	n := needed(p)
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s are needed, %s are there", plot.Count(n), plot.Count(p.Summary.N))}
}

// howOften lists what there is how often, the most frequent first.
func howOften(counts map[string]int) string {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	for i, key := range keys {
		keys[i] = sentence(key) + " " + plot.Count(counts[key])
	}
	return joined(firstOf(keys, mostResults)...)
}

// whatIfs is a line for each profile that was changed, against the same as it stands.
func (h *Handshakes) whatIfs() (sheet, bool) {
	all := h.WhatIfs()
	s := sheet{
		title:   "What if: the same handshakes with something changed",
		columns: []sheetColumn{{name: "profile", label: true}, {name: "total p50"}, {name: "as it stands", spare: 1}, {name: "times"}, {name: "95%", glued: true}, {name: "verdict"}},
		notes:   []string{"Times are how many times as long the total is as that of the profile as it stands, compared round by round. The intervals hold at once for all."},
	}
	for _, w := range all {
		p, base := h.Profiles[w.Profile], h.Profiles[w.Base]
		if p.Unavailable != "" || base.Unavailable != "" {
			continue
		}
		row := []string{p.Label(), plot.Time(p.Summary.P50), plot.Time(base.Summary.P50), multiple(w.Ratio), "-", string(w.Verdict)}
		if w.RatioInterval.Known() {
			row[4] = ratioSpan(w.RatioInterval)
		}
		s.rows = append(s.rows, row)
	}
	return s, len(s.rows) > 0
}

// sheet is a line for each step of a profile that takes time.
func (p HandshakeProfile) sheet() sheet {
	s := sheet{
		title: fmt.Sprintf("%s: %s between %s", p.Label(), plural(stages(p.Profile), "stage"), pluralOf(len(p.Processes), "process", "processes")),
		columns: []sheetColumn{
			{name: "step", label: true}, {name: "who", label: true}, {name: "by", label: true},
			{name: "p50"}, {name: "95%", glued: true, spare: 2}, {name: "p90", spare: 3}, {name: "p99", spare: 4}, {name: "early"}, {name: "slept", spare: 1}, {name: "share"},
		},
	}
	if p.About != "" {
		s.notes = append(s.notes, capital(strings.TrimRight(sentence(p.About), "."))+". Read from: "+orElse(sentence(p.Source), "not recorded")+".")
	}
	s.notes = append(s.notes, earlyMeaning)
	for _, step := range p.Steps {
		if step.Kind == result.StepExits || step.Kind == result.StepExecutes {
			continue // which take no time
		}
		s.rows = append(s.rows, step.row())
	}
	empty := []string{"-", "-", "-", "-", "-", "-"}
	s.rows = append(s.rows, slices.Concat([]string{"between", "", ""}, empty, []string{percent(p.Shares.Between)}))
	total := p.Summary
	s.rows = append(s.rows, []string{"total", "", "", plot.Time(total.P50), span(total.P50Interval), plot.Time(total.P90), plot.Time(total.P99), "-", "-", "100%"})
	if total.N == 0 {
		s.rows[len(s.rows)-1][9] = "-"
	}
	s.drawing = p.lanes()
	return s
}

// row is the line of a step.
func (s HandshakeStep) row() []string {
	early, slept := percent(s.Early), "-"
	if !math.IsNaN(s.Slept) {
		slept = fmt.Sprintf("%.1f", s.Slept)
	}
	if s.Early == 0 || s.Early == 1 {
		early = fmt.Sprintf("%.0f%%", 100*s.Early)
	}
	t := s.Took
	return []string{
		stepName(s.Step), stepWho(s.Step), stepBy(s.Step),
		plot.Time(t.P50), span(t.P50Interval), plot.Time(t.P90), plot.Time(t.P99), early, slept, percent(s.Share),
	}
}

// stepName is what a step is called: a stage and work by their own names.
func stepName(s result.Step) string {
	switch s.Kind {
	case result.StepClones:
		return "clone"
	case result.StepReaps:
		return "reap"
	case result.StepExits:
		return "exit"
	case result.StepExecutes:
		return "execute"
	}
	return word(s.Name)
}

// stepWho says who acts on whom.
func stepWho(s result.Step) string {
	if s.To == "" || s.To == s.By {
		return word(s.By)
	}
	return word(s.By) + " > " + word(s.To)
}

// stepBy says by what: the primitive of a stage, the namespaces of a clone.
func stepBy(s result.Step) string {
	switch {
	case s.Kind == result.StepReleases:
		return orElse(word(s.Primitive), "-")
	case len(s.Namespaces) > 0:
		return word(strings.Join(s.Namespaces, "+"))
	case s.Kind == result.StepDoes:
		return "work"
	}
	return "-"
}

// pluralOf counts things of a plural of its own.
func pluralOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return plot.Count(n) + " " + many
}
