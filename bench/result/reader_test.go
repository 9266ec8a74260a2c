package result

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
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
	line := `{"blocks":0,"more":[{"kind":"header"}],"samples":0,"ended":"complete","kind":"end"}`
	got, refused := readAll(strings.NewReader(string(written(t, host("a")[0])) + line))
	if kinds(got) != "header end " || refused != nil {
		t.Errorf("got %s, refused %q", kinds(got), refused)
	}
}

// One bad line in a good log: it is named, and the lines around it are read.
func TestBadLines(t *testing.T) {
	const columns = `"release_ns":[1],"stage":[1],"hold_ns":[1],"signal_ns":[1],"wait_cpu_ns":[1],"voluntary":[1],` +
		`"involuntary":[1],"cpu_parent":[1],"cpu_child":[1],"clone_ns":[1],"startup_ns":[1],"cycle_ns":[1]`
	block := func(text string) string { return `{"kind":"block","round":0,"place":0,` + text + `}` }
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
		{"a string for a column", block(`"series":0,"stage":"x"`), `block: json: cannot unmarshal string`},
		{"a header inside a line that is JSON", block(`"series":"x","near":{"kind":"header","schema":1}`), `block: json: cannot unmarshal string`},
		{"a fraction of a nanosecond", block(`"series":0,"stage":[1.5]`), `block: json: cannot unmarshal number 1.5`},
		{"a number of endless digits", block(`"round":` + strings.Repeat("9", 5000)), `block: json: cannot unmarshal number 99`},
		{"no series", block(columns), `block: series -1 of a plan of 2`},
		{"no round", `{"kind":"block","place":0,"series":0}`, `block: round -1 is negative`},
		{"no place", `{"kind":"block","round":0,"series":0}`, `block: place -1 is negative`},
		{"a series beyond the plan", block(`"series":2,` + columns), `block: series 2 of a plan of 2`},
		{"a missing column", block(`"series":0,"release_ns":[5,6]`), `block: stage has 0 entries, release_ns has 2`},
		{"a short column", block(`"series":0,` + columns + `,"hold_ns":[]`), `block: hold_ns has 0 entries, release_ns has 1`},
		{"a short column of children", block(`"series":0,` + columns + `,"cycle_ns":[1,2]`), `block: cycle_ns has 2 entries, clone_ns has 1`},
		{"stage 0", block(`"series":0,` + columns + `,"stage":[0]`), `block: sample 0 is of stage 0, the plan has 2`},
		{"a stage beyond the plan", block(`"series":0,` + columns + `,"stage":[3]`), `block: sample 0 is of stage 3, the plan has 2`},
		{"a negative count", block(`"series":0,` + columns + `,"voluntary":[-1]`), `block: voluntary -1 of sample 0 is negative`},
		{"another", block(`"series":0,` + columns + `,"involuntary":[-2]`), `block: involuntary -2 of sample 0 is negative`},
		{"a mark beyond the columns", block(`"series":0,` + columns + `,"invalid":[{"sample":1,"reason":"clock"}]`), `block: mark 0 is on sample 1 of 1`},
		{"a mark before them", block(`"series":0,` + columns + `,"invalid":[{"sample":-1,"reason":"clock"}]`), `block: mark 0 is on sample -1 of 1`},
		{"a mark for nothing", block(`"series":0,` + columns + `,"invalid":[{"sample":0}]`), `block: mark 0 has no reason`},
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
	tests := []struct{ line, want string }{
		{`{"kind":"end","blocks":0,"samples":0}`, "end: does not say how the run ended"},
		{`{"kind":"end","ended":"complete","samples":0}`, "end: blocks -1 is negative"},
		{`{"kind":"end","ended":"complete","blocks":1,"samples":-5}`, "end: samples -5 is negative"},
		{`{"kind":"end","finished":"yesterday"}`, "end: parsing time"},
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
	tests := []struct{ name, line, want string }{
		{"no schema", `{"kind":"header"}`, "header: schema 0 is not the one known here, 1"},
		{"a later schema", `{"kind":"header","schema":2}`, "header: schema 2 is not the one known here, 1"},
		{"a plan too wide", `{"kind":"header","schema":1,"plan":{"series":[{}` + strings.Repeat(",{}", MaxSeries) + `]}}`, "header: plan of 4097 series, at most 4096 are possible"},
		{"a plan too long", `{"kind":"header","schema":1,"plan":{"iterations":1000000000000}}`, "header: plan with iterations 1000000000000, at most 1073741824 is possible"},
		{"a negative plan", `{"kind":"header","schema":1,"plan":{"stages":-1}}`, "header: stages -1 is negative"},
		{"a negative block", `{"kind":"header","schema":1,"plan":{"block":-1}}`, "header: block -1 is negative"},
		{"a negative warm-up", `{"kind":"header","schema":1,"plan":{"warmup":-1}}`, "header: warmup -1 is negative"},
		{"a negative delay", `{"kind":"header","schema":1,"plan":{"series":[{"delay_ns":-1}]}}`, "header: series 0: delay_ns -1 is negative"},
		{"a precision of all", `{"kind":"header","schema":1,"plan":{"precision":1}}`, "header: plan with a precision of 1, which is not"},
		{"a longest time before the run", `{"kind":"header","schema":1,"plan":{"max_time_ns":-1}}`, "header: max_time_ns -1 is negative"},
		{"a negative threshold", `{"kind":"header","schema":1,"plan":{"threshold":-0.1}}`, "header: plan with a threshold of -0.1, which is not from 0 to less than 1"},
		{"a threshold of all", `{"kind":"header","schema":1,"plan":{"threshold":1}}`, "header: plan with a threshold of 1, which is not"},
		{"a seed below 0", `{"kind":"header","schema":1,"seed":-1}`, "header: json: cannot unmarshal number -1"},
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
