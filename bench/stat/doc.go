// Package stat says what a sample of latencies shows and refuses to say more.
//
// It is opinionated. Latencies are skewed, heavy in the tail and often have
// several modes, so the centre is the median, the spread is read off
// quantiles, and the doubt about a quantile is an interval that assumes no
// distribution. A quantile whose interval has no end, because too few values
// lie beyond it, is not a figure with a footnote: it is NaN, and the summary
// says how many samples it would have taken. Outliers are values like others.
//
// The intervals assume independent samples. Samples made back to back drift
// together, and an interval over them is then too narrow; spreading the
// samples of a series over interleaved rounds is the first remedy, and it is
// not this package's to apply.
//
// Nothing here knows a unit, a record or a primitive: numbers go in and
// numbers come out.
package stat
