package stat

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
)

// BenchmarkTenMillion summarizes 40 series of 250,000 values each, and compares all
// with the first, on as many CPUs as there are. Ten million values are to take less
// than 10 s on two of them, and less than 1 GiB.
func BenchmarkTenMillion(b *testing.B) {
	tr := trial{series: 40, rounds: 16_667, block: 15}
	random, values := rand.New(rand.NewPCG(1, 2)), make([][]float64, tr.series)
	for i := range values {
		values[i] = make([]float64, tr.rounds*tr.block)
		z := 0.0
		for j := range values[i] {
			z = 0.6*z + 0.8*random.NormFloat64()
			values[i][j] = math.Floor(math.Exp(9 + 0.4*z))
		}
	}
	for b.Loop() {
		samples := make([]*Sample, tr.series)
		each(tr.series, func(i int) {
			samples[i] = NewSample(values[i], tr.ends())
			samples[i].Summarize()
		})
		terms := Terms{0.02, Confidence, tr.series - 1}
		each(tr.series-1, func(i int) {
			if _, err := Compare(samples[i+1], samples[0], terms); err != nil {
				b.Error(err)
			}
			ShiftFunction(samples[i+1], samples[0], terms)
		})
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MiB")
}

// each calls f with 0 to n-1 on all CPUs.
func each(n int, f func(int)) {
	var all sync.WaitGroup
	queue := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for i := range queue {
				f(i)
			}
		})
	}
	for i := range n {
		queue <- i
	}
	close(queue)
	all.Wait()
}
