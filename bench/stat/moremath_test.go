package stat

import (
	"math"
	"testing"

	"github.com/aclements/go-moremath/stats"
)

// go-moremath interpolates by type 8: the same in the middle of a symmetric
// sample, another figure in the tail. It is why the type is part of the doc.
func TestQuantileIsNotMoremaths(t *testing.T) {
	values := make([]float64, 1000)
	for i := range values {
		values[i] = math.Exp(float64(i) / 100)
	}
	other := stats.Sample{Xs: values, Sorted: true}
	if ours, theirs := Quantile(values, 0.5), other.Quantile(0.5); !near(ours, theirs, ours) {
		t.Errorf("medians differ: %v, %v", ours, theirs)
	}
	if ours, theirs := Quantile(values, 0.999), other.Quantile(0.999); ours >= theirs {
		t.Errorf("p99.9 by type 7 is %v, by go-moremath %v: expected less", ours, theirs)
	}
}
