package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/nsbench/nsbench/reports"
)

// standardInput is the name by which a record is read from there. A file of that
// name is ./-.
const standardInput = "-"

// gather reads the records of several files, one after another, and tells what is
// wrong with them: who reads a page, or pipes a table away, would not learn of it.
func (s streams) gather(files []string) (*reports.Report, error) {
	all := &reports.Report{}
	for _, path := range files {
		rep, err := s.gatherOne(path)
		if err != nil {
			return nil, err
		}
		for _, problem := range all.Join(rep) {
			tell(s.err, warningPrefix+"%s: %s\n", oneLine(fileTitle(path)), oneLine(problem))
		}
	}
	return all, nil
}

func (s streams) gatherOne(path string) (*reports.Report, error) {
	record, err := s.open(path)
	if err != nil {
		return nil, err
	}
	rep, err := reports.Gather(record)
	if err = firstError(err, record.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", fileTitle(path), err)
	}
	for i, run := range rep.Runs {
		of := fileTitle(path)
		if n := len(rep.Runs); n > 1 {
			of += fmt.Sprintf(", run %d of %d", i+1, n)
		}
		for _, problem := range run.Problems {
			tell(s.err, warningPrefix+"%s: %s\n", oneLine(of), oneLine(problem))
		}
	}
	return rep, nil
}

func fileTitle(path string) string {
	if path == standardInput {
		return "standard input"
	}
	return path
}

// A recordFile is a file from where its record begins.
type recordFile struct {
	io.Reader
	io.Closer
}

// open opens a record.
func (s streams) open(path string) (io.ReadCloser, error) {
	if path == standardInput {
		return begun(recordFile{s.in, io.NopCloser(nil)}, path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return begun(file, path)
}

const byteOrderMark = "\ufeff"

// foreign are what records are found to be instead, by their first bytes, and what
// makes a record of each. To read them as they are lost: what reads samples again
// would unpack them again.
var foreign = []struct{ first, is, unpack string }{
	{"\x1f\x8b", "compressed by gzip", "gzip -dc"},
	{"\x28\xb5\x2f\xfd", "compressed by zstd", "zstd -dc"},
	{"\xfd7zXZ", "compressed by xz", "xz -dc"},
	{"BZh", "compressed by bzip2", "bzip2 -dc"},
	{"\xff\xfe", "text in UTF-16", "iconv -f UTF-16 -t UTF-8"},
	{"\xfe\xff", "text in UTF-16", "iconv -f UTF-16 -t UTF-8"},
}

// begun leaves out the byte order mark that editors put before a text, and refuses
// what is no record but could be made one.
func begun(file io.ReadCloser, path string) (io.ReadCloser, error) {
	head := make([]byte, 8)
	n, err := io.ReadFull(file, head)
	head = head[:n]
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.first)) {
			hint := "pass it through " + f.unpack
			if path != standardInput {
				hint = f.unpack + " " + reports.ShellWord(path) + " >record.jsonl"
			}
			err = withHint(fmt.Errorf("%s: no record as it is: %s", fileTitle(path), f.is), hint)
		}
	}
	if err != nil {
		return nil, errors.Join(instead(err, path), file.Close())
	}
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	return recordFile{io.MultiReader(bytes.NewReader(head), file), file}, nil
}

// instead adds to the error of a directory which file of it is the record.
func instead(err error, path string) error {
	record := filepath.Join(path, recordName)
	if info, found := os.Stat(record); found == nil && info.Mode().IsRegular() {
		return withHint(err, "the record is "+reports.ShellWord(record))
	}
	return err
}

// openAgain opens a record that was read before, which a pipe has not kept.
func (s streams) openAgain(path string) (io.ReadCloser, error) {
	if info, err := os.Stat(path); path == standardInput || err == nil && !info.Mode().IsRegular() {
		return nil, withHint(fmt.Errorf("%s is no file that can be read twice", fileTitle(path)), "save it first")
	}
	return s.open(path)
}

// withNewline ends each record on a line of its own: a torn line must not swallow the
// next file's first.
func withNewline(record io.Reader) io.Reader { return io.MultiReader(record, strings.NewReader("\n")) }
