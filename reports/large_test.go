package reports_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/nsbench/nsbench/bench/result"
)

// largePath and largeSamples say, for scripts/render, where to write a large
// record and of about how many samples.
const (
	largePath    = "NSBENCH_LARGE_RECORD"
	largeSamples = "NSBENCH_LARGE_SAMPLES"
)

// A template is a real run that larger ones are made of: its header, and the
// measured blocks of each series.
type template struct {
	header result.Header
	blocks [][]*result.Block
}

// readTemplate reads the run with default settings that is in the documents.
func readTemplate(t testing.TB) template {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "results", "default.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var tm template
	for r := result.NewReader(bytes.NewReader(text)); ; {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return tm
		}
		if err != nil {
			t.Fatal(err)
		}
		switch rec := rec.(type) {
		case *result.Header:
			tm.header, tm.blocks = *rec, make([][]*result.Block, len(rec.Plan.Series))
		case *result.Block:
			if !rec.Warmup {
				tm.blocks[rec.Series] = append(tm.blocks[rec.Series], rec)
			}
		}
	}
}

// mostChildren is how many children the blocks of a long run have.
const mostChildren = 40

// writeLarge writes a run of about so many samples, as one with default settings
// and more iterations would be, block by block: it holds one in memory. Blocks are
// those of the template over again, so that modes, tails and steps are real. Each
// of their times is scaled by an autoregression that goes on through the rounds of
// its series, so that hardly two samples are equal, and neighbours resemble each
// other.
func writeLarge(t testing.TB, out io.Writer, tm template, samples int) {
	t.Helper()
	w := result.NewWriter(out)
	write := func(rec result.Record) {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	series := len(tm.header.Plan.Series)
	head := tm.header
	head.Plan.Iterations = samples / series
	head.Plan.Block = min(max(head.Plan.Iterations/100, 1), mostChildren)
	head.Command = []string{"nsbench", "run", "--iterations", strconv.Itoa(head.Plan.Iterations)}
	write(&head)
	scales := make([]scale, series)
	for i := range scales {
		scales[i].random = rand.New(rand.NewPCG(1, uint64(i)))
	}
	random, end := rand.New(rand.NewPCG(2, 3)), result.End{Finished: head.Started, Ended: result.EndedComplete, Hz: head.Clock.Hz}
	for round, made := 0, 0; made < head.Plan.Iterations; round++ {
		children := min(head.Plan.Block, head.Plan.Iterations-made)
		for place, i := range random.Perm(series) {
			b := tm.blown(i, round, children, &scales[i])
			b.Round, b.Place, b.Series = round, place, i
			write(b)
			end.Blocks++
			end.Samples += children
		}
		made += children
	}
	write(&end)
}

// A scale is what the times of a series are multiplied by.
type scale struct {
	random     *rand.Rand
	fast, slow float64 // what lasts for some samples, and for some rounds
}

func (s *scale) next() float64 {
	s.fast = 0.7*s.fast + 0.06*s.random.NormFloat64()
	s.slow = 0.999*s.slow + 0.003*s.random.NormFloat64()
	return math.Exp(s.fast + s.slow)
}

// blown makes a block of a series of the blocks that it has in the template.
func (tm template) blown(series, round, children int, s *scale) *result.Block {
	b := &result.Block{}
	blocks := tm.blocks[series]
	each := len(blocks[0].ReleaseNS)
	for n := range children {
		at := round*mostChildren + n
		from, i := blocks[at/each%len(blocks)], at%each
		if i >= len(from.ReleaseNS) { // the last block of a run is shorter
			from, i = blocks[0], 0
		}
		by := s.next()
		for _, c := range []struct {
			to *[]int64
			of []int64
			by float64
		}{
			{&b.Stage, from.Stage, 1}, {&b.HoldNS, from.HoldNS, by}, {&b.ReleaseNS, from.ReleaseNS, by}, {&b.SignalNS, from.SignalNS, by},
			{&b.WaitCPUNS, from.WaitCPUNS, by}, {&b.Voluntary, from.Voluntary, 1}, {&b.Involuntary, from.Involuntary, 1},
			{&b.ParentCPU, from.ParentCPU, 1}, {&b.ChildCPU, from.ChildCPU, 1}, {&b.PrepareNS, from.PrepareNS, by}, {&b.CloneNS, from.CloneNS, by},
			{&b.StartupNS, from.StartupNS, by}, {&b.ExitNS, from.ExitNS, by}, {&b.ReapNS, from.ReapNS, by}, {&b.CycleNS, from.CycleNS, by},
		} {
			*c.to = append(*c.to, int64(float64(c.of[i])*c.by))
		}
		for _, mark := range from.Invalid {
			if mark.Sample == i {
				b.Invalid = append(b.Invalid, result.Mark{Sample: n, Reason: mark.Reason, Detail: mark.Detail})
			}
		}
		b.RunDelayNS = from.RunDelayNS
	}
	return b
}

// A large record is a record, holds as many samples as were asked for, and is the
// same each time. Where scripts/render says so, it is written to a file instead.
func TestLargeRecord(t *testing.T) {
	tm := readTemplate(t)
	if path := os.Getenv(largePath); path != "" {
		samples, err := strconv.Atoi(os.Getenv(largeSamples))
		if err != nil {
			t.Fatal(err)
		}
		writeLargeFile(t, path, tm, samples)
		return
	}
	var first, again bytes.Buffer
	writeLarge(t, &first, tm, 50_000)
	writeLarge(t, &again, tm, 50_000)
	if !bytes.Equal(first.Bytes(), again.Bytes()) {
		t.Error("two of the same size differ")
	}
	run := gather(t, first.Bytes()).Runs[0]
	n := 0
	for _, s := range run.Series {
		n += s.Summary.N + s.InvalidTotal()
	}
	if n != 50_000 || run.Problems != nil {
		t.Errorf("%d samples, want 50,000; problems %q", n, run.Problems)
	}
}

func writeLargeFile(t *testing.T, path string, tm template, samples int) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriterSize(file, 1<<20)
	writeLarge(t, out, tm, samples)
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
