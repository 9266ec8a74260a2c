package reports_test

import (
	"bytes"
	"testing"
	"time"
	"runtime"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

func TestZ(t *testing.T) {
	for _, n := range []int{1000, 4000} {
		var out bytes.Buffer
		w := result.NewWriter(&out)
		for _, r := range handshakes(n) {
			w.Write(r)
		}
		b := out.Bytes()
		var m0, m1 runtime.MemStats
		runtime.GC(); runtime.ReadMemStats(&m0)
		s := time.Now()
		rep, _ := reports.Gather(bytes.NewReader(b))
		took := time.Since(s)
		runtime.GC(); runtime.ReadMemStats(&m1)
		t.Log(n, len(b)>>20, "MB", took, (m1.HeapAlloc-m0.HeapAlloc)>>20, "MB kept", len(rep.Runs))
	}
}
