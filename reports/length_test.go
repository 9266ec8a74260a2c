package reports

import (
	"testing"

	"github.com/nsbench/nsbench/bench/result"
)

func TestLength(t *testing.T) {
	for _, test := range []struct {
		plan result.Plan
		want string
	}{
		{result.Plan{Iterations: 1}, "1 release a series"},
		{result.Plan{Iterations: 1500, MaxTimeNS: 3e9}, "1,500 releases a series, no further round after 3.00s"},
		{result.Plan{Iterations: 1500, MaxTimeNS: 3e9, Precision: 0.02}, "until every median is known to 2.0%, at most 1,500 releases a series, no further round after 3.00s"},
	} {
		if got := length(test.plan); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
