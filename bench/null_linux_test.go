package bench

import "testing"

func TestSmallestStep(t *testing.T) {
	tests := []struct {
		sorted []int64
		want   int64
	}{
		{nil, 0},
		{[]int64{5}, 0},
		{[]int64{5, 5, 5}, 0},
		{[]int64{5, 5, 9, 12, 30}, 3},
	}
	for _, test := range tests {
		if got := smallestStep(test.sorted); got != test.want {
			t.Errorf("smallestStep(%v) = %d, want %d", test.sorted, got, test.want)
		}
	}
}
