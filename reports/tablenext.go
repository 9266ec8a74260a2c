package reports

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// An advice is a command that goes on from a run, as its words, and what for.
type advice struct {
	words []string
	why   string
}

// mostAdvice is how many commands a reader is told to type next. More are a manual.
const mostAdvice = 3

// next lists what to run next, what fits the run best first: what would tell what
// it could not, what would mend its host, and where else to look at it.
func next(run Run, opt TableOptions) []advice {
	var all []advice
	if a, ok := longerRun(run); ok {
		all = append(all, a)
	}
	_, ofHost := apart(cautions(run))
	mended := 0
	for _, c := range ofHost {
		mended += yes(c.Fix != "")
	}
	if mended > 0 {
		all = append(all, advice{[]string{"nsbench", "doctor"},
			fmt.Sprintf("on the host of this run: what to do about %s of its %s", plot.Count(mended), plural(len(ofHost), "doubt"))})
	}
	record := fileWord(opt)
	if run.Handshakes != nil && run.Breaks == nil {
		all = append(all, advice{[]string{"nsbench", "handshake", "--breaks"}, "what becomes of these handshakes when a process is killed or a stage is left out"})
	}
	if run.Handshakes != nil && len(run.Handshakes.WhatIfs()) == 0 {
		all = append(all, advice{[]string{"nsbench", "handshake", "--with", "eventfd"}, "what these handshakes would take over another primitive"})
	}
	if run.Breaks != nil && run.Handshakes == nil {
		all = append(all, advice{[]string{"nsbench", "handshake"}, "how long these handshakes take, stage by stage"})
	}
	if !run.HasSeries() {
		if !opt.Rendered && run.matrices() == nil {
			all = append(all, advice{[]string{"nsbench", "report", record, "--out", "DIR"}, "this as a page, with a picture of each handshake"})
		} else if !opt.Rendered {
			all = append(all, advice{[]string{"nsbench", "report", record, "--out", "DIR"}, "this as a page, in which each cell is explained, with pictures"})
		}
		all = append(all, advice{[]string{"nsbench", "run"}, "how long releases take by these primitives"})
		return all[:min(len(all), mostAdvice)]
	}
	if !opt.Rendered {
		all = append(all, advice{[]string{"nsbench", "report", record, "--out", "DIR"}, "this run as a page, with pictures of the distributions"})
	}
	if name, ok := bestBlocking(run); ok {
		all = append(all, advice{[]string{"nsbench", "explain", name}, "what both sides of it do, call by call"})
	}
	if run.Problems == nil { // a part of a run is not like the whole of another
		all = append(all, advice{[]string{"nsbench", "compare", record, "NEW"}, "what has changed, once there is a second run"})
	}
	return all[:min(len(all), mostAdvice)]
}

// longerRun is the run once more with so many releases as tell what this one could
// not: a difference, else a slow release. Intervals shrink with the root of their
// number, so that four times as many tell half the difference. It is the record's own
// command or none: one with the usual flags would measure something else.
func longerRun(run Run) (advice, bool) {
	plan := run.Header.Plan
	if plan.Precision > 0 || run.End == nil || run.End.Stopped == result.StoppedMaxTime || plan.Iterations < 1 || plan.Iterations > mostReleases/4 {
		return advice{}, false
	}
	n, why := 0, ""
	switch short := missingTail(run); {
	case untold(run):
		n, why = 4*plan.Iterations, "four times the releases tell about half the difference, where this run told none"
	case short > plan.Iterations && short <= mostReleases:
		n, why = short, "about enough releases for a p99 of every series"
	default:
		return advice{}, false
	}
	if took := run.End.Finished.Sub(run.Header.Started); took > 0 {
		why += ", in about " + roughly(time.Duration(float64(took)*float64(n)/float64(plan.Iterations)))
	}
	words, ok := flagsOf(run.Header.Command)
	return advice{append(append([]string{"nsbench", "run"}, words...), "--iterations", strconv.Itoa(n)), why}, ok
}

// roughly writes how long something takes that has not been done yet.
func roughly(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 90*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%.0f h", d.Hours())
}

// mostReleases is how many releases a series nobody waits for.
const mostReleases = 10_000_000

// untold reports whether there is a comparison that told nothing.
func untold(run Run) bool {
	for _, s := range run.Series {
		if compared(s) && s.Against.Verdict == stat.Inconclusive && !isTwin(s, run.Baseline) {
			return true
		}
	}
	return false
}

// missingTail is how many releases a series each p99 would take, as dependent as
// they are and all stages included; 0 where none is missing.
func missingTail(run Run) int {
	most := 0
	for _, s := range run.Series {
		for _, short := range s.Summary.Short {
			if short.Quantile == 0.99 && s.Summary.N > 0 {
				most = max(most, min(short.Need, mostReleases))
			}
		}
	}
	return most * max(run.Header.Plan.Stages, 1)
}

// bestBlocking is the primitive that a reader may want to use: of the first releases
// under the first conditions, the fastest that gives its CPU up, where it is told to be
// faster than the baseline.
func bestBlocking(run Run) (name string, ok bool) {
	var best Series
	for _, g := range groups(run) {
		if !g.headline() {
			continue
		}
		for _, s := range g.series {
			if s.Blocking && !s.SelfCheck && compared(s) && s.Against.Verdict == stat.Faster && (best.Against == nil || s.Against.Ratio < best.Against.Ratio) {
				best = s
			}
		}
		break
	}
	return best.Primitive, plainWord.MatchString(best.Primitive)
}

// plainWord matches what a shell takes as it is, and a terminal too. What a record
// has anywhere else is not told to anybody to be typed.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_,.+:/%-]{0,99}$`)

// flagsOf are the flags that a run was made with, but for those that say how long it
// is and where it goes. A record is from anybody, and its command may be to be
// typed by somebody: it is not ok unless it is nsbench run, of plain words, and
// executes nothing else.
func flagsOf(command []string) (words []string, ok bool) {
	if len(command) < 2 || command[1] != "run" {
		return nil, false
	}
	rest := command[2:]
	for len(rest) > 0 {
		word := rest[0]
		rest = rest[1:]
		flag, _, joined := strings.Cut(word, "=")
		switch flag {
		case "--iterations", "--out":
			if !joined && len(rest) > 0 {
				rest = rest[1:]
			}
			continue
		case "--quick", "--force", "--quiet", "-q":
			continue
		case "--payload":
			return nil, false
		}
		for part := range strings.SplitSeq(strings.TrimLeft(word, "-"), "=") {
			if !plainWord.MatchString(part) {
				return nil, false
			}
		}
		words = append(words, word)
	}
	return words, true
}

// fileWord is the record's name as a shell takes it, or FILE where there is none that a
// line of the screen can show.
func fileWord(opt TableOptions) string {
	hidden := func(r rune) bool { return r != ' ' && plot.Clean(string(r), 1) != string(r) }
	if opt.Record == "" || strings.ContainsFunc(opt.Record, hidden) || string(opt.legible([]byte(opt.Record))) != opt.Record {
		return "FILE"
	}
	name := ShellWord(opt.Record)
	if width(name) > lineWidth(opt)-len(nextIndent)-len(continued) {
		return "FILE"
	}
	return name
}

// A command on several lines is one to a shell.
const (
	nextIndent = "  "
	continued  = ` \`
)

func tableNext(out *bytes.Buffer, run Run, opt TableOptions) {
	all := next(run, opt)
	if len(all) == 0 {
		return
	}
	out.WriteString("\n")
	heading(out, "Next", opt)
	for _, a := range all {
		for _, line := range commandLines(a.words, lineWidth(opt)-len(nextIndent)) {
			out.WriteString(nextIndent + line + "\n")
		}
		for _, line := range wrapped(a.why, lineWidth(opt)-2*len(nextIndent)) {
			out.WriteString(nextIndent + nextIndent + opt.ink(shadeFaint, line) + "\n")
		}
	}
}

// commandLines parts a command between its words where it is too long for a line.
func commandLines(words []string, room int) []string {
	line, lines := words[0], []string(nil)
	for _, word := range words[1:] {
		if width(line)+1+width(word)+len(continued) > room {
			lines, line = append(lines, line+continued), nextIndent+word
			continue
		}
		line += " " + word
	}
	return append(lines, line)
}
