package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// The files of an output directory, besides the pictures.
const (
	recordName = "result.jsonl"
	reportName = "report.html"
)

// An output is the directory that a run writes into.
type output struct {
	path   string
	made   []string // directories that were not there before, the innermost first
	file   *os.File
	old    bool // the record was there before, and is another run's until the first line of this one
	writer *result.Writer
	lines  int
}

// openOutput makes the directory of a run, if need be, and opens its record,
// so that what cannot be written is refused before anything is measured. A run
// that is there already is overwritten by the first record, and not here: a run
// that cannot begin must not cost the one before it.
func openOutput(path string, force bool, now time.Time) (*output, error) {
	if path == "" {
		path = unused(filepath.Join("nsbench-out", now.Format("2006-01-02T15-04-05")))
	}
	path = filepath.Clean(path)
	o := &output{path: path, made: missing(path)}
	err := o.open(force)
	switch {
	case errors.Is(err, errHoldsRun):
		return nil, withHint(err, "choose another with --out, or overwrite it with --force")
	case err != nil:
		return nil, withHint(errors.Join(fmt.Errorf("output directory: %w", err), removeMade(o.made)), "choose another with --out")
	}
	return o, nil
}

// unused returns a path that nothing is at: the path, or the path and a number,
// for runs that begin in the same second.
func unused(path string) string {
	for n := 1; ; n++ {
		candidate := path
		if n > 1 {
			candidate = fmt.Sprintf("%s-%d", path, n)
		}
		if _, err := os.Lstat(candidate); err != nil {
			return candidate
		}
	}
}

var errHoldsRun = errors.New("holds a run already")

func (o *output) open(force bool) error {
	if err := os.MkdirAll(o.path, 0o777); err != nil {
		return err
	}
	record := filepath.Join(o.path, recordName)
	file, err := os.OpenFile(record, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		if !force {
			return fmt.Errorf("output directory: %s %w", o.path, errHoldsRun)
		}
		o.old = true
		file, err = os.OpenFile(record, os.O_WRONLY, 0)
	}
	if err != nil {
		return err
	}
	o.file, o.writer = file, result.NewWriter(file)
	return nil
}

// missing returns a directory and those above it that are not there, the
// innermost first.
func missing(path string) (dirs []string) {
	for p := path; ; p = filepath.Dir(p) {
		_, err := os.Lstat(p)
		if err == nil || p == filepath.Dir(p) {
			return dirs
		}
		if errors.Is(err, fs.ErrNotExist) {
			dirs = append(dirs, p)
		}
	}
}

// removeMade removes directories, the innermost first. One that is not there
// was never made, and one that is not empty is somebody else's by now.
func removeMade(dirs []string) error {
	for _, dir := range dirs {
		if _, err := os.Lstat(dir); err != nil {
			continue
		}
		if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// record appends to the record.
func (o *output) record(rec result.Record) error {
	if o.old && o.lines == 0 {
		if err := o.overwrite(); err != nil {
			return fmt.Errorf("overwrite the run in %s: %w", o.path, err)
		}
	}
	if err := o.writer.Write(rec); err != nil {
		return err
	}
	o.lines++
	return nil
}

// overwrite empties the record of another run and removes what was rendered
// from it: a picture that the new run does not draw would stay beside it and
// pass for its own.
func (o *output) overwrite() error {
	stale := []string{reportName}
	if rep, err := (streams{err: io.Discard}).gatherOne(o.file.Name()); err == nil {
		for _, p := range reports.Pictures(rep) {
			stale = append(stale, p.Name)
		}
	}
	for _, name := range stale {
		if err := os.Remove(filepath.Join(o.path, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return o.file.Truncate(0)
}

func (o *output) empty() bool { return o.lines == 0 }

func (o *output) close() error { return o.file.Close() }

// discard removes what a run that never began has left.
func (o *output) discard() error {
	if err := o.file.Close(); err != nil || o.old {
		return err
	}
	return errors.Join(os.Remove(o.file.Name()), removeMade(o.made))
}
