package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

// published returns the schema as a JSON value.
func published(t *testing.T) map[string]any {
	t.Helper()
	text, err := os.ReadFile("../../docs/record.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return value(t, text).(map[string]any)
}

func value(t testing.TB, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func compiled(t *testing.T, schema map[string]any) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	id := schema["$id"].(string)
	if err := c.AddResource(id, schema); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// strict closes every object of the schema: what it does not list is an error.
func strict(schema map[string]any) map[string]any {
	for _, def := range schema["$defs"].(map[string]any) {
		if def := def.(map[string]any); def["type"] == "object" {
			def["additionalProperties"] = false
		}
	}
	return schema
}

// complete is a log in which no member is left out of all lines of its kind.
func complete() []Record {
	log := host("a")
	h, b, end := log[0].(*Header), log[1].(*Block), log[3].(*End)
	h.Command = []string{"nsbench", "run"}
	h.Plan.Series[1].Namespaces = []string{"uts"}
	h.Environment.Disturbances = []Disturbance{{Check: "governor", Status: "warn", Found: "powersave"}}
	h.Plan.Payload = []string{"true"}
	s := &h.Plan.Series[0]
	s.Children, s.FreesAll, s.Load, s.LoadNice, s.Quota, s.Idle, s.Sched = 10, true, 2, 19, 20, "poll", "fifo:10"
	s.SelfCheck, s.DelayNS = true, 5000
	h.Plan.Baseline, h.Plan.Threshold = "pipe-eof", 0.02
	h.Plan.Precision, h.Plan.MaxTimeNS = 0.03, 60_000_000_000
	h.Environment.KeptAwake, h.Environment.DrainedBy, h.Environment.QuotaBy = "cpu_dma_latency", "marker", "cgroup v2"
	delay, throttled, drain := int64(1200), int64(80_000_000), int64(20_000_000)
	b.RunDelayNS, b.ThrottledNS, b.DrainNS = &delay, &throttled, &drain
	b.PrepareNS, b.ExecNS, b.ExitNS, b.ReapNS = b.CloneNS, b.CloneNS, b.CloneNS, b.CloneNS
	b.DelayNS = b.SignalNS
	b.Invalid = []Mark{{Sample: 1, Reason: ReasonOutcome, Detail: "parent-gone"}}
	end.Ended, end.Error = EndedFailed, "no space left on device"
	end.Stopped = StoppedPrecision
	log = []Record{h, b, end}
	faults, isolation := faultsOf("a"), isolationOf("a")
	handshakes, breaks := handshakesAt("a"), breaksAt("a")
	for _, rec := range []Record{faults[0], isolation[0], handshakes[0], breaks[0]} {
		matrix := rec.(*Header)
		matrix.Plan.Payload, matrix.Plan.Baseline, matrix.Plan.Threshold = h.Plan.Payload, h.Plan.Baseline, h.Plan.Threshold
		matrix.Command, matrix.Environment.Disturbances = h.Command, h.Environment.Disturbances
	}
	return slices.Concat(log, faults[:3], isolation[:2], handshakes[:2], breaks[:3])
}

// linesOf returns the lines of a log as JSON values.
func linesOf(t testing.TB, log ...Record) []map[string]any {
	var lines []map[string]any
	for line := range bytes.Lines(written(t, log...)) {
		lines = append(lines, value(t, line).(map[string]any))
	}
	return lines
}

// Whatever a Writer writes is described, to the last member.
func TestWriterKeepsToTheSchema(t *testing.T) {
	schema := compiled(t, strict(published(t)))
	for _, line := range linesOf(t, complete()...) {
		if err := schema.Validate(line); err != nil {
			t.Error(err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		for _, line := range linesOf(t, named(drawLog(rt))...) {
			if err := schema.Validate(line); err != nil {
				rt.Fatal(err)
			}
		}
	})
}

// named gives each disturbance the name that only people ask for, not a Reader.
func named(log []Record) []Record {
	for _, rec := range log {
		h, ok := rec.(*Header)
		if !ok {
			continue
		}
		for i := range h.Environment.Disturbances {
			h.Environment.Disturbances[i].Check = "governor"
		}
	}
	return log
}

// Whatever the schema describes, a Writer writes: it lists no member that the
// types have dropped.
func TestSchemaListsNothingElse(t *testing.T) {
	schema := published(t)
	defs := schema["$defs"].(map[string]any)
	there := make(map[string]bool)
	for _, line := range linesOf(t, complete()...) {
		kind := line["kind"].(string)
		visit(line, kind, func(_ map[string]any, _, path string) { there[inAnyItem.ReplaceAllString(path, "[]")] = true })
	}
	for _, kind := range []string{KindHeader, KindBlock, KindBehaviour, KindHandshake, KindBreak, KindEnd} {
		for _, path := range described(defs, defs[kind].(map[string]any), kind) {
			if !there[path] {
				t.Errorf("%s is described and not written", path)
			}
		}
	}
}

var inAnyItem = regexp.MustCompile(`\[[0-9]+\]`)

// described returns the paths of the members that a schema lists.
func described(defs, schema map[string]any, path string) (paths []string) {
	if ref, ok := schema["$ref"].(string); ok {
		schema = defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	if items, ok := schema["items"].(map[string]any); ok {
		return described(defs, items, path+"[]")
	}
	members, _ := schema["properties"].(map[string]any)
	for name, member := range members {
		inner := path + "." + name
		paths = append(append(paths, inner), described(defs, member.(map[string]any), inner)...)
	}
	return paths
}

// A member that the types gain and the schema does not is found out.
func TestStrictSchemaRejectsNewMembers(t *testing.T) {
	open, closed := compiled(t, published(t)), compiled(t, strict(published(t)))
	for _, line := range linesOf(t, complete()...) {
		visit(line, "", func(object map[string]any, _, path string) {
			object["brand_new"] = json.Number("1")
			defer delete(object, "brand_new")
			if err := open.Validate(line); err != nil {
				t.Errorf("beside %s of %s: the published schema is not open: %v", path, line["kind"], err)
			}
			if closed.Validate(line) == nil {
				t.Errorf("beside %s of %s: the strict schema is not strict", path, line["kind"])
			}
		})
	}
}

// visit calls f for every member of every object in v.
func visit(v any, path string, f func(object map[string]any, name, path string)) {
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			visit(item, fmt.Sprintf("%s[%d]", path, i), f)
		}
	case map[string]any:
		for name, member := range v {
			visit(member, path+"."+name, f)
		}
		for _, name := range keys(v) {
			f(v, name, path+"."+name)
		}
	}
}

func keys(object map[string]any) []string {
	var names []string
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// optional are the members that a line may lack.
var optional = []string{
	".plan.payload", ".plan.baseline", ".plan.threshold", ".plan.precision", ".plan.max_time_ns", ".environment.kept_awake", ".environment.drained_by", ".environment.quota_by",
	"].children", "].frees_all", "].load", "].load_nice", "].cpu_quota", "].idle", "].sched", "].self_check", "].delay_ns",
	".prepare_ns", ".exec_ns", ".exit_ns", ".reap_ns", ".delay_ns", ".run_delay_ns", ".throttled_ns", ".drain_ns",
	".invalid", ".invalid[0].detail", ".error", ".stopped",
	".plan.trials", ".plan.primitives", ".plan.ideas", ".plan.faults", ".plan.spaces",
	".fault", ".namespace", ".way", ".results", ".reason", ".moot", ".latency_ns", ".free_ns", ".descriptors",
	".plan.profiles", "].with", "].trimmed", "].dropped", "].unavailable", "].left_out",
	"].to", "steps[].primitive", "steps[].namespaces", "].end_ns", "].armed_ns", "].resumed_ns", "].slept",
	"].wrong", "].hung", "].ended",
	"].errno", "].signal", "].at", "].early", "].note", "].why", "results[].source",
}

func isOptional(path string) bool {
	inAny := inAnyItem.ReplaceAllString(path, "[]")
	return slices.ContainsFunc(optional, func(o string) bool { return path == o || o[0] != '.' && strings.HasSuffix(inAny, o) })
}

// Every member is missed when it is gone, but for those that may be, and none
// may be null or of another type.
func TestSchemaRejectsBrokenLines(t *testing.T) {
	schema := compiled(t, published(t))
	for _, line := range linesOf(t, complete()...) {
		kind := line["kind"]
		visit(line, "", func(object map[string]any, name, path string) {
			if path == ".kind" {
				return
			}
			was := object[name]
			for _, other := range wrong(was) {
				object[name] = other
				if schema.Validate(line) == nil {
					t.Errorf("%s%s as %v is accepted", kind, path, other)
				}
			}
			delete(object, name)
			if accepted := schema.Validate(line) == nil; accepted != isOptional(path) {
				t.Errorf("%s without %s: accepted is %v", kind, path, accepted)
			}
			object[name] = was
		})
		if err := schema.Validate(line); err != nil {
			t.Fatalf("%s was not put together again: %v", kind, err)
		}
	}
}

// wrong returns values that cannot stand where v does.
func wrong(v any) []any {
	half := json.Number("1.5")
	switch v.(type) {
	case string:
		return []any{nil, half, map[string]any{}}
	case json.Number:
		return []any{nil, half, "1", []any{}}
	case bool:
		return []any{nil, "true", json.Number("1")}
	case []any:
		return []any{nil, "text", map[string]any{}, []any{nil}, []any{half}}
	}
	return []any{nil, "text", []any{}}
}

// A Reader misses what the schema requires, and nothing else.
func TestReaderRequiresWhatTheSchemaDoes(t *testing.T) {
	defs := published(t)["$defs"].(map[string]any)
	for def, object := range map[string]any{
		"header": Header{}, "plan": Plan{}, "series": Series{}, "environment": Environment{}, "disturbance": Disturbance{},
		"clock": Clock{}, "block": Block{}, "mark": Mark{}, "end": End{},
		"fault": Fault{}, "space": Space{}, "behaviour": Behaviour{}, "result": Result{},
		"profile": Profile{}, "process": Process{}, "step": Step{}, "handshake": Handshake{}, "stamps": Stamps{},
		"break": Break{}, "break_result": BreakResult{},
	} {
		l := layoutOf(reflect.TypeOf(object))
		var here, there []string
		for at, name := range l.names {
			if l.required&(1<<at) != 0 {
				here = append(here, name)
			}
		}
		_, isStep := object.(Step) // whose kind is a field, as that of a line is not
		for _, name := range defs[def].(map[string]any)["required"].([]any) {
			if name != "kind" || isStep {
				there = append(there, name.(string))
			}
		}
		slices.Sort(here)
		slices.Sort(there)
		if !slices.Equal(here, there) {
			t.Errorf("%s: a Reader requires %s, the schema %s", def, here, there)
		}
	}
}

// A Reader refuses a number below the least or above the greatest that the schema
// allows, wherever it stands, and takes the least itself.
func TestReaderKeepsToTheBoundsOfTheSchema(t *testing.T) {
	schema := published(t)
	defs := schema["$defs"].(map[string]any)
	log := complete()
	var head *Header // of the line at hand
	bounds := 0
	for i, line := range linesOf(t, log...) {
		kind := line["kind"].(string)
		if h, ok := log[i].(*Header); ok {
			head = h
		}
		read := func() []string {
			text, err := json.Marshal(line)
			if err != nil {
				t.Fatal(err)
			}
			if kind != KindHeader {
				text = append(written(t, head), text...)
			}
			_, refused := readAll(bytes.NewReader(text))
			return refused
		}
		visitNumbers(defs, defs[kind].(map[string]any), line, kind, func(path string, def map[string]any, set func(any)) {
			for _, bound := range []struct {
				name string
				step int64
			}{{"minimum", -1}, {"maximum", 1}} {
				limit, err := strconv.ParseInt(fmt.Sprint(def[bound.name]), 10, 64)
				if err != nil || limit == math.MinInt64 || limit == math.MaxInt64 {
					continue // none, or that of the type
				}
				bounds++
				if set(json.Number(strconv.FormatInt(limit+bound.step, 10))); len(read()) != 1 {
					t.Errorf("%s: %d is let through, the %s is %d", path, limit+bound.step, bound.name, limit)
				}
			}
		})
		if refused := read(); refused != nil {
			t.Fatalf("%s was not put together again: %v", kind, refused)
		}
	}
	if bounds < 30 {
		t.Errorf("%d bounds", bounds)
	}
}

// visitNumbers calls f for every number that a schema describes in v, and for the first
// of each list, with a way to set it, and puts it back.
func visitNumbers(defs, schema map[string]any, v any, path string, f func(path string, def map[string]any, set func(any))) {
	each := func(member any, was any, path string, set func(any)) {
		def := maps.Clone(member.(map[string]any))
		if ref, ok := def["$ref"].(string); ok {
			for name, value := range defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any) {
				if _, own := def[name]; !own {
					def[name] = value
				}
			}
		}
		if _, number := was.(json.Number); number {
			f(path, def, set)
			set(was)
			return
		}
		visitNumbers(defs, def, was, path, f)
	}
	switch v := v.(type) {
	case []any:
		if len(v) > 0 {
			each(schema["items"], v[0], path+"[0]", func(to any) { v[0] = to })
		}
	case map[string]any:
		for name, member := range schema["properties"].(map[string]any) {
			if was, ok := v[name]; ok {
				each(member, was, path+"."+name, func(to any) { v[name] = to })
			}
		}
	}
}

func TestSchemaRejectsBadValues(t *testing.T) {
	schema := compiled(t, published(t))
	text := string(written(t, complete()...))
	tests := []struct{ name, old, changed string }{
		{"a later schema", `"schema":1`, `"schema":2`},
		{"a date in words", `"started":"2027-01-15T08:00:00Z"`, `"started":"yesterday"`},
		{"a negative seed", `"seed":1`, `"seed":-1`},
		{"a seed of 65 bits", `"seed":1`, `"seed":18446744073709551616`},
		{"a plan too long", `"iterations":2`, `"iterations":1073741825`},
		{"a precision of all", `"precision":0.03`, `"precision":1`},
		{"a longest time before the run", `"max_time_ns":60000000000`, `"max_time_ns":-1`},
		{"stopped by what is none", `"stopped":"precision"`, `"stopped":"boredom"`},
		{"a negative delay of a series", `"delay_ns":5000`, `"delay_ns":-5000`},
		{"a negative delay", `"delay_ns":[2345,`, `"delay_ns":[-2345,`},
		{"a threshold of all", `"threshold":0.02`, `"threshold":1`},
		{"a negative threshold", `"threshold":0.02`, `"threshold":-0.02`},
		{"an unknown status", `"status":"warn"`, `"status":"bad"`},
		{"a negative series", `"series":0`, `"series":-1`},
		{"stage 0", `"stage":[1,2]`, `"stage":[0,2]`},
		{"a negative count", `"voluntary":[1,1]`, `"voluntary":[1,-1]`},
		{"a time beyond 64 bits", `"release_ns":[14321,`, `"release_ns":[9223372036854775808,`},
		{"a negative mark", `"sample":1`, `"sample":-1`},
		{"a mark for nothing", `"reason":"outcome"`, `"reason":""`},
		{"an unknown matrix", `"matrix":"isolation"`, `"matrix":"moon"`},
		{"an unknown outcome", `"outcome":"unavailable"`, `"outcome":"well"`},
		{"an unknown outcome of a trial", `[{"outcome":"released"`, `[{"outcome":"well"`},
		{"a result of no trial", `"n":18`, `"n":0`},
		{"negative trials", `"outcome":"released","trials":20`, `"outcome":"released","trials":-1`},
		{"negative descriptors", `"descriptors":[2,2]`, `"descriptors":[2,-2]`},
		{"an unknown way", `"way":"parent releases`, `"way":"moon releases`},
		{"a fault of nobody", `"of":"child"`, `"of":"moon"`},
		{"a fault without a name", `"faults":[{"name":"none"`, `"faults":[{"name":""`},
		{"a primitive without a name", `"primitives":["pipe-eof"`, `"primitives":[""`},
		{"an unknown sound outcome", `"sound":["parent-gone"]`, `"sound":["well"]`},
		{"a profile without a name", `"profiles":[{"name":"runc"`, `"profiles":[{"name":""`},
		{"an unknown step", `"kind":"clones"`, `"kind":"wishes"`},
		{"a stamp before the first", `"end_ns":[180,190]`, `"end_ns":[180,-190]`},
		{"an unknown outcome of a handshake", `"outcome":["released",`, `"outcome":["well",`},
		{"an unknown break", `"break":"kill"`, `"break":"wish"`},
		{"an unknown verdict", `"verdict":"open","results"`, `"verdict":"well","results"`},
		{"an unknown end", `"ended":"failed"`, `"ended":"well"`},
		{"no kind", `"kind":"end",`, ``},
		{"an empty kind", `"kind":"end"`, `"kind":""`},
	}
	for _, test := range tests {
		broken := strings.Replace(text, test.old, test.changed, 1)
		if broken == text {
			t.Fatalf("%s: %s is not in the log", test.name, test.old)
		}
		refused := 0
		for line := range strings.Lines(broken) {
			if schema.Validate(value(t, []byte(line))) != nil {
				refused++
			}
		}
		if refused != 1 {
			t.Errorf("%s: %d lines refused, want 1", test.name, refused)
		}
	}
}

// Later versions add kinds: the schema leaves their lines open, but lines they
// must be.
func TestSchemaLeavesOtherKindsOpen(t *testing.T) {
	schema := compiled(t, published(t))
	if err := schema.Validate(value(t, []byte(`{"kind":"fault","primitive":"pipe-eof","outcomes":{"hung":3},"round":"x"}`))); err != nil {
		t.Error(err)
	}
	for _, line := range []string{`[]`, `"fault"`, `null`, `{"kind":3}`, `{}`} {
		if schema.Validate(value(t, []byte(line))) == nil {
			t.Errorf("%s is accepted", line)
		}
	}
}
