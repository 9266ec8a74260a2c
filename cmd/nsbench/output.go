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
)

// The files of an output directory, besides the pictures.
const (
	recordName = "result.jsonl"
	reportName = "report.html"
)

// An output is the directory that a command writes what it finds into. Its record may
// hold a section of each kind, a run and the matrices, which make one report.
type output struct {
	path     string
	kind     sectionKind // of what is written
	made     []string    // directories that were not there before, the innermost first
	lock     *os.File
	file     *os.File
	fresh    bool // the record was not there before
	before   recorded
	writer   *result.Writer
	lines    int
	complete bool // what is written has come to its end
}

// openOutput makes the directory of a command, if need be, and opens its record,
// so that what cannot be written is refused before anything is measured. Nothing
// is written yet: a run that cannot begin must not cost the one before it.
func openOutput(path string, kind sectionKind, force bool, now time.Time) (*output, error) {
	if path == "" {
		path = unused(filepath.Join("nsbench-out", now.Format("2006-01-02T15-04-05")))
	}
	path = filepath.Clean(path)
	o := &output{path: path, kind: kind, made: missing(path)}
	err := o.open(force)
	if err == nil {
		return o, nil
	}
	hint := "choose another with --out"
	if h, ok := errors.AsType[hinted](err); ok {
		hint += ", or " + h.hint
	}
	return nil, withHint(fmt.Errorf("output directory: %w", errors.Join(err, o.discard())), hint)
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

// open opens what is to be written. The hint of an error is for whoever wants no
// other directory.
func (o *output) open(force bool) (err error) {
	if err := os.MkdirAll(o.path, 0o777); err != nil {
		return err
	}
	if o.lock, err = lockDirectory(o.path); err != nil {
		return err
	}
	if o.file, err = os.OpenFile(o.record(), os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o666); errors.Is(err, fs.ErrExist) {
		o.file, err = os.OpenFile(o.record(), os.O_RDWR|os.O_APPEND, 0)
	} else {
		o.fresh = err == nil
	}
	if err != nil {
		return err
	}
	if o.before, err = recordedIn(o.file); err != nil {
		return err
	}
	if o.before.holds(o.kind) && !force {
		return withHint(fmt.Errorf("%s holds %s already", o.path, o.kind.some), o.kind.overwrite+" with --force")
	}
	o.writer = result.NewWriter(o.file)
	return nil
}

func (o *output) record() string { return filepath.Join(o.path, recordName) }

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

// write appends to the record, behind whatever is there: also a section that this one
// is to replace, until it does. To empty the record first lost, because a run that is
// killed in its first second would have cost the one before it.
func (o *output) write(rec result.Record) error {
	if o.lines == 0 && o.before.torn {
		if _, err := o.file.WriteString("\n"); err != nil {
			return fmt.Errorf("write record: %w", err)
		}
	}
	if err := o.writer.Write(rec); err != nil {
		return err
	}
	o.lines++
	if end, ok := rec.(*result.End); ok {
		o.complete = end.Ended == result.EndedComplete
	}
	return nil
}

func (o *output) empty() bool { return o.lines == 0 }

// finish removes from the record what the new section replaces, if that is complete,
// and else says that it is still there.
func (o *output) finish(warnings io.Writer) error {
	if !o.before.holds(o.kind) {
		return nil
	}
	if !o.complete {
		tell(warnings, warningPrefix+"%s holds %s from before as well, because the new one did not come to its end; --force replaces both\n",
			o.record(), o.kind.some)
		return nil
	}
	path, err := filepath.EvalSymlinks(o.record())
	if err == nil {
		err = replaceFiles([]replacement{{path, func(w io.Writer) error { return o.before.without(o.kind, o.file, w) }}})
	}
	if err != nil {
		return fmt.Errorf("replace %s in %s: %w", o.kind.some, o.path, err)
	}
	return nil
}

// close lets others write into the directory.
func (o *output) close() (err error) {
	for _, file := range []*os.File{o.file, o.lock} {
		if file != nil {
			err = errors.Join(err, file.Close())
		}
	}
	return err
}

// discard undoes what was done for something that never began.
func (o *output) discard() (err error) {
	switch {
	case o.fresh:
		err = os.Remove(o.file.Name())
	case o.writer != nil:
		err = o.file.Truncate(o.before.size)
	}
	return errors.Join(err, o.close(), removeMade(o.made))
}
