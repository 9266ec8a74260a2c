package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// Handshakes are what the profiles of one section of a record took.
type Handshakes struct {
	Header   result.Header
	End      *result.End        // nil if it was cut short
	Profiles []HandshakeProfile // as in the plan
}

// A HandshakeProfile is a handshake as it was run, over the valid of its rounds: those
// that are not warm-up, were released, and whose stamps do not contradict each other.
type HandshakeProfile struct {
	result.Profile

	Total   *stat.Sample // ns, from the first stamp to the last of all
	Summary stat.Summary // of Total
	Invalid map[string]int
	Wrong   map[string]int // what was wrong with the worlds that payloads found, in valid rounds
	Steps   []HandshakeStep

	Shares Shares

	middle *drawnHandshake // the one whose total is nearest to the median, nil for none
}

// Shares are those of the total that the critical path spent on releases and on waiting
// for ends, on clones, on work, and between them: means over the rounds. They add up to 1,
// and are NaN where there is no valid round.
type Shares struct{ Releases, Clones, Work, Between float64 }

// A HandshakeStep is what one step of a profile took.
type HandshakeStep struct {
	result.Step

	// Took is in ns: of a stage the release latency, over the rounds in which the waiter
	// had armed first; of a clone from the call to the child's first stamp; of work
	// and of reaping from begin to end. Exits and executes take none.
	Took stat.Summary

	Early float64 // of a stage: the share of rounds in which nobody waited for it yet; NaN of others
	Slept float64 // of a stage: how often its waiter gave its CPU up, on average; NaN of others
	Share float64 // of the total, on the critical path: the mean over the rounds
}

// A drawnHandshake is one handshake, to be drawn.
type drawnHandshake struct {
	total  int64
	stamps []stamped
}

// InvalidTotal is the number of handshakes left out, for whatever reason.
func (p HandshakeProfile) InvalidTotal() int {
	total := 0
	for _, n := range p.Invalid {
		total += n
	}
	return total
}

// Label names a profile with what was changed of it: "runc with eventfd, no work".
func (p HandshakeProfile) Label() string { return profileLabel(p.Profile) }

func profileLabel(p result.Profile) string {
	name := word(p.Name)
	if p.With != "" {
		name += " with " + word(p.With)
	}
	switch p.Work {
	case "", workAll:
	case workNone:
		name += ", no work"
	default:
		name += ", work " + word(p.Work)
	}
	if p.Trimmed != "" {
		name += ", only " + word(p.Trimmed)
	}
	if p.Dropped != "" {
		name += ", without " + word(p.Dropped)
	}
	return name
}

// What of its work a profile did, as the record says it.
const (
	workAll  = "all"
	workNone = "none"
)

// stages counts those of a profile.
func stages(p result.Profile) int {
	n := 0
	for _, s := range p.Steps {
		n += yes(s.Kind == result.StepReleases)
	}
	return n
}

// isHandshakes tells a plan of handshakes, or of what breaks them.
func isHandshakes(p result.Plan) bool { return len(p.Profiles) > 0 }

// mostProfiles is how many profiles of a section are shown. There are fifteen, by a few
// variants.
const mostProfiles = 200

// gatheredHandshakes collects those of one section.
type gatheredHandshakes struct {
	header   result.Header
	profiles []gatheredProfile
	visits   int
	runs     int // warm-up and invalid ones included
	scratch  []stamped
}

func newGatheredHandshakes(h result.Header) *gatheredHandshakes {
	g := &gatheredHandshakes{header: h, profiles: make([]gatheredProfile, len(h.Plan.Profiles))}
	for i, p := range h.Plan.Profiles {
		g.profiles[i] = gatheredProfile{
			path: newPathfinder(p), steps: make([]gatheredStep, len(p.Steps)),
			invalid: make(map[string]int), wrong: make(map[string]int), every: 1,
		}
	}
	return g
}

func (g *gatheredHandshakes) add(h *result.Handshake) {
	g.visits++
	g.runs += len(h.TotalNS)
	if h.Warmup {
		return
	}
	for i := range h.TotalNS {
		g.scratch = stampsAt(g.scratch, h, i)
		g.profiles[h.Profile].add(h, g.header.Plan.Warmup, i, g.scratch)
	}
}

// gatheredProfile collects the handshakes of one profile.
type gatheredProfile struct {
	path           *pathfinder
	total          packed
	ends           roundEnds
	steps          []gatheredStep
	unspent        float64 // sum of shares
	invalid, wrong map[string]int

	kept  []drawnHandshake // every so manieth of the valid ones
	every int
}

type gatheredStep struct {
	took        packed
	early, runs int
	slept       float64
	share       float64 // sum of shares
}

// mostKept is among how many handshakes, taken evenly, the one is looked for that is
// drawn: to keep the stamps of all is the record once more, in memory.
const mostKept = 512

func (g *gatheredProfile) add(h *result.Handshake, warmup, at int, stamps []stamped) {
	total := h.TotalNS[at]
	if reason := g.path.invalid(h, at, stamps); reason != "" {
		g.invalid[reason]++
		return
	}
	if wrong := h.Wrong[at]; wrong != "" && (g.wrong[wrong] > 0 || len(g.wrong) < mostResults) {
		g.wrong[wrong]++
	}
	g.keep(total, stamps)
	g.total.add(total)
	g.ends.add(h.Round-warmup, g.total.n)
	for i, m := range stamps {
		g.steps[i].add(g.path.profile.Steps[i].Kind, m)
	}
	for _, s := range g.path.path(stamps, total) {
		share := float64(s.to-s.from) / float64(total)
		if s.step == unspent {
			g.unspent += share
		} else {
			g.steps[s.step].share += share
		}
	}
}

// keep takes one of so many, and of those it has every other when they are too many.
func (g *gatheredProfile) keep(total int64, stamps []stamped) {
	if g.total.n%g.every != 0 {
		return
	}
	if len(g.kept) == mostKept {
		for i := range mostKept / 2 {
			g.kept[i] = g.kept[2*i]
		}
		g.kept, g.every = g.kept[:mostKept/2], 2*g.every
		if g.total.n%g.every != 0 {
			return
		}
	}
	g.kept = append(g.kept, drawnHandshake{total, slices.Clone(stamps)})
}

func (g *gatheredStep) add(kind string, m stamped) {
	switch kind {
	case result.StepReleases:
		if m.resumed == 0 {
			return // it did not come to that
		}
		g.runs++
		g.slept += float64(m.slept)
		if m.early() {
			g.early++
			return
		}
		g.took.add(m.resumed - m.begin)
	case result.StepClones:
		if m.resumed > 0 {
			g.took.add(m.resumed - m.begin)
		}
	case result.StepDoes, result.StepReaps:
		if m.end > 0 {
			g.took.add(m.end - m.begin)
		}
	}
}

func (g *gatheredHandshakes) finish(end *result.End) *Handshakes {
	out := &Handshakes{Header: g.header, End: end, Profiles: make([]HandshakeProfile, len(g.profiles))}
	rounds := 0
	for i := range g.profiles {
		rounds = max(rounds, len(g.profiles[i].ends))
	}
	inParallel(len(g.profiles), func(i int) { out.Profiles[i] = g.profiles[i].finish(rounds) })
	return out
}

func (g *gatheredProfile) finish(rounds int) HandshakeProfile {
	n := float64(g.total.n)
	out := HandshakeProfile{Profile: g.path.profile, Total: stat.NewSample(g.total.take(), g.ends.all(rounds)), Invalid: g.invalid, Wrong: g.wrong}
	out.Shares.Between = g.unspent / n
	out.Summary = out.Total.Summarize()
	if n == 0 {
		out.Shares = Shares{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	}
	for i := range g.steps {
		step := g.steps[i].finish(out.Profile.Steps[i], n)
		out.Steps = append(out.Steps, step)
		switch step.Kind {
		case result.StepReleases, result.StepReaps:
			out.Shares.Releases += step.Share
		case result.StepClones:
			out.Shares.Clones += step.Share
		case result.StepDoes:
			out.Shares.Work += step.Share
		}
	}
	if n > 0 {
		median := out.Total.Quantile(0.5)
		nearest := slices.MinFunc(g.kept, func(a, b drawnHandshake) int {
			return cmp.Compare(math.Abs(float64(a.total)-median), math.Abs(float64(b.total)-median))
		})
		out.middle = &nearest
	}
	g.kept = nil
	return out
}

func (g *gatheredStep) finish(s result.Step, n float64) HandshakeStep {
	out := HandshakeStep{Step: s, Took: stat.NewSample(g.took.take(), nil).Summarize(), Early: math.NaN(), Slept: math.NaN(), Share: g.share / n}
	if g.runs > 0 {
		out.Early, out.Slept = float64(g.early)/float64(g.runs), g.slept/float64(g.runs)
	}
	return out
}

// check says what is wrong with the section as a whole.
func (g *gatheredHandshakes) check(end *result.End) (problems []string) {
	has := fmt.Sprintf("it has %s in %s", plural(g.runs, "handshake"), plural(g.visits, "visit"))
	switch {
	case end == nil:
		return []string{"The section of handshakes has no end and was cut short: " + has + "."}
	case end.Ended != result.EndedComplete:
		text := fmt.Sprintf("The section of handshakes ended as %s: %s.", word(end.Ended), has)
		if end.Error != "" {
			text += " Error: " + sentence(end.Error) + "."
		}
		return []string{text}
	case end.Samples != g.runs || end.Blocks != g.visits:
		return []string{fmt.Sprintf("The end of the handshakes counts %s in %s, but %s.", plural(end.Samples, "handshake"), plural(end.Blocks, "visit"), has)}
	}
	return nil
}

// clip keeps the profiles that are shown, and says how many are not.
func (h *Handshakes) clip() (problems []string) {
	if n := len(h.Profiles); n > mostProfiles {
		h.Profiles = h.Profiles[:mostProfiles:mostProfiles]
		problems = append(problems, fmt.Sprintf("Shown of the handshakes: the first %d profiles of %s.", mostProfiles, plot.Count(n)))
	}
	return problems
}
