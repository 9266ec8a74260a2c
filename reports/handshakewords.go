package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// handshakeWords are what a run's handshakes and breaks come to, in sentences that follow
// from their figures by rule. There are none where nothing was measured or tried.
func (r Run) handshakeWords() (all []string) {
	if r.Handshakes != nil {
		all = append(all, r.Handshakes.words()...)
	}
	if r.Breaks != nil {
		all = append(all, r.Breaks.overall()...)
	}
	return all
}

// words are those of what handshakes took.
func (h *Handshakes) words() (all []string) {
	var told []HandshakeProfile // as they stand, whose median is known
	for _, p := range h.Profiles {
		if asItStands(p.Profile) && p.Summary.P50Interval.Known() {
			told = append(told, p)
		}
	}
	if len(told) > 0 {
		all = append(all, extent(told))
	}
	if text := h.changedWords(); text != "" {
		all = append(all, text)
	}
	return all
}

// extent says how far the totals of profiles and the shares of their releases reach.
func extent(told []HandshakeProfile) string {
	by := func(value func(HandshakeProfile) float64) (least, most HandshakeProfile) {
		order := func(a, b HandshakeProfile) int { return cmp.Compare(value(a), value(b)) }
		return slices.MinFunc(told, order), slices.MaxFunc(told, order)
	}
	short, long := by(func(p HandshakeProfile) float64 { return p.Summary.P50 })
	if len(told) == 1 {
		return fmt.Sprintf("The handshake of %s takes %s (median); %s of that are waits for another process to release or to end, %s clones, %s work.",
			short.Label(), plot.Time(short.Summary.P50), percent(short.Shares.Releases), percent(short.Shares.Clones), percent(short.Shares.Work))
	}
	low, high := by(func(p HandshakeProfile) float64 { return p.Shares.Releases })
	worked := 0
	for _, p := range told {
		worked += yes(p.Shares.Work > 0.5)
	}
	return fmt.Sprintf("Handshakes take from %s (%s) to %s (%s), as medians. Waits for another process to release or to end are from %s (%s) to %s (%s) of the time; work is more than half of it in %s of %s.",
		plot.Time(short.Summary.P50), short.Label(), plot.Time(long.Summary.P50), long.Label(),
		percent(low.Shares.Releases), low.Label(), percent(high.Shares.Releases), high.Label(), plot.Count(worked), plural(len(told), "profile"))
}

// changedWords say which changes made a handshake shorter or longer.
func (h *Handshakes) changedWords() string {
	of := make(map[stat.Verdict][]string)
	whatIfs := h.WhatIfs()
	for _, w := range whatIfs {
		text := h.Profiles[w.Profile].Label()
		if w.Verdict == stat.Faster || w.Verdict == stat.Slower {
			text += " (" + multiple(w.Ratio) + " times)"
		}
		of[w.Verdict] = append(of[w.Verdict], text)
	}
	var parts []string
	for _, v := range []stat.Verdict{stat.Faster, stat.Slower} {
		if of[v] != nil {
			parts = append(parts, fmt.Sprintf("%s than as they stand: %s.", capital(string(v)), joined(firstOf(of[v], mostPlaces)...)))
		}
	}
	if n := len(whatIfs) - len(of[stat.Faster]) - len(of[stat.Slower]); n > 0 {
		parts = append(parts, fmt.Sprintf("No difference that matters is told of %s of %s.", plot.Count(n), plural(len(whatIfs), "change")))
	}
	return strings.Join(parts, " ")
}

// overall says which profiles fail open and which hang.
func (b *Breaks) overall() (all []string) {
	killed, dropped := make(map[string][]string), make(map[string][]string)
	for i, p := range b.Profiles {
		kills, drops := make(map[string]int), make(map[string]int)
		for _, one := range b.ordered(i, p) {
			if v := worst(one); v != "" && one.Break == result.BreakKill {
				kills[v]++
			} else if v != "" {
				drops[v]++
			}
		}
		sortVerdicts(killed, kills, profileLabel(p))
		sortVerdicts(dropped, drops, profileLabel(p))
	}
	for _, one := range []struct {
		what string
		of   map[string][]string
	}{{"When a process is killed", killed}, {"When a stage is left out", dropped}} {
		var parts []string
		for _, v := range []struct{ verdict, said string }{{result.VerdictOpen, "fails open"}, {result.VerdictHangs, "hangs"}, {"", "neither"}} {
			if names := one.of[v.verdict]; names != nil {
				parts = append(parts, v.said+": "+joined(firstOf(names, mostNamed)...))
			}
		}
		if parts != nil {
			all = append(all, one.what+", in one place at least, "+strings.Join(parts, "; ")+".")
		}
	}
	return all
}

// sortVerdicts puts a profile under each of the bad verdicts that it came to, or under
// none of them.
func sortVerdicts(of map[string][]string, counts map[string]int, name string) {
	total := 0
	for _, n := range counts {
		total += n
	}
	bad := false
	for _, v := range []string{result.VerdictOpen, result.VerdictHangs} {
		if counts[v] > 0 {
			bad = true
			of[v] = append(of[v], fmt.Sprintf("%s (%s of %s)", name, plot.Count(counts[v]), plot.Count(total)))
		}
	}
	if !bad && total > 0 {
		of[""] = append(of[""], name)
	}
}
