package sys

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// inHeader has the C compiler evaluate expressions against a header of the
// kernel (linux-libc-dev) and holds the values to those given.
func inHeader(t *testing.T, header string, want map[string]uint64) {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		missing(t, "gcc", err)
	}
	dir := t.TempDir()
	src, bin := filepath.Join(dir, "values.c"), filepath.Join(dir, "values")
	var b strings.Builder
	fmt.Fprintf(&b, "#include <stddef.h>\n#include <%s>\nint printf(const char *, ...);\nint main(void) {\n", header)
	for expr := range want {
		fmt.Fprintf(&b, "\tprintf(\"%%s = %%llu\\n\", %q, (unsigned long long)(%s));\n", expr, expr)
	}
	b.WriteString("}\n")
	if err := os.WriteFile(src, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(gcc, "-o", bin, src).CombinedOutput(); err != nil {
		missing(t, "gcc", fmt.Errorf("%w\n%s", err, out))
	}
	out, err := exec.Command(bin).Output()
	if err != nil {
		t.Fatal(err)
	}
	for expr, v := range want {
		if line := fmt.Sprintf("%s = %d\n", expr, v); !strings.Contains(string(out), line) {
			t.Errorf("want %sthe header has:\n%s", line, out)
		}
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
