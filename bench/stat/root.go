package stat

// A search looks for where a function that falls, if not everywhere, changes its
// sign. It starts at one place and goes on in steps that double.
type search struct {
	lo, hi float64 // the answer lies between them; if none does, it is the one that comes nearest
	step   float64
	near   float64 // how near to the sign's change is near enough
}

// from returns two places between which the change is, or one twice, starting from
// one.
//
// The functions here are stairs that look like lines from afar. So once the change
// is between two places, the next is where a line would have its zero, the end that
// stands still counting half (the Illinois variant of the regula falsi), and the
// middle where that did not halve what is left. That takes a third as many
// evaluations as halving alone.
func (s search) from(at float64, f func(float64) float64) (below, above float64) {
	lo, hi := at, at
	flo := f(at)
	fhi := flo
	for step := s.step; flo <= 0 && lo > s.lo; step *= 2 {
		hi, fhi = lo, flo
		lo = max(lo-step, s.lo)
		flo = f(lo)
	}
	for step := s.step; fhi >= 0 && hi < s.hi; step *= 2 {
		lo, flo = hi, fhi
		hi = min(hi+step, s.hi)
		fhi = f(hi)
	}
	switch {
	case !(flo > 0):
		return lo, lo
	case !(fhi < 0):
		return hi, hi
	}
	for stood := 0; hi-lo > s.near; {
		left := hi - lo
		if middle := lo + left/2; middle <= lo || middle >= hi {
			break // they are neighbours among the numbers that there are
		}
		mid := lo + left*flo/(flo-fhi)
		if !(mid > lo && mid < hi) {
			mid = lo + left/2
		}
		for range 2 {
			if v := f(mid); v > 0 {
				lo, flo = mid, v
				if stood > 0 {
					fhi /= 2
				}
				stood = 1
			} else {
				hi, fhi = mid, v
				if stood < 0 {
					flo /= 2
				}
				stood = -1
			}
			if mid = lo + (hi-lo)/2; hi-lo <= left/2 || mid <= lo || mid >= hi {
				break
			}
		}
	}
	return lo, hi
}
