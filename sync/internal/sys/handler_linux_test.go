//go:build amd64 || arm64

package sys

import (
	"encoding/binary"
	"os"
	"regexp"
	"strconv"
	"testing"
)

const saRestart = 0x10000000 // x/sys does not have it; the header does

// members splits the kernel's struct sigaction, which differs from the C
// library's. On both architectures its members are of 8 bytes each.
func members(t *testing.T, action []byte) (handler, flags, restorer, mask uint64) {
	t.Helper()
	if len(action) != 32 {
		t.Fatalf("%d bytes, want 32", len(action))
	}
	member := func(i int) uint64 { return binary.NativeEndian.Uint64(action[8*i:]) }
	return member(0), member(1), member(2), member(3)
}

func TestSigactions(t *testing.T) {
	for name, test := range map[string]struct {
		action  []byte
		handler uintptr
		flags   uint64
	}{
		"Interrupting": {Interrupting(), handlerPC(), saRestorer},
		"Noting":       {Noting(), noterPC(), saRestorer | saSiginfo},
	} {
		handler, flags, restorer, mask := members(t, test.action)
		if handler != uint64(test.handler) || handler <= 1 {
			t.Errorf("%s: handler = %#x, want the assembly's, %#x, neither SIG_DFL nor SIG_IGN", name, handler, test.handler)
		}
		if flags != test.flags || flags&saRestart != 0 {
			t.Errorf("%s: flags = %#x, want %#x, without SA_RESTART", name, flags, test.flags)
		}
		if restorer != uint64(restorerPC()) || restorer == handler {
			t.Errorf("%s: restorer = %#x, want the assembly's, which is not the handler", name, restorer)
		}
		if mask != everySignal {
			t.Errorf("%s: mask = %#x, want every signal", name, mask)
		}
	}
	if handlerPC() == noterPC() {
		t.Error("both handlers are one")
	}
}

func TestSigactionAsInTheHeader(t *testing.T) {
	inHeaders(t, []string{"asm/signal.h"}, map[string]uint64{
		"SA_RESTORER":                             saRestorer,
		"SA_RESTART":                              saRestart,
		"SA_SIGINFO":                              saSiginfo,
		"sizeof(struct sigaction)":                uint64(len(Interrupting())),
		"offsetof(struct sigaction, sa_handler)":  0,
		"offsetof(struct sigaction, sa_flags)":    8,
		"offsetof(struct sigaction, sa_restorer)": 16,
		"offsetof(struct sigaction, sa_mask)":     24,
	})
}

// The handler that notes loads the register in which a call has its third
// argument from where the kernel has saved it, on either architecture.
func TestNotersRegisterAsInTheHeader(t *testing.T) {
	for arch, saved := range map[string]struct {
		load   string // of the assembly
		member string
	}{
		"amd64": {`MOVQ\t(\d+)\(DX\), AX\n\tMOVL\t\$1, \(AX\)`, "uc_mcontext.rdx"},
		"arm64": {`MOVD\t(\d+)\(R2\), R0\n`, "uc_mcontext.regs[2]"},
	} {
		t.Run(arch, func(t *testing.T) {
			name := "handler_linux_" + arch + ".s"
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			found := regexp.MustCompile(saved.load).FindSubmatch(source)
			if found == nil {
				t.Fatalf("%s has no %q", name, saved.load)
			}
			offset, err := strconv.ParseUint(string(found[1]), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			inHeadersOf(t, arch, []string{"asm/signal.h", "asm/sigcontext.h", "asm/ucontext.h"},
				map[string]uint64{"offsetof(struct ucontext, " + saved.member + ")": offset})
		})
	}
}
