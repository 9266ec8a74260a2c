package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// A fact is one thing that the figures of a run depend on.
type fact struct{ Name, Value string }

// facts lists what stands above the figures of a run in every report. What
// could not be found out says so: a missing line would read as a yes.
func facts(run Run) []fact {
	h, env := run.Header, run.Header.Environment
	if !run.HasSeries() {
		return matrixFacts(run)
	}
	return []fact{
		{"host", joined(known(env.Host), word(env.OS)+"/"+word(env.Arch))},
		{"kernel", known(env.Kernel)},
		{"cpu", joined(known(env.CPU), plural(env.CPUs, "usable CPU"), pinning(&run.Header))},
		{"vm", orElse(sentence(env.VM), "none found")},
		{"idle", idle(env)},
		{"clock", clock(h.Clock)},
		{"null gate", fmt.Sprintf("%s a release, which is the harness's own share and is not subtracted", plot.Time(float64(h.Clock.NullNS)))},
		{"plan", planned(h)},
		{"run", joined("nsbench "+known(h.Version), h.Started.UTC().Format("2006-01-02 15:04:05")+" UTC", "seed "+strconv.FormatUint(h.Seed, 10))},
		{"command", orElse(sentence(strings.Join(h.Command, " ")), "not recorded")},
		{"ended", ended(run)},
	}
}

// matrixFacts are those of a run that holds nothing but matrices, each of which tells
// itself how it was taken: no figure in them depends on a clock or an idle CPU. Those
// of handshakes do.
func matrixFacts(run Run) []fact {
	env := run.Header.Environment
	all := []fact{
		{"host", joined(known(env.Host), word(env.OS)+"/"+word(env.Arch))},
		{"kernel", known(env.Kernel)},
		{"cpu", joined(known(env.CPU), plural(env.CPUs, "usable CPU"))},
		{"vm", orElse(sentence(env.VM), "none found")},
	}
	if run.Handshakes != nil { // whose figures do
		h := run.Handshakes.Header
		all = append(all, fact{"idle", idle(h.Environment)}, fact{"clock", clock(h.Clock)})
	}
	return all
}

// more lists the rest of the environment, for a page that has room.
func more(env result.Environment) []fact {
	return []fact{
		{"kernel command line", known(env.Cmdline)},
		{"SMT", known(env.SMT)},
		{"kernel's clock source", known(env.Clock)},
		{"transparent huge pages", known(env.THP)},
		{"load average", known(env.LoadAvg)},
		{"user", fmt.Sprintf("uid %d, user namespace added: %s", env.UID, yesNo(env.UserNS))},
		{"Go", known(env.Go)},
	}
}

func joined(parts ...string) string { return strings.Join(parts, ", ") }

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func known(s string) string { return orElse(sentence(s), "unknown") }

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// idle says what CPUs do that have nothing to do.
func idle(env result.Environment) string {
	parts := []string{"driver " + known(env.IdleDriver), "policy " + known(env.IdlePolicy), "frequency governor " + known(env.Governor)}
	if env.KeptAwake != "" {
		parts = append(parts, "kept awake by "+sentence(env.KeptAwake)+" where a series says idle poll")
	}
	return joined(parts...)
}

// free is the placement in which nobody is pinned.
const free = "free"

// eightGroups says why there may be more releases than the plan asks for.
func eightGroups(p result.Plan) string {
	if slices.ContainsFunc(p.Series, func(s result.Series) bool { return s.Children > 1 }) {
		return ", and 8 groups at least where children are released together"
	}
	return ""
}

// pinning says which CPUs the two sides were bound to. The record says it of
// the first series that is pinned, and of other placements sample by sample.
func pinning(h *result.Header) string {
	env := h.Environment
	if env.ParentCPU < 0 || env.ChildCPU < 0 {
		return "not pinned"
	}
	where := fmt.Sprintf("parent on %d, child on %d", env.ParentCPU, env.ChildCPU)
	first := ""
	for _, s := range h.Plan.Series {
		if first == "" && s.Placement != free {
			first = s.Placement
		}
	}
	for _, s := range h.Plan.Series {
		if s.Placement != first {
			return where + " under " + word(first)
		}
	}
	return where
}

func clock(c result.Clock) string {
	parts := []string{known(c.Source)}
	if c.Hz > 0 {
		parts = append(parts, fmt.Sprintf("%.3f GHz", float64(c.Hz)/1e9))
	}
	parts = append(parts, "step "+plot.Time(float64(c.StepNS)), "offset between CPUs "+plot.Time(float64(c.OffsetNS)))
	if c.Why != "" {
		parts = append(parts, "cycle counter not used: "+sentence(c.Why))
	}
	return joined(parts...)
}

// planned says what the run set out to do, with the conditions that all of its
// series share.
func planned(h result.Header) string {
	p := h.Plan
	parts := []string{
		length(p) + eightGroups(p),
		plural(p.Stages, "stage") + " a child",
		plural(p.Warmup, "warm-up round"),
	}
	if p.Payload != nil {
		parts = append(parts, "payload "+orElse(sentence(strings.Join(p.Payload, " ")), "without a name"))
	}
	parts = append(parts, shared(p)...)
	if by := h.Environment.QuotaBy; by != "" {
		parts = append(parts, "CPU time limited by "+sentence(by)+" where a series has a quota")
	}
	return joined(parts...)
}

// ended says how the run ended, and after how long, as far as the record has it:
// without an end nothing in it says how late its last block was.
func ended(run Run) string {
	end := run.End
	if end == nil {
		return "cut short, without an end line: how long it took is not known"
	}
	text := word(end.Ended)
	if took := end.Finished.Sub(run.Header.Started); took > 0 && !end.Finished.IsZero() {
		text += " after " + plot.Time(float64(took))
	}
	text = joined(text, plural(end.Samples, "sample"))
	if end.Stopped != "" {
		text += ", stopped by " + word(end.Stopped)
	}
	if end.Error != "" {
		text += ": " + sentence(end.Error)
	}
	return text
}

// A caution is one reason to doubt the figures of a run.
type caution struct {
	Mark string // "warn", "unknown" or "record"
	Text string
	Fix  string // what to type, empty where nothing helps

	Check string // of the host that found it, empty where it is about the record
}

// markRecord is the mark of what is wrong with the record itself.
const markRecord = "record"

// statusOK is the status of a check that found nothing.
const statusOK = "ok"

// cautions lists what is wrong with the record and what disturbed the run.
// Checks that found nothing are left out.
func cautions(run Run) []caution {
	var all []caution
	for _, p := range run.Problems {
		all = append(all, caution{Mark: markRecord, Text: p})
	}
	for _, d := range run.Header.Environment.Disturbances {
		if d.Status == statusOK {
			continue
		}
		text := word(d.Check) + ": " + sentence(d.Found)
		if d.Effect != "" {
			text += "; " + sentence(d.Effect)
		}
		all = append(all, caution{Mark: word(d.Status), Text: text, Fix: sentence(d.Fix), Check: word(d.Check)})
	}
	return all
}
