package result

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A block's line means what decodeRecord makes of it, whether it is as a Writer writes
// it or not; and so does a refusal. What is let through means what encoding/json makes
// of it, unless a name differs in case.
func sameAsJSON(t *testing.T, line []byte) {
	t.Helper()
	want := &Block{}
	wantErr := decodeRecord(line, want, 0)
	for _, reuse := range []bool{false, true} {
		d, before := blockDecoder{reuse: reuse, memory: []int64{7, 7, 7}}, bytes.Clone(line)
		got, err := d.decode(line)
		if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Errorf("%s\nis refused with %v, at length with %v", line, err, wantErr)
		}
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			t.Errorf("%s\n-at length +here\n%s", line, diff)
		}
		if !bytes.Equal(before, line) {
			t.Errorf("%s\nhas become\n%s", before, line)
		}
	}
	if wantErr != nil || !bytes.Equal(line, bytes.ToLower(line)) {
		return
	}
	std := &Block{}
	if err := json.Unmarshal(line, std); err != nil || cmp.Diff(std, want) != "" {
		t.Errorf("%s\n%v, -encoding/json +here\n%s", line, err, cmp.Diff(std, want))
	}
}

// withEnd is the line of a block that ends so, and has before that whatever else is
// required, so that it may be let through.
func withEnd(end []byte) []byte {
	line := bytes.Clone(blockStart)
	for at, name := range blockLayout.names {
		if blockLayout.required&(1<<at) == 0 || bytes.Contains(end, []byte(`"`+name+`"`)) {
			continue
		}
		value := "[]"
		switch name {
		case "round", "place", "series":
			value = "0"
		case "warmup":
			value = "false"
		}
		line = append(line, `,"`+name+`":`+value...)
	}
	return append(line, end...)
}

// Ends of lines of blocks.
var blockEnds = []string{
	`, }`, `, "round":1}`, `,,"round":1}`,
	``, `}`, `,`, `,}`, `} `, `}}`, ` }`, `}x`, `,"`, `,"stage`, `,"stage"`, `,"stage":`, `,"stage":[`, `,"stage":[1`, `,"stage":[1,`, `,"stage":[1]`,
	`,"stage":[1,2],"hold_ns":[-5,0,-0]}`, `,"stage":[],"hold_ns":[ ]}`, `,"stage":null,"round":null}`, `,"stage":[1,null]}`, `,"stage":[1,]}`, `,"stage":[,1]}`,
	`,"stage":[01]}`, `,"stage":[-]}`, `,"stage":[+1]}`, `,"stage":[1.0]}`, `,"stage":[1e2]}`, `,"stage":[1 ,2]}`, `,"stage":["1"]}`, `,"stage":[[1]]}`, `,"stage":{}}`, `,"stage":7}`,
	`,"stage":[999999999999999999,1000000000000000000,9223372036854775807,-9223372036854775808]}`, `,"stage":[9223372036854775808]}`,
	`,"stage":[1,2,3],"stage":[4]}`, `,"stage":[1,2,3],"stage":[]}`, `,"stage":[1],"Stage":[2,3],"hold_ns":[9]}`, `,"st\u0061ge":[1,2]}`, `,"sta\"ge":[1]}`,
	`,"round":3,"place":4,"series":5,"warmup":true}`, `,"warmup":false,"warmup":true}`, `,"warmup":truex}`, `,"warmup":tru}`, `,"warmup":1}`, `,"warmup":[1]}`,
	`,"round":-1}`, `,"round":1.5}`, `,"round":"1"}`, `,"round":1`, `,"round":-`, `,"round": 1,"place":2}`, `, "round":1}`, `,"round":1 ,"place":2}`, `,"round":[1]}`, `,"round":1x}`,
	`,"run_delay_ns":5,"throttled_ns":0,"drain_ns":-1}`, `,"run_delay_ns":5,"run_delay_ns":null}`, `,"drain_ns":1,"drain_ns":2}`,
	`,"new":[1,2],"round":4,"stage":[1]}`, `,"new":{"stage":[1]},"place":2}`, `,"kind":"end","round":1}`, `,"round":1,"kind":7}`,
	`,"stage":[1],"invalid":[{"sample":0,"reason":"moved","detail":"a ],{\" b"}]}`, `,"invalid":[{"sample":0,"reason":"moved"}],"round":2}`, `,"invalid":[{]}`, `,"invalid":[1],"round":1}`,
	`,"stage":[1],"a` + "\x00" + `":1}`, `,"` + "\xff" + `":1,"round":1}`, `,"stage":[1]}` + "\r", `:1}`, `"}`, `x`,
}

func TestBlocksMeanWhatTheyMeanAsJSON(t *testing.T) {
	for _, end := range blockEnds {
		sameAsJSON(t, []byte(string(blockStart)+end))
		sameAsJSON(t, withEnd([]byte(end)))
	}
	for line := range bytes.SplitSeq(written(t, host("a")...), []byte("\n")) {
		if bytes.HasPrefix(line, blockStart) {
			for cut := range len(line) - len(blockStart) {
				sameAsJSON(t, line[:len(blockStart)+cut+1])
			}
		}
	}
}

func FuzzBlock(f *testing.F) {
	for _, end := range blockEnds {
		f.Add([]byte(end))
	}
	f.Fuzz(func(t *testing.T, end []byte) {
		sameAsJSON(t, append(bytes.Clone(blockStart), end...))
		sameAsJSON(t, withEnd(end))
	})
}

// A column that is not known here would only be slow, which nobody would see.
func TestEveryColumnIsDecodedHere(t *testing.T) {
	b := &Block{}
	fields := reflect.TypeFor[Block]()
	for i := range fields.NumField() {
		field := fields.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		known := true
		switch field.Type {
		case reflect.TypeFor[[]int64]():
			known = b.columnNamed([]byte(name)) == reflect.ValueOf(b).Elem().Field(i).Addr().Interface()
		case reflect.TypeFor[int](), reflect.TypeFor[*int64]():
			known = b.number([]byte(name), 1) && !reflect.ValueOf(b).Elem().Field(i).IsZero()
		}
		if !known {
			t.Errorf("%s is left to encoding/json", name)
		}
	}
}

// Blocks in one memory are read as those that have their own, and take no memory
// by the sample.
func TestReuseBlocks(t *testing.T) {
	var log []Record
	for _, samples := range []int{3, 1, 0, 7, 2} {
		log = append(log, block(0, samples))
	}
	text := written(t, append(host("a")[:1], log...)...)
	want, _ := readAll(bytes.NewReader(text))
	r := NewReader(bytes.NewReader(text))
	r.ReuseBlocks = true
	for i := 0; ; i++ {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want[i], rec); d != "" {
			t.Errorf("record %d, -own memory +reused\n%s", i, d)
		}
	}
	read := func(samples int) float64 {
		log := host("a")[:1]
		for range 50 {
			log = append(log, block(0, samples))
		}
		text := written(t, log...)
		return testing.AllocsPerRun(5, func() {
			r := NewReader(bytes.NewReader(text))
			r.ReuseBlocks = true
			for {
				if _, err := r.Next(); err != nil {
					return
				}
			}
		})
	}
	if few, many := read(10), read(1000); many > few+50 {
		t.Errorf("%v allocations for 500 samples, %v for 50,000", few, many)
	}
}
