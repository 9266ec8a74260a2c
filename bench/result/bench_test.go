package result

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// million is a log of a million samples in blocks of a thousand.
func million(b *testing.B) []byte {
	b.Helper()
	log := host("a")[:1]
	for range 1000 {
		log = append(log, block(0, 1000))
	}
	return written(b, log...)
}

// BenchmarkReader reads a million samples, nine columns each.
func BenchmarkReader(b *testing.B) {
	text := million(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r := NewReader(bytes.NewReader(text))
		var err error
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ns/sample")
}

// BenchmarkWriter writes one block of a thousand samples.
func BenchmarkWriter(b *testing.B) {
	w := NewWriter(io.Discard)
	if err := w.Write(host("a")[0]); err != nil {
		b.Fatal(err)
	}
	rec := block(0, 1000)
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Write(rec); err != nil {
			b.Fatal(err)
		}
	}
}
