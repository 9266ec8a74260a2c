package plot

import "math"

// cells is the number of points at which a density is found: about one for
// each pixel of an axis.
const cells = 600

// density estimates how the logarithms of a sorted sample are spread over the
// axis from low to high, at the middles of equal cells, and scales the highest
// to 1. Logarithms, because the tail of a latency is long: on a linear scale
// its body would be one line.
//
// It is a kernel estimate with Silverman's width, found over counts per cell
// rather than over samples, which makes it linear in their number (Wand 1994,
// "Fast Computation of Multivariate Kernel Estimators").
func density(sorted []float64, low, high float64) []float64 {
	counts, at := make([]float64, cells), 0
	for i, v := range sorted {
		if i == 0 || v != sorted[i-1] { // a logarithm for equal values, of which large samples have many
			at = cell(log10(v), low, high)
		}
		counts[at]++
	}
	width := bandwidth(sorted) / (high - low) * cells
	return scaled(smooth(counts, max(width, 1)))
}

// cell is the index of the cell that holds at.
func cell(at, low, high float64) int {
	return min(max(int((at-low)/(high-low)*cells), 0), cells-1)
}

// bandwidth is Silverman's rule in decades ("Density Estimation for Statistics
// and Data Analysis", 1986, equation 3.31). It takes the narrower of two
// measures of spread, so that a tail or a second mode does not wash the first
// mode out.
func bandwidth(sorted []float64) float64 {
	spread := deviation(sorted)
	if middle := (log10(quantile(sorted, 0.75)) - log10(quantile(sorted, 0.25))) / 1.34; middle > 0 {
		spread = min(spread, middle)
	}
	return 0.9 * spread * math.Pow(float64(len(sorted)), -0.2)
}

// deviation is the standard deviation of the logarithms. Taken about the
// median, so that a single pass loses no digits.
func deviation(sorted []float64) float64 {
	centre := log10(quantile(sorted, 0.5))
	var sum, squares, d float64
	for i, v := range sorted {
		if i == 0 || v != sorted[i-1] {
			d = log10(v) - centre
		}
		sum, squares = sum+d, squares+d*d
	}
	n := float64(len(sorted))
	return math.Sqrt(max(0, squares/n-(sum/n)*(sum/n)))
}

// smooth spreads each count with a Gaussian whose width is given in cells.
func smooth(counts []float64, width float64) []float64 {
	reach := min(int(math.Ceil(4*width)), len(counts))
	kernel := make([]float64, reach+1)
	for i := range kernel {
		kernel[i] = math.Exp(-0.5 * float64(i*i) / (width * width))
	}
	out := make([]float64, len(counts))
	for i, count := range counts {
		if count == 0 {
			continue
		}
		for j := max(0, i-reach); j <= min(len(counts)-1, i+reach); j++ {
			out[j] += count * kernel[max(i-j, j-i)]
		}
	}
	return out
}

// scaled divides by the greatest value.
func scaled(values []float64) []float64 {
	var top float64
	for _, v := range values {
		top = max(top, v)
	}
	for i := range values {
		values[i] /= top
	}
	return values
}
