package reports

import (
	"os"
	"path/filepath"
	"testing"
)

func TestIsPictureName(t *testing.T) {
	records, err := filepath.Glob("../docs/results/*.jsonl")
	if err != nil || len(records) == 0 {
		t.Fatal(records, err)
	}
	all := &Report{}
	for _, path := range records {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		rep, err := Gather(file)
		if err != nil {
			t.Fatal(err)
		}
		_ = file.Close()
		all.Runs = append(all.Runs, rep.Runs...)
		for _, p := range Pictures(rep) {
			if !IsPictureName(p.Name) {
				t.Errorf("%s: %s is not one", path, p.Name)
			}
		}
	}
	for _, p := range Pictures(all) {
		if !IsPictureName(p.Name) {
			t.Errorf("%s is not one", p.Name)
		}
	}
	for _, name := range []string{"", "report.html", "me.png", "life.png", "life-of-brian.png", "release-2.png", "release-free.PNG", "run0-life-free.png", "a-life-free.png", "release-free-../x.png"} {
		if IsPictureName(name) {
			t.Errorf("%q is one", name)
		}
	}
}
