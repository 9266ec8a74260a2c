package result

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"
)

// Whatever the bytes: no panic, no endless log, every refusal names its line,
// memory in proportion to the input, and what was accepted can be written and
// is then read as the same.
func FuzzReader(f *testing.F) {
	whole := written(f, host("a")...)
	f.Add(whole)
	f.Add(whole[:len(whole)-9])
	f.Add(append(bytes.Clone(whole[:700]), whole...))
	f.Add(written(f, faultsOf("a")...))
	f.Add(written(f, isolationOf("a")...))
	f.Add(written(f, handshakesAt("a")...))
	f.Add(written(f, breaksAt("a")...))
	f.Add([]byte("hello\n\n{}\nnull\n[]\n{\"kind\":1}\n"))
	f.Add([]byte(`{"kind":"header","schema":1,"plan":{"series":[{},{}],"stages":3}}` + "\n" + `{"kind":"block","round":0,"place":0,"series":1}`))
	f.Add([]byte(`{"kind":"header","schema":1` + `{"kind":"header","schema":1}`))
	f.Add([]byte(`{"a" "b"}` + "\n{,}\n{]\n" + `{"x":[[[[` + "\n" + `{"kind":"fault","kind":"end"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		log := fuzzed(t, text)
		runtime.ReadMemStats(&after)
		if spent, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+4096*len(text)); spent > most {
			t.Errorf("allocated %d bytes for %d of input", spent, len(text))
		}
		var known []Record
		for _, rec := range log {
			if _, ok := rec.(*Unknown); !ok {
				known = append(known, rec)
			}
		}
		again, refused := readAll(bytes.NewReader(written(t, known...)))
		if d := diff(known, again); d != "" || refused != nil {
			t.Errorf("refused %q, -read +written and read\n%s", refused, d)
		}
	})
}

// fuzzed reads the text to its end.
func fuzzed(t *testing.T, text []byte) []Record {
	var log []Record
	r := NewReader(bytes.NewReader(text))
	lines := bytes.Count(text, []byte("\n")) + 1
	for calls := 0; ; calls++ {
		if calls > 2*lines {
			t.Fatalf("%d calls of Next for %d lines", calls, lines)
		}
		rec, err := r.Next()
		var line *LineError
		switch {
		case err == nil:
			log = append(log, rec)
		case errors.As(err, &line):
			if line.Line < 1 || line.Line > lines || errors.Is(err, io.EOF) {
				t.Fatalf("%d lines, got %v", lines, err)
			}
		case errors.Is(err, io.EOF):
			return log
		default:
			t.Fatal(err)
		}
	}
}
