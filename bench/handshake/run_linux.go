//go:build amd64 || arm64

package handshake

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
)

// Run runs the plan's handshakes in rounds, each variant once a round, in an order that
// is drawn for each, and records them. A variant that cannot be run here is recorded
// with the reason. When the context ends it stops behind the handshake under way.
func Run(ctx context.Context, plan Plan, to trial.Recorder) (err error) {
	return inSession(plan, func(s *session) error {
		r := runner{session: s, plan: plan, to: to, random: rand.New(rand.NewPCG(plan.Seed, 0))}
		return r.run(ctx)
	})
}

// inSession does something on a thread of its own, with a session.
func inSession(plan Plan, do func(*session) error) (err error) {
	if err := plan.Check(); err != nil {
		return err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s, err := open(plan.First, plan.Others)
	if err != nil {
		return err
	}
	return errors.Join(do(s), s.close())
}

// threshold is the share below which a difference between totals makes none.
const threshold = 0.02

type runner struct {
	*session
	plan    Plan
	to      trial.Recorder
	random  *rand.Rand
	running []int // indices of the variants that can be run

	blocks, samples int
}

func (r *runner) run(ctx context.Context) error {
	if err := r.begin(ctx, 0); err != nil {
		return err
	}
	err := r.rounds(ctx)
	return r.end(ctx, err)
}

// begin tries each variant and writes the header.
func (r *runner) begin(ctx context.Context, trials int) error {
	h := r.plan.Header
	h.Seed = r.plan.Seed
	h.Plan.Iterations, h.Plan.Warmup, h.Plan.Trials = r.plan.Iterations, r.plan.Warmup, trials
	h.Environment.UserNS = r.user
	h.Plan.Threshold = threshold
	for _, v := range r.plan.Variants {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := r.try(v); err != nil && !unavailable(err) {
			return fmt.Errorf("handshake %s: %w", v.Profile.Name, err)
		}
	}
	// Anew, for what a host refuses is known only now.
	for i, v := range r.plan.Variants {
		changed, err := v.Change.of(v.Profile)
		if err != nil {
			return err
		}
		p := recordOf(changed, v.Change)
		switch err := r.try(v); {
		case err == nil:
			r.running = append(r.running, i)
			p = r.kept(changed, v.Change)
		case unavailable(err):
			p.Unavailable = err.Error()
		default:
			return fmt.Errorf("handshake %s: %w", v.Profile.Name, err)
		}
		h.Plan.Profiles = append(h.Plan.Profiles, p)
	}
	h.Clock = r.clock.Record()
	return r.to.Record(&h)
}

// kept is a changed profile as it is run here, for the record.
func (r *runner) kept(changed Profile, c Change) result.Profile {
	p := recordOf(without(changed, r.refused), c)
	for _, name := range Works() {
		if why, refused := r.refused[name]; refused && slices.ContainsFunc(changed.Steps, func(s Step) bool { return s.Kind == Does && s.Work.Name == name }) {
			p.LeftOut = append(p.LeftOut, name+": "+why)
		}
	}
	return p
}

// A refusal is a handshake that does not come to its end on this host.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

func unavailable(err error) bool {
	var r refusal
	var clone *launch.CloneError
	return errors.As(err, &r) || errors.As(err, &clone) || errors.Is(err, ErrNotWith) || errors.Is(err, errors.ErrUnsupported)
}

// try runs a handshake until it comes to its end, leaving out one work after another that
// the host refuses.
func (r *runner) try(v Variant) error {
	for {
		done, c, err := r.pass(v.Profile, v.Change, nil)
		if err != nil {
			return err
		}
		if done.err() == nil || v.Change.Drop != "" { // which is to go wrong
			return nil
		}
		name, why := refusedWork(c, done)
		if name == "" {
			return refusal{done.err()}
		}
		r.refused[name] = why
	}
}

// refusable are the works without which a handshake goes on all the same.
var refusable = []string{workCgroup, workLink, workHostname, workProc, workRoot}

// refusedWork is the work at which a process has failed, if it can be left out.
func refusedWork(c *compiled, done passed) (name, why string) {
	for _, f := range done.fates {
		if f.done || f.step < 0 || f.outcome.Errno == 0 && f.outcome.Result >= 0 {
			continue
		}
		step := c.profile.Steps[f.step]
		if step.Kind == Does && slices.Contains(refusable, step.Work.Name) {
			_, why, _ = strings.Cut(f.String(), " at "+step.Work.Name+", ")
			return step.Work.Name, why
		}
	}
	return "", ""
}

// checkAny is an error where nothing can be run. The reasons are in the header by then.
func (r *runner) checkAny() error {
	if len(r.running) > 0 {
		return nil
	}
	return errors.New("none of the handshakes can be run here, for the reasons that the report gives")
}

func (r *runner) rounds(ctx context.Context) error {
	if err := r.checkAny(); err != nil {
		return err
	}
	rounds := (r.plan.Iterations + Block - 1) / Block
	total := (rounds + r.plan.Warmup) * len(r.running)
	done := 0
	for round := range rounds + r.plan.Warmup {
		order := slices.Clone(r.running)
		r.random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for place, i := range order {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			n := Block
			if left := r.plan.Iterations - (round-r.plan.Warmup)*Block; left < n {
				n = left
			}
			h := &result.Handshake{Round: round, Place: place, Profile: i, Warmup: round < r.plan.Warmup}
			if err := r.visit(r.plan.Variants[i], n, h); err != nil {
				return fmt.Errorf("handshake %s: %w", r.plan.Variants[i].Profile.Name, err)
			}
			if err := r.to.Record(h); err != nil {
				return err
			}
			done++
			r.blocks++
			r.samples += n
			r.to.Progress(done, total)
		}
	}
	return nil
}

// visit runs a variant a few times.
func (r *runner) visit(v Variant, n int, h *result.Handshake) error {
	for range n {
		change := v.Change
		change.Hold = r.drawn(change.Hold)
		done, c, err := r.passFree(v.Profile, change)
		if err != nil {
			return err
		}
		c.stamps(h, r.clock)
		h.Outcome = append(h.Outcome, done.outcome())
		h.Wrong = append(h.Wrong, strings.Join(done.wrong, ", "))
	}
	if r.drainer != nil && hasNet(v.Profile) && !v.Change.bare() {
		return r.drainer.Drain()
	}
	return nil
}

// drawn is a hold within half of itself, so that releases do not lock to a tick.
func (r *runner) drawn(hold time.Duration) time.Duration {
	return time.Duration(float64(hold) * (0.5 + r.random.Float64()))
}

// hasNet reports whether a profile makes network namespaces, which the kernel takes
// apart long after their last process has ended.
func hasNet(p Profile) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool {
		return (s.Namespaces|s.Work.Namespaces)&launch.Net != 0 || s.Work.Name == workLink
	})
}

// end writes the last line.
func (r *runner) end(ctx context.Context, err error) error {
	r.clock.Calibrate()
	end := result.EndOf(ctx, err)
	end.Blocks, end.Samples, end.Hz = r.blocks, r.samples, int64(r.clock.Hz)
	return errors.Join(err, r.to.Record(&end))
}
