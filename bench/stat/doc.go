// Package stat says what a sample of latencies shows and refuses to say more.
//
// It is opinionated. Latencies are skewed, heavy in the tail and often have
// several modes, so the centre is the median, the spread is read off
// quantiles, and the doubt about a quantile is an interval that assumes no
// distribution. A quantile whose interval has no end, because too few values
// lie beyond it, is not a figure with a footnote: it is NaN, and the summary
// says how many samples it would have taken. Outliers are values like others.
//
// Samples made one after another depend on each other, and an interval that takes
// them for independent is too narrow: on a shared host fifteen hundred of them were
// worth fewer than twenty. So a sample keeps the order in which it was measured,
// how much it is worth is estimated from that, and what is compared is compared
// round by round.
//
// A difference is judged by an interval that is held against the least ratio that
// matters, never by a p-value, and all comparisons of a run share one doubt.
//
// Nothing here knows a unit, a record or a primitive: numbers go in and
// numbers come out.
package stat
