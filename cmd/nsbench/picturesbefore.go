package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/reports"
)

// An earlier are the pictures that a directory has of a report before.
type earlier struct {
	dir      string
	pictures []string
	page     bool // and the page that they belong to
}

// picturesBefore finds pictures in a directory that are not among those to be
// written: they would pass for the new report's.
func picturesBefore(dir string, written []replacement) earlier {
	e := earlier{dir: dir}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return e // which whoever writes there will be told
	}
	for _, entry := range entries {
		name := entry.Name()
		ours := slices.ContainsFunc(written, func(r replacement) bool { return filepath.Base(r.path) == name })
		switch {
		case !entry.Type().IsRegular():
		case name == reportName:
			e.page = true
		case reports.IsPictureName(name) && !ours:
			e.pictures = append(e.pictures, name)
		}
	}
	return e
}

// clear removes them with the page that has gone, and returns the line that says so.
// Where there was no page it is not sure what they are, and they are only told of.
func (e earlier) clear() string {
	if len(e.pictures) == 0 {
		return ""
	}
	dir, all := oneLine(e.dir), strings.Join(e.pictures, ", ")
	if !e.page {
		return warningPrefix + "not of this report, but in " + dir + ": " + all
	}
	var failed error
	for _, name := range e.pictures {
		if err := os.Remove(filepath.Join(e.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	if failed != nil {
		return warningPrefix + "pictures of the report before: " + oneLine(failed.Error())
	}
	return "nsbench: removed from " + dir + ", being of the report before: " + all
}
