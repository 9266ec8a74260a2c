package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/nsbench/nsbench/bench/result"
)

// The names of these members are stable; scripts rely on them.
type (
	// Run is an index into runs, and profile one into the plan of its section.
	jsonHandshakes struct {
		Handshakes  []jsonHandshake    `json:"handshakes"`
		WhatIfs     []jsonWhatIf       `json:"what_ifs"`
		Environment result.Environment `json:"environment"` // of the first run
		Runs        []jsonShakesRun    `json:"runs"`
	}

	jsonBreaks struct {
		Breaks      []jsonBreak        `json:"breaks"`
		Environment result.Environment `json:"environment"` // of the first run
		Runs        []jsonShakesRun    `json:"runs"`
	}

	jsonShakesRun struct {
		Version     string             `json:"version"`
		Started     time.Time          `json:"started"`
		Command     []string           `json:"command"`
		Seed        uint64             `json:"seed"`
		Ended       string             `json:"ended"` // empty if it was cut short
		Iterations  int                `json:"iterations,omitempty"`
		Trials      int                `json:"trials,omitempty"`
		Environment result.Environment `json:"environment"`
		Problems    []string           `json:"problems"`
		Summaries   []string           `json:"summaries,omitempty"` // of breaks: what becomes of each profile, in a sentence
	}

	// What of a profile tells it from the others of its section.
	jsonProfile struct {
		Run     int    `json:"run"`
		Profile string `json:"profile"`
		With    string `json:"with"` // empty where each stage has its own primitive
		Work    string `json:"work"`
		Trimmed string `json:"trimmed"`
		Dropped string `json:"dropped"`
	}

	jsonHandshake struct {
		jsonProfile
		About     string           `json:"about"`
		Source    string           `json:"source"`
		Processes []result.Process `json:"processes"`
		Stages    int              `json:"stages"`

		N       int            `json:"n"`
		Invalid int            `json:"invalid"`
		Reasons map[string]int `json:"invalid_reasons"`
		Wrong   map[string]int `json:"wrong"`

		jsonTotals
		Sync    number `json:"share_releases"`
		Clones  number `json:"share_clones"`
		Works   number `json:"share_work"`
		Between number `json:"share_between"`

		Steps       []jsonStep `json:"steps"`
		Unavailable string     `json:"unavailable"` // why it cannot be run; else empty
		LeftOut     []string   `json:"left_out"`
		Warnings    []string   `json:"warnings"`
	}

	jsonTotals struct {
		Min number `json:"total_min_ns"`
		P50 number `json:"total_p50_ns"`
		Lo  number `json:"total_p50_lo_ns"`
		Hi  number `json:"total_p50_hi_ns"`
		P90 number `json:"total_p90_ns"`
		P99 number `json:"total_p99_ns"`
		Max number `json:"total_max_ns"`
	}

	jsonStep struct {
		Name       string   `json:"name"`
		Kind       string   `json:"kind"`
		By         string   `json:"by"`
		To         string   `json:"to"`
		Primitive  string   `json:"primitive"`
		Namespaces []string `json:"namespaces"`
		Note       string   `json:"note"`
		N          int      `json:"n"` // rounds that the times are of
		P50        number   `json:"p50_ns"`
		Lo         number   `json:"p50_lo_ns"`
		Hi         number   `json:"p50_hi_ns"`
		P90        number   `json:"p90_ns"`
		P99        number   `json:"p99_ns"`
		Share      number   `json:"share"`
		Early      number   `json:"early"` // null of what is no stage
		Slept      number   `json:"slept"`
	}

	jsonWhatIf struct {
		jsonProfile
		Times   number `json:"times"` // the total of the profile as it stands
		Lo      number `json:"times_lo"`
		Hi      number `json:"times_hi"`
		Verdict string `json:"verdict"`
	}

	jsonBreak struct {
		jsonProfile
		Break    string               `json:"break"`
		Side     string               `json:"side"`
		Stage    string               `json:"stage"`
		Verdict  string               `json:"verdict"` // empty where it could not be tried
		Trials   int                  `json:"trials"`
		Verdicts map[string]int       `json:"verdicts"`
		Wrong    []string             `json:"wrong"` // each thing once, over all trials
		Hung     []string             `json:"hung"`  // likewise
		Reason   string               `json:"reason"`
		Results  []result.BreakResult `json:"results"`
	}
)

// HandshakesJSON writes what handshakes took for programs: an object with the members
// "handshakes", an entry for each profile as it was run, with one for each of its steps;
// "what_ifs", which holds what was changed against the same profile as it stands;
// "environment" and "runs". Times are in nanoseconds, shares from 0 to 1, and a figure
// that there are too few rounds for is null.
func HandshakesJSON(w io.Writer, rep *Report) error {
	value := jsonOfHandshakes(rep)
	if value == nil {
		value = &jsonHandshakes{Handshakes: []jsonHandshake{}, WhatIfs: []jsonWhatIf{}, Runs: []jsonShakesRun{}}
	}
	return writeShakes(w, "handshakes", value)
}

// BreaksJSON writes what becomes of profiles when something breaks likewise: an object
// with the members "breaks", "environment" and "runs".
func BreaksJSON(w io.Writer, rep *Report) error {
	value := jsonOfBreaks(rep)
	if value == nil {
		value = &jsonBreaks{Breaks: []jsonBreak{}, Runs: []jsonShakesRun{}}
	}
	return writeShakes(w, "breaks", value)
}

func writeShakes(w io.Writer, what string, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("write json of %s: %w", what, err)
	}
	return emit(w, "json of "+what, append(visible(data), '\n'))
}

// jsonOfHandshakes is nil where no run has any.
func jsonOfHandshakes(rep *Report) *jsonHandshakes {
	var out *jsonHandshakes
	for _, run := range rep.Runs {
		h := run.Handshakes
		if h == nil {
			continue
		}
		if out == nil {
			out = &jsonHandshakes{Handshakes: []jsonHandshake{}, WhatIfs: []jsonWhatIf{}, Environment: jsonOfEnvironment(h.Header)}
		}
		at := len(out.Runs)
		for _, p := range h.Profiles {
			out.Handshakes = append(out.Handshakes, jsonOfHandshake(at, p))
		}
		for _, one := range h.WhatIfs() {
			out.WhatIfs = append(out.WhatIfs, jsonWhatIf{
				jsonOfProfile(at, h.Profiles[one.Profile].Profile), number(one.Ratio), number(one.RatioInterval.Lo), number(one.RatioInterval.Hi), string(one.Verdict),
			})
		}
		out.Runs = append(out.Runs, jsonOfShakesRun(run, h.Header, h.End))
	}
	return out
}

// jsonOfBreaks is nil where no run has any.
func jsonOfBreaks(rep *Report) *jsonBreaks {
	var out *jsonBreaks
	for _, run := range rep.Runs {
		b := run.Breaks
		if b == nil {
			continue
		}
		if out == nil {
			out = &jsonBreaks{Breaks: []jsonBreak{}, Environment: jsonOfEnvironment(b.Header)}
		}
		own := jsonOfShakesRun(run, b.Header, b.End)
		for i, p := range b.Profiles {
			own.Summaries = append(own.Summaries, b.sentences(i, p)...)
			for _, one := range b.ordered(i, p) {
				out.Breaks = append(out.Breaks, jsonOfBreak(len(out.Runs), p, one))
			}
		}
		out.Runs = append(out.Runs, own)
	}
	return out
}

func jsonOfShakesRun(run Run, h result.Header, end *result.End) jsonShakesRun {
	out := jsonShakesRun{
		Version: h.Version, Started: h.Started, Command: listed(h.Command), Seed: h.Seed, Iterations: h.Plan.Iterations, Trials: h.Plan.Trials,
		Environment: jsonOfEnvironment(h), Problems: listed(run.Problems),
	}
	if end != nil {
		out.Ended = end.Ended
	}
	return out
}

func jsonOfProfile(run int, p result.Profile) jsonProfile {
	return jsonProfile{run, p.Name, p.With, p.Work, p.Trimmed, p.Dropped}
}

func jsonOfHandshake(run int, p HandshakeProfile) jsonHandshake {
	s := p.Summary
	out := jsonHandshake{
		jsonProfile: jsonOfProfile(run, p.Profile), About: p.About, Source: p.Source, Processes: listed(p.Processes), Stages: stages(p.Profile),
		N: s.N, Invalid: p.InvalidTotal(), Reasons: orEmpty(p.Invalid), Wrong: orEmpty(p.Wrong),
		jsonTotals: jsonTotals{number(s.Min), number(s.P50), number(s.P50Interval.Lo), number(s.P50Interval.Hi), number(s.P90), number(s.P99), number(s.Max)},
		Sync:       number(p.Shares.Releases), Clones: number(p.Shares.Clones), Works: number(p.Shares.Work), Between: number(p.Shares.Between),
		Steps: []jsonStep{}, Unavailable: p.Unavailable, LeftOut: listed(p.LeftOut), Warnings: listed(p.warnings()),
	}
	for _, step := range p.Steps {
		t := step.Took
		out.Steps = append(out.Steps, jsonStep{
			step.Name, step.Kind, step.By, step.To, step.Primitive, listed(step.Namespaces), step.Note, t.N,
			number(t.P50), number(t.P50Interval.Lo), number(t.P50Interval.Hi), number(t.P90), number(t.P99),
			number(step.Share), number(step.Early), number(step.Slept),
		})
	}
	return out
}

func jsonOfBreak(run int, p result.Profile, b *result.Break) jsonBreak {
	out := jsonBreak{
		jsonProfile: jsonOfProfile(run, p), Break: b.Break, Side: b.Side, Stage: b.Stage, Verdict: b.Verdict, Trials: b.Trials,
		Verdicts: trialsOf(b), Wrong: []string{}, Hung: []string{}, Reason: b.Reason, Results: listed(b.Results),
	}
	for _, r := range b.Results {
		out.Wrong, out.Hung = withAll(out.Wrong, r.Wrong), withAll(out.Hung, r.Hung)
	}
	return out
}

// warnings are those of statistics about its total.
func (p HandshakeProfile) warnings() (texts []string) {
	if p.Unavailable != "" {
		return nil
	}
	for _, w := range p.Summary.Warnings {
		texts = append(texts, w.Text)
	}
	return texts
}

func orEmpty(counts map[string]int) map[string]int {
	out := make(map[string]int)
	maps.Copy(out, counts)
	return out
}
