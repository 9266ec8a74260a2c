package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/stat"
)

// A number is a figure in JSON, which has no NaN: null where there is none.
type number float64

// MarshalJSON writes the number or null.
func (n number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// The names of these members are stable; scripts rely on them.
type (
	jsonReport struct {
		Series      []jsonSeries       `json:"series"`
		Environment result.Environment `json:"environment"` // of the first run
		Runs        []jsonRun          `json:"runs"`
		Hosts       *jsonHosts         `json:"hosts,omitempty"` // where there are several runs

		Faults    *jsonMatrix `json:"faults,omitempty"` // where one was recorded; as FaultsJSON writes it
		Isolation *jsonMatrix `json:"isolation,omitempty"`

		Handshakes *jsonHandshakes `json:"handshakes,omitempty"` // as HandshakesJSON writes them
		Breaks     *jsonBreaks     `json:"breaks,omitempty"`     // as BreaksJSON does

		Scorecard []jsonScorecard `json:"scorecard,omitempty"` // of each run that has either
	}

	jsonSeries struct {
		Run int `json:"run"` // index into runs
		jsonAxes

		N       int            `json:"n"`
		Invalid int            `json:"invalid"`
		Reasons map[string]int `json:"invalid_reasons"`

		Min  number `json:"min_ns"`
		P50  number `json:"p50_ns"`
		Lo   number `json:"p50_lo_ns"`
		Hi   number `json:"p50_hi_ns"`
		P90  number `json:"p90_ns"`
		P99  number `json:"p99_ns"`
		P999 number `json:"p99.9_ns"`
		Max  number `json:"max_ns"`

		P90Lo  number `json:"p90_lo_ns"`
		P90Hi  number `json:"p90_hi_ns"`
		P99Lo  number `json:"p99_lo_ns"`
		P99Hi  number `json:"p99_hi_ns"`
		P999Lo number `json:"p99.9_lo_ns"`
		P999Hi number `json:"p99.9_hi_ns"`

		Mean       number     `json:"mean_ns"`
		StdDev     number     `json:"stddev_ns"`
		Dependence number     `json:"dependence"` // n is worth n over this many independent values
		Drift      number     `json:"drift"`      // the second half's median over the first's
		Modes      []jsonMode `json:"modes"`

		Against *jsonAgainst `json:"against"` // null for the baseline, and where it was not measured

		WaitCPUShare number `json:"wait_cpu_share"`
		SignalP50    number `json:"signal_p50_ns"`
		CloneP50     number `json:"clone_p50_ns"`
		StartupP50   number `json:"startup_p50_ns"`

		HoldP50        number `json:"hold_p50_ns"`
		PrepareP50     number `json:"prepare_p50_ns"`
		ArmP50         number `json:"arm_p50_ns"`
		ExecP50        number `json:"exec_p50_ns"`
		ExitP50        number `json:"exit_p50_ns"`
		ReapP50        number `json:"reap_p50_ns"`
		CycleP50       number `json:"cycle_p50_ns"`
		ThrottledNS    number `json:"throttled_ns"`
		ThrottledShare number `json:"throttled_share"`
		DrainP50       number `json:"drain_p50_ns"`

		Fan      *jsonFanout `json:"fanout,omitempty"` // where children is above 1
		Warnings []string    `json:"warnings"`
	}

	// What tells a series from the others of its run, but for the family.
	jsonAxes struct {
		Primitive  string   `json:"primitive"`
		Family     string   `json:"family"`
		Blocking   bool     `json:"blocking"`
		Launcher   string   `json:"launcher"`
		Namespaces []string `json:"namespaces"`
		Placement  string   `json:"placement"`
		HoldNS     int64    `json:"hold_ns"`
		Children   int      `json:"children"`
		Load       int      `json:"load"`
		LoadNice   int      `json:"load_nice"`
		Quota      int      `json:"cpu_quota"` // per cent, 0 for none
		Idle       string   `json:"idle"`
		Sched      string   `json:"sched"`
		SelfCheck  bool     `json:"self_check"` // the baseline once more
		DelayNS    int64    `json:"delay_ns"`   // put before each release
		Stage      string   `json:"stage"`
		Kind       string   `json:"kind"` // "held" or "early"
	}

	// Times count from before the first operation that releases any of a
	// group, to its first, its middle and its last child: medians over groups.
	jsonFanout struct {
		FreesAll bool `json:"frees_all"` // by one operation
		Groups   int  `json:"groups"`
		LeftOut  int  `json:"groups_left_out"`

		First    number `json:"first_p50_ns"`
		FirstLo  number `json:"first_p50_lo_ns"`
		FirstHi  number `json:"first_p50_hi_ns"`
		Median   number `json:"median_p50_ns"`
		MedianLo number `json:"median_p50_lo_ns"`
		MedianHi number `json:"median_p50_hi_ns"`
		Last     number `json:"last_p50_ns"`
		LastLo   number `json:"last_p50_lo_ns"`
		LastHi   number `json:"last_p50_hi_ns"`

		EachChild number `json:"last_per_child_ns"`
	}

	jsonMode struct {
		At    number `json:"ns"`
		Share number `json:"share"`
	}

	// The intervals of all comparisons of a run hold at once.
	jsonAgainst struct {
		Baseline  string         `json:"baseline"`
		Threshold number         `json:"threshold"`
		Verdict   string         `json:"verdict"` // "faster", "slower", "same" or "inconclusive"
		Why       string         `json:"why"`     // there is no comparison; else empty
		Ratio     number         `json:"ratio"`
		RatioLo   number         `json:"ratio_lo"`
		RatioHi   number         `json:"ratio_hi"`
		Shift     number         `json:"shift_ns"`
		ShiftLo   number         `json:"shift_lo_ns"`
		ShiftHi   number         `json:"shift_hi_ns"`
		Delta     number         `json:"cliffs_delta"`
		DeltaLo   number         `json:"cliffs_delta_lo"`
		DeltaHi   number         `json:"cliffs_delta_hi"`
		Seen      number         `json:"smallest_seen"` // the smallest ratio above 1 that would have been seen, less 1
		Rounds    int            `json:"rounds"`
		Quantiles []jsonQuantile `json:"quantiles"` // the shift function
	}

	jsonQuantile struct {
		Q     number `json:"q"`
		Ratio number `json:"ratio"`
		Lo    number `json:"lo"`
		Hi    number `json:"hi"`
	}

	// What was found between the baseline and itself.
	jsonFound struct {
		jsonAxes
		Ratio   number `json:"ratio"`
		Lo      number `json:"lo"`
		Hi      number `json:"hi"`
		Verdict string `json:"verdict"`
	}

	jsonRun struct {
		Version     string             `json:"version"`
		Started     time.Time          `json:"started"`
		Command     []string           `json:"command"`
		Seed        uint64             `json:"seed"`
		Ended       string             `json:"ended"`   // empty if the run was cut short
		Stopped     string             `json:"stopped"` // what ended a run that could have ended by more than its iterations: "precision", "max-time" or "iterations"; else empty
		Iterations  int                `json:"iterations"`
		Precision   number             `json:"precision"`   // a share; 0 where none was asked for
		MaxTimeNS   int64              `json:"max_time_ns"` // 0 where there was no limit
		Confidence  number             `json:"confidence"`  // that of the intervals of each figure, and that all comparisons of the run hold at once
		Baseline    string             `json:"baseline"`
		Threshold   number             `json:"threshold"` // a share: 0.02 is 2 %
		SelfChecks  []jsonFound        `json:"self_checks"`
		Clock       result.Clock       `json:"clock"`
		Environment result.Environment `json:"environment"`
		Verdict     []string           `json:"verdict"`
		Problems    []string           `json:"problems"`
	}
)

// JSON writes a report for programs: an object with the members "series", one
// entry per series, stage and kind in the order of the table, which is by family, "environment",
// "runs", of several runs "hosts", which sets them side by side, "faults", "isolation",
// "handshakes" and "breaks" where they were recorded, and "scorecard", what the runs that have either
// come to. Times are in nanoseconds, and a figure that the sample is too small for is null.
//
// What a terminal would obey is written as an escape of JSON, so texts come
// through unchanged and the output is safe to look at.
func JSON(w io.Writer, rep *Report) error {
	value := jsonReport{Series: []jsonSeries{}, Runs: []jsonRun{}, Hosts: jsonOfHosts(rep), Faults: jsonOfMatrix(rep, result.MatrixFaults), Isolation: jsonOfMatrix(rep, result.MatrixIsolation), Scorecard: jsonOfScorecards(rep)}
	value.Handshakes, value.Breaks = jsonOfHandshakes(rep), jsonOfBreaks(rep)
	for i, run := range rep.Runs {
		value.Runs = append(value.Runs, jsonOfRun(run))
		for _, s := range run.Series {
			value.Series = append(value.Series, jsonOfSeries(i, run, s))
		}
	}
	if len(value.Runs) > 0 {
		value.Environment = value.Runs[0].Environment
	}
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("write json: %w", err)
	}
	return emit(w, "json", append(visible(data), '\n'))
}

func jsonOfRun(run Run) jsonRun {
	h := run.Header
	out := jsonRun{
		Version: h.Version, Started: h.Started, Command: listed(h.Command), Seed: h.Seed,
		Clock: h.Clock, Environment: h.Environment,
		Iterations: h.Plan.Iterations, Precision: number(h.Plan.Precision), MaxTimeNS: h.Plan.MaxTimeNS,
		Confidence: stat.Confidence, Baseline: run.Baseline, Threshold: number(run.Threshold), SelfChecks: jsonOfSelfChecks(run),
		Verdict: listed(Verdict(run)), Problems: listed(run.Problems),
	}
	out.Environment.Disturbances = listed(h.Environment.Disturbances)
	if run.End != nil {
		out.Ended, out.Stopped = run.End.Ended, run.End.Stopped
	}
	return out
}

func jsonOfSelfChecks(run Run) []jsonFound {
	all := []jsonFound{}
	for _, s := range run.Series {
		if a := s.Against; isTwin(s, run.Baseline) && a != nil {
			all = append(all, jsonFound{jsonOfAxes(s), number(a.Ratio), number(a.RatioInterval.Lo), number(a.RatioInterval.Hi), string(a.Verdict)})
		}
	}
	return all
}

func jsonOfSeries(index int, run Run, s Series) jsonSeries {
	reasons := s.Invalid
	if reasons == nil {
		reasons = map[string]int{}
	}
	sum := s.Summary
	warnings := warningsOf(sum, stat.Doubt.Remedy)
	if isTwin(s, run.Baseline) && s.Against != nil {
		if doubt := selfDoubt(s); doubt != "" {
			warnings = append(warnings, fmt.Sprintf("self check: %s than itself: %s", s.Against.Verdict, doubt))
		}
	}
	return jsonSeries{
		Run: index, jsonAxes: jsonOfAxes(s),
		N: sum.N, Invalid: s.InvalidTotal(), Reasons: reasons,
		Min: number(sum.Min), P50: number(sum.P50), Lo: number(sum.P50Interval.Lo), Hi: number(sum.P50Interval.Hi),
		P90: number(sum.P90), P99: number(sum.P99), P999: number(sum.P999), Max: number(sum.Max),
		P90Lo: number(sum.P90Interval.Lo), P90Hi: number(sum.P90Interval.Hi), P99Lo: number(sum.P99Interval.Lo), P99Hi: number(sum.P99Interval.Hi),
		P999Lo: number(sum.P999Interval.Lo), P999Hi: number(sum.P999Interval.Hi), Mean: number(sum.Mean), StdDev: number(sum.StdDev),
		Dependence: number(sum.Dependence.Factor), Drift: number(sum.Drift.Ratio), Modes: jsonOfModes(sum.Modes), Against: jsonOfAgainst(run, s.Against),
		WaitCPUShare: number(s.WaitCPUShare), SignalP50: number(s.SignalP50),
		CloneP50: number(s.CloneP50), StartupP50: number(s.StartupP50),
		HoldP50: number(s.HoldP50), PrepareP50: number(s.PrepareP50), ArmP50: number(s.ArmP50), ExecP50: number(s.ExecP50),
		ExitP50: number(s.ExitP50), ReapP50: number(s.ReapP50), CycleP50: number(s.CycleP50),
		ThrottledNS: number(s.ThrottledNS), ThrottledShare: number(s.ThrottledShare), DrainP50: number(s.DrainP50),
		Fan: jsonOfFanout(s), Warnings: warnings,
	}
}

func jsonOfAxes(s Series) jsonAxes {
	c := conditionsOf(s.Series)
	return jsonAxes{
		Primitive: s.Primitive, Family: s.Family, Blocking: s.Blocking, Launcher: s.Launcher,
		Namespaces: listed(s.Namespaces), Placement: s.Placement, HoldNS: s.HoldNS,
		Children: c.children, Load: c.load, LoadNice: c.nice, Quota: c.quota, Idle: c.idle, Sched: c.sched,
		SelfCheck: s.SelfCheck, DelayNS: s.DelayNS, Stage: s.Stage, Kind: s.Kind,
	}
}

func jsonOfModes(modes []stat.Mode) []jsonMode {
	all := []jsonMode{}
	for _, m := range modes {
		all = append(all, jsonMode{number(m.At), number(m.Share)})
	}
	return all
}

func jsonOfAgainst(run Run, a *Against) *jsonAgainst {
	if a == nil {
		return nil
	}
	out := &jsonAgainst{
		Baseline: run.Baseline, Threshold: number(run.Threshold), Verdict: string(a.Verdict),
		Ratio: number(a.Ratio), RatioLo: number(a.RatioInterval.Lo), RatioHi: number(a.RatioInterval.Hi),
		Shift: number(a.Shift), ShiftLo: number(a.ShiftInterval.Lo), ShiftHi: number(a.ShiftInterval.Hi),
		Delta: number(a.Delta), DeltaLo: number(a.DeltaInterval.Lo), DeltaHi: number(a.DeltaInterval.Hi),
		Seen: number(a.Seen), Rounds: a.Rounds, Quantiles: []jsonQuantile{},
	}
	if a.Why != nil {
		out.Why = a.Why.Error()
	}
	for _, q := range a.Quantiles {
		out.Quantiles = append(out.Quantiles, jsonQuantile{number(q.Q), number(q.Ratio), number(q.Interval.Lo), number(q.Interval.Hi)})
	}
	return out
}

// warningsOf are the warnings of a sample, each with what to do about it.
func warningsOf(sum stat.Summary, remedy func(stat.Doubt) string) []string {
	all := []string{}
	for _, w := range sum.Warnings {
		w.Do = remedy(w.Kind)
		all = append(all, w.String())
	}
	return all
}

func jsonOfFanout(s Series) *jsonFanout {
	if s.Fan == nil || s.Children <= 1 {
		return nil
	}
	first, middle, last := s.Fan.First, s.Fan.Median, s.Fan.Last
	return &jsonFanout{
		FreesAll: s.FreesAll, Groups: s.Fan.Groups, LeftOut: s.Fan.LeftOut,
		First: number(first.P50), FirstLo: number(first.P50Interval.Lo), FirstHi: number(first.P50Interval.Hi),
		Median: number(middle.P50), MedianLo: number(middle.P50Interval.Lo), MedianHi: number(middle.P50Interval.Hi),
		Last: number(last.P50), LastLo: number(last.P50Interval.Lo), LastHi: number(last.P50Interval.Hi),
		EachChild: number(last.P50 / float64(s.Children)),
	}
}

// listed is the list, empty and not null where there is none.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// visible escapes the characters that encoding/json leaves as they are and
// that a terminal obeys. They can stand nowhere but in a string.
func visible(data []byte) []byte {
	var out bytes.Buffer
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r < utf8.RuneSelf && r != 0x7f, unicode.IsPrint(r):
			out.Write(rest[:size])
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
		rest = rest[size:]
	}
	return out.Bytes()
}
