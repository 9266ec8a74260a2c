package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
	"github.com/nsbench/nsbench/reports/plot"
)

// This file has the rules by which primitives are judged, one for each column. What is
// sound and what is dangerous under a fault the record itself says, see ClassOf; what
// was not measured is never guessed.

// A scoreRule judges a primitive by what there is of it.
type scoreRule func(e evidence, primitive string) Score

// The keys of the columns.
const (
	ScoreLatency      = "release_latency"
	ScoreCPU          = "wait_cpu"
	ScoreDescriptors  = "descriptors"
	ScoreFrees        = "frees_many"
	ScoreNamespaces   = "every_namespace"
	ScoreExec         = "survives_exec"
	ScoreDeath        = "parent_dies"
	ScoreLeak         = "leaked_end"
	ScoreLeakedDeath  = "leaked_end_and_parent_dies"
	ScoreInterruption = "interrupted"
)

// The bounds of the rules.
const (
	muchLonger = 2   // times as long as the fastest, from which on a release is slow
	littleCPU  = 0.1 // of a CPU, up to which one that waits leaves it to others
	muchCPU    = 0.5 // of a CPU, from which on it keeps it
)

// scoreColumns are the questions, in the order in which they are asked.
func scoreColumns(e evidence) []ScoreColumn {
	var all []ScoreColumn
	for i := range e.latencies {
		l := &e.latencies[i]
		all = append(all, ScoreColumn{
			Key: ScoreLatency, Where: l.group.where(), Name: "x " + l.group.where(), Long: "release latency on " + l.group.where() + ", in times that by " + word(l.fastest.Primitive) + ", the fastest that blocks", Short: "x " + strings.TrimSuffix(word(l.group.placement), "-cpu"), spare: spareLatency(i),
			About: fmt.Sprintf("How many times as long as by %s, the fastest primitive that blocks, a first release takes on %s. Good: not told to be longer by more than %s; bad: at least %d times as long.",
				word(l.fastest.Primitive), l.group.where(), percent(l.group.threshold), muchLonger),
			From: "releases, " + l.group.title(),
			rule: func(_ evidence, primitive string) Score { return l.score(primitive) },
		})
	}
	if all == nil {
		all = append(all, ScoreColumn{
			Key: ScoreLatency, Name: "latency", Long: "release latency", Short: "x", rule: unmeasuredBy("nsbench run"),
			About: "How many times as long as by the fastest primitive that blocks a first release takes.", From: "a run",
		})
	}
	return append(all,
		ScoreColumn{Key: ScoreCPU, Name: "CPU per s of wait", Long: "CPU time burned for each second of the wait", Short: "cpu/s", rule: scoreCPU, spare: 3,
			About: fmt.Sprintf("CPU time that the child burns for each second of its wait, at the longest hold of the run. Good: up to %s; bad: from %s on.", burned(littleCPU), burned(muchCPU)), From: "releases, " + columnBurned},
		ScoreColumn{Key: ScoreDescriptors, Name: "descriptors", Long: "descriptors open in the parent", Short: "fd", rule: scoreDescriptors,
			About: "How many descriptors the gate has open in the parent while the child is held, as counted. Good: none, for what is not there cannot leak.", From: "the faults, none"},
		ScoreColumn{Key: ScoreFrees, Name: "one release frees", Long: "whom one release frees", Short: "frees", rule: scoreFrees,
			About: "Whether one release frees all of two children that wait at the same gate. Good: all.", From: "the faults, two-waiters, or a run with several children"},
		ScoreColumn{Key: ScoreNamespaces, Name: "namespaces", Long: "works in every namespace", Short: "ns", rule: scoreNamespaces,
			About: "Whether a release arrives in every namespace, alone and together, the primitive as it stands. Good: in all that were tried, of all eight kinds.", From: "isolation, the whole row"},
		ScoreColumn{Key: ScoreExec, Name: "survives exec", Long: "survives an execve", Short: "exec", rule: scoreExec,
			About: "Whether a child that executes a program between preparing its wait and waiting is released.", From: "the faults, exec"},
		ScoreColumn{Key: ScoreDeath, Name: "parent dies", Long: "when the parent dies", Short: "death", rule: scoreDeath,
			About: "What a child does whose parent dies before the release. Good: closed, it knows; bad: opens, it goes on.", From: "the faults, parent-killed and parent-exits"},
		ScoreColumn{Key: ScoreLeak, Name: "leaked end", Long: "released with an end leaked", Short: "leak", rule: scoreLeak,
			About: "Whether the release arrives although somebody else has a copy of what it is made by. Good: always, or there is no descriptor that could leak.", From: "the faults, own-end-open, sibling, leaked-exec and third-party"},
		ScoreColumn{Key: ScoreLeakedDeath, Name: "leak and death", Long: "when an end has leaked and the parent dies", Short: "both", rule: scoreLeakedDeath, spare: 1,
			About: "What the child does when an end has leaked and then the parent dies. Good: closed; bad: opens.", From: "the faults, leaked-killed, and parent-killed where nothing can leak"},
		ScoreColumn{Key: ScoreInterruption, Name: "interrupted", Long: "outlasts a handled signal", Short: "intr", rule: scoreInterruption,
			About: "Whether the wait outlasts a signal that is handled. Good: by itself; neutral: if the interrupted call is made again, in a loop; bad: not even then.", From: "the faults, interrupted-once and interrupted"},
	)
}

// spareLatency is how soon a narrow terminal goes without the latency at a place: the
// first stays.
func spareLatency(at int) int {
	if at == 0 {
		return 0
	}
	return at + 1
}

// What stands in place of a value.
const (
	notMeasured   = "not measured"
	notObtainable = "unavailable"
	valueSplit    = "split"
	valueLoop     = "loop"
	valueImmune   = "immune"
)

// unmeasuredBy is the rule of what only a command that was not run finds out.
func unmeasuredBy(command string) scoreRule {
	return func(evidence, string) Score { return unmeasured(command) }
}

func unmeasured(command string) Score {
	return Score{Value: notMeasured, Judgement: JudgedUnknown, Reason: "Not in this record: " + command + " --out DIR finds it out."}
}

// score judges a release latency against that of the fastest that blocks: good if it is
// told to be as short, bad if it is told to be twice as long, and neutral between, or
// where nothing is told.
func (l *latency) score(primitive string) Score {
	at := slices.IndexFunc(l.group.series, func(s Series) bool { return isItself(s, primitive) })
	if at < 0 {
		s := unmeasured("nsbench run")
		s.Reason = "It has no release on " + l.group.where() + ": nsbench run --out DIR takes some."
		return s
	}
	own := l.group.series[at]
	s := Score{Judgement: JudgedUnknown, Value: "-", data: []datum{{group: l.at, row: at}}}
	name := word(l.fastest.Primitive)
	if primitive == l.fastest.Primitive {
		s.Value, s.Judgement, s.Reason = "1", JudgedGood, "It is the fastest that blocks, by its median "+plot.Time(own.judged().Quantile(0.5))+"."
		return s
	}
	a := l.against[primitive]
	switch {
	case a == nil:
		s.Reason = "There is no primitive that blocks to compare it with."
		return s
	case a.Why != nil:
		s.Reason = "No comparison with " + name + ": " + a.Why.Error() + "."
		return s
	case !a.RatioInterval.Known():
		s.Reason = "No comparison with " + name + ": times of nothing have no ratio."
		return s
	}
	s.Against, s.Value = a, multiple(a.Ratio)
	within := fmt.Sprintf("%s times as long as by %s (%s, %s)", multiple(a.Ratio), name, ratioSpan(a.RatioInterval), plural(a.Rounds, "round"))
	switch {
	case a.Verdict == stat.Inconclusive:
		s.Judgement, s.Value, s.Reason = JudgedNeutral, "~"+s.Value, capital(within)+": not told to be longer or shorter."
	case a.Verdict != stat.Slower:
		s.Judgement, s.Reason = JudgedGood, capital(within)+"."
	case a.RatioInterval.Lo >= muchLonger:
		s.Judgement, s.Reason = JudgedBad, capital(within)+"."
	default:
		s.Judgement, s.Reason = JudgedNeutral, capital(within)+"."
	}
	return s
}

// scoreCPU judges what a wait burns, at the longest hold: there going to sleep and
// waking up, which each wait has once, weigh least.
func scoreCPU(e evidence, primitive string) Score {
	g, s, at, ok := e.longestHeld(primitive)
	if !ok || math.IsNaN(s.WaitCPUShare) {
		return unmeasured("nsbench run")
	}
	out := Score{
		Value: burned(s.WaitCPUShare), Judgement: JudgedNeutral, data: []datum{at},
		Reason: fmt.Sprintf("It burned %s for each second of %s around %s.", burned(s.WaitCPUShare), plural(s.Summary.N, "wait"), plot.Time(float64(g.hold))),
	}
	switch {
	case s.WaitCPUShare <= littleCPU:
		out.Judgement = JudgedGood
	case s.WaitCPUShare >= muchCPU:
		out.Judgement = JudgedBad
	}
	return out
}

// scoreDescriptors takes the most that a trial counted.
func scoreDescriptors(e evidence, primitive string) Score {
	b := e.cell(primitive, faultNone)
	if b == nil || len(b.Descriptors) == 0 {
		if b != nil && b.Outcome == result.OutcomeUnavailable {
			return e.judge(primitive, faultNone).Score
		}
		return unmeasured("nsbench faults")
	}
	least, most := slices.Min(b.Descriptors), slices.Max(b.Descriptors)
	s := Score{
		Value: plot.Count(int(most)), Judgement: JudgedNeutral, data: []datum{{matrix: result.MatrixFaults, column: faultNone}},
		Reason: fmt.Sprintf("%s of %s counted %s in the parent.", plot.Count(len(b.Descriptors)), plural(b.Trials, "trial"), plural(int(most), "descriptor")),
	}
	switch {
	case least != most:
		s.Split, s.Reason = true, fmt.Sprintf("%s counted from %s to %s in the parent.", plural(len(b.Descriptors), "trial"), plot.Count(int(least)), plural(int(most), "descriptor"))
	case most == 0:
		s.Judgement = JudgedGood
	}
	return s
}

// scoreFrees goes by two children at one gate, and where that was not tried by a run
// that held several at a time.
func scoreFrees(e evidence, primitive string) Score {
	j := e.judge(primitive, faultTwoWaiters)
	if j.Judgement == JudgedUnknown && !j.unavailable {
		if s, ok := e.freesInRun(primitive); ok {
			return s
		}
	}
	switch {
	case j.Judgement == JudgedGood:
		j.Value = "all"
	case j.Judgement == JudgedNeutral && !j.Split:
		j.Value = "one"
	}
	return j.Score
}

// scoreNamespaces asks for all sets of namespaces, and that they be of all kinds.
func scoreNamespaces(e evidence, primitive string) Score {
	m := e.run.Isolation
	if m == nil || !slices.Contains(m.Primitives, primitive) {
		return unmeasured("nsbench isolation")
	}
	return m.everywhere(primitive)
}

func scoreExec(e evidence, primitive string) Score {
	j := e.judge(primitive, faultExec)
	if j.Judgement == JudgedGood {
		j.Value = "yes"
	}
	return j.Score
}

// scoreDeath: whoever dies in one way dies in the other as well.
func scoreDeath(e evidence, primitive string) Score {
	return e.judge(primitive, faultParentKilled, faultParentExits).Score
}

func scoreLeak(e evidence, primitive string) Score {
	j := e.judge(primitive, faultOwnEndOpen, faultSibling, faultLeakedExec, faultThirdParty)
	if j.Judgement == JudgedGood {
		j.Value = valueImmune
	}
	return j.Score
}

// scoreLeakedDeath: where there is nothing that could leak, a death is as without a leak.
func scoreLeakedDeath(e evidence, primitive string) Score {
	b := e.cell(primitive, faultLeakedKilled)
	if b == nil || !b.Moot {
		return e.judge(primitive, faultLeakedKilled).Score
	}
	s := e.judge(primitive, faultParentKilled).Score
	s.Reason = "Nothing can leak (" + strings.TrimSuffix(sentence(b.Reason), ".") + "), so as without a leak: " + s.Reason
	s.data = append([]datum{{matrix: result.MatrixFaults, column: faultLeakedKilled}}, s.data...)
	return s
}

// scoreInterruption has three answers: by itself, in a loop, and no.
func scoreInterruption(e evidence, primitive string) Score {
	once, again := e.judge(primitive, faultOnce), e.judge(primitive, faultInterrupted)
	both := e.judge(primitive, faultOnce, faultInterrupted).Score
	switch {
	case once.Judgement == JudgedBad || again.Judgement == JudgedBad:
		if !both.Split {
			both.Value = "no"
		}
	case once.Judgement == JudgedGood && again.Judgement == JudgedGood:
		both.Value = "yes"
	case once.Judgement == JudgedUnknown || again.Judgement == JudgedUnknown:
	case again.Judgement == JudgedGood:
		both.Value, both.Judgement = valueLoop, JudgedNeutral
	default:
		both.Value, both.Judgement, both.Split = "no", JudgedBad, again.Split
		if again.Split {
			both.Value = valueSplit
		}
	}
	return both
}
