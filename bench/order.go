package bench

import (
	"math/rand/v2"
	"slices"
)

// orderStream keeps the numbers that orders are drawn from apart from those of
// the holds, which are of the same seed.
const orderStream = 1 << 63

// order returns the order in which a round visits n series: a row of a random
// cyclic Latin square. Each n rounds form a square, in which every series stands
// at each place once. The rows are the cyclic shifts, in random order, of a first
// row 0, 1, n-1, 2, n-2, ..., whose neighbours differ by something else each
// time, and the series are numbered anew for each square. So with an even n each
// series also comes right behind each other one once in a square: what a series
// leaves behind, in caches and in the kernel, meets all others alike. With an odd
// n there is no such square of that kind; there, a square and its mirror image,
// which follows it, have each pair of neighbours twice. E. J. Williams,
// "Experimental designs balanced for the estimation of residual effects of
// treatments", Australian Journal of Scientific Research A 2 (1949), 149-168.
//
// Rounds are counted from the first that is measured, and those of warm-up are
// negative: they are rows of the sequence like others, of the squares before, so
// that what is measured begins with a whole one. The first series of a round and
// the last of the round before are not balanced; they are one pair of n.
//
// The order is a function of its arguments: no state is carried from round to
// round, and the rounds of any part of a run can be told from its seed.
//
// The design that lost is a permutation drawn for each round. It is balanced
// only on average: over 100 rounds a series of 20 stands at the first place
// 5 times give or take 2, and follows a spinning one as unevenly, which with two
// series that are equal looks like a difference between them.
func order(seed uint64, round, n int) []int {
	square := floorDiv(round, n)
	at := round - square*n
	drawn, mirrored := square, false
	if n%2 == 1 {
		drawn = floorDiv(square, 2)
		mirrored = drawn*2 != square
	}
	random := rand.New(rand.NewPCG(seed, uint64(drawn)^orderStream))
	number, rows := random.Perm(n), random.Perm(n)
	if mirrored {
		rows = random.Perm(n)
	}
	row := make([]int, n)
	for place := range row {
		row[place] = number[(zigzag(place, n)+rows[at])%n]
	}
	if mirrored {
		slices.Reverse(row)
	}
	return row
}

// zigzag is what stands at a place of the first row: 0, 1, n-1, 2, n-2, ...
func zigzag(place, n int) int {
	if place%2 == 1 {
		return (place + 1) / 2
	}
	return (n - place/2) % n
}

// floorDiv rounds towards less, and not towards zero.
func floorDiv(a, b int) int {
	q := a / b
	if q*b > a {
		q--
	}
	return q
}
