package reports

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
)

// Benchfmt writes the valid measured samples of a record in the text format of
// Go benchmarks (golang.org/design/14313-benchmark-format), one line each, for
// benchstat to compare:
//
//	BenchmarkRelease/primitive=pipe-eof/ns=uts+ipc/placement=cross-cpu/stage=first-2 1 7301 ns/op
//
// The number after the name is the host's usable CPUs. Launcher, hold, children,
// load, quota, idle and sched are part of the name where they differ within a
// run, and lines of configuration before it otherwise, as are host, kernel and
// CPU. An early release has "kind=early" in its name and the time from arming
// to going on.
//
// It writes while it reads. Torn lines are left out. If there were any, the
// error wraps result.ErrTorn, and everything else has been written.
func Benchfmt(w io.Writer, record io.Reader) error {
	out := &benchmarks{out: bufio.NewWriterSize(w, 64<<10)}
	torn, err := walk(record, out.add)
	if err == nil {
		err = out.out.Flush()
	}
	if err == nil {
		err = torn
	}
	if err != nil {
		return fmt.Errorf("write benchfmt: %w", err)
	}
	return nil
}

// benchmarks writes the samples of a record.
type benchmarks struct {
	out     *bufio.Writer
	header  result.Header
	vary    variety
	reasons []string
}

func (b *benchmarks) add(_ int, record result.Record) error {
	switch record := record.(type) {
	case *result.Header:
		b.header, b.vary = *record, varietyOf(record.Plan)
		return b.configuration()
	case *result.Block:
		if !record.Warmup {
			return b.block(record)
		}
	}
	return nil
}

// configuration writes the lines that hold for all samples of the run. One
// without a value takes back that of the run before.
func (b *benchmarks) configuration() error {
	env := b.header.Environment
	lines := []fact{
		{"goos", env.OS}, {"goarch", env.Arch}, {"host", env.Host}, {"kernel", env.Kernel}, {"cpu", env.CPU}, {"vm", env.VM},
		{"nsbench", b.header.Version},
	}
	plan := b.header.Plan.Series
	for _, a := range configured {
		line := fact{keyOf(a), ""}
		if len(plan) > 0 && !b.vary.has(a.name) {
			line.Value = a.value(conditionsOf(plan[0]))
		}
		lines = append(lines, line)
	}
	for _, l := range lines {
		if _, err := fmt.Fprintln(b.out, strings.TrimRight(l.Name+": "+sentence(l.Value), " ")); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(b.out)
	return err
}

func (b *benchmarks) block(block *result.Block) error {
	b.reasons = invalid(b.reasons, block)
	prefix := b.name(b.header.Plan.Series[block.Series])
	for i, reason := range b.reasons {
		if reason != "" {
			continue
		}
		stage := stageOf(block.Stage[i])
		if kind := kindOf(block, i, reason); kind != KindHeld {
			stage += "/kind=" + kind
		}
		_, err := fmt.Fprintf(b.out, "%s/stage=%s%s 1 %d ns/op\n", prefix, stage, b.cpus(), took(block, i))
		if err != nil {
			return err
		}
	}
	return nil
}

// name is the benchmark's name up to its stage.
func (b *benchmarks) name(s result.Series) string {
	parts := []string{"BenchmarkRelease", "primitive=" + token(s.Primitive), "ns=" + token(namespaces(s)), "placement=" + token(s.Placement)}
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
