//go:build amd64 || arm64

package sys

import (
	"encoding/binary"
	"testing"
)

const saRestart = 0x10000000 // x/sys does not have it; the header does

// The kernel's struct sigaction, which differs from the C library's. On both
// architectures its members are of 8 bytes each.
func TestInterruptingIsASigaction(t *testing.T) {
	b := Interrupting()
	if len(b) != 32 {
		t.Fatalf("%d bytes, want 32", len(b))
	}
	word := func(i int) uint64 { return binary.NativeEndian.Uint64(b[8*i:]) }
	if got := word(0); got != uint64(handlerPC()) || got <= 1 {
		t.Errorf("handler = %#x, want the assembly's, neither SIG_DFL nor SIG_IGN", got)
	}
	if got := word(1); got&saRestart != 0 || got&saRestorer == 0 {
		t.Errorf("flags = %#x, want SA_RESTORER and not SA_RESTART", got)
	}
	if got := word(2); got != uint64(restorerPC()) || got == word(0) {
		t.Errorf("restorer = %#x, want the assembly's, which is not the handler", got)
	}
	if got := word(3); got != 0 {
		t.Errorf("mask = %#x, want none", got)
	}
}

func TestSigactionAsInTheHeader(t *testing.T) {
	inHeader(t, "asm/signal.h", map[string]uint64{
		"SA_RESTORER":                             saRestorer,
		"SA_RESTART":                              saRestart,
		"sizeof(struct sigaction)":                uint64(len(Interrupting())),
		"offsetof(struct sigaction, sa_handler)":  0,
		"offsetof(struct sigaction, sa_flags)":    8,
		"offsetof(struct sigaction, sa_restorer)": 16,
		"offsetof(struct sigaction, sa_mask)":     24,
	})
}
