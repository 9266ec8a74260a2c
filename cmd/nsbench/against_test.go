package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recordedTrace is one of a runtime that the tests of bench/handshake/traced hold to its
// profile.
func recordedTrace(runtime string) string {
	return filepath.Join("..", "..", "bench", "handshake", "traced", "testdata", runtime+".trace")
}

func TestCompareTrace(t *testing.T) {
	var out bytes.Buffer
	if err := compareTrace(&out, "unshare", recordedTrace("unshare")); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "unshare: matches: ") {
		t.Errorf("it ends with %q", last)
	}
}

func TestCompareTraceFails(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none.trace")
	if err := os.WriteFile(none, []byte("no trace\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, profile, file string
		is                  error
		says                string
	}{
		{"another runtime's", "unshare", recordedTrace("bubblewrap"), errDiffers, "unshare"},
		{"no file", "unshare", none + "x", fs.ErrNotExist, none + "x"},
		{"no trace", "unshare", none, nil, "no line of strace"},
		{"no profile", "unshar", recordedTrace("unshare"), nil, "unshar"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := compareTrace(&bytes.Buffer{}, test.profile, test.file)
			if err == nil || test.is != nil && !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("compareTrace = %v, want %v with %q", err, test.is, test.says)
			}
		})
	}
}
