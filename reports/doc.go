// Package reports turns records into what people and programs read: a table
// for the terminal, a page, pictures, JSON, CSV, Markdown, the text format of Go
// benchmarks and that of HdrHistogram's percentiles.
//
// Each output is a pure function from a record to an io.Writer. None looks at
// the clock, the environment or the terminal, so a record gives the same bytes
// on every machine, and a record made as root on Linux can be read anywhere.
//
// No figure is shown without what it depends on. Series are compared only
// under the same conditions and within one run, or else with what no interval between
// runs can hold said beside them, the stages of a child's life
// are never mixed, a quantile that the sample is too small for is a dash with
// the number of samples it needs, and a series without a valid sample keeps
// its line and says why. The sentence at the top of a report claims no winner
// where an interval crosses the threshold, and it argues against pipe-eof as readily as
// for it.
//
// Records come from files, and files from anybody. Whatever is text in them is
// cleaned of control characters before it reaches a terminal, escaped in a
// page, and cut where it is long.
package reports
