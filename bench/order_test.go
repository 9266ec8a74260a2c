package bench

import (
	"slices"
	"testing"
)

// Numbers of series: odd and even ones, the smallest, and more than the core
// primitives under two placements make.
var numbersOfSeries = []int{1, 2, 3, 4, 7, 40}

// Whatever n rounds from a multiple of n on, warm-up included, each series stands
// at each place once.
func TestOrderHasEachSeriesAtEachPlaceOnce(t *testing.T) {
	for _, n := range numbersOfSeries {
		for square := -3; square < 5; square++ {
			seen := make([]int, n*n) // by place and series
			for round := square * n; round < (square+1)*n; round++ {
				row := order(7, round, n)
				if len(row) != n {
					t.Fatalf("%d series: round %d visits %v", n, round, row)
				}
				for place, series := range row {
					seen[place*n+series]++
				}
			}
			if slices.ContainsFunc(seen, func(times int) bool { return times != 1 }) {
				t.Errorf("%d series: square %d has, by place and series, %v, want 1 everywhere", n, square, seen)
			}
		}
	}
}

// Each series comes right behind each other one as often: once in a square of an
// even number of series, twice in two squares of an odd one.
func TestOrderHasEachPairOfNeighboursAsOften(t *testing.T) {
	for _, n := range numbersOfSeries {
		squares, want := 1, 1
		if n%2 == 1 {
			squares, want = 2, 2
		}
		for _, first := range []int{-2 * squares, 0, 3 * squares} {
			seen := make([]int, n*n)
			for round := first * n; round < (first+squares)*n; round++ {
				row := order(7, round, n)
				for place := 1; place < n; place++ {
					seen[row[place-1]*n+row[place]]++
				}
			}
			for pair, times := range seen {
				if before, after := pair/n, pair%n; before != after && times != want {
					t.Errorf("%d series: from square %d on %d comes right behind %d %d times, want %d", n, first, after, before, times, want)
				}
			}
		}
	}
}

// orders are the orders of the first rounds.
func orders(seed uint64, n, rounds int) (all []int) {
	for round := range rounds {
		all = append(all, order(seed, round, n)...)
	}
	return all
}

func TestOrderIsOfTheSeed(t *testing.T) {
	for _, n := range numbersOfSeries {
		if !slices.Equal(orders(1, n, 3*n), orders(1, n, 3*n)) {
			t.Errorf("%d series: the orders of one seed differ", n)
		}
		if n >= 4 && slices.Equal(orders(1, n, 2*n), orders(2, n, 2*n)) {
			t.Errorf("%d series: the orders of two seeds are the same", n)
		}
	}
	if order := orders(3, 7, 28); slices.Equal(order[:98], order[98:]) {
		t.Error("two pairs of squares of one seed are the same")
	}
}

// Over many squares each order of three comes about as often: the numbers and
// the rows are drawn, not only shifted. 2,000 rounds of 6 orders are 333 of each
// give or take 17; the bounds are five times that away.
func TestOrderIsRandom(t *testing.T) {
	seen := map[[3]int]int{}
	for seed := range uint64(2000) {
		seen[[3]int(order(seed, int(seed%6), 3))]++
	}
	for row, times := range seen {
		if times < 250 || times > 420 {
			t.Errorf("%v comes %d times of 2000", row, times)
		}
	}
	if len(seen) != 6 {
		t.Errorf("%d orders of 6", len(seen))
	}
}
