package stat

import (
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// A population is what simulated values are drawn from: its quantile function.
type population struct {
	name string
	at   func(u float64) float64
}

// Latencies in ns as they come: skewed, in two modes, with a tail whose variance
// is infinite.
var populations = []population{
	{"log-normal", func(u float64) float64 { return math.Exp(9 + 0.4*normal(u)) }},
	{"bimodal", func(u float64) float64 {
		if u < 0.6 {
			return math.Exp(8.8 + 0.15*normal(u/0.6))
		}
		return math.Exp(10.2 + 0.2*normal((u-0.6)/0.4))
	}},
	{"heavy tail", func(u float64) float64 { return 5000 * math.Pow(1-u, -1/1.5) }},
}

func normal(u float64) float64 { return distuv.UnitNormal.Quantile(u) }

// correlations are those of a value with the one before it.
var correlations = []float64{0, 0.3, 0.6}

// draw makes n values each of which depends on the one before it: of a normal
// autoregression of first order, turned into the population by its ranks. So the
// correlation is that of the normal scores; a heavy tail has none of its own.
func (p population) draw(random *rand.Rand, n int, correlation float64) []float64 {
	values, z := make([]float64, n), random.NormFloat64()
	for i := range values {
		if i > 0 {
			z = correlation*z + math.Sqrt(1-correlation*correlation)*random.NormFloat64()
		}
		values[i] = p.at(distuv.UnitNormal.CDF(z))
	}
	return values
}

// simulate makes runs on all CPUs, each with a generator of its own, and counts
// those of which is true.
func simulate(runs int, seed uint64, is func(random *rand.Rand) bool) (count int) {
	var all sync.WaitGroup
	var mu sync.Mutex
	workers := runtime.GOMAXPROCS(0)
	for worker := range workers {
		all.Go(func() {
			n := 0
			for run := worker; run < runs; run += workers {
				if is(rand.New(rand.NewPCG(seed, uint64(run)))) {
					n++
				}
			}
			mu.Lock()
			count += n
			mu.Unlock()
		})
	}
	all.Wait()
	return count
}

// share is a count as a share of the runs, which a test logs.
func share(t *testing.T, what string, count, runs int) float64 {
	t.Helper()
	t.Logf("%s: %d of %d, %.2f %%", what, count, runs, 100*float64(count)/float64(runs))
	return float64(count) / float64(runs)
}

// full reports whether as much is simulated as a calibration takes: all of it, not
// a part that is soon over. scripts/calibrate says so.
func full() bool { return os.Getenv("NSBENCH_SIMULATE") == "full" }

// trials is how many runs are simulated of so many, and how far a share of them may
// be beyond what it should be: not at all, or by chance where they are fewer.
func trials(runs int, share float64) (n int, slack float64) {
	if full() {
		return runs, 0
	}
	n = runs / 5
	return n, 2 * math.Sqrt(share*(1-share)/float64(n))
}
