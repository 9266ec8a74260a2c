package reports_test

import (
	"bytes"
	"runtime"
	"testing"
)

// Four times the samples take four times the memory, and no more: what is allocated
// in all, in how many pieces, and what is kept. Times are scripts/render's to hold; no
// test waits for a wall clock. Gathering allocates by the block, not by the sample.
func TestGatheringIsLinear(t *testing.T) {
	const samples = 60_000
	tm := readTemplate(t)
	gathering := func(samples int) (bytesInAll, pieces, kept float64) {
		var record bytes.Buffer
		writeLarge(t, &record, tm, samples)
		var before, after runtime.MemStats
		held := heap()
		runtime.ReadMemStats(&before)
		rep := gather(t, record.Bytes())
		runtime.ReadMemStats(&after)
		kept = float64(heap() - held)
		runtime.KeepAlive(rep)
		runtime.KeepAlive(record)
		return float64(after.TotalAlloc - before.TotalAlloc), float64(after.Mallocs - before.Mallocs), kept
	}
	bytesFew, piecesFew, keptFew := gathering(samples)
	bytesMany, piecesMany, keptMany := gathering(4 * samples)
	for what, ratio := range map[string]float64{
		"bytes in all": bytesMany / bytesFew, "allocations": piecesMany / piecesFew, "bytes kept": keptMany / keptFew,
	} {
		t.Logf("%s of four times the samples: %.2f times", what, ratio)
		if ratio > 4.4 {
			t.Errorf("%s of four times the samples are %.2f times as many", what, ratio)
		}
	}
	each := piecesMany / (4 * samples)
	t.Logf("%.2f allocations, %.0f bytes in all, %.0f kept, a sample", each, bytesMany/(4*samples), keptMany/(4*samples))
	if each > 1 {
		t.Errorf("%.2f allocations a sample", each)
	}
}
