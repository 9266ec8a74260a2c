package result

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// faultsOf is the log of a small, whole matrix of faults.
func faultsOf(host string) []Record {
	h := matrixHeader(host, Plan{Trials: 20, Primitives: []string{"pipe-eof", "eventfd"}, Ideas: []string{"close", "add"}, Faults: []Fault{
		{Name: "none", About: "Nothing is done.", Of: OfChild, Sound: []string{OutcomeReleased}},
		{Name: "parent-killed", About: "The parent is killed.", Of: OfChild, Sound: []string{OutcomeParentGone}, Unsafe: []string{OutcomeReleased}},
	}})
	return []Record{
		h,
		&Behaviour{
			Matrix: MatrixFaults, Primitive: "pipe-eof", Family: "pipe", Fault: "parent-killed", Outcome: OutcomeReleased, Trials: 20,
			Results: []Result{
				{Outcome: OutcomeReleased, N: 18, At: "read(r) = 0", Early: true, Note: "nobody released it", Why: "The kernel closes the write end.", Source: "pipe(7)"},
				{Outcome: OutcomeFailed, N: 1, Errno: "EINTR"}, {Outcome: OutcomeKilled, N: 1, Signal: "SIGPIPE"},
			},
			LatencyNS: slices.Repeat([]int64{12_000}, 18), FreeNS: []int64{9_000}, Descriptors: []int64{2, 2},
		},
		&Behaviour{Matrix: MatrixFaults, Primitive: "eventfd", Family: "eventfd", Fault: "none", Outcome: OutcomeUnavailable, Reason: "There is no eventfd here.", Moot: true},
		matrixEnd(),
	}
}

// isolationOf is the log of a small, whole matrix of isolation.
func isolationOf(host string) []Record {
	h := matrixHeader(host, Plan{Trials: 1, Primitives: []string{"mq"}, Spaces: []Space{
		{Name: "none", About: "No namespace is new."}, {Name: "ipc", About: "The IPC namespace is new.", Namespaces: []string{"ipc"}},
	}})
	return []Record{
		h,
		&Behaviour{
			Matrix: MatrixIsolation, Primitive: "mq", Family: "ipc", Namespace: "ipc", Way: WayDownNamed, Outcome: OutcomeFailed, Trials: 1,
			Results: []Result{{Outcome: OutcomeFailed, N: 1, Errno: "ENOENT", At: "mq_open", Why: "The name is of another namespace.", Source: "ipc_namespaces(7)"}},
		},
		matrixEnd(),
	}
}

func matrixHeader(host string, plan Plan) *Header {
	return &Header{Schema: Schema, Version: "1", Started: time.Unix(1_800_000_100, 0).UTC(), Plan: plan, Environment: Environment{Host: host}}
}

func matrixEnd() *End {
	return &End{Finished: time.Unix(1_800_000_200, 0).UTC(), Ended: EndedComplete}
}

// drawMatrix draws a section of a matrix.
func drawMatrix(t *rapid.T) []Record {
	h := drawHeader(t)
	names := rapid.SliceOfNDistinct(rapid.StringN(1, 9, 30), 1, 4, rapid.ID)
	h.Plan.Series, h.Plan.Trials = nil, rapid.IntRange(1, 30).Draw(t, "trials")
	h.Plan.Primitives = names.Draw(t, "primitives")
	columns := names.Draw(t, "columns")
	name := rapid.SampledFrom(matrices).Draw(t, "matrix")
	for _, column := range columns {
		if name == MatrixIsolation {
			h.Plan.Spaces = append(h.Plan.Spaces, Space{column, text(t), texts(t)})
			continue
		}
		f := Fault{Name: column, About: text(t), Of: rapid.SampledFrom(sides).Draw(t, "of")}
		for _, outcome := range outcomes {
			switch rapid.IntRange(0, 2).Draw(t, outcome) {
			case 1:
				f.Sound = append(f.Sound, outcome)
			case 2:
				f.Unsafe = append(f.Unsafe, outcome)
			}
		}
		h.Plan.Faults = append(h.Plan.Faults, f)
	}
	log := []Record{h}
	for _, primitive := range h.Plan.Primitives {
		for _, column := range columns {
			b := drawBehaviour(t, h.Plan.Trials)
			b.Matrix, b.Primitive = name, primitive
			if name == MatrixFaults {
				b.Fault = column
			} else {
				b.Namespace, b.Way = column, rapid.SampledFrom(ways).Draw(t, "way")
			}
			log = append(log, b)
		}
	}
	return log
}

// drawBehaviour draws a cell without its place.
func drawBehaviour(t *rapid.T, most int) *Behaviour {
	b := &Behaviour{Family: text(t), Trials: rapid.IntRange(0, most).Draw(t, "trials of a cell")}
	if b.Trials == 0 {
		b.Outcome, b.Reason, b.Moot = OutcomeUnavailable, "no "+text(t), rapid.Bool().Draw(t, "moot")
		return b
	}
	counts := make(map[string]int)
	for left, most := b.Trials, b.Trials; left > 0; {
		r := Result{
			N: rapid.IntRange(1, min(left, most)).Draw(t, "n"), Outcome: rapid.SampledFrom(outcomes[:5]).Draw(t, "outcome"),
			Errno: text(t), Signal: text(t), At: text(t), Early: rapid.Bool().Draw(t, "early"),
			Note: text(t), Why: text(t), Source: fmt.Sprint(len(b.Results), text(t)),
		}
		b.Results = append(b.Results, r)
		left, most = left-r.N, r.N
		counts[r.Outcome] += r.N
	}
	for outcome, n := range counts {
		if n > counts[b.Outcome] || n == counts[b.Outcome] && outcome < b.Outcome {
			b.Outcome = outcome
		}
	}
	b.LatencyNS = ints(rapid.IntRange(0, counts[OutcomeReleased]).Draw(t, "released"), rapid.Int64()).Draw(t, "latency")
	b.FreeNS = ints(rapid.IntRange(0, b.Trials).Draw(t, "free"), rapid.Int64()).Draw(t, "free_ns")
	return b
}

// One file may hold a run, and the matrices of the same directory.
func TestRunAndMatricesInOneFile(t *testing.T) {
	log := slices.Concat(host("a"), faultsOf("a"), isolationOf("a"))
	got, refused := readAll(bytes.NewReader(written(t, log...)))
	if d := diff(log, got); d != "" || refused != nil {
		t.Errorf("refused %q, -want +got\n%s", refused, d)
	}
}

// One bad cell among good ones: it is named, and the lines around it are read.
func TestBadBehaviours(t *testing.T) {
	const results = `"results":[{"outcome":"released","n":20}]`
	good := func(of string) string {
		return `{"kind":"behaviour","matrix":"faults","primitive":"pipe-eof","family":"pipe","fault":"none","outcome":"released","trials":20,` + of + `}`
	}
	with := func(old, changed string) string {
		line := good(results)
		if !strings.Contains(line, old) {
			t.Fatalf("no %s in %s", old, line)
		}
		return strings.Replace(line, old, changed, 1)
	}
	several := func(list string) string { return good(`"results":[` + list + `]`) }
	tests := []struct{ name, line, want string }{
		{"nothing", `{"kind":"behaviour"}`, "no member matrix"},
		{"no outcome", with(`"outcome":"released","trials"`, `"trials"`), "no member outcome"},
		{"no trials", with(`"trials":20,`, ``), "no member trials"},
		{"no count", several(`{"outcome":"released"}`), "no member results[0].n"},
		{"two outcomes", with(`"trials":20`, `"trials":20,"outcome":"hung"`), "member outcome stands there twice"},
		{"a null fault", with(`"fault":"none"`, `"fault":null`), "fault is null"},
		{"a null result", several(`null`), "results[0] is null"},
		{"a null errno", several(`{"outcome":"failed","n":20,"errno":null}`), "results[0].errno is null"},
		{"a null latency", with(`"trials":20`, `"trials":20,"latency_ns":[1,null]`), "latency_ns[1] is null"},
		{"early in words", several(`{"outcome":"released","n":20,"early":"yes"}`), "results[0].early: json: cannot unmarshal string"},
		{"an unknown matrix", with(`"matrix":"faults"`, `"matrix":"wishes"`), `matrix "wishes" is none of faults, isolation`},
		{"another matrix", with(`"matrix":"faults"`, `"matrix":"isolation"`), `matrix "isolation" under the header of faults`},
		{"an unplanned primitive", with(`pipe-eof`, `mq`), `primitive "mq" is not in the plan`},
		{"an unplanned fault", with(`"fault":"none"`, `"fault":"fire"`), `fault "fire" is not in the plan`},
		{"no fault", with(`"fault":"none",`, ``), `fault "" is not in the plan`},
		{"a namespace of a fault", with(`"fault":"none"`, `"fault":"none","namespace":"ipc"`), "namespace in a cell of faults"},
		{"a way of a fault", with(`"fault":"none"`, `"fault":"none","way":"up"`), "way in a cell of faults"},
		{"a cell twice", with(`"fault":"none"`, `"fault":"parent-killed"`), `cell of "pipe-eof" and "parent-killed" stands there twice`},
		{"an unknown outcome", with(`"outcome":"released","trials"`, `"outcome":"lost","trials"`), `outcome "lost" is none of released, `},
		{"an unknown outcome of a trial", several(`{"outcome":"lost","n":20}`), `results[0].outcome "lost" is none of released, `},
		{"a trial that was none", several(`{"outcome":"unavailable","n":20}`), "results[0].outcome is of a trial that was none"},
		{"negative trials", with(`"trials":20`, `"trials":-1`), "trials -1 is negative"},
		{"more trials than planned", with(`"trials":20`, `"trials":21`), "trials 21 of a plan of 20"},
		{"no trials, and released", with(`"trials":20`, `"trials":0`), `outcome "released" of 0 trials`},
		{"trials, and unavailable", with(`"outcome":"released","trials"`, `"outcome":"unavailable","trials"`), `outcome "unavailable" of 20 trials`},
		{"unavailable for nothing", `{"kind":"behaviour","matrix":"faults","primitive":"pipe-eof","family":"pipe","fault":"none","outcome":"unavailable","trials":0}`, "does not say why it is unavailable"},
		{"fewer results", several(`{"outcome":"released","n":19}`), "results are of 19 trials, the cell has 20"},
		{"more results", several(`{"outcome":"released","n":20},{"outcome":"hung","n":1}`), "results[1].n 1 is of more than the 20 trials"},
		{"a result of none", several(`{"outcome":"released","n":0}`), "results[0].n 0 is below 1"},
		{"results beyond numbers", several(`{"outcome":"released","n":9223372036854775807},{"outcome":"hung","n":1}`), "results[0].n 9223372036854775807 is of more"},
		{"results out of order", several(`{"outcome":"hung","n":5},{"outcome":"released","n":15}`), "results[1].n 15 is above the one before it"},
		{"a result twice", several(`{"outcome":"released","n":10},{"outcome":"released","n":10}`), "results[1] stands there twice"},
		{"the outcome of the fewer", several(`{"outcome":"hung","n":15},{"outcome":"released","n":5}`), `outcome "released" of 5 trials, 15 are hung`},
		{"latencies of nobody", several(`{"outcome":"released","n":19},{"outcome":"hung","n":1}],"latency_ns":[` + strings.Repeat("1,", 19) + `1`), "latency_ns has 20 entries, 19 trials were released"},
		{"latencies without the fault", good(results + `,"free_ns":[` + strings.Repeat("1,", 20) + `1]`), "free_ns has 21 entries, there were 20 trials"},
		{"descriptors of nobody", good(results + `,"descriptors":[` + strings.Repeat("1,", 20) + `1]`), "descriptors has 21 entries, there were 20 trials"},
		{"negative descriptors", good(results + `,"descriptors":[-1]`), "descriptors[0] -1 is negative"},
		{"moot, and tried", good(results + `,"moot":true`), `moot, and its outcome is "released"`},
		{"torn", good(results)[:60], "torn"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			log := faultsOf("a")
			lines := bytes.SplitAfter(written(t, log...), []byte("\n"))
			text := string(lines[0]) + string(lines[1]) + test.line + "\n" + string(lines[2]) + string(lines[3])
			got, refused := readAll(strings.NewReader(text))
			want := "line 3: behaviour: " + test.want
			if test.want == "torn" {
				want = "line 3: " + ErrTorn.Error()
			}
			if len(refused) != 1 || !strings.HasPrefix(refused[0], want) || len(refused[0]) > 2*maxMessage {
				t.Errorf("refused %q, want %s", refused, want)
			}
			if d := diff(log, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestBadCellsOfIsolation(t *testing.T) {
	tests := []struct{ name, old, changed, want string }{
		{"no way", `"way":"` + WayDownNamed + `",`, ``, `way "" is none of parent releases child`},
		{"an unknown way", WayDownNamed, "sideways", `way "sideways" is none of parent releases child`},
		{"a fault", `"namespace":"ipc"`, `"fault":"none","namespace":"ipc"`, "fault in a cell of isolation"},
		{"an unplanned space", `"namespace":"ipc"`, `"namespace":"moon"`, `namespace "moon" is not in the plan`},
	}
	for _, test := range tests {
		text := strings.Replace(string(written(t, isolationOf("a")...)), test.old, test.changed, 1)
		if _, refused := readAll(strings.NewReader(text)); len(refused) != 1 || !strings.HasPrefix(refused[0], "line 2: behaviour: "+test.want) {
			t.Errorf("%s: refused %q, want %s", test.name, refused, test.want)
		}
	}
}

func TestBadMatrices(t *testing.T) {
	tests := []struct{ name, old, changed, want string }{
		{"faults and spaces", `"faults":[`, `"spaces":[{"name":"a","about":"","namespaces":[]}],"faults":[`, "plan of both faults and spaces"},
		{"series as well", `"series":[]`, `"series":[{"primitive":"a","family":"","blocking":true,"launcher":"","namespaces":[],"placement":"","hold_ns":0}]`, "plan of both series and a matrix"},
		{"neither", `"faults":[`, `"faults":[],"was":[`, "plan of trials with neither faults, spaces nor profiles"},
		{"negative trials", `"trials":20`, `"trials":-20`, "trials -20 is negative"},
		{"endless trials", `"trials":20`, `"trials":1073741825`, "plan with trials 1073741825, at most"},
		{"a primitive twice", `"eventfd"]`, `"pipe-eof"]`, `plan.primitives[1] "pipe-eof" stands there twice`},
		{"a primitive without a name", `"eventfd"]`, `""]`, `plan.primitives[1] is empty`},
		{"fewer ideas", `"ideas":["close",`, `"ideas":[`, "plan.ideas has 1 entries, there are 2 primitives"},
		{"a fault twice", `"name":"none"`, `"name":"parent-killed"`, `plan.faults[1].name "parent-killed" stands there twice`},
		{"a fault of nobody", `"of":"child"`, `"of":"moon"`, `plan.faults[0].of "moon" is none of child, parent, stranger`},
		{"an unknown sound outcome", `"sound":["parent-gone"]`, `"sound":["well"]`, `plan.faults[1].sound[0] "well" is none of`},
		{"an unknown unsafe outcome", `"unsafe":["released"]`, `"unsafe":["ill"]`, `plan.faults[1].unsafe[0] "ill" is none of`},
		{"sound and unsafe", `"unsafe":["released"]`, `"unsafe":["parent-gone"]`, `plan.faults[1].unsafe[0] "parent-gone" is sound, too`},
		{"no sound", `"sound":["parent-gone"],`, ``, `no member plan.faults[1].sound`},
		{"a null fault", `"faults":[`, `"faults":[null,`, `plan.faults[0] is null`},
		{"too many primitives", `"primitives":[`, `"primitives":[` + strings.Repeat(`"x",`, MaxSeries), "plan of 4098 primitives by 2, at most 4096"},
	}
	for _, test := range tests {
		text := string(written(t, faultsOf("a")[0]))
		if !strings.Contains(text, test.old) {
			t.Fatalf("%s: no %s in %s", test.name, test.old, text)
		}
		text = strings.Replace(text, test.old, test.changed, 1)
		if _, refused := readAll(strings.NewReader(text)); len(refused) != 1 || !strings.HasPrefix(refused[0], "line 1: header: "+test.want) {
			t.Errorf("%s: refused %q, want %s", test.name, refused, test.want)
		}
	}
}

// A cell belongs under the header of its matrix, and nowhere else.
func TestBehavioursOutsideTheirMatrix(t *testing.T) {
	cell := string(bytes.SplitAfter(written(t, faultsOf("a")...), []byte("\n"))[1])
	tests := []struct{ name, before, want string }{
		{"first", "", "line 1: behaviour: no header before it"},
		{"after the end", string(written(t, faultsOf("a")...)), "line 5: behaviour: no header before it"},
		{"in a run of series", string(written(t, host("a")[:2]...)), "line 3: behaviour: the plan of the header before it has no matrix"},
	}
	for _, test := range tests {
		if _, refused := readAll(strings.NewReader(test.before + cell)); len(refused) != 1 || refused[0] != test.want {
			t.Errorf("%s: refused %q, want %s", test.name, refused, test.want)
		}
	}
}

// fails is a disk that is full for one line.
type fails struct {
	bytes.Buffer
	after int
}

func (f *fails) Write(p []byte) (int, error) {
	if f.after--; f.after == -1 {
		return 0, errors.New("no space left on device")
	}
	return f.Buffer.Write(p)
}

// A cell whose line could not be written may be written again, and one that was not.
func TestBehaviourWrittenAgain(t *testing.T) {
	log := faultsOf("a")
	out := &fails{after: 1}
	w := NewWriter(out)
	var refused []string
	for _, rec := range []Record{log[0], log[1], log[1], log[2], log[2], log[3]} {
		if err := w.Write(rec); err != nil {
			refused = append(refused, err.Error())
		}
	}
	want := []string{"write record: behaviour: no space left on device", `write record: behaviour: cell of "eventfd" and "none" stands there twice`}
	if !slices.Equal(refused, want) {
		t.Errorf("refused %q, want %q", refused, want)
	}
	if got, _ := readAll(&out.Buffer); diff(log, got) != "" {
		t.Errorf("-want +got\n%s", diff(log, got))
	}
}
