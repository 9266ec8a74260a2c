package result

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// twoProcesses is a profile with a step of every kind.
func twoProcesses() Profile {
	return Profile{
		Name: "runc", About: "two stages", Source: "nsexec.c", With: "eventfd", Work: "all", Trimmed: "maps,go", Dropped: "ready",
		Processes: []Process{{"P", "the parent"}, {"C", "the child"}},
		Steps: []Step{
			{Kind: StepClones, By: "P", To: "C", Namespaces: []string{"uts"}},
			{Kind: StepDoes, By: "P", To: "C", Name: "maps", Note: "of the child"},
			{Kind: StepReleases, By: "P", To: "C", Name: "go", Primitive: "eventfd"},
			{Kind: StepExits, By: "C"},
			{Kind: StepReaps, By: "P", To: "C"},
			{Kind: StepExecutes, By: "P"},
		},
		LeftOut: []string{"link: not allowed"},
	}
}

// handshakesAt is the log of a few handshakes.
func handshakesAt(host string) []Record {
	absent := Profile{Name: "lxc", Work: "none", Unavailable: "there is no /proc"}
	return []Record{
		matrixHeader(host, Plan{Iterations: 2, Block: 2, Profiles: []Profile{twoProcesses(), absent}}),
		&Handshake{
			TotalNS: []int64{900, 910}, Outcome: []string{OutcomeReleased, OutcomeHung}, Wrong: []string{"", "maps"},
			Steps: []Stamps{
				{BeginNS: []int64{0, 0}, EndNS: []int64{100, 110}, ResumedNS: []int64{150, 160}},
				{BeginNS: []int64{120, 120}, EndNS: []int64{180, 190}},
				{BeginNS: []int64{200, 200}, EndNS: []int64{210, 215}, ArmedNS: []int64{170, 220}, ResumedNS: []int64{300, 310}, Slept: []int64{1, 0}},
				{BeginNS: []int64{400, 400}},
				{BeginNS: []int64{220, 230}, EndNS: []int64{600, 610}},
				{BeginNS: []int64{900, 910}},
			},
		},
		&End{Finished: matrixEnd().Finished, Ended: EndedComplete, Blocks: 1, Samples: 2},
	}
}

// breaksAt is the log of what becomes of a profile under two breaks.
func breaksAt(host string) []Record {
	return []Record{
		matrixHeader(host, Plan{Trials: 5, Profiles: []Profile{twoProcesses()}}),
		&Break{Break: BreakKill, Side: "P", Stage: "go", Trials: 5, Verdict: VerdictOpen, Results: []BreakResult{
			{Verdict: VerdictOpen, N: 4, Wrong: []string{"maps"}},
			{Verdict: VerdictHangs, N: 1, Hung: []string{"C: read(go, ...)"}, Ended: []string{"P: killed at read(go, ...)"}},
		}},
		&Break{Break: BreakDrop, Side: "P", Stage: "go", Reason: "There is no other stage."},
		matrixEnd(),
	}
}

func drawProfiles(t *rapid.T) (all []Profile) {
	names := rapid.SliceOfNDistinct(rapid.StringN(1, 9, 30), 1, 3, rapid.ID)
	for _, name := range names.Draw(t, "profiles") {
		p := Profile{
			Name: name, About: text(t), Source: text(t), With: text(t), Work: text(t), Trimmed: text(t), Dropped: text(t),
			LeftOut: texts(t),
		}
		if rapid.IntRange(0, 4).Draw(t, "unavailable") == 0 {
			p.Unavailable = text(t)
		}
		for _, process := range rapid.SliceOfNDistinct(rapid.String().Filter(func(s string) bool { return s != "" }), 2, 4, rapid.ID).Draw(t, "processes") {
			p.Processes = append(p.Processes, Process{process, text(t)})
		}
		for i := range rapid.IntRange(0, 5).Draw(t, "steps") {
			by := rapid.IntRange(0, len(p.Processes)-1).Draw(t, "by")
			to := (by + rapid.IntRange(1, len(p.Processes)-1).Draw(t, "to")) % len(p.Processes)
			p.Steps = append(p.Steps, Step{
				Kind: rapid.SampledFrom(stepKinds).Draw(t, "kind"), By: p.Processes[by].Name, To: p.Processes[to].Name,
				Name: strings.Repeat("s", i+1), Primitive: text(t), Namespaces: texts(t), Note: text(t),
			})
		}
		all = append(all, p)
	}
	return all
}

// drawHandshakes draws a section of handshakes.
func drawHandshakes(t *rapid.T) []Record {
	h := drawHeader(t)
	h.Plan.Series, h.Plan.Profiles = nil, drawProfiles(t)
	log := []Record{h}
	for at, p := range h.Plan.Profiles {
		if p.Unavailable == "" {
			log = append(log, drawHandshake(t, at, p))
		}
	}
	return log
}

func drawHandshake(t *rapid.T, at int, p Profile) *Handshake {
	h := &Handshake{
		Round: rapid.IntRange(0, 1<<30).Draw(t, "round"), Place: rapid.IntRange(0, 1<<30).Draw(t, "place"),
		Profile: at, Warmup: rapid.Bool().Draw(t, "warmup"), Steps: make([]Stamps, len(p.Steps)),
	}
	n := rapid.IntRange(0, 3).Draw(t, "handshakes")
	h.TotalNS = ints(n, rapid.Int64Min(0)).Draw(t, "total_ns")
	h.Outcome = rapid.SliceOfN(rapid.SampledFrom(outcomes), n, n).Draw(t, "outcome")
	h.Wrong = rapid.SliceOfN(rapid.String(), n, n).Draw(t, "wrong")
	for i := range h.Steps {
		for _, c := range h.Steps[i].columns() {
			if slices.Contains(c.kinds, p.Steps[i].Kind) {
				*c.values = ints(n, rapid.Int64Min(0)).Draw(t, c.name)
			}
		}
	}
	return h
}

// drawBreaks draws a section of breaks.
func drawBreaks(t *rapid.T) []Record {
	h := drawHeader(t)
	h.Plan.Series, h.Plan.Profiles, h.Plan.Trials = nil, drawProfiles(t), rapid.IntRange(1, 20).Draw(t, "trials")
	log := []Record{h}
	for at, p := range h.Plan.Profiles {
		for _, process := range p.Processes {
			b := drawBreak(t, h.Plan.Trials)
			b.Profile, b.Break, b.Side = at, BreakKill, process.Name
			for _, s := range p.Steps {
				if s.Kind == StepReleases && rapid.Bool().Draw(t, "stage") {
					b.Break, b.Stage = rapid.SampledFrom(breaks).Draw(t, "break"), s.Name
				}
			}
			log = append(log, b)
		}
	}
	return log
}

func drawBreak(t *rapid.T, most int) *Break {
	b := &Break{Trials: rapid.IntRange(0, most).Draw(t, "trials of a break")}
	if b.Trials == 0 {
		b.Reason = "no " + text(t)
		return b
	}
	counts := make(map[string]int)
	for left, most := b.Trials, b.Trials; left > 0; {
		r := BreakResult{
			Verdict: rapid.SampledFrom(verdicts).Draw(t, "verdict"), N: rapid.IntRange(1, min(left, most)).Draw(t, "n"),
			Wrong: texts(t), Hung: texts(t), Ended: texts(t),
		}
		b.Results = append(b.Results, r)
		left, most = left-r.N, r.N
		counts[r.Verdict] += r.N
	}
	for _, v := range verdicts {
		if counts[v] > counts[b.Verdict] {
			b.Verdict = v
		}
	}
	return b
}

// A bad line among good ones is named, and the lines around it are read.
func TestBadHandshakes(t *testing.T) {
	tests := []struct{ name, old, changed, want string }{
		{"no outcome", `"outcome":["released","hung"],`, ``, "no member outcome"},
		{"a profile beyond the plan", `"profile":0`, `"profile":2`, "profile 2 of a plan of 2"},
		{"a negative profile", `"profile":0`, `"profile":-1`, "profile -1 of a plan of 2"},
		{"one that is unavailable", `"profile":0`, `"profile":1`, "profile 1 is unavailable"},
		{"a negative round", `"round":0`, `"round":-1`, "round -1 is negative"},
		{"a negative place", `"place":0`, `"place":-1`, "place -1 is negative"},
		{"a negative total", `"total_ns":[900`, `"total_ns":[-900`, "total_ns[0] -900 is negative"},
		{"a negative stamp", `"begin_ns":[120,120]`, `"begin_ns":[120,-120]`, "steps[1].begin_ns[1] -120 is negative"},
		{"a null stamp", `"begin_ns":[120,120]`, `"begin_ns":[120,null]`, "steps[1].begin_ns[1] is null"},
		{"a short column", `"armed_ns":[170,220]`, `"armed_ns":[170]`, "steps[2].armed_ns has 1 entries, of a step that releases there are 2"},
		{"a column too few", `"armed_ns":[170,220],`, ``, "steps[2].armed_ns has 0 entries, of a step that releases there are 2"},
		{"a column too many", `{"begin_ns":[400,400]}`, `{"begin_ns":[400,400],"end_ns":[1,2]}`, "steps[3].end_ns has 2 entries, of a step that exits there are 0"},
		{"a step too few", `{"begin_ns":[400,400]},`, ``, "steps has 5 entries, profile 0 has 6"},
		{"an outcome too few", `"outcome":["released","hung"]`, `"outcome":["released"]`, "outcome has 1 entries, total_ns has 2"},
		{"a wrong too many", `"wrong":["",`, `"wrong":["","",`, "wrong has 3 entries, total_ns has 2"},
		{"an unknown outcome", `"outcome":["released"`, `"outcome":["well"`, `outcome[0] "well" is none of released`},
	}
	for _, test := range tests {
		badLine(t, handshakesAt("a"), 2, "handshake", test.name, test.old, test.changed, test.want)
	}
}

func TestBadBreaks(t *testing.T) {
	tests := []struct{ name, old, changed, want string }{
		{"no verdict", `,"verdict":"open","results"`, `,"results"`, "no member verdict"},
		{"a profile beyond the plan", `"profile":0`, `"profile":1`, "profile 1 of a plan of 1"},
		{"an unknown break", `"break":"kill"`, `"break":"wish"`, `break "wish" is none of kill, drop`},
		{"an unknown side", `"side":"P"`, `"side":"X"`, `side "X" is no process of profile 0`},
		{"an unknown stage", `"stage":"go"`, `"stage":"stop"`, `stage "stop" is none of profile 0`},
		{"a drop of nothing", `"break":"kill","side":"P","stage":"go"`, `"break":"drop","side":"P","stage":""`, `stage is empty, and one is dropped`},
		{"negative trials", `"trials":5`, `"trials":-5`, "trials -5 is negative"},
		{"too many trials", `"trials":5`, `"trials":6`, "trials 6 of a plan of 5"},
		{"fewer results", `"n":4`, `"n":3`, "results are of 4 trials, the break has 5"},
		{"more results", `"n":4`, `"n":5`, "results[1].n 1 is of more than the 5 trials"},
		{"a result of none", `"n":1`, `"n":0`, "results[1].n 0 is below 1"},
		{"results out of order", `"n":4`, `"n":0`, "results[0].n 0 is below 1"},
		{"an unknown verdict of a trial", `{"verdict":"hangs"`, `{"verdict":"well"`, `results[1].verdict "well" is none of open, hangs, closed, whole`},
		{"an unknown verdict", `"verdict":"open","results"`, `"verdict":"well","results"`, `verdict "well" is none of open`},
		{"the verdict of the fewer", `"verdict":"open","results"`, `"verdict":"hangs","results"`, `verdict "hangs" of 1 trials, 4 are open`},
		{"a verdict without a trial", `"trials":5`, `"trials":0`, `verdict "open" of 0 trials`},
	}
	for _, test := range tests {
		badLine(t, breaksAt("a"), 2, "break", test.name, test.old, test.changed, test.want)
	}
	badLine(t, breaksAt("a"), 3, "break", "no reason", `"reason":"There is no other stage.",`, ``, "does not say why it could not be tried")
	badLine(t, breaksAt("a"), 3, "break", "a break twice", `"break":"drop"`, `"break":"kill"`, `break "kill" of "P" at "go" in profile 0 stands there twice`)
}

func TestBadProfiles(t *testing.T) {
	tests := []struct{ name, old, changed, want string }{
		{"series as well", `"series":[]`, `"series":[{"primitive":"a","family":"","blocking":true,"launcher":"","namespaces":[],"placement":"","hold_ns":0}]`, "plan of both series and profiles"},
		{"primitives as well", `"profiles":[`, `"primitives":["a"],"profiles":[`, "plan of both profiles and primitives"},
		{"endless trials", `"profiles":[`, `"trials":1073741825,"profiles":[`, "plan with trials 1073741825, at most"},
		{"no name", `"name":"runc"`, `"name":""`, "plan.profiles[0].name is empty"},
		{"a profile twice", `"name":"lxc","about":"","source":"","work":"none"`, `"name":"runc","about":"","source":"","with":"eventfd","work":"all","trimmed":"maps,go","dropped":"ready"`, "plan.profiles[1] is plan.profiles[0] once more"},
		{"a process twice", `"name":"C"`, `"name":"P"`, `plan.profiles[0].processes[1].name "P" stands there twice`},
		{"a process without a name", `"name":"C"`, `"name":""`, `plan.profiles[0].processes[1].name is empty`},
		{"an unknown step", `"kind":"exits"`, `"kind":"wishes"`, `plan.profiles[0].steps[3].kind "wishes" is none of clones`},
		{"a step of nobody", `"kind":"exits","by":"C"`, `"kind":"exits","by":"X"`, `plan.profiles[0].steps[3].by "X" is no process`},
		{"a step to nobody", `"by":"P","to":"C","name":"go"`, `"by":"P","to":"X","name":"go"`, `plan.profiles[0].steps[2].to "X" is no process`},
		{"a release of nobody", `"by":"P","to":"C","name":"go"`, `"by":"P","name":"go"`, `plan.profiles[0].steps[2].to is empty, and the step releases somebody`},
		{"a release of itself", `"by":"P","to":"C","name":"go"`, `"by":"P","to":"P","name":"go"`, `plan.profiles[0].steps[2].to "P" is the process that acts`},
		{"a stage without a name", `"to":"C","name":"go"`, `"to":"C","name":""`, `plan.profiles[0].steps[2].name is empty`},
		{"a stage twice", `"kind":"does","by":"P","to":"C","name":"maps"`, `"kind":"releases","by":"P","to":"C","name":"go"`, `plan.profiles[0].steps[2].name "go" is that of a stage before it`},
		{"a null step", `"steps":[`, `"steps":[null,`, `plan.profiles[0].steps[0] is null`},
		{"too many steps", `"steps":[`, `"steps":[` + strings.Repeat(`{"kind":"exits","by":"P","name":""},`, MaxSteps), "plan.profiles[0].steps has 262 entries, at most 256"},
		{"too many processes", `"processes":[`, `"processes":[` + strings.Repeat(`{"name":"P","about":""},`, MaxSteps), "plan.profiles[0].processes has 258 entries, at most 256"},
		{"too many", `"profiles":[`, `"profiles":[` + strings.Repeat(`{"name":"x","about":"","source":"","work":"","processes":[],"steps":[]},`, MaxSeries), "plan of 4098 profiles, at most 4096"},
	}
	for _, test := range tests {
		badLine(t, handshakesAt("a")[:1], 1, "header", test.name, test.old, test.changed, test.want)
	}
}

// badLine changes a line of a log, from 1, and looks for what the Reader says of it.
func badLine(t *testing.T, log []Record, at int, kind, name, old, changed, want string) {
	t.Helper()
	lines := bytes.SplitAfter(written(t, log...), []byte("\n"))
	line := string(lines[at-1])
	if !strings.Contains(line, old) {
		t.Fatalf("%s: no %s in %s", name, old, line)
	}
	lines[at-1] = []byte(strings.Replace(line, old, changed, 1))
	_, refused := readAll(bytes.NewReader(bytes.Join(lines, nil)))
	if want := "line " + string(rune('0'+at)) + ": " + kind + ": " + want; len(refused) != 1 || !strings.HasPrefix(refused[0], want) {
		t.Errorf("%s: refused %q, want %s", name, refused, want)
	}
}

func TestHandshakesOutsideTheirRun(t *testing.T) {
	line := func(log []Record) string { return string(bytes.SplitAfter(written(t, log...), []byte("\n"))[1]) }
	head := func(log []Record) string { return string(written(t, log[0])) }
	handshake, broken := line(handshakesAt("a")), line(breaksAt("a"))
	tests := []struct{ name, text, want string }{
		{"a handshake first", handshake, "line 1: handshake: no header before it"},
		{"a break first", broken, "line 1: break: no header before it"},
		{"a handshake among faults", head(faultsOf("a")) + handshake, "line 2: handshake: the plan of the header before it has no profiles"},
		{"a handshake among breaks", head(breaksAt("a")) + handshake, "line 2: handshake: the plan of the header before it is one of breaks"},
		{"a break among handshakes", head(handshakesAt("a")) + broken, "line 2: break: the plan of the header before it has no breaks"},
	}
	for _, test := range tests {
		if _, refused := readAll(strings.NewReader(test.text)); len(refused) != 1 || refused[0] != test.want {
			t.Errorf("%s: refused %q, want %s", test.name, refused, test.want)
		}
	}
}

// A break whose line could not be written may be written again, and one that was not.
func TestBreakWrittenAgain(t *testing.T) {
	log := breaksAt("a")
	out := &fails{after: 1}
	w := NewWriter(out)
	var refused []string
	for _, rec := range []Record{log[0], log[1], log[1], log[1], log[2]} {
		if err := w.Write(rec); err != nil {
			refused = append(refused, err.Error())
		}
	}
	want := []string{"write record: break: no space left on device", `write record: break: break "kill" of "P" at "go" in profile 0 stands there twice`}
	if !slices.Equal(refused, want) {
		t.Errorf("refused %q, want %q", refused, want)
	}
}
