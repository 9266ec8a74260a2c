package bench

import "time"

// WithSelfCheck returns the series, and behind each that is of the baseline, by
// its name, the same once more. Nothing tells the two apart but their places in
// the rounds: a difference that a run finds between them is one that it finds
// where there is none.
func WithSelfCheck(series []Series, baseline string) []Series {
	return behindBaseline(series, baseline, func(s Series) []Series {
		s.SelfCheck = true
		return []Series{s}
	})
}

// behindBaseline returns the series, and behind each of the baseline what is made
// of it: what shares its conditions stands together.
func behindBaseline(series []Series, baseline string, more func(Series) []Series) []Series {
	var all []Series
	for _, s := range series {
		all = append(all, s)
		if s.Primitive.Name == baseline && s.itself() {
			all = append(all, more(s)...)
		}
	}
	return all
}

// WithDelays returns the series, and behind each that is of the baseline, by its
// name, one for each delay: the same, but that the parent keeps busy for so long
// between the stamp that the release counts from and the operation that releases.
// So it is known by how much these series differ from the baseline, whatever the
// host does, and a run and its statistics can be held to finding just that.
//
// The parent does not sleep for a delay. A sleep would end late, by more than a
// delay of a microsecond and by something else each time, and it would leave
// behind a CPU that has idled; see [program.Busy]. What has been waited is
// measured all the same, and recorded.
func WithDelays(series []Series, baseline string, delays []time.Duration) []Series {
	return behindBaseline(series, baseline, func(s Series) (all []Series) {
		for _, d := range delays {
			s.Delay = d
			all = append(all, s)
		}
		return all
	})
}
