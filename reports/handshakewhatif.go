package reports

import (
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
)

// A WhatIf is a profile with something changed of it, held against the same as it stands.
type WhatIf struct {
	Profile, Base int // by their places among the profiles

	// Ratio is that of the medians of the totals. Its interval holds at once for all that
	// are compared. It is not known where one was not run often enough.
	Ratio   stat.QuantileRatio
	Verdict stat.Verdict
}

// asItStands tells a profile of which nothing was changed.
func asItStands(p result.Profile) bool {
	return p.With == "" && (p.Work == workAll || p.Work == "") && p.Trimmed == "" && p.Dropped == ""
}

// WhatIfs lists the profiles that a section has changed, as well as as they stand.
func (h *Handshakes) WhatIfs() (all []WhatIf) {
	bases := make(map[string]int)
	for i, p := range h.Profiles {
		if asItStands(p.Profile) {
			bases[p.Name] = i
		}
	}
	for i, p := range h.Profiles {
		if base, ok := bases[p.Name]; ok && base != i {
			all = append(all, WhatIf{Profile: i, Base: base})
		}
	}
	for i := range all {
		w := &all[i]
		w.Ratio = stat.RatioOf(h.Profiles[w.Profile].Total, h.Profiles[w.Base].Total, 0.5, 1-(1-stat.Confidence)/float64(len(all)))
		w.Verdict = stat.Inconclusive
		if w.Ratio.Interval.Known() {
			w.Verdict = w.Ratio.Verdict(h.Header.Plan.Threshold)
		}
	}
	return all
}
