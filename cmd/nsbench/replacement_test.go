package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestReplaceFiles(t *testing.T) {
	errDrawn := errors.New("cannot be drawn")
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
	}
	for name, test := range map[string]struct {
		second replacement
		want   string // in the first file
	}{
		"all":           {replacement{"b", text("new")}, "new"},
		"fails":         {replacement{"b", func(w io.Writer) error { return errors.Join(text("half")(w), errDrawn) }}, "old"},
		"a directory":   {replacement{"dir", text("new")}, "old"},
		"no directory":  {replacement{"none/b", text("new")}, "old"},
		"name too long": {replacement{string(make([]byte, 300)), text("new")}, "old"},
	} {
		dir := t.TempDir()
		first := filepath.Join(dir, "a")
		if err := errors.Join(os.WriteFile(first, []byte("old"), 0o666), os.Mkdir(filepath.Join(dir, "dir"), 0o777)); err != nil {
			t.Fatal(err)
		}
		test.second.path = filepath.Join(dir, test.second.path)
		err := replaceFiles([]replacement{{first, text("new")}, test.second})
		if (err == nil) != (test.want == "new") {
			t.Errorf("%s: error %v", name, err)
		}
		if got, err := os.ReadFile(first); err != nil || string(got) != test.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		wanted := 2
		if test.want == "new" {
			wanted = 3
		}
		if all, err := os.ReadDir(dir); err != nil || len(all) != wanted {
			t.Errorf("%s: %v, %v", name, all, err)
		}
	}
}
