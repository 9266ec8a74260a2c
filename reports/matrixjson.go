package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/nsbench/nsbench/bench/result"
)

// The names of these members are stable; scripts rely on them.
type (
	// The cells of all runs. Run is an index into runs, which is the same as that of
	// the report.
	jsonMatrix struct {
		Cells       []jsonCell         `json:"cells"`
		Environment result.Environment `json:"environment"` // of the first run
		Runs        []jsonMatrixRun    `json:"runs"`
	}

	jsonMatrixRun struct {
		Version     string             `json:"version"`
		Started     time.Time          `json:"started"`
		Command     []string           `json:"command"`
		Ended       string             `json:"ended"` // empty if it was cut short
		Trials      int                `json:"trials"`
		Faults      []result.Fault     `json:"faults,omitempty"`
		Spaces      []result.Space     `json:"spaces,omitempty"`
		Environment result.Environment `json:"environment"`
		Problems    []string           `json:"problems"`
	}

	// A cell of faults, or of isolation, where outcome and errno are those of the
	// first way: the parent releases the child by what it made before the clone.
	jsonCell struct {
		Run       int    `json:"run"`
		Primitive string `json:"primitive"`
		Family    string `json:"family"`
		Fault     string `json:"fault,omitempty"`
		Namespace string `json:"namespace,omitempty"`
		jsonBehaviour
		Ways []jsonBehaviour `json:"ways,omitempty"`
	}

	jsonBehaviour struct {
		Way      string          `json:"way,omitempty"`
		Outcome  string          `json:"outcome"`
		Class    Class           `json:"class"` // "sound", "neutral", "unsafe", "unavailable" or "not run"
		Trials   int             `json:"trials"`
		Outcomes map[string]int  `json:"outcomes"` // how many trials of each
		Errno    string          `json:"errno"`    // of what most trials came to; empty for none
		Signal   string          `json:"signal"`
		Early    bool            `json:"early"` // a trial went on before anybody released it
		Why      string          `json:"why"`
		Source   string          `json:"source"`
		Reason   string          `json:"reason"` // why it is unavailable; else empty
		Moot     bool            `json:"moot"`   // because the primitive has nothing that the fault could be done to
		Results  []result.Result `json:"results"`
		Latency  number          `json:"latency_p50_ns"`
		Free     number          `json:"free_p50_ns"` // without the fault
	}
)

// FaultsJSON writes the cells of the faults for programs: an object with the members
// "cells", "environment" and "runs". A cell that was not run is not among them, which
// the run's problems tell. Times are medians in nanoseconds, null where there are none.
func FaultsJSON(w io.Writer, rep *Report) error {
	return writeMatrixJSON(w, rep, result.MatrixFaults)
}

// IsolationJSON writes those of isolation likewise, one cell for each primitive and
// set of namespaces. Its outcome is that of the primitive as it stands: the parent
// releases the child by what it made before the clone. Its ways list all that were tried.
func IsolationJSON(w io.Writer, rep *Report) error {
	return writeMatrixJSON(w, rep, result.MatrixIsolation)
}

func writeMatrixJSON(w io.Writer, rep *Report, name string) error {
	value := jsonOfMatrix(rep, name)
	if value == nil {
		value = &jsonMatrix{Cells: []jsonCell{}, Runs: []jsonMatrixRun{}}
	}
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("write json of %s: %w", name, err)
	}
	return emit(w, "json of "+name, append(visible(data), '\n'))
}

// jsonOfMatrix is nil where no run has such a matrix.
func jsonOfMatrix(rep *Report, name string) *jsonMatrix {
	var out *jsonMatrix
	for _, run := range rep.Runs {
		m := *run.matrixNamed(name)
		if m == nil {
			continue
		}
		if out == nil {
			out = &jsonMatrix{Cells: []jsonCell{}, Environment: jsonOfEnvironment(m.Header)}
		}
		for _, primitive := range m.Primitives {
			for _, column := range m.Columns {
				if len(m.tried(primitive, column.Name)) > 0 {
					out.Cells = append(out.Cells, m.jsonCell(len(out.Runs), primitive, column))
				}
			}
		}
		out.Runs = append(out.Runs, m.jsonRun(run))
	}
	return out
}

func jsonOfEnvironment(h result.Header) result.Environment {
	env := h.Environment
	env.Disturbances = listed(env.Disturbances)
	return env
}

func (m *Matrix) jsonRun(run Run) jsonMatrixRun {
	h := m.Header
	out := jsonMatrixRun{
		Version: h.Version, Started: h.Started, Command: listed(h.Command), Trials: h.Plan.Trials,
		Faults: h.Plan.Faults, Spaces: h.Plan.Spaces, Environment: jsonOfEnvironment(h), Problems: listed(run.Problems),
	}
	if m.End != nil {
		out.Ended = m.End.Ended
	}
	return out
}

func (m *Matrix) jsonCell(run int, primitive string, column MatrixColumn) jsonCell {
	out := jsonCell{Run: run, Primitive: primitive, Family: m.Family(primitive)}
	if m.Name == result.MatrixFaults {
		out.Fault = column.Name
		out.jsonBehaviour = column.json(m.Cell(primitive, column.Name))
		return out
	}
	out.Namespace = column.Name
	out.jsonBehaviour = column.json(m.Way(primitive, column.Name, result.WayDown))
	out.Way = ""
	for _, b := range m.tried(primitive, column.Name) {
		out.Ways = append(out.Ways, column.json(b))
	}
	return out
}

// json is a cell of the column. One of which only other ways were run before the end
// has no outcome, which is the one thing that it could not be.
func (c MatrixColumn) json(b *result.Behaviour) jsonBehaviour {
	out := jsonBehaviour{Class: c.ClassOf(b), Outcomes: map[string]int{}, Results: []result.Result{}, Latency: number(math.NaN()), Free: number(math.NaN())}
	if b == nil {
		out.Outcome, out.Reason = result.OutcomeUnavailable, "The run ended before it."
		return out
	}
	out.Way, out.Outcome, out.Trials, out.Reason, out.Moot, out.Early = b.Way, b.Outcome, b.Trials, b.Reason, b.Moot, Early(b)
	out.Results, out.Latency, out.Free = listed(b.Results), medianOf(b.LatencyNS), medianOf(b.FreeNS)
	for _, r := range b.Results {
		out.Outcomes[r.Outcome] += r.N
	}
	if r := mainResult(b); r != nil {
		out.Errno, out.Signal, out.Why, out.Source = r.Errno, r.Signal, r.Why, r.Source
	}
	return out
}

// mainResult is what most of the trials came to that had the outcome of their cell,
// nil where there was no trial.
func mainResult(b *result.Behaviour) *result.Result {
	for i, r := range b.Results {
		if r.Outcome == b.Outcome {
			return &b.Results[i]
		}
	}
	return nil
}

// medianOf is that of times in ns, NaN for none.
func medianOf(times []int64) number {
	if len(times) == 0 {
		return number(math.NaN())
	}
	sorted := slices.Sorted(slices.Values(times))
	lower, upper := sorted[(len(sorted)-1)/2], sorted[len(sorted)/2]
	return number(float64(lower)/2 + float64(upper)/2)
}
