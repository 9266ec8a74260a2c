package reports

import (
	"fmt"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// length says how long the run was to be: how many releases each series was to
// have, or what was to end it before.
func length(p result.Plan) string {
	text := plural(p.Iterations, "release") + " a series"
	if p.Precision > 0 {
		text = fmt.Sprintf("until every median is known to %s, at most %s", percent(p.Precision), text)
	}
	if p.MaxTimeNS > 0 {
		text += ", no further round after " + plot.Time(float64(p.MaxTimeNS))
	}
	return text
}
