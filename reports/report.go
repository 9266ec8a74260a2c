package reports

import (
	"cmp"
	"math"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
)

// The stages that a series is split into. The first release in a child's life
// is cold and is what a container start pays; the later ones are warm.
const (
	StageFirst = "first"
	StageLater = "later"
)

// The kinds of release that a series is split into. An early one came before its
// child waited, which found the gate open: it is no release from a wait, and
// the two are never mixed.
const (
	KindHeld  = "held"
	KindEarly = "early"
)

// A Report is what was gathered from one record, or from the records of
// several hosts one after another.
type Report struct {
	Runs []Run // in the order of the record; set side by side where conditions are the same
}

// A Run is everything between one header and the next, and what else was recorded of
// the same host: its matrices and handshakes, which have headers of their own. Where there is no run
// of series to take them, they are a Run without series, under the header of the first.
type Run struct {
	Header result.Header
	End    *result.End // nil if the run was cut short

	Faults, Isolation *Matrix // nil where there is none

	Handshakes *Handshakes // nil where there are none
	Breaks     *Breaks     // likewise

	// Series are grouped by conditions and within them by family, both in
	// the order in which the plan first names them; within a family they are
	// ordered by the median of the first stage.
	Series []Series

	// Baseline is the primitive that the others are compared with under the
	// same conditions, and Threshold the share below which a difference makes
	// none. Comparisons is how many there are: their intervals hold at once.
	Baseline    string
	Threshold   float64
	Comparisons int

	// Problems are sentences on what is wrong with the record itself.
	Problems []string
}

// A Series is the measured samples of one series of the plan at one stage and
// of one kind, those of warm-up rounds left out.
type Series struct {
	result.Series
	Stage string // StageFirst or StageLater
	Kind  string // KindHeld or KindEarly

	// Release holds the times of the valid samples in ns: release latencies,
	// and of early releases the time from arming to going on.
	Release *stat.Sample
	Summary stat.Summary   // of Release
	firm    float64        // up to which quantile Release is drawn as enough
	Invalid map[string]int // samples left out, by their reason

	// WaitCPUShare is the CPU time that the child used between arming and
	// going on, as a share of that time, over all valid samples. NaN where
	// there are none, and of early releases, which ended no wait.
	WaitCPUShare float64

	// Medians in ns, NaN where nothing was measured: what the release
	// operation cost the parent, and how long children were held.
	SignalP50, HoldP50 float64

	// Life belongs to the children, and is the same at both stages.
	Life

	// Against is how the series compares with the baseline, nil where that was
	// not measured under the same conditions, and of the baseline itself.
	Against *Against

	// Fan is how a group of children was released, nil where the plan holds
	// one child at a time.
	Fan *Fanout
}

// InvalidTotal is the number of samples left out, for whatever reason.
func (s Series) InvalidTotal() int {
	total := 0
	for _, n := range s.Invalid {
		total += n
	}
	return total
}

// ascending orders numbers and puts NaN last.
func ascending(a, b float64) int {
	if math.IsNaN(a) || math.IsNaN(b) {
		return cmp.Compare(yes(math.IsNaN(a)), yes(math.IsNaN(b)))
	}
	return cmp.Compare(a, b)
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}
