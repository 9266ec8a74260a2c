package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// A sectionKind is a kind of section that a record may hold, and how messages speak of it.
type sectionKind struct {
	matrix    string // as in the record
	some      string // "a run"
	those     string // "the run that is"
	overwrite string // "overwrite it"
}

var (
	ofRun       = sectionKind{"", "a run", "the run that is", "overwrite it"}
	ofFaults    = sectionKind{result.MatrixFaults, "faults", "the faults that are", "overwrite them"}
	ofIsolation = sectionKind{result.MatrixIsolation, "isolation", "the isolation that is", "overwrite it"}

	ofHandshakes = sectionKind{result.MatrixHandshakes, "handshakes", "the handshakes that are", "overwrite them"}
	ofBreaks     = sectionKind{result.MatrixBreaks, "broken handshakes", "the broken handshakes that are", "overwrite them"}
)

// recorded is what a record holds.
type recorded struct {
	sections []result.Section
	size     int64 // in bytes
	torn     bool  // the last line has no end
}

// recordedIn finds out what a record holds, or why nothing can be added to it.
func recordedIn(file *os.File) (r recorded, err error) {
	info, err := file.Stat()
	if err != nil {
		return r, err
	}
	if !info.Mode().IsRegular() {
		return r, fmt.Errorf("%s is no regular file", file.Name())
	}
	if r.size = info.Size(); r.size == 0 {
		return r, nil
	}
	last := make([]byte, 1)
	if _, err := file.ReadAt(last, r.size-1); err != nil {
		return r, err
	}
	r.torn = last[0] != '\n'
	if r.sections, err = result.Sections(io.NewSectionReader(file, 0, r.size)); err != nil {
		return r, fmt.Errorf("%s: %w", file.Name(), err)
	}
	moveAway := "mv " + reports.ShellWord(file.Name()) + " " + reports.ShellWord(file.Name()+".old")
	if len(r.sections) == 0 {
		return r, withHint(fmt.Errorf("%s is no record", file.Name()), moveAway)
	}
	for _, s := range r.sections {
		if s.Schema != result.Schema {
			return r, withHint(fmt.Errorf("%s is of schema %d, and this version of nsbench writes schema %d", file.Name(), s.Schema, result.Schema), moveAway)
		}
	}
	return r, nil
}

// holds reports whether there is a section of a kind.
func (r recorded) holds(kind sectionKind) bool {
	return slices.ContainsFunc(r.sections, func(s result.Section) bool { return s.Matrix == kind.matrix })
}

// without writes the record, as it is by now, without the sections of a kind that it
// held before. The others are kept byte for byte.
func (r recorded) without(kind sectionKind, record io.ReaderAt, w io.Writer) error {
	from := int64(0)
	for _, s := range r.sections {
		if s.Matrix != kind.matrix {
			continue
		}
		if err := r.copy(record, from, s.Start, w); err != nil {
			return err
		}
		from = s.End
	}
	if from == r.size && r.torn {
		from++ // the end that the last line was given
	}
	_, err := io.Copy(w, io.NewSectionReader(record, from, math.MaxInt64-from))
	return err
}

// copy writes a part of the record. A last line that was torn must not have the next
// header in it.
func (r recorded) copy(record io.ReaderAt, from, to int64, w io.Writer) error {
	if from == to {
		return nil
	}
	last := make([]byte, 1)
	_, err := io.Copy(w, io.NewSectionReader(record, from, to-from))
	if err == nil {
		_, err = record.ReadAt(last, to-1)
	}
	if err == nil && last[0] != '\n' {
		_, err = io.WriteString(w, "\n")
	}
	return err
}
