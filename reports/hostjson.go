package reports

import (
	"math"

	"github.com/nsbench/nsbench/bench/stat"
)

// The names of these members are stable; scripts rely on them. Figures are not
// repeated: they are in "series", which these name by their places.
type (
	jsonHosts struct {
		Labels      []string       `json:"labels"`     // of the runs, in their order
		Original    []int          `json:"original"`   // the run that each is; another than itself where one was read twice
		Confidence  number         `json:"confidence"` // that all ratios between hosts hold at once
		Threshold   number         `json:"threshold"`  // a share: 0.02 is 2 %
		Differences []jsonHostFact `json:"differences"`
		Same        []jsonSameFact `json:"same"`
		Sets        []jsonHostSet  `json:"sets"`
		Unmatched   []jsonHostOnly `json:"unmatched"`
		Verdict     []string       `json:"verdict"`
		Notes       []string       `json:"notes"`
	}

	jsonHostFact struct {
		Name   string   `json:"name"`
		Values []string `json:"values"` // of the runs, in their order
	}

	jsonSameFact struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}

	// What several runs have under the same conditions.
	jsonHostSet struct {
		Title      string              `json:"title"`
		Runs       []int               `json:"runs"` // indices into runs; ratios are to the first
		Primitives []jsonHostPrimitive `json:"primitives"`
		Agreement  []jsonAgreement     `json:"agreement"` // of each two of the runs
	}

	jsonHostPrimitive struct {
		Primitive string           `json:"primitive"`
		Family    string           `json:"family"`
		Figures   []jsonHostFigure `json:"figures"` // one for each of the set's runs
	}

	// How many times as long as on the set's first run; null for that itself, and
	// without an interval.
	jsonHostFigure struct {
		Run     int    `json:"run"`    // index into runs
		Series  *int   `json:"series"` // index into series; null where the run has none
		Ratio   number `json:"ratio"`
		Lo      number `json:"lo"`
		Hi      number `json:"hi"`
		Verdict string `json:"verdict"` // empty without a ratio
	}

	jsonAgreement struct {
		Runs       [2]int `json:"runs"`
		Primitives int    `json:"primitives"` // that both have with a multiple of the baseline
		Tau        number `json:"kendall_tau_b"`
	}

	jsonHostOnly struct {
		Run    int        `json:"run"`
		Series []jsonAxes `json:"series"`
	}
)

// jsonOfHosts is the runs of a report side by side, nil where there are not two.
func jsonOfHosts(rep *Report) *jsonHosts {
	h := hostsOf(rep)
	if h == nil {
		return nil
	}
	out := &jsonHosts{
		Labels: h.labels, Original: h.original(), Confidence: stat.Confidence, Threshold: number(h.terms.Threshold),
		Differences: []jsonHostFact{}, Same: []jsonSameFact{}, Sets: []jsonHostSet{}, Unmatched: []jsonHostOnly{},
		Verdict: h.verdict(), Notes: []string{h.caveat()},
	}
	differing, same := h.facts()
	for _, f := range differing {
		out.Differences = append(out.Differences, jsonHostFact{f.name, f.values})
	}
	for _, f := range same {
		out.Same = append(out.Same, jsonSameFact(f))
	}
	first := make([]int, len(h.runs)) // the place of each run's first series among all
	for i := range h.runs[1:] {
		first[i+1] = first[i] + len(h.runs[i].Series)
	}
	for _, s := range h.sets {
		out.Sets = append(out.Sets, h.jsonOfSet(s, first))
	}
	for _, only := range h.alone {
		out.Unmatched = append(out.Unmatched, jsonHostOnly{only.run, jsonOfOnly(only.series)})
	}
	return out
}

func (h *hosts) jsonOfSet(s hostSet, first []int) jsonHostSet {
	out := jsonHostSet{Title: s.title(), Runs: s.runs, Primitives: []jsonHostPrimitive{}, Agreement: []jsonAgreement{}}
	for _, row := range s.rows {
		p := jsonHostPrimitive{Primitive: row.primitive, Family: row.family}
		for k, f := range row.figures {
			p.Figures = append(p.Figures, jsonOfHostFigure(s.runs[k], first, f, h.terms.Threshold))
		}
		out.Primitives = append(out.Primitives, p)
	}
	if _, ok := s.baseline(); !ok {
		return out
	}
	for a, run := range s.runs {
		for b := a + 1; b < len(s.runs); b++ {
			tau, n := s.agreement(a, b)
			out.Agreement = append(out.Agreement, jsonAgreement{[2]int{run, s.runs[b]}, n, number(tau)})
		}
	}
	return out
}

func jsonOfHostFigure(run int, first []int, f hostFigure, threshold float64) jsonHostFigure {
	out := jsonHostFigure{Run: run, Ratio: number(math.NaN()), Lo: number(f.ratio.Interval.Lo), Hi: number(f.ratio.Interval.Hi)}
	if f.there() {
		at := first[run] + f.at
		out.Series = &at
	}
	if f.ratio.Interval.Known() {
		out.Ratio, out.Verdict = number(f.ratio.Ratio), string(f.ratio.Verdict(threshold))
	}
	return out
}
