package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/result"
)

// headerOf is the header of a section of a kind, told from others by its seed.
func headerOf(kind sectionKind, seed uint64) *result.Header {
	h := &result.Header{Schema: result.Schema, Seed: seed, Environment: result.Environment{ParentCPU: -1, ChildCPU: -1}}
	switch kind {
	case ofRun:
		h.Plan.Series = []result.Series{{Primitive: "pipe-eof"}}
	case ofFaults:
		h.Plan.Trials, h.Plan.Faults = 1, []result.Fault{{Name: "none", Of: result.OfChild}}
	case ofIsolation:
		h.Plan.Trials, h.Plan.Spaces = 1, []result.Space{{Name: "none"}}
	}
	return h
}

// sectionText is what a section of a kind is in a record, ended so if at all.
func sectionText(t *testing.T, kind sectionKind, seed uint64, ended string) string {
	t.Helper()
	var text bytes.Buffer
	w := result.NewWriter(&text)
	err := w.Write(headerOf(kind, seed))
	if ended != "" {
		err = errors.Join(err, w.Write(&result.End{Ended: ended}))
	}
	if err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// What a record holds after a section was written into it: what is not replaced is
// as it was, byte for byte, and nothing goes before what replaces it is complete.
func TestOutputInSections(t *testing.T) {
	complete := func(kind sectionKind, seed uint64) string {
		return sectionText(t, kind, seed, result.EndedComplete)
	}
	run, faults, isolation := complete(ofRun, 1), complete(ofFaults, 2), complete(ofIsolation, 3)
	cut := sectionText(t, ofRun, 4, "") + `{"kind":"blo`
	for name, test := range map[string]struct {
		before string
		kind   sectionKind
		ended  string // empty for a process that is killed
		want   string // before the new section
		warned string
	}{
		"an empty file":              {"", ofFaults, result.EndedComplete, "", ""},
		"another kind":               {run, ofFaults, result.EndedComplete, run, ""},
		"a third kind":               {run + faults, ofIsolation, result.EndedComplete, run + faults, ""},
		"a run behind matrices":      {faults + isolation, ofRun, result.EndedComplete, faults + isolation, ""},
		"behind a torn line":         {cut, ofFaults, result.EndedComplete, cut + "\n", ""},
		"replaced":                   {run, ofRun, result.EndedComplete, "", ""},
		"replaced in the middle":     {run + faults + isolation, ofFaults, result.EndedComplete, run + isolation, ""},
		"replaced, torn at the end":  {faults + cut, ofRun, result.EndedComplete, faults, ""},
		"replaced, torn before":      {cut + faults + isolation, ofFaults, result.EndedComplete, cut + "\n" + isolation, ""},
		"both that there are":        {faults + run + faults, ofFaults, result.EndedComplete, run, ""},
		"interrupted":                {run + faults, ofFaults, result.EndedInterrupted, run + faults, "holds faults from before as well"},
		"failed":                     {run + faults, ofRun, result.EndedFailed, run + faults, "holds a run from before as well"},
		"killed":                     {run + faults, ofFaults, "", run + faults, ""},
		"interrupted, first of kind": {run, ofFaults, result.EndedInterrupted, run, ""},
	} {
		dir := t.TempDir()
		record := filepath.Join(dir, recordName)
		if err := os.WriteFile(record, []byte(test.before), 0o666); err != nil {
			t.Fatal(err)
		}
		o, err := openOutput(dir, test.kind, true, time.Time{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var warned strings.Builder
		err = o.write(headerOf(test.kind, 9))
		if test.ended != "" {
			err = errors.Join(err, o.write(&result.End{Ended: test.ended}), o.finish(&warned))
		}
		if err = errors.Join(err, o.close()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got, err := os.ReadFile(record)
		if want := test.want + sectionText(t, test.kind, 9, test.ended); err != nil || string(got) != want {
			t.Errorf("%s: %v\n%q, want\n%q", name, err, got, want)
		}
		if !strings.Contains(warned.String(), test.warned) || test.warned == "" && warned.Len() > 0 {
			t.Errorf("%s: warned: %q", name, warned.String())
		}
		holdsOnly(t, dir, recordName)
	}
}

// What cannot be written into leaves a record as it is, and so does what never begins.
func TestOutputRefused(t *testing.T) {
	run, faults := sectionText(t, ofRun, 1, result.EndedComplete), sectionText(t, ofFaults, 2, result.EndedComplete)
	future := strings.Replace(run, `"schema":1`, `"schema":2`, 1)
	for name, test := range map[string]struct {
		before string
		kind   sectionKind
		force  bool
		want   string // of the error
		hint   string
	}{
		"a run":     {run + faults, ofRun, false, "holds a run already", "overwrite it with --force"},
		"faults":    {run + faults, ofFaults, false, "holds faults already", "overwrite them with --force"},
		"no record": {"hello\n", ofRun, true, "is no record", "mv "},
		"a later":   {future, ofFaults, true, "schema 2", "mv "},
		"nothing":   {run + "torn", ofFaults, false, "", ""},
		"forced":    {run + "torn", ofRun, true, "", ""},
	} {
		dir := t.TempDir()
		record := filepath.Join(dir, recordName)
		if err := os.WriteFile(record, []byte(test.before), 0o666); err != nil {
			t.Fatal(err)
		}
		o, err := openOutput(dir, test.kind, test.force, time.Time{})
		switch {
		case err == nil:
			if err = o.write(&result.End{}); err == nil { // which nothing can begin with
				t.Errorf("%s: an end without a header was written", name)
			}
			if err = o.discard(); err != nil || test.want != "" {
				t.Errorf("%s: not refused, %v", name, err)
			}
		case test.want == "" || !strings.Contains(err.Error(), test.want):
			t.Errorf("%s: %v", name, err)
		default:
			if h, ok := errors.AsType[hinted](err); !ok || !strings.Contains(h.hint, test.hint) || !strings.HasPrefix(h.hint, "choose another with --out, or ") {
				t.Errorf("%s: hint %q", name, h.hint)
			}
		}
		if got, err := os.ReadFile(record); err != nil || string(got) != test.before {
			t.Errorf("%s: %v: %q", name, err, got)
		}
		holdsOnly(t, dir, recordName)
	}
}

// Two processes do not write into one directory: what a lock is of is an open file,
// so that a second one in this process is as good as one of another.
func TestOutputIsLocked(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	first, err := openOutput(dir, ofRun, false, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openOutput(dir, ofFaults, false, time.Time{}); err == nil || !strings.Contains(err.Error(), "another nsbench writes into "+dir) {
		t.Errorf("%v", err)
	}
	if err := errors.Join(first.write(headerOf(ofRun, 1)), first.write(&result.End{Ended: result.EndedComplete}), first.finish(io.Discard), first.close()); err != nil {
		t.Error(err)
	}
	second, err := openOutput(dir, ofFaults, false, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.discard(); err != nil {
		t.Error(err)
	}
	holdsOnly(t, dir, recordName)
}
