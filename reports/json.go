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
	}

	jsonSeries struct {
		Run        int      `json:"run"` // index into runs
		Primitive  string   `json:"primitive"`
		Family     string   `json:"family"`
		Blocking   bool     `json:"blocking"`
		Launcher   string   `json:"launcher"`
		Namespaces []string `json:"namespaces"`
		Placement  string   `json:"placement"`
		HoldNS     int64    `json:"hold_ns"`
		Stage      string   `json:"stage"`

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

		WaitCPUShare number   `json:"wait_cpu_share"`
		SignalP50    number   `json:"signal_p50_ns"`
		CloneP50     number   `json:"clone_p50_ns"`
		StartupP50   number   `json:"startup_p50_ns"`
		Warnings     []string `json:"warnings"`
	}

	jsonRun struct {
		Version     string             `json:"version"`
		Started     time.Time          `json:"started"`
		Command     []string           `json:"command"`
		Seed        uint64             `json:"seed"`
		Ended       string             `json:"ended"` // empty if the run was cut short
		Clock       result.Clock       `json:"clock"`
		Environment result.Environment `json:"environment"`
		Verdict     []string           `json:"verdict"`
		Problems    []string           `json:"problems"`
	}
)

// JSON writes a report for programs: an object with the members "series", one
// entry per series and stage in the order of the table, which is by family, "environment" and
// "runs". Times are in nanoseconds, and a figure that the sample is too small
// for is null.
//
// What a terminal would obey is written as an escape of JSON, so texts come
// through unchanged and the output is safe to look at.
func JSON(w io.Writer, rep *Report) error {
	value := jsonReport{Series: []jsonSeries{}, Runs: []jsonRun{}}
	for i, run := range rep.Runs {
		value.Runs = append(value.Runs, jsonOfRun(run))
		for _, s := range run.Series {
			value.Series = append(value.Series, jsonOfSeries(i, s))
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
		Verdict: listed(Verdict(run)), Problems: listed(run.Problems),
	}
	out.Environment.Disturbances = listed(h.Environment.Disturbances)
	if run.End != nil {
		out.Ended = run.End.Ended
	}
	return out
}

func jsonOfSeries(run int, s Series) jsonSeries {
	reasons := s.Invalid
	if reasons == nil {
		reasons = map[string]int{}
	}
	sum := s.Summary
	return jsonSeries{
		Run: run, Primitive: s.Primitive, Family: s.Family, Blocking: s.Blocking, Launcher: s.Launcher,
		Namespaces: listed(s.Namespaces), Placement: s.Placement, HoldNS: s.HoldNS, Stage: s.Stage,
		N: sum.N, Invalid: s.InvalidTotal(), Reasons: reasons,
		Min: number(sum.Min), P50: number(sum.P50), Lo: number(sum.P50Interval.Lo), Hi: number(sum.P50Interval.Hi),
		P90: number(sum.P90), P99: number(sum.P99), P999: number(sum.P999), Max: number(sum.Max),
		WaitCPUShare: number(s.WaitCPUShare), SignalP50: number(s.SignalP50),
		CloneP50: number(s.CloneP50), StartupP50: number(s.StartupP50),
		Warnings: listed(sum.Warnings),
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
