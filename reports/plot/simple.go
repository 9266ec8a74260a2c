package plot

import "math"

// tolerance is how far a line may be from a point that is left out of it, in
// tenths of a pixel.
const tolerance = 1.2

// simple leaves out the points of a line that it passes by within the tolerance
// without them (Douglas and Peucker, "Algorithms for the Reduction of the Number
// of Points", The Canadian Cartographer 10, 1973). A density over 600 cells is
// mostly straight.
func simple(line []spot) []spot {
	if len(line) < 3 {
		return line
	}
	keep := make([]bool, len(line))
	keep[0], keep[len(line)-1] = true, true
	todo := [][2]int{{0, len(line) - 1}}
	for len(todo) > 0 {
		from, to := todo[len(todo)-1][0], todo[len(todo)-1][1]
		todo = todo[:len(todo)-1]
		at, far := farthest(line, from, to)
		if far > tolerance {
			keep[at] = true
			todo = append(todo, [2]int{from, at}, [2]int{at, to})
		}
	}
	kept := line[:0:0]
	for i, p := range line {
		if keep[i] {
			kept = append(kept, p)
		}
	}
	return kept
}

// farthest is the point between two that lies farthest from the stretch between
// them, and how far.
func farthest(line []spot, from, to int) (at int, far float64) {
	for i := from + 1; i < to; i++ {
		if d := distance(line[i], line[from], line[to]); d > far {
			at, far = i, d
		}
	}
	return at, far
}

// distance is that of a point from the stretch between two others.
func distance(p, a, b spot) float64 {
	dx, dy := float64(b.x-a.x), float64(b.y-a.y)
	px, py := float64(p.x-a.x), float64(p.y-a.y)
	length := dx*dx + dy*dy
	if length == 0 {
		return math.Hypot(px, py)
	}
	along := min(max((px*dx+py*dy)/length, 0), 1)
	return math.Hypot(px-along*dx, py-along*dy)
}
