package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// A progress tells how far a run is and what its medians are so far. It is drawn
// between blocks.
type progress struct {
	statusLine
	labels   []string      // of the series
	latest   [][]int64     // by series, of its release latencies
	next     int           // the series whose median is drawn first
	turned   time.Duration // when it became that
	adaptive *adaptive     // when the run is to end
}

// remembered is how many release latencies of a series the running median is of:
// the latest, so that a long run costs no more than a short one.
const remembered = 512

func newProgress(stderr io.Writer, quiet bool, plan bench.Plan, a *adaptive) *progress {
	return &progress{
		statusLine: newStatusLine(stderr, quiet), labels: labels(plan.Series), latest: make([][]int64, len(plan.Series)), adaptive: a,
	}
}

// labels tell series apart by what varies among them: "cross-cpu pipe-eof".
func labels(series []bench.Series) []string {
	all := make([]string, len(series))
	for i, parts := range varying(series) {
		all[i] = strings.Join(append(parts, series[i].Label()), " ")
	}
	return all
}

// fullNames are the same as a sentence has them: "pipe-eof (cross-cpu)".
func fullNames(series []bench.Series) []string {
	all := make([]string, len(series))
	for i, parts := range varying(series) {
		all[i] = series[i].Label()
		if len(parts) > 0 {
			all[i] += " (" + strings.Join(parts, ", ") + ")"
		}
	}
	return all
}

// varying are the conditions of each series in which any two differ.
func varying(series []bench.Series) [][]string {
	all := make([][]string, len(series))
	for _, axis := range []func(bench.Series) string{
		func(s bench.Series) string { return string(s.Placement) },
		func(s bench.Series) string { return s.Launcher.String() },
		func(s bench.Series) string { return s.Namespaces.String() },
		func(s bench.Series) string { return "hold " + s.Hold.String() },
		func(s bench.Series) string { return "children " + strconv.Itoa(s.Children) },
		func(s bench.Series) string { return "load " + s.Load.String() },
		func(s bench.Series) string { return "quota " + s.Quota.String() },
		func(s bench.Series) string { return "idle " + string(s.Idle) },
		func(s bench.Series) string { return "sched " + cmp.Or(s.Sched.String(), "other") },
	} {
		varies := slices.ContainsFunc(series, func(s bench.Series) bool { return axis(s) != axis(series[0]) })
		for i, s := range series {
			if varies {
				all[i] = append(all[i], axis(s))
			}
		}
	}
	return all
}

// block takes note of what was measured.
func (p *progress) block(b *result.Block) {
	if p.w == nil || b.Warmup {
		return
	}
	all := append(p.latest[b.Series], b.ReleaseNS...)
	p.latest[b.Series] = all[max(0, len(all)-remembered):]
}

func (p *progress) draw(now bench.Progress) {
	if !p.due(now.Elapsed) {
		return
	}
	line := p.status(now)
	p.show(line + p.medians(p.width-len(line)-1))
}

// status is what is done and what is left. Of a run that may end before its
// iterations are through, nobody knows more than how long it takes at the most.
func (p *progress) status(now bench.Progress) string {
	left := remaining(now.Elapsed, now.Block, now.Blocks)
	round := fmt.Sprintf("round %d of %d, block %d of %d", now.Round, now.Rounds, now.Block, now.Blocks)
	if !p.adaptive.plan.Open() {
		return fmt.Sprintf("%s, %v left", round, left.Round(time.Second))
	}
	if p.adaptive.plan.Precision > 0 {
		round = fmt.Sprintf("round %d", now.Round)
	}
	line := fmt.Sprintf("%s, at most %v left", round, p.adaptive.left(left).Round(time.Second))
	if worst := p.adaptive.worst; worst.precision > 0 && !math.IsInf(worst.precision, 1) {
		line += fmt.Sprintf("; least known: %s to %s", p.labels[worst.series], perCent(roundUp(worst.precision)))
	}
	return line
}

// turn is how long the same medians stay on a terminal.
const turn = 3 * time.Second

// medians are the running medians of as many series as have room, so that all
// come to be seen in turn.
func (p *progress) medians(room int) string {
	var b strings.Builder
	shown := 0
	for i := range p.latest {
		at := (p.next + i) % len(p.latest)
		if len(p.latest[at]) == 0 {
			continue
		}
		sorted := slices.Sorted(slices.Values(p.latest[at]))
		text := fmt.Sprintf("; %s %s", p.labels[at], plot.Time(float64(sorted[len(sorted)/2])))
		if b.Len()+len(text) > room {
			break
		}
		b.WriteString(text)
		shown++
	}
	if !p.terminal || p.drawn-p.turned >= turn {
		p.next, p.turned = (p.next+shown)%max(len(p.latest), 1), p.drawn
	}
	return b.String()
}
