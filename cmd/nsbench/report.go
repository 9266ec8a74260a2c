package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/reports"
)

func newReport(s streams) *cobra.Command {
	var out, formatName string
	var again recomparedFlags
	c := &cobra.Command{
		Use:   "report FILE...",
		Short: "Render recorded runs again, those of several hosts side by side",
		Args:  usageArgs(cobra.MinimumNArgs(1)),
		RunE: endable(s, func(c *cobra.Command, files []string) error {
			f, err := formatNamed(formats, formatName)
			if err != nil {
				return err
			}
			recompare, err := again.parse(c.Flags())
			if err != nil {
				return err
			}
			return report(s, files, out, f, recompare)
		}),
	}
	again.define(c)
	c.Flags().StringVar(&out, "out", "", "directory for report.html and the pictures (default: print only)")
	c.Flags().StringVar(&formatName, "format", "table", "of the result on stdout: "+strings.Join(formatNames(formats), ", "))
	must(c.RegisterFlagCompletionFunc("format", completeOf(formatNames(formats)...)))
	return c
}

// report prints records, and renders them into a directory if one is given.
func report(s streams, files []string, out string, f format, recompare func(*reports.Report) error) error {
	rep, err := gather(files)
	if err != nil {
		return err
	}
	if err := recompare(rep); err != nil {
		return err
	}
	if out != "" {
		if err := os.MkdirAll(out, 0o777); err != nil {
			return withHint(fmt.Errorf("output directory: %w", err), "choose another with --out")
		}
		if err := render(rep, out); err != nil {
			return err
		}
	}
	return f.print(s, rep, origin{files, out != ""})
}

// gather reads the records of several files, one after another.
func gather(files []string) (*reports.Report, error) {
	all := &reports.Report{}
	for _, path := range files {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		rep, err := reports.Gather(file)
		if err = firstError(err, file.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all.Runs = append(all.Runs, rep.Runs...)
	}
	return all, nil
}

// render writes the page and the pictures of a report into a directory.
func render(rep *reports.Report, dir string) error {
	page := func(w io.Writer) error { return reports.HTML(w, rep) }
	all := []replacement{{filepath.Join(dir, reportName), page}} // which takes longest
	for _, p := range reports.Pictures(rep) {
		all = append(all, replacement{filepath.Join(dir, p.Name), p.Render})
	}
	return replaceFiles(all)
}

// reportRun renders what a run has recorded next to the record, and prints it:
// last, because a reader that has seen enough ends this process by SIGPIPE.
func reportRun(s streams, dir *output, f format) error {
	record := filepath.Join(dir.path, recordName)
	rep, err := gather([]string{record})
	if err != nil {
		return err
	}
	return errors.Join(render(rep, dir.path), f.print(s, rep, origin{[]string{record}, true}))
}
