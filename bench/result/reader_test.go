package result

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func TestEmptyLog(t *testing.T) {
	for _, text := range []string{"", "\n", "\n\r\n  \n\t"} {
		r := NewReader(strings.NewReader(text))
		for range 3 {
			if rec, err := r.Next(); rec != nil || !errors.Is(err, io.EOF) {
				t.Errorf("%q: got %v, %v", text, rec, err)
			}
		}
	}
}

// In whatever pieces the log arrives, it is the same log.
func TestReaderOfSmallPieces(t *testing.T) {
	log := host("a")
	got, refused := readAll(iotest.OneByteReader(bytes.NewReader(written(t, log...))))
	if d := diff(log, got); d != "" || refused != nil {
		t.Errorf("refused %q, -want +got\n%s", refused, d)
	}
}

func TestFilesOfTwoHosts(t *testing.T) {
	a, b := host("a"), host("b")
	whole := written(t, a...)
	torn := whole[:len(whole)-20]                     // the end line lost its end
	unclosed := bytes.TrimSuffix(whole, []byte("\n")) // an editor took the last newline
	tests := []struct {
		name    string
		first   []byte
		want    []Record
		refused []string
	}{
		{"whole", whole, append(host("a"), b...), nil},
		{"the first torn", torn, append(host("a")[:3], b...), []string{"line 4: torn: the line was cut short"}},
		{"the first without its last newline", unclosed, append(host("a"), b...), nil},
		{"the first torn in its header", whole[:60], b, []string{"line 1: torn: the line was cut short"}},
		{"the first not a log", []byte("hello"), b, []string{"line 1: not a JSON object"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, refused := readAll(io.MultiReader(bytes.NewReader(test.first), bytes.NewReader(written(t, b...))))
			if d := diff(test.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if fmt.Sprint(refused) != fmt.Sprint(test.refused) {
				t.Errorf("refused %q, want %q", refused, test.refused)
			}
		})
	}
}

// Wherever a kill cuts the log, what was whole is read, and what was cut is
// told, once, as torn and on the right line.
func TestLogCutAnywhere(t *testing.T) {
	log := host("a")
	text := written(t, log...)
	for cut := range text {
		head := text[:cut]
		whole := bytes.Count(head, []byte("\n"))
		tail := head[bytes.LastIndexByte(head, '\n')+1:]
		got, refused := readAll(bytes.NewReader(head))
		if cut+1 < len(text) && text[cut] == '\n' {
			whole, tail = whole+1, nil // only the newline is missing
		}
		if cut+1 == len(text) {
			whole, tail = len(log), nil
		}
		var want []string
		if len(tail) > 0 {
			want = []string{fmt.Sprintf("line %d: %v", whole+1, ErrTorn)}
		}
		if d := diff(log[:whole], got); d != "" || fmt.Sprint(refused) != fmt.Sprint(want) {
			t.Fatalf("cut at %d: refused %q, want %q; -want +got\n%s", cut, refused, want, d)
		}
	}
}

func TestTornIsNotNonsense(t *testing.T) {
	tests := []struct {
		line string
		torn bool
	}{
		{`{`, true},
		{`{"ki`, true},
		{`{"kind"`, true},
		{`{"kind":"block"`, true},
		{`{"kind":"block","round":-`, true},
		{`{"kind":"block","warmup":tru`, true},
		{`{"kind":"block","stage":[1,2`, true},
		{`{"kind":"header","host":"\u00`, true},
		{`{"round":1`, true},
		{`hello`, false},
		{`tru`, false},
		{`[1,2`, false},
		{`{"kind":"block",}`, false},
		{`{"kind":"block"}}`, false},
		{`{]`, false},
		{"{\x00\x00", false},
	}
	for _, test := range tests {
		_, err := NewReader(strings.NewReader(test.line)).Next()
		var line *LineError
		if !errors.As(err, &line) || line.Line != 1 || errors.Is(err, ErrTorn) != test.torn {
			t.Errorf("%s: got %v, torn should be %v", test.line, err, test.torn)
		}
	}
}

func TestUnknownFieldsAndKinds(t *testing.T) {
	text := string(written(t, host("a")...))
	text = strings.ReplaceAll(text, `"round":`, `"later":{"stage":"none"},"round":`)
	text = strings.Replace(text, "\n", "\n"+`{"cells":[1,{}],"kind":"fault","round":"x"}`+"\n", 1)
	want := host("a")
	want = append(want[:1], append([]Record{&Unknown{Kind: "fault"}}, want[1:]...)...)
	got, refused := readAll(strings.NewReader(text))
	if d := diff(want, got); d != "" || refused != nil {
		t.Errorf("refused %q, -want +got\n%s", refused, d)
	}
}

func TestKindNeedNotComeFirst(t *testing.T) {
	line := `{"blocks":0,"more":[{"kind":"header"}],"samples":0,"ended":"complete","finished":"2027-01-15T08:00:30Z","hz":1,"kind":"end"}`
	got, refused := readAll(strings.NewReader(string(written(t, host("a")[0])) + line))
	if kinds(got) != "header end " || refused != nil {
		t.Errorf("got %s, refused %q", kinds(got), refused)
	}
}

// One bad line in a good log: it is named, and the lines around it are read.
func TestBadLines(t *testing.T) {
	// block is the line of a block with some values replaced, all up to the next name,
	// and one without a value is taken out.
	block := func(values ...string) string {
		line := `{"kind":"block","round":0,"place":0,"series":0,"warmup":false,"stage":[1],"hold_ns":[1],"release_ns":[1],"signal_ns":[1],"wait_cpu_ns":[1],` +
			`"voluntary":[1],"involuntary":[1],"cpu_parent":[1],"cpu_child":[1],"clone_ns":[1],"startup_ns":[1],"cycle_ns":[1],"invalid":[]}`
		for _, v := range values {
			name, value, given := strings.Cut(v, "=")
			member := regexp.MustCompile(`,"` + name + `":(\[\]|[^,}]+)`)
			if !member.MatchString(line) {
				t.Fatalf("no %s in %s", name, line)
			}
			with := ""
			if given {
				with = `,"` + name + `":` + value
			}
			line = member.ReplaceAllLiteralString(line, with)
		}
		return line
	}
	tests := []struct{ name, line, want string }{
		{"text", `hello`, `not a JSON object`},
		{"a number", `17`, `not a JSON object`},
		{"null", `null`, `not a JSON object`},
		{"an array", `[{"kind":"end"}]`, `not a JSON object`},
		{"zeros, as a crash leaves them", "\x00\x00\x00", `not a JSON object`},
		{"no kind", `{"round":1}`, `no "kind"`},
		{"an empty kind", `{"kind":""}`, `no "kind"`},
		{"a null kind", `{"kind":null}`, `no "kind"`},
		{"a kind that is a number", `{"kind":1}`, `kind: json: cannot unmarshal number`},
		{"two objects", `{"kind":"end"}{}`, `end: invalid character '{' after top-level value`},
		{"an unknown kind, broken", `{"kind":"fault",}`, `unknown kind: invalid character`},
		{"a string for a column", block(`stage="x"`), `block: stage: json: cannot unmarshal string`},
		{"a number for a list of marks", block(`invalid=3`), `block: invalid: json: cannot unmarshal number`},
		{"a list for a mark", block(`invalid=[[]]`), `block: invalid[0]: json: cannot unmarshal array`},
		{"a header inside a line that is JSON", block(`stage="x","near":{"kind":"header","schema":1}`), `block: stage: json: cannot unmarshal string`},
		{"a fraction of a nanosecond", block(`stage=[1.5]`), `block: stage: json: cannot unmarshal number 1.5`},
		{"a number of endless digits", block(`round=` + strings.Repeat("9", 5000)), `block: round: json: cannot unmarshal number 99`},
		{"no series", block(`series`), `block: no member series`},
		{"no round", block(`round`), `block: no member round`},
		{"no place", block(`place`), `block: no member place`},
		{"no warm-up", block(`warmup`), `block: no member warmup`},
		{"a negative round", block(`round=-1`), `block: round -1 is negative`},
		{"a negative series", block(`series=-1`), `block: series -1 of a plan of 2`},
		{"a series beyond the plan", block(`series=2`), `block: series 2 of a plan of 2`},
		{"a missing column", block(`stage`), `block: no member stage`},
		{"a missing column of children", block(`clone_ns`), `block: no member clone_ns`},
		{"a null for a column", block(`hold_ns=null`), `block: hold_ns is null`},
		{"a null in a column", block(`release_ns=[5,6,7,null]`), `block: release_ns[3] is null`},
		{"a null in a column, spaced", block(`wait_cpu_ns=[ 5 , null ]`), `block: wait_cpu_ns[1] is null`},
		{"a null in a column of children", block(`clone_ns=[null]`), `block: clone_ns[0] is null`},
		{"a null behind what is not as a Writer writes it", block(`round= 0`, `cycle_ns=[null]`), `block: cycle_ns[0] is null`},
		{"a null in a column that may be missing", block(`invalid=[],"exit_ns":[null]`), `block: exit_ns[0] is null`},
		{"a null for a number that may be missing", block(`invalid=[],"drain_ns":null`), `block: drain_ns is null`},
		{"a null for a mark", block(`invalid=[null]`), `block: invalid[0] is null`},
		{"a null in a mark", block(`invalid=[{"sample":0,"reason":null}]`), `block: invalid[0].reason is null`},
		{"a column twice", block(`stage=[1],"stage":[1]`), `block: member stage stands there twice`},
		{"a column twice, the second late", block(`invalid=[],"release_ns":[1]`), `block: member release_ns stands there twice`},
		{"a column in capitals", block(`stage=[1],"Stage":[9]`, `hold_ns`), `block: no member hold_ns`},
		{"two kinds", block(`invalid=[],"kind":"end"`), `block: member kind stands there twice`},
		{"a short column", block(`hold_ns=[]`), `block: hold_ns has 0 entries, release_ns has 1`},
		{"a short column of children", block(`cycle_ns=[1,2]`), `block: cycle_ns has 2 entries, clone_ns has 1`},
		{"stage 0", block(`stage=[0]`), `block: sample 0 is of stage 0, the plan has 2`},
		{"a stage beyond the plan", block(`stage=[3]`), `block: sample 0 is of stage 3, the plan has 2`},
		{"a negative count", block(`voluntary=[-1]`), `block: voluntary -1 of sample 0 is negative`},
		{"another", block(`involuntary=[-2]`), `block: involuntary -2 of sample 0 is negative`},
		{"a mark beyond the columns", block(`invalid=[{"sample":1,"reason":"clock"}]`), `block: mark 0 is on sample 1 of 1`},
		{"a mark before them", block(`invalid=[{"sample":-1,"reason":"clock"}]`), `block: mark 0 is on sample -1 of 1`},
		{"a mark without a reason", block(`invalid=[{"sample":0}]`), `block: no member invalid[0].reason`},
		{"a mark for nothing", block(`invalid=[{"sample":0,"reason":""}]`), `block: mark 0 has no reason`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			log := host("a")
			text := string(written(t, log...))
			at := strings.Index(text, "\n") + 1
			got, refused := readAll(strings.NewReader(text[:at] + test.line + "\n" + text[at:]))
			if len(refused) != 1 || !strings.HasPrefix(refused[0], "line 2: "+test.want) {
				t.Errorf("refused %q, want line 2: %s", refused, test.want)
			}
			if d := diff(log, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if strings.Contains(refused[0], "\n") || len(refused[0]) > 2*maxMessage {
				t.Errorf("not one short line: %q", refused[0])
			}
		})
	}
}

func TestBadEnds(t *testing.T) {
	const finished = `"finished":"2027-01-15T08:00:30Z","hz":1`
	tests := []struct{ line, want string }{
		{`{"kind":"end","blocks":0,"samples":0,` + finished + `}`, "end: no member ended"},
		{`{"kind":"end","ended":"","blocks":0,"samples":0,` + finished + `}`, "end: does not say how the run ended"},
		{`{"kind":"end","ended":"complete","samples":0,` + finished + `}`, "end: no member blocks"},
		{`{"kind":"end","ended":"complete","blocks":0,"samples":0,"finished":null,"hz":1}`, "end: finished is null"},
		{`{"kind":"end","ended":"complete","blocks":1,"samples":-5,` + finished + `}`, "end: samples -5 is negative"},
		{`{"kind":"end","finished":"yesterday"}`, "end: finished: parsing time"},
	}
	for _, test := range tests {
		text := string(written(t, host("a")[0])) + test.line + "\n"
		if _, refused := readAll(strings.NewReader(text)); len(refused) != 1 || !strings.HasPrefix(refused[0], "line 2: "+test.want) {
			t.Errorf("refused %q, want line 2: %s", refused, test.want)
		}
	}
}

// The blocks of a header that is refused are not read by the header before.
func TestBadHeaders(t *testing.T) {
	// with is the line of a header with one text in it replaced.
	with := func(old, changed string) string {
		line := string(bytes.TrimSpace(written(t, host("a")[0])))
		if !strings.Contains(line, old) {
			t.Fatalf("no %s in %s", old, line)
		}
		return strings.Replace(line, old, changed, 1)
	}
	wide := `"series":[{}` + strings.Repeat(",{}", MaxSeries) + `]`
	tests := []struct{ name, line, want string }{
		{"nothing", `{"kind":"header"}`, "header: no member schema"},
		{"no schema", with(`"schema":1,`, ``), "header: no member schema"},
		{"no clock", with(`,"clock":{`, `,"clocks":{`), "header: no member clock"},
		{"no environment", with(`"environment":{`, `"surroundings":{`), "header: no member environment"},
		{"no usable CPUs", with(`"cpus":0,`, ``), "header: no member environment.cpus"},
		{"no seed", with(`"seed":1,`, ``), "header: no member seed"},
		{"no launcher", with(`"launcher":"clone",`, ``), "header: no member plan.series[0].launcher"},
		{"a null launcher", with(`"launcher":"clone",`, `"launcher":null,`), "header: plan.series[0].launcher is null"},
		{"a null namespace", with(`["uts","ipc"]`, `["uts",null]`), "header: plan.series[0].namespaces[1] is null"},
		{"a later schema", with(`"schema":1,`, `"schema":2,`), "header: schema 2 is not the one known here, 1"},
		{"a later schema, which may be anything", `{"kind":"header","version":7,"schema":2,"plan":[]}`, "header: schema 2 is not the one known here, 1"},
		{"two schemas", with(`"schema":1,`, `"schema":1,"schema":1,`), "header: member schema stands there twice"},
		{"two schemas, one escaped", with(`"schema":1,`, `"schema":1,"sch\u0065ma":1,`), "header: member schema stands there twice"},
		{"a list for a plan", with(`"plan":{`, `"plan":[],"was":{`), "header: plan: json: cannot unmarshal array"},
		{"a plan too wide", with(`"series":[`, wide+`,"was":[`), "header: no member plan.series[0].primitive"},
		{"a plan too long", with(`"iterations":2`, `"iterations":1000000000000`), "header: plan with iterations 1000000000000, at most 1073741824 is possible"},
		{"a negative plan", with(`"stages":2`, `"stages":-1`), "header: stages -1 is negative"},
		{"a negative block", with(`"block":1`, `"block":-1`), "header: block -1 is negative"},
		{"a negative warm-up", with(`"warmup":0`, `"warmup":-1`), "header: warmup -1 is negative"},
		{"a negative delay", with(`"hold_ns":200000`, `"hold_ns":200000,"delay_ns":-1`), "header: series 0: delay_ns -1 is negative"},
		{"a negative hold", with(`"hold_ns":200000`, `"hold_ns":-200000`), "header: series 0: hold_ns -200000 is negative"},
		{"a precision of all", with(`"stages":2`, `"stages":2,"precision":1`), "header: plan with a precision of 1, which is not"},
		{"a longest time before the run", with(`"stages":2`, `"stages":2,"max_time_ns":-1`), "header: max_time_ns -1 is negative"},
		{"a negative threshold", with(`"stages":2`, `"stages":2,"threshold":-0.1`), "header: plan with a threshold of -0.1, which is not from 0 to less than 1"},
		{"a threshold of all", with(`"stages":2`, `"stages":2,"threshold":1`), "header: plan with a threshold of 1, which is not"},
		{"a seed below 0", with(`"seed":1`, `"seed":-1`), "header: seed: json: cannot unmarshal number -1"},
		{"negative CPUs", with(`"cpus":0`, `"cpus":-2`), "header: environment.cpus -2 is negative"},
		{"a series twice", with(`"primitive":"spin","family":"memory","blocking":false,"launcher":"clone","namespaces":[]`,
			`"primitive":"pipe-eof","family":"memory","blocking":false,"launcher":"clone","namespaces":["uts","ipc"]`), "header: series 1 is series 0 once more"},
		{"a series twice, in other words", with(`"primitive":"spin","family":"memory","blocking":false,"launcher":"clone","namespaces":[]`,
			`"primitive":"pipe-eof","children":1,"load_nice":5,"idle":"natural","sched":"other","family":"pipe","blocking":true,"launcher":"clone","namespaces":["uts","ipc"]`), "header: series 1 is series 0 once more"},
		{"torn, and closed again", `{"kind":"header","sche`, ErrTorn.Error()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := host("a")
			text := string(written(t, a[:3]...)) + test.line + "\n"
			block := bytes.SplitAfter(written(t, a...), []byte("\n"))[1]
			got, refused := readAll(strings.NewReader(text + string(block)))
			if d := diff(a[:3], got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			want := []string{"line 4: " + test.want, "line 5: block: " + ErrNoHeader.Error()}
			if len(refused) != 2 || !strings.HasPrefix(refused[0], want[0]) || refused[1] != want[1] {
				t.Errorf("refused %q, want %q", refused, want)
			}
		})
	}
}

func TestLinesOutsideARun(t *testing.T) {
	lines := bytes.SplitAfter(written(t, host("a")...), []byte("\n"))
	header, block, end := string(lines[0]), string(lines[1]), string(lines[3])
	tests := []struct{ name, text, refused string }{
		{"a block first", block, "line 1: block: no header before it"},
		{"an end first", end, "line 1: end: no header before it"},
		{"a block after the end", header + end + block, "line 3: block: no header before it"},
		{"a second end", header + end + end, "line 3: end: no header before it"},
	}
	for _, test := range tests {
		r := NewReader(strings.NewReader(test.text))
		var err error
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, ErrNoHeader) || err.Error() != test.refused {
			t.Errorf("%s: got %v, want %s", test.name, err, test.refused)
		}
	}
}

// endless is a line of spaces that goes on for a while without a newline.
type endless struct{ left int }

var spaces = bytes.Repeat([]byte(" "), 64<<10)

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p[:min(len(p), e.left)], spaces)
	if e.left -= n; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// A line beyond the limit is refused by its number and not read to its end, which
// may never come, and no more than the limit was ever held: the buffer that grows
// up to it by doubling allocates a few times the limit in all.
func TestHugeLine(t *testing.T) {
	log := host("a")
	lines := bytes.SplitAfter(written(t, log...), []byte("\n"))
	rest := &endless{8 * MaxLine}
	in := io.MultiReader(bytes.NewReader(lines[0]), strings.NewReader(`{"kind":`), rest)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, refused := readAll(in)
	runtime.ReadMemStats(&after)
	if rest.left < 6*MaxLine {
		t.Errorf("read on to %d bytes before the end", rest.left)
	}
	if d := diff(log[:1], got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if want := "[line 2: line is too long: over 67108864 bytes]"; fmt.Sprint(refused) != want {
		t.Errorf("refused %q, want %s", refused, want)
	}
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 7*MaxLine {
		t.Errorf("allocated %d MiB for a limit of %d", spent>>20, MaxLine>>20)
	}
}

func TestHugeLastLine(t *testing.T) {
	r := NewReader(&endless{MaxLine + 1})
	if _, err := r.Next(); !errors.Is(err, ErrTooLong) {
		t.Errorf("got %v", err)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}

// The longest line that is allowed is read, be it blank but for its record.
func TestLineAtTheLimit(t *testing.T) {
	head := written(t, host("a")[0])
	for _, over := range []int{0, 1} {
		r := NewReader(io.MultiReader(&endless{over + 200}, bytes.NewReader(head)))
		r.limit = 200 + len(head)
		if _, err := r.Next(); errors.Is(err, ErrTooLong) != (over == 1) {
			t.Errorf("%d over the limit: %v", over, err)
		}
	}
}

func TestTooManyObjects(t *testing.T) {
	line := `{"kind":"block","invalid":[` + strings.Repeat("{},", maxObjects) + `{}]}`
	_, err := NewReader(strings.NewReader(line)).Next()
	if want := "line 1: block: 1048578 objects on the line, at most 1048576 are possible"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A disk that fails is told once, with its line, and is not an endless loop.
func TestReadError(t *testing.T) {
	broken := errors.New("input/output error")
	text := written(t, host("a")...)
	in := io.MultiReader(bytes.NewReader(text[:len(text)-5]), iotest.ErrReader(broken))
	r := NewReader(in)
	var err error
	for range 4 {
		_, err = r.Next()
	}
	var line *LineError
	if !errors.As(err, &line) || line.Line != 4 || !errors.Is(err, broken) || err.Error() != "line 4: read record: input/output error" {
		t.Errorf("got %v", err)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("then got %v", err)
	}
}

// A member that is not known is passed over, and so is one in another case, which
// encoding/json would take for it.
func TestNamesAreTakenToTheLetter(t *testing.T) {
	text := string(written(t, host("a")...))
	for _, name := range []string{"schema", "plan", "hold_ns", "round", "place", "ended", "host"} {
		text = strings.ReplaceAll(text, `"`+name+`":`, `"`+strings.ToUpper(name)+`":null,"`+name+`":`)
		text = strings.ReplaceAll(text, `"cycle_ns":`, `"`+strings.ToUpper(name)+`":[9],"cycle_ns":`)
	}
	got, refused := readAll(strings.NewReader(text))
	if d := diff(host("a"), got); d != "" || refused != nil {
		t.Errorf("refused %q, -want +got\n%s", refused, d)
	}
}

// Series that differ in no more than what they are for are two.
func TestSelfChecksAreNoTwins(t *testing.T) {
	h := *host("a")[0].(*Header)
	s := h.Plan.Series[0]
	again, delayed := s, s
	again.SelfCheck, delayed.DelayNS = true, 5000
	h.Plan.Series = append(h.Plan.Series, again, delayed)
	if _, refused := readAll(bytes.NewReader(written(t, &h))); refused != nil {
		t.Errorf("refused %q", refused)
	}
}

// The work per line is bounded: many headers cut short on one line are one
// error and one header, not a walk through the line for each.
func TestManyHeadersOnOneLine(t *testing.T) {
	head := string(bytes.TrimSpace(written(t, host("a")[0])))
	text := strings.Repeat(`{"kind":"header","schema":1,"plan":[`, 100_000) + head
	got, refused := readAll(strings.NewReader(text))
	if kinds(got) != "header " || len(refused) != 1 {
		t.Errorf("got %s, refused %.300q", kinds(got), refused)
	}
}

func TestCountsAreHeldToTheirRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(math.MinInt32, math.MaxInt32).Draw(t, "n")
		want := n >= 0 && n <= MaxCount
		for _, plan := range []Plan{{Iterations: n}, {Stages: n}, {Block: n}, {Warmup: n}} {
			_, err := run{}.after(&Header{Schema: Schema, Plan: plan})
			if (err == nil) != want {
				t.Fatalf("%+v: %v", plan, err)
			}
		}
	})
}
