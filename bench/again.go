package bench

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
