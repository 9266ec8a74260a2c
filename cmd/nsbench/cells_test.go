package main

import (
	"strings"
	"testing"
	"time"
)

// Of trials it is told how many are done and how long the others will take, every few
// seconds where nobody looks at a terminal, and nothing where nobody wants to know.
func TestTrialsProgress(t *testing.T) {
	var out strings.Builder
	p := newTrialsProgress(&out, false)
	p.began = time.Now().Add(-nextRow / 2)
	p.draw(10, 40)
	p.began = time.Now().Add(-2 * nextRow)
	p.draw(20, 40)
	p.draw(21, 40)
	p.done()
	if want := "nsbench: trial 20 of 40, 10s left\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	out.Reset()
	p = newTrialsProgress(&out, true)
	p.began = time.Now().Add(-2 * nextRow)
	p.draw(20, 40)
	p.done()
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}

func TestChosenOf(t *testing.T) {
	all := []string{"none", "parent-killed", "sibling"}
	same := func(s string) string { return s }
	got, err := chosenOf("fault", []string{"sibling", "none", "sibling"}, all, same)
	if err != nil || strings.Join(got, " ") != "none sibling" {
		t.Errorf("%v, %v", got, err)
	}
	for _, names := range [][]string{nil, {"none", "sibbling"}} {
		if got, err := chosenOf("fault", names, all, same); exitStatus(err) != statusUsage {
			t.Errorf("%v: %v, %v", names, got, err)
		}
	}
}
