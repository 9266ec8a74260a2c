package reports

import "slices"

// mostCompared is how many samples are compared for the baselines that a reader of
// a page may choose, each of which compares every sample anew: some seconds of work, and
// more than a default run of all primitives takes.
const mostCompared = 6_000_000

// An alternative is a run with its series compared with another baseline.
type alternative struct {
	baseline string
	groups   []group
}

// alternatives are the run by each baseline that has a series under as many
// conditions as the run's own, in the order of the series, the run's own among
// them. It is nil where there is nothing to choose from, and where it would be too
// much work: the command line takes a baseline, too.
//
// Each is compared as if it had been the run's: its intervals hold at once for
// one baseline, not for all that a reader tries.
func alternatives(run Run) []alternative {
	names := candidates(run)
	samples := 0
	for _, s := range run.Series {
		samples += s.Release.N()
	}
	if len(names) < 2 || samples*len(names) > mostCompared {
		return nil
	}
	all := make([]alternative, len(names))
	for i, name := range names {
		other := run
		if name != run.Baseline {
			other.Series = slices.Clone(run.Series)
			other.compare(name, run.Threshold)
		}
		all[i] = alternative{name, groups(other)}
	}
	return all
}

// candidates lists the primitives that may be a baseline, each once.
func candidates(run Run) []string {
	count := make(map[string]int)
	var names []string
	for _, s := range run.Series {
		if s.SelfCheck || s.DelayNS > 0 || s.Summary.N == 0 {
			continue
		}
		if count[s.Primitive] == 0 {
			names = append(names, s.Primitive)
		}
		count[s.Primitive]++
	}
	own := count[run.Baseline]
	if own == 0 {
		return nil
	}
	return slices.DeleteFunc(names, func(name string) bool { return count[name] < own })
}
