package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/nsbench/nsbench/bench/result"
)

// recordName is the file of the record in an output directory.
const recordName = "result.jsonl"

// An output is the directory that a run writes into.
type output struct {
	path    string
	created bool // the directory was not there before
	file    *os.File
	writer  *result.Writer
	lines   int
}

// openOutput makes the directory of a run, if need be, and opens its record,
// so that what cannot be written is refused before anything is measured.
func openOutput(path string, force bool, now time.Time) (*output, error) {
	if path == "" {
		path = filepath.Join("nsbench-out", now.Format("2006-01-02T15-04-05"))
	}
	_, statErr := os.Stat(path)
	o := &output{path: path, created: errors.Is(statErr, fs.ErrNotExist)}
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, withHint(fmt.Errorf("output directory: %w", err), "choose another with --out")
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(filepath.Join(path, recordName), flags, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil, withHint(fmt.Errorf("output directory: %s holds a run already", path), "choose another with --out, or overwrite it with --force")
	}
	if err != nil {
		return nil, withHint(fmt.Errorf("output directory: %w", err), "choose another with --out")
	}
	o.file, o.writer = file, result.NewWriter(file)
	return o, nil
}

// record appends to the record.
func (o *output) record(rec result.Record) error {
	if err := o.writer.Write(rec); err != nil {
		return err
	}
	o.lines++
	return nil
}

func (o *output) empty() bool { return o.lines == 0 }

func (o *output) close() error { return o.file.Close() }

// discard removes what a run that never began has left.
func (o *output) discard() error {
	err := errors.Join(o.file.Close(), os.Remove(o.file.Name()))
	if o.created {
		err = errors.Join(err, os.Remove(o.path))
	}
	return err
}

// replaceFile writes a file whole or not at all: a reader sees the one before
// or the one after, and a failure leaves the one before.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	var content bytes.Buffer
	if err := write(&content); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = tmp.Write(content.Bytes())
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(tmp.Name())))
	}
	return nil
}
