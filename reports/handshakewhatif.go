package reports

import (
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
)

// A WhatIf is a profile with something changed of it, held against the same as it stands.
type WhatIf struct {
	Profile, Base int // by their places among the profiles

	// Comparison is that of the totals, round by round. Its intervals hold at once for
	// all that are compared. Why says why nothing can be said, where that is so.
	stat.Comparison
	Why error
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
		terms := stat.Terms{Threshold: h.Header.Plan.Threshold, Confidence: stat.Confidence, Comparisons: len(all)}
		w.Comparison, w.Why = stat.Compare(h.Profiles[w.Profile].Total, h.Profiles[w.Base].Total, terms)
	}
	return all
}
