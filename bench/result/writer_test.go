package result

import (
	"bytes"
	"errors"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t)
		var file bytes.Buffer
		w := NewWriter(&file)
		for _, rec := range log {
			if err := w.Write(rec); err != nil {
				t.Fatal(err)
			}
		}
		got, refused := readAll(&file)
		if refused != nil {
			t.Fatalf("refused: %q", refused)
		}
		if d := diff(log, got); d != "" {
			t.Fatalf("-written +read\n%s", d)
		}
	})
}

func TestWriterLeavesTheRecordAlone(t *testing.T) {
	h, b := &Header{Schema: Schema, Plan: Plan{Series: []Series{{}}}}, &Block{}
	written(t, h, b)
	if h.Command != nil || h.Plan.Series[0].Namespaces != nil || h.Environment.Disturbances != nil || b.ReleaseNS != nil {
		t.Errorf("changed: %+v, %+v", h, b)
	}
}

func TestWriterWritesNoNull(t *testing.T) {
	text := written(t, &Header{Schema: Schema, Plan: Plan{Series: []Series{{}}}}, &Block{}, &End{Ended: EndedComplete})
	if bytes.Contains(text, []byte(":null")) {
		t.Errorf("null in\n%s", text)
	}
}

// A column that the lists of column.go forget would be written as null and
// never be held to the length of the others.
func TestEveryColumnIsListed(t *testing.T) {
	var b Block
	listed := map[string]*[]int64{}
	for _, c := range slices.Concat(b.sampleColumns(), []column{b.delays()}, b.childColumns(), b.rareColumns()) {
		listed[c.name] = c.values
	}
	fields := reflect.ValueOf(&b).Elem()
	for i := range fields.NumField() {
		values, ok := reflect.TypeAssert[*[]int64](fields.Field(i).Addr())
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(fields.Type().Field(i).Tag.Get("json"), ",")
		if listed[name] != values {
			t.Errorf("column %s is not listed by its name", name)
		}
		delete(listed, name)
	}
	if len(listed) > 0 {
		t.Errorf("listed, but not a column: %v", listed)
	}
}

// calls keeps what each call of Write was given.
type calls [][]byte

func (c *calls) Write(p []byte) (int, error) {
	*c = append(*c, bytes.Clone(p))
	return len(p), nil
}

func TestWriterWritesEachLineInOneCall(t *testing.T) {
	var out calls
	w := NewWriter(&out)
	log := append(host("a"), host("b")...)
	for _, rec := range log {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if len(out) != len(log) {
		t.Fatalf("%d calls for %d records", len(out), len(log))
	}
	for i, line := range out {
		if bytes.Count(line, []byte("\n")) != 1 || line[len(line)-1] != '\n' {
			t.Errorf("call %d is not one line: %q", i, line)
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	tests := []struct {
		name string
		log  []Record // the last of which is refused
		want string
	}{
		{"nothing", []Record{nil}, "write record: no record"},
		{"a nil header", []Record{(*Header)(nil)}, "write record: no record"},
		{"a nil block", []Record{(*Block)(nil)}, "write record: no record"},
		{"a nil end", []Record{(*End)(nil)}, "write record: no record"},
		{"what was not kept", []Record{&Unknown{Kind: "fault"}}, "write record: unknown: its content was not kept"},
		{"a block without a run", []Record{&Block{}}, "write record: block: no header before it"},
		{"a second end", append(host("a"), &End{Ended: EndedFailed}), "write record: end: no header before it"},
		{"a lopsided block", []Record{host("a")[0], &Block{ReleaseNS: []int64{1}}}, "write record: block: stage has 0 entries, release_ns has 1"},
		{"a lopsided delay", []Record{host("a")[0], lopsidedDelay()}, "write record: block: delay_ns has 1 entries, release_ns has 2"},
		{"a negative delay", []Record{host("a")[0], negativeDelay()}, "write record: block: delay_ns -1 of sample 1 is negative"},
		{"a threshold that is no number", []Record{&Header{Schema: Schema, Plan: Plan{Threshold: math.NaN()}}}, "write record: header: plan with a threshold of NaN"},
		{"a time that JSON has no room for", []Record{&Header{Schema: Schema, Started: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}}, "write record: header: json: error calling MarshalJSON for type time.Time"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out calls
			w := NewWriter(&out)
			last := len(test.log) - 1
			for _, rec := range test.log[:last] {
				if err := w.Write(rec); err != nil {
					t.Fatal(err)
				}
			}
			err := w.Write(test.log[last])
			if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if len(out) != last {
				t.Errorf("%d lines were written, want %d", len(out), last)
			}
		})
	}
}

func lopsidedDelay() *Block {
	b := block(0, 2)
	b.DelayNS = []int64{5000}
	return b
}

func negativeDelay() *Block {
	b := block(0, 2)
	b.DelayNS = []int64{5000, -1}
	return b
}

// cramped is a disk with room for some bytes, which grows when it is told to.
type cramped struct {
	bytes.Buffer
	room  int
	quiet bool // return no error with a short count, against io.Writer's rules
}

var errFull = errors.New("no space left on device")

func (c *cramped) Write(p []byte) (int, error) {
	n := min(len(p), c.room)
	c.room -= n
	c.Buffer.Write(p[:n])
	if n == len(p) || c.quiet {
		return n, nil
	}
	return n, errFull
}

// A disk that fills up in the middle of a block costs that block. With room
// for it again, the end of the run still gets a line of its own.
func TestWriterGoesOnAfterAFullDisk(t *testing.T) {
	log := host("a")
	for _, room := range []int{0, 1, 100} {
		disk := &cramped{room: len(written(t, log[:2]...)) + room}
		w := NewWriter(disk)
		for _, rec := range log[:2] {
			if err := w.Write(rec); err != nil {
				t.Fatal(err)
			}
		}
		err := w.Write(log[2])
		if !errors.Is(err, errFull) || err.Error() != "write record: block: no space left on device" {
			t.Errorf("room for %d: %v", room, err)
		}
		for _, more := range []int{1, 0} { // the newline that closes the line, then nothing at all
			disk.room = more
			if err := w.Write(log[3]); !errors.Is(err, errFull) {
				t.Errorf("room for %d: %v", room, err)
			}
		}
		disk.room = 1 << 20
		if err := w.Write(log[3]); err != nil {
			t.Errorf("room for %d: %v", room, err)
		}
		got, refused := readAll(&disk.Buffer)
		if kinds(got) != "header block end " || len(refused) > 1 {
			t.Errorf("room for %d: read %s, refused %q", room, kinds(got), refused)
		}
		for _, message := range refused {
			if !strings.HasSuffix(message, ErrTorn.Error()) {
				t.Errorf("room for %d: %s", room, message)
			}
		}
	}
}

func TestWriterToldOfAShortWrite(t *testing.T) {
	w := NewWriter(&cramped{room: 10, quiet: true})
	if err := w.Write(host("a")[0]); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("got %v", err)
	}
}

// A header that did not arrive opens nothing.
func TestBlocksAfterAHeaderThatWasNotWritten(t *testing.T) {
	disk := &cramped{}
	w := NewWriter(disk)
	if err := w.Write(host("a")[0]); !errors.Is(err, errFull) {
		t.Fatal(err)
	}
	disk.room = 1 << 20
	if err := w.Write(host("a")[1]); !errors.Is(err, ErrNoHeader) {
		t.Errorf("got %v", err)
	}
}

func TestCommandIsReadable(t *testing.T) {
	h := &Header{Schema: Schema, Command: []string{"nsbench", "compare", "--fail-if", "p50>5%"}}
	if text := string(written(t, h)); !strings.Contains(text, `"p50>5%"`) {
		t.Errorf("escaped: %s", text)
	}
}

func TestBytesThatAreNotUTF8(t *testing.T) {
	h := &Header{Schema: Schema, Command: []string{"a\xffb"}}
	got, _ := readAll(bytes.NewReader(written(t, h)))
	if d := cmp.Diff([]string{"a\uFFFDb"}, got[0].(*Header).Command); d != "" {
		t.Error(d)
	}
}
