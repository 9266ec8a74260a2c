package traced

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The document has the differences that are known, and -update puts them there.
func TestDocumented(t *testing.T) {
	file := filepath.Join("..", "..", "..", "docs", "handshakes.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), "<!-- differences -->\n")
	got, behind, closed := strings.Cut(rest, "<!-- end -->")
	if !ok || !closed {
		t.Fatalf("%s has no block of differences", file)
	}
	want := "\n" + Markdown() + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(before+"<!-- differences -->\n"+want+"<!-- end -->"+behind), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: run go test ./bench/handshake/traced -update (-want +got):\n%s", file, diff)
	}
}
