package sys

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// compilers are those whose headers are the kernel's for an architecture. What
// is the same on all of them can be held to all, whichever this machine has.
var compilers = map[string]string{"amd64": "x86_64-linux-gnu-gcc", "arm64": "aarch64-linux-gnu-gcc"}

// inHeaders holds the values of C expressions to what the kernel's headers
// (linux-libc-dev) make of them, for this architecture and for others whose
// compiler is here. Nothing that is compiled is run.
func inHeaders(t *testing.T, headers []string, want map[string]uint64) {
	t.Helper()
	for arch := range compilers {
		t.Run(arch, func(t *testing.T) { inHeadersOf(t, arch, headers, want) })
	}
}

func inHeadersOf(t *testing.T, arch string, headers []string, want map[string]uint64) {
	t.Helper()
	compiler, ability := "gcc", "gcc"
	if arch != runtime.GOARCH {
		compiler, ability = compilers[arch], "cross-gcc"
	}
	var src strings.Builder
	for _, h := range slices.Concat([]string{"stddef.h"}, headers) {
		fmt.Fprintf(&src, "#include <%s>\n", h)
	}
	for expr, v := range want {
		fmt.Fprintf(&src, "_Static_assert((unsigned long long)(%s) == %dULL, %q);\n", expr, v, fmt.Sprintf("%s is not %d", expr, v))
	}
	cmd := exec.Command(compiler, "-fsyntax-only", "-x", "c", "-")
	cmd.Stdin = strings.NewReader(src.String())
	out, err := cmd.CombinedOutput()
	switch {
	case errors.Is(err, exec.ErrNotFound), strings.Contains(string(out), "fatal error"): // no compiler, no header
		missing(t, ability, fmt.Errorf("%w\n%s", err, out))
	case err != nil:
		t.Errorf("the headers disagree: %v\n%s", err, out)
	}
}

// A comparison that cannot fail would prove nothing.
func TestHeadersDisagree(t *testing.T) {
	const chosen = "NSBENCH_SYS_DISAGREE"
	if os.Getenv(chosen) != "" {
		inHeadersOf(t, runtime.GOARCH, []string{"asm/signal.h"}, map[string]uint64{"SA_RESTART": saRestart, "SA_RESTORER": saRestorer + 1})
		return
	}
	inHeadersOf(t, runtime.GOARCH, []string{"asm/signal.h"}, map[string]uint64{"SA_RESTART": saRestart})
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestHeadersDisagree$")
	cmd.Env = append(os.Environ(), chosen+"=1")
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "SA_RESTORER is not") || strings.Contains(string(out), "SA_RESTART is not") {
		t.Errorf("%v, want a failure that names SA_RESTORER alone:\n%s", err, out)
	}
}

// missing ends a test for want of an ability: it is skipped, or it fails where
// NSBENCH_TEST_REQUIRE names the ability.
func missing(t *testing.T, ability string, why error) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), ability) {
		t.Fatalf("%s is required: %v", ability, why)
	}
	t.Skipf("no %s: %v", ability, why)
}
