package reports

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// Differs lists what was not the same when two runs were made and moves figures:
// machine, kernel, settings, clock, the harness itself, and those parts of the plan
// that are no axis of a series. It is in a fixed order, the machine first.
//
// What moves nothing is left out: when a run was made, its seed and its command,
// and how it ended. How long it was to be is told, for a long one meets more of what
// a host does. So is what the axes tell, for
// series that differ in one have no pair; see Match.
//
// A machine is known by its host's name alone if nothing else tells two apart, so
// that a container with a new name each time differs in it each time. Not to tell
// of another machine would be worse.
func Differs(old, now Run) []Difference {
	var all []Difference
	for _, p := range properties {
		was, is := p.of(old.Header), p.of(now.Header)
		if was != is && (!p.optional || was != "" && is != "") {
			all = append(all, Difference{p.name, p.shown(was), p.shown(is)})
		}
	}
	all = append(all, differingSides(old.Header, now.Header)...)
	all = append(all, differingWords("kernel command line, in part", old.Header.Environment.Cmdline, now.Header.Environment.Cmdline)...)
	all = append(all, differingNull(old.Header.Clock, now.Header.Clock)...)
	return append(all, differingWarnings(old.Header.Environment.Disturbances, now.Header.Environment.Disturbances)...)
}

// A property is one fact of a run on which its figures depend.
type property struct {
	name string
	of   func(result.Header) string

	// empty is what no text stands for, "unknown" unless it says otherwise.
	empty string

	// An optional property is only there under some conditions of a plan, and
	// tells nothing where one of the runs has none of it.
	optional bool
}

func (p property) shown(value string) string {
	return orElse(sentence(value), orElse(p.empty, "unknown"))
}

func environment(name string, of func(result.Environment) string) property {
	return property{name: name, of: func(h result.Header) string { return of(h.Environment) }}
}

func (p property) meaning(empty string) property { p.empty = empty; return p }

func (p property) ifThere() property { p.optional = true; return p }

// properties are in the order in which they are told.
var properties = []property{
	environment("host", func(e result.Environment) string { return e.Host }),
	environment("system", func(e result.Environment) string { return e.OS + "/" + e.Arch }),
	environment("CPU", func(e result.Environment) string { return e.CPU }),
	environment("usable CPUs", func(e result.Environment) string { return strconv.Itoa(e.CPUs) }),
	environment("hypervisor", func(e result.Environment) string { return e.VM }).meaning("none"),
	environment("kernel", func(e result.Environment) string { return e.Kernel }),
	environment("frequency governor", func(e result.Environment) string { return e.Governor }),
	environment("idle driver", func(e result.Environment) string { return e.IdleDriver }),
	environment("idle policy", func(e result.Environment) string { return e.IdlePolicy }),
	environment("SMT", func(e result.Environment) string { return e.SMT }),
	environment("transparent huge pages", func(e result.Environment) string { return e.THP }),
	environment("kernel's clock source", func(e result.Environment) string { return e.Clock }),
	environment("kept awake by", func(e result.Environment) string { return e.KeptAwake }).ifThere(),
	environment("quota by", func(e result.Environment) string { return e.QuotaBy }).ifThere(),
	environment("drained by", func(e result.Environment) string { return e.DrainedBy }).ifThere(),
	environment("user", user),
	{name: "clock", of: func(h result.Header) string { return h.Clock.Source }},
	{name: "nsbench", of: func(h result.Header) string { return h.Version }},
	environment("Go", func(e result.Environment) string { return e.Go }),
	{name: "iterations", of: func(h result.Header) string { return strconv.Itoa(h.Plan.Iterations) }},
	property{name: "precision", of: func(h result.Header) string { return ifAny(h.Plan.Precision > 0, percent(h.Plan.Precision)) }}.meaning("none"),
	property{name: "max-time", of: func(h result.Header) string {
		return ifAny(h.Plan.MaxTimeNS > 0, time.Duration(h.Plan.MaxTimeNS).String())
	}}.meaning("none"),
	{name: "stages", of: func(h result.Header) string { return strconv.Itoa(h.Plan.Stages) }},
	{name: "children in a block", of: func(h result.Header) string { return strconv.Itoa(h.Plan.Block) }},
	{name: "warm-up rounds", of: func(h result.Header) string { return strconv.Itoa(h.Plan.Warmup) }},
	property{name: "payload", of: func(h result.Header) string { return strings.Join(h.Plan.Payload, " ") }}.meaning("none"),
}

// ifAny is a bound that a plan may have; empty if it has none.
func ifAny(there bool, text string) string {
	if !there {
		return ""
	}
	return text
}

// user is what bears on what a run may do. Which of the users without privileges
// it was does not.
func user(e result.Environment) string {
	who := "root"
	if e.UID != 0 {
		who = "not root"
	}
	if e.UserNS {
		who += ", in a user namespace of its own"
	}
	return who
}

// differingSides tells of sides that were put on other CPUs. The record names the
// CPUs of the first series that is pinned: the child's can be compared if that has
// one placement in both, and the parent's always.
func differingSides(old, now result.Header) []Difference {
	if old.Environment.ParentCPU < 0 || now.Environment.ParentCPU < 0 {
		return nil // no series of it has a pair that is pinned
	}
	both := firstPinned(old.Plan) == firstPinned(now.Plan)
	sides := func(e result.Environment) string {
		if both {
			return fmt.Sprintf("parent on %d, child on %d", e.ParentCPU, e.ChildCPU)
		}
		return fmt.Sprintf("parent on %d", e.ParentCPU)
	}
	if was, is := sides(old.Environment), sides(now.Environment); was != is {
		return []Difference{{"CPUs in use", was, is}}
	}
	return nil
}

// firstPinned is the placement of the first series that is pinned.
func firstPinned(p result.Plan) string {
	for _, s := range p.Series {
		if s.Placement != free {
			return s.Placement
		}
	}
	return ""
}

// differingWords are the words of two lists that only one of them has: of a long
// list all the others would hide them.
func differingWords(name, old, now string) []Difference {
	was, is := strings.Fields(old), strings.Fields(now)
	gone, come := missingFrom(is, was), missingFrom(was, is)
	if len(gone) == 0 && len(come) == 0 {
		return nil
	}
	shown := func(words []string) string { return orElse(sentence(strings.Join(words, " ")), "nothing more") }
	return []Difference{{name, shown(gone), shown(come)}}
}

// missingFrom are the words that a list lacks.
func missingFrom(list, words []string) []string {
	there := make(map[string]bool, len(list))
	for _, w := range list {
		there[w] = true
	}
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return there[w] })
}

// movedNull is the share by which a null gate has to differ to be told of. Its
// median is some 30 ns and steps by a resolution of the clock of some 10.
const movedNull = 0.2

// differingNull tells of a harness whose own share in each figure has moved.
func differingNull(old, now result.Clock) []Difference {
	was, is := float64(old.NullNS), float64(now.NullNS)
	apart := math.Abs(was - is)
	if apart <= movedNull*max(was, is) || apart <= float64(max(old.StepNS, now.StepNS)) {
		return nil
	}
	return []Difference{{"null gate", plot.Time(was), plot.Time(is)}}
}

// warned is the status of a check that found something.
const warned = "warn"

// differingWarnings are the checks that found something at one run and not at the
// other, in the order of the runs. What was found may well differ a little where
// both did, such as a load.
func differingWarnings(old, now []result.Disturbance) []Difference {
	var all []Difference
	for _, d := range slices.Concat(old, now) {
		was, is := warning(old, d.Check), warning(now, d.Check)
		name := "warning of " + word(d.Check)
		if (was == "") != (is == "") && !slices.ContainsFunc(all, func(known Difference) bool { return known.Name == name }) {
			all = append(all, Difference{name, orElse(was, "none"), orElse(is, "none")})
		}
	}
	return all
}

// warning is what a check found, empty if it found nothing.
func warning(all []result.Disturbance, check string) string {
	for _, d := range all {
		if d.Check == check && d.Status == warned {
			return fmt.Sprintf("%q", orElse(sentence(d.Found), "something"))
		}
	}
	return ""
}
