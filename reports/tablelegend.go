package reports

import (
	"fmt"

	"github.com/nsbench/nsbench/bench/stat"
)

// tableLegend explains the columns that the tables of a run have, in sentences.
func tableLegend(run Run, tables *grid) []string {
	shown := func(name string) bool { return placeOf(tables.kept, name) >= 0 }
	lines := []string{whatIsTimed(run), inOrder}
	if shown(columnBounded) {
		lines = append(lines, "p50 (95%): the median, and where it lies with 95 % confidence.")
	}
	if shown(columnTimes) {
		lines = append(lines, fmt.Sprintf("%s. faster, slower: all of its interval is beyond %s; same: all of it is within; %s: neither, or there is none, so that nothing is told. %s",
			ratioMeans(run), percent(run.Threshold), stat.Inconclusive, atOnce))
	}
	if shown(columnInvalid) {
		lines = append(lines, "invalid: samples left out of the figures.")
	}
	if shown(columnBurned) {
		lines = append(lines, burnedMeans(run))
	}
	if shown(columnHistogram) {
		lines = append(lines, "Histograms are of all valid samples on one logarithmic axis of time. Each is scaled to its own fullest bin, and a bin of one sample shows.")
	}
	return append(lines, notCompared(run)...)
}
