package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/nsbench/nsbench/bench/stat"
)

// The names of these members are stable; scripts rely on them.
type (
	jsonChanges struct {
		Threshold   number           `json:"threshold"`  // a share: 0.02 is 2 %
		Confidence  number           `json:"confidence"` // that at each quantile all intervals of ratios hold at once
		Series      []jsonChange     `json:"series"`
		Unmatched   jsonUnmatched    `json:"unmatched"`
		Differences []jsonDifference `json:"differences"`
		Conditions  []jsonBound      `json:"conditions"`
		SelfChecks  []jsonSelfCheck  `json:"self_checks"`
		Verdict     []string         `json:"verdict"`
		Notes       []string         `json:"notes"`
		Old         jsonRun          `json:"old"`
		New         jsonRun          `json:"new"`
	}

	jsonChange struct {
		jsonAxes
		Of     string      `json:"of"` // "each", or "last" of the children that were released together
		Old    jsonSide    `json:"old"`
		New    jsonSide    `json:"new"`
		Ratios []jsonRatio `json:"ratios"`
	}

	// Each interval is one of 95 % by itself.
	jsonSide struct {
		N        int      `json:"n"`
		Invalid  int      `json:"invalid"`
		P50      number   `json:"p50_ns"`
		P50Lo    number   `json:"p50_lo_ns"`
		P50Hi    number   `json:"p50_hi_ns"`
		P90      number   `json:"p90_ns"`
		P90Lo    number   `json:"p90_lo_ns"`
		P90Hi    number   `json:"p90_hi_ns"`
		P99      number   `json:"p99_ns"`
		P99Lo    number   `json:"p99_lo_ns"`
		P99Hi    number   `json:"p99_hi_ns"`
		P999     number   `json:"p99.9_ns"`
		P999Lo   number   `json:"p99.9_lo_ns"`
		P999Hi   number   `json:"p99.9_hi_ns"`
		Warnings []string `json:"warnings"`
	}

	// New over old, null without an interval.
	jsonRatio struct {
		jsonQuantile
		Verdict string `json:"verdict"` // "faster", "slower", "same" or "inconclusive"
		Why     string `json:"why"`     // there is no ratio; else empty
	}

	jsonUnmatched struct {
		Old   []jsonAxes       `json:"old"`
		New   []jsonAxes       `json:"new"`
		Apart []jsonDifference `json:"apart"` // what keeps them apart
	}

	jsonDifference struct {
		Name string `json:"name"`
		Was  string `json:"was"`
		Is   string `json:"is"`
	}

	jsonBound struct {
		Condition string   `json:"condition"`
		Q         number   `json:"q"`
		Limit     number   `json:"limit"`  // the ratio that is not to be passed
		Failed    bool     `json:"failed"` // one of the results is "broken"
		Results   []string `json:"results"`
	}

	jsonSelfCheck struct {
		Run string `json:"run"` // "old" or "new"
		jsonFound
	}
)

// JSON writes what changed for programs: an object with the members "series", an
// entry for each that is in both runs, with their figures and ratios, "unmatched",
// "differences" and "conditions". A condition has one result a series, in their
// order: "kept", "broken", "reached", where the ratio lies beyond and its interval
// reaches back, or "no-interval". Times are in nanoseconds, and what the samples are
// too few for is null.
//
// What a terminal would obey is written as an escape of JSON.
func (c *Changes) JSON(w io.Writer) error {
	value := jsonChanges{
		Threshold: number(c.Threshold), Confidence: stat.Confidence, Series: []jsonChange{},
		Unmatched:   jsonUnmatched{jsonOfOnly(c.OldOnly), jsonOfOnly(c.NewOnly), jsonOfDifferences(c.Apart)},
		Differences: jsonOfDifferences(c.Differences), Conditions: []jsonBound{}, SelfChecks: []jsonSelfCheck{},
		Verdict: c.Verdict(), Notes: []string{twoRuns}, Old: jsonOfRun(c.Old), New: jsonOfRun(c.New),
	}
	for _, one := range c.Series {
		value.Series = append(value.Series, c.jsonOfChange(one))
	}
	for _, b := range c.Bounds {
		value.Conditions = append(value.Conditions, c.jsonOfBound(b))
	}
	for _, side := range c.sides() {
		for _, found := range jsonOfSelfChecks(side.run) {
			value.SelfChecks = append(value.SelfChecks, jsonSelfCheck{side.name, found})
		}
	}
	if c.once() {
		value.Notes = append(value.Notes, sameRun)
	}
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("write json: %w", err)
	}
	return emit(w, "json", append(visible(data), '\n'))
}

func (c *Changes) jsonOfChange(one Change) jsonChange {
	out := jsonChange{jsonAxes: jsonOfAxes(one.Old), Of: "each", Old: jsonOfSide(one.Old), New: jsonOfSide(one.New), Ratios: []jsonRatio{}}
	if one.Old.Children > 1 && one.Old.Fan != nil {
		out.Of = "last"
	}
	for _, r := range one.Ratios {
		why := ""
		if !r.Interval.Known() {
			r.Ratio, why = math.NaN(), "no interval: "+c.remedy([]Change{one}, r.Q)
		}
		found := jsonQuantile{number(r.Q), number(r.Ratio), number(r.Interval.Lo), number(r.Interval.Hi)}
		out.Ratios = append(out.Ratios, jsonRatio{found, string(r.Verdict(c.Threshold)), why})
	}
	return out
}

func jsonOfSide(s Series) jsonSide {
	sum := s.summary()
	return jsonSide{
		N: sum.N, Invalid: s.InvalidTotal(), Warnings: warningsOf(sum, remedyBetween),
		P50: number(sum.P50), P50Lo: number(sum.P50Interval.Lo), P50Hi: number(sum.P50Interval.Hi),
		P90: number(sum.P90), P90Lo: number(sum.P90Interval.Lo), P90Hi: number(sum.P90Interval.Hi),
		P99: number(sum.P99), P99Lo: number(sum.P99Interval.Lo), P99Hi: number(sum.P99Interval.Hi),
		P999: number(sum.P999), P999Lo: number(sum.P999Interval.Lo), P999Hi: number(sum.P999Interval.Hi),
	}
}

func jsonOfOnly(all []Series) []jsonAxes {
	out := []jsonAxes{}
	for _, s := range all {
		out = append(out, jsonOfAxes(s))
	}
	return out
}

func jsonOfDifferences(all []Difference) []jsonDifference {
	out := []jsonDifference{}
	for _, d := range all {
		out = append(out, jsonDifference(d))
	}
	return out
}

func (c *Changes) jsonOfBound(b Bound) jsonBound {
	out := jsonBound{Condition: b.String(), Q: number(b.Quantile), Limit: number(b.limit()), Failed: len(c.with(b, BoundBroken)) > 0, Results: []string{}}
	for _, one := range c.Series {
		out.Results = append(out.Results, string(c.result(b, one)))
	}
	return out
}
