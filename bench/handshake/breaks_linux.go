//go:build amd64 || arm64

package handshake

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/program"
)

// RunBreaks finds out what becomes of each variant when a process ends in the middle of
// it, after each stage and on either side, and when a stage is left out, and records
// that. Nothing of it is timed: a break is tried until its outcome is known, and every
// trial has an arena of its own.
func RunBreaks(ctx context.Context, plan Plan, to trial.Recorder) error {
	return inSession(plan, func(s *session) error {
		r := runner{session: s, plan: plan, to: to}
		return r.breaks(ctx)
	})
}

func (r *runner) breaks(ctx context.Context) error {
	if err := r.begin(ctx, r.plan.Trials); err != nil {
		return err
	}
	return r.end(ctx, r.breakAll(ctx))
}

func (r *runner) breakAll(ctx context.Context) error {
	if err := r.checkAny(); err != nil {
		return err
	}
	var all []breach
	for _, i := range r.running {
		v := r.plan.Variants[i]
		changed, err := v.Change.of(v.Profile)
		if err != nil {
			return err
		}
		// As it is run: without what the host refuses, which changes what its steps count.
		all = append(all, breachesOf(i, without(changed, r.refused))...)
	}
	for n, b := range all {
		cell, err := r.findOut(ctx, b)
		if cell.Trials > 0 { // of an interrupted one, too, for the trials that it had
			if err := r.to.Record(cell); err != nil {
				return err
			}
			r.blocks++
			r.samples += cell.Trials
		}
		if err != nil {
			return fmt.Errorf("handshake %s, %s: %w", r.plan.Variants[b.variant].Profile.Name, b.about(), err)
		}
		r.to.Progress(n+1, len(all))
	}
	return nil
}

// A breach is one break of one variant.
type breach struct {
	variant int
	is      string // one of the Break constants
	side    string
	stage   string
	step    int // of a kill: after which
}

// about is a breach in words.
func (b breach) about() string {
	switch {
	case b.is == result.BreakDrop:
		return "without stage " + b.stage
	case b.stage == "":
		return b.side + " killed after the first clone"
	}
	return b.side + " killed after stage " + b.stage
}

// breachesOf are all breaks of a profile: each process that takes part in a stage, or in
// the first clone, ends right after it; and each stage is left out.
func breachesOf(variant int, p Profile) (all []breach) {
	cloned := false
	for i, s := range p.Steps {
		switch {
		case s.Kind == Clones && !cloned:
			cloned = true
			all = append(all, breach{variant, result.BreakKill, s.By, "", i}, breach{variant, result.BreakKill, s.To, "", i})
		case s.Kind == Releases && s.ByExec: // the one has executed, and the other has nothing to do any more
		case s.Kind == Releases:
			all = append(all, breach{variant, result.BreakKill, s.By, s.Name, i}, breach{variant, result.BreakKill, s.To, s.Name, i})
		}
	}
	for i, s := range p.Steps {
		if s.Kind == Releases && !s.ByExec {
			all = append(all, breach{variant, result.BreakDrop, s.By, s.Name, i})
		}
	}
	return all
}

// findOut tries a break as often as the plan says. With an error comes what was found out
// before it, for a thousand trials take minutes.
func (r *runner) findOut(ctx context.Context, b breach) (cell *result.Break, err error) {
	cell = &result.Break{Profile: b.variant, Break: b.is, Side: b.side, Stage: b.stage}
	for cell.Trials < r.plan.Trials && err == nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
			break
		}
		err = r.tryBreak(b, cell)
	}
	slices.SortStableFunc(cell.Results, func(a, b result.BreakResult) int { return b.N - a.N })
	cell.Verdict = verdictOf(cell.Results)
	return cell, err
}

func (r *runner) tryBreak(b breach, cell *result.Break) error {
	v := r.plan.Variants[b.variant]
	var kill *death
	if b.is == result.BreakKill {
		kill = &death{b.side, b.step}
	} else {
		v.Change.Drop = b.stage
	}
	done, c, err := r.pass(v.Profile, v.Change, kill)
	if err != nil {
		return err
	}
	cell.Trials++
	add(cell, judged(c, done, kill))
	return nil
}

// judged is what one trial came to.
func judged(c *compiled, done passed, kill *death) (j result.BreakResult) {
	j.N = 1
	for _, f := range done.fates {
		switch {
		case f.done, kill != nil && f.process == kill.side:
		case f.outcome.Verdict != program.Unfinished:
			j.Ended = append(j.Ended, f.String())
		case done.hung && !f.gone:
			j.Hung = append(j.Hung, f.String())
		default:
			j.Ended = append(j.Ended, f.process+": killed at "+f.at)
		}
	}
	if done.hung && j.Hung == nil { // who cloned it has ended before it noted its ID
		j.Hung = []string{"one whom nobody names"}
	}
	switch {
	case c.executed() && done.wrong != nil:
		j.Verdict, j.Wrong = result.VerdictOpen, done.wrong
	case j.Hung != nil:
		j.Verdict = result.VerdictHangs
	case c.executed():
		j.Verdict = result.VerdictWhole
	default:
		j.Verdict = result.VerdictClosed
	}
	return j
}

// add counts a result with its like.
func add(cell *result.Break, j result.BreakResult) {
	key := func(r result.BreakResult) string {
		return strings.Join([]string{r.Verdict, strings.Join(r.Wrong, ","), strings.Join(r.Hung, ","), strings.Join(r.Ended, ",")}, "\x00")
	}
	for i := range cell.Results {
		if key(cell.Results[i]) == key(j) {
			cell.Results[i].N++
			return
		}
	}
	cell.Results = append(cell.Results, j)
}

// worst is how bad a verdict is.
var worst = []string{result.VerdictWhole, result.VerdictClosed, result.VerdictHangs, result.VerdictOpen}

// verdictOf is the verdict of most trials, and of equally many the worse.
func verdictOf(all []result.BreakResult) (verdict string) {
	counts := map[string]int{}
	for _, r := range all {
		counts[r.Verdict] += r.N
	}
	for _, v := range worst {
		if cmp.Compare(counts[v], counts[verdict]) >= 0 && counts[v] > 0 {
			verdict = v
		}
	}
	return verdict
}
