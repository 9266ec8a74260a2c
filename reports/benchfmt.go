package reports

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

// Benchfmt writes the measured rounds of a record in the text format of Go
// benchmarks (golang.org/design/14313-benchmark-format), for benchstat to
// compare: for each block, and in it for each stage and kind that is selected,
// one line with the number of valid samples and their median.
//
//	BenchmarkRelease/primitive=pipe-eof/ns=uts+ipc/placement=cross-cpu/stage=first-2 15 7301 ns/op
//
// A line a sample lost. Benchstat takes lines for independent of each other, and
// the samples of a block are not: in docs/results/default.jsonl the ranks of
// neighbours correlate by 0.46 to 0.65 for all primitives but spin and poll-sleep,
// and an interval that takes 1,500 of them for independent is 2 to 2.8 times too
// narrow. The medians of blocks, between which all other series had their turn,
// correlate by 0.43 at most, and mostly by less than 0.2 on one CPU. So what
// benchstat prints is the median of rounds, which was within 4 % of that of all
// samples for these primitives; and it has an interval only from six rounds on.
//
// The number after the name is the host's usable CPUs. Launcher, hold, children,
// load, quota, idle and sched are part of the name where they differ within what
// is selected of a run, and lines of configuration before it otherwise. Of the
// host such lines have only system, CPU and hypervisor: benchstat sets nothing
// side by side of which they differ, and kernels, hosts and builds of nsbench
// are what one compares. They stand in comments. The line "run" counts the headers
// of the record from 0, so that the runs of one record are not taken for one, and
// "-col run" compares them. An early release has "kind=early" in its name and the
// time from arming to going on.
//
// Lines are in the order of the plan, and not in that of the rounds, which is
// drawn by lot: benchstat lists what it sees first at the top, and compares with
// it. So a run is written when it has been read, and what is kept of it meanwhile
// is 16 bytes a line.
//
// Torn lines are left out. If there were any, the error wraps result.ErrTorn, and
// everything else has been written.
func Benchfmt(w io.Writer, record io.Reader, sel Selection) error {
	out := &benchmarks{out: bufio.NewWriterSize(w, 64<<10), sel: sel, run: -1}
	torn, err := walk(record, out.add)
	if err == nil {
		err = cmp.Or(out.flush(), out.out.Flush(), torn)
	}
	if err != nil {
		return fmt.Errorf("write benchfmt: %w", err)
	}
	return nil
}

// benchUnit tells benchstat of the unit what it would assume of it anyway: no
// normal distribution, so that it compares by ranks.
const benchUnit = "Unit ns/op better=lower assume=nothing"

// benchmarks writes the rounds of a record, run by run.
type benchmarks struct {
	out     *bufio.Writer
	sel     Selection
	run     int
	header  result.Header
	chosen  []choice // by series
	vary    variety
	rounds  [][2][2][]round // by series, and as in a choice
	reasons []string
	took    [2][2][]int64 // of the block at hand, as in a choice
}

// A round is what a block has of one series, at one stage and of one kind.
type round struct {
	n      int
	median float64 // ns
}

func (b *benchmarks) add(_ int, record result.Record) error {
	switch record := record.(type) {
	case *result.Header:
		if err := b.flush(); err != nil {
			return err
		}
		b.run++
		b.header, b.chosen = *record, b.sel.samples(record.Plan)
		selected := b.sel.planned(record.Plan)
		b.vary, b.rounds = varietyOf(result.Plan{Series: selected}), make([][2][2][]round, len(record.Plan.Series))
		return b.configuration(selected)
	case *result.Block:
		if !record.Warmup {
			b.block(record)
		}
	}
	return nil
}

// configuration writes the lines that hold for all samples of the run. One
// without a value takes back that of the run before.
func (b *benchmarks) configuration(selected []result.Series) error {
	env := b.header.Environment
	lines := []fact{
		{"goos", env.OS}, {"goarch", env.Arch}, {"cpu", env.CPU}, {"vm", env.VM}, {"run", strconv.Itoa(b.run)},
		{"# host", env.Host}, {"# kernel", env.Kernel}, {"# nsbench", b.header.Version},
	}
	for _, a := range configured {
		line := fact{keyOf(a), ""}
		if len(selected) > 0 && !b.vary.has(a.name) {
			line.Value = a.value(conditionsOf(selected[0]))
		}
		lines = append(lines, line)
	}
	for _, l := range lines {
		if _, err := fmt.Fprintln(b.out, strings.TrimRight(l.Name+": "+sentence(l.Value), " ")); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(b.out, "%s\n\n", benchUnit)
	return err
}

// flush writes the rounds of the run that has been read, if one has.
func (b *benchmarks) flush() error {
	for i, series := range b.rounds {
		prefix := b.name(b.header.Plan.Series[i])
		for stage, kinds := range series {
			for kind, rounds := range kinds {
				name := prefix + "/stage=" + []string{StageFirst, StageLater}[stage]
				if kind == 1 {
					name += "/kind=" + KindEarly
				}
				for _, r := range rounds {
					_, err := fmt.Fprintf(b.out, "%s%s %d %s ns/op\n", name, b.cpus(), r.n, strconv.FormatFloat(r.median, 'f', -1, 64))
					if err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// block adds the medians of a block to the rounds of its series.
func (b *benchmarks) block(block *result.Block) {
	chosen := b.chosen[block.Series]
	if !chosen.any() {
		return
	}
	b.collect(block)
	for stage, kinds := range b.took {
		for kind, took := range kinds {
			if len(took) > 0 && chosen[stage][kind] {
				to := &b.rounds[block.Series][stage][kind]
				*to = append(*to, round{len(took), middle(took)})
			}
		}
	}
}

// collect sorts the valid samples of a block by their stages and kinds.
func (b *benchmarks) collect(block *result.Block) {
	for stage := range b.took {
		for kind := range b.took[stage] {
			b.took[stage][kind] = b.took[stage][kind][:0]
		}
	}
	b.reasons = invalid(b.reasons, block)
	for i, reason := range b.reasons {
		if reason == "" {
			to := &b.took[numberOf(stageOf(block.Stage[i]))][yes(kindOf(block, i, reason) == KindEarly)]
			*to = append(*to, took(block, i))
		}
	}
}

// middle sorts the times, which are not below zero, and returns their median.
func middle(times []int64) float64 {
	slices.Sort(times)
	lo, hi := times[(len(times)-1)/2], times[len(times)/2]
	return float64(lo) + float64(hi-lo)/2
}

// name is the benchmark's name up to its stage.
func (b *benchmarks) name(s result.Series) string {
	parts := []string{"BenchmarkRelease", "primitive=" + token(s.Label()), "ns=" + token(namespaces(s)), "placement=" + token(s.Placement)}
	for _, a := range configured {
		if b.vary.has(a.name) {
			parts = append(parts, keyOf(a)+"="+token(a.value(conditionsOf(s))))
		}
	}
	return strings.Join(parts, "/")
}

// configured are the axes that have a line, or a part of the name. Namespaces
// are always part of it.
var configured = slices.DeleteFunc(slices.Clone(axes), func(a axis) bool { return a.name == axisNamespaces })

// keyOf is the name of an axis as the format takes it, in small letters and
// without blanks.
func keyOf(a axis) string { return strings.ReplaceAll(strings.ToLower(a.name), " ", "-") }

// cpus ends a name as the testing package ends it, which leaves out a 1.
func (b *benchmarks) cpus() string {
	if n := b.header.Environment.CPUs; n > 1 {
		return "-" + strconv.Itoa(n)
	}
	return ""
}

// token is a text without what ends a part of a name.
func token(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '/' || r == '=' {
			return '_'
		}
		return r
	}, word(s))
}
