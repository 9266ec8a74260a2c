package main

import (
	"context"
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

// report renders records into a directory if one is given, and prints them, also where
// that cannot be written.
func report(s streams, files []string, out string, f format, recompare func(*reports.Report) error) error {
	rep, err := s.gather(files)
	if err != nil {
		return err
	}
	if err := recompare(rep); err != nil {
		return err
	}
	if out == "" {
		return f.write(s, s.out, rep, origin{files: files}, nil)
	}
	say := func() {}
	if err = os.MkdirAll(out, 0o777); err != nil {
		err = fmt.Errorf("output directory: %w", err)
	} else {
		say, err = render(s, rep, out)
	}
	err = errors.Join(withHint(err, "choose another with --out"), f.write(s, s.out, rep, origin{files, err == nil}, nil))
	say()
	return err
}

// render writes the page and the pictures of a report into a directory. What was
// written where is to be said below what is printed, where it is seen.
func render(s streams, rep *reports.Report, dir string, besides ...string) (say func(), err error) {
	page := func(w io.Writer) error { return reports.HTML(w, rep) }
	all := []replacement{{filepath.Join(dir, reportName), page}} // which takes longest
	for _, p := range reports.Pictures(rep) {
		all = append(all, replacement{filepath.Join(dir, p.Name), p.Render})
	}
	old := picturesBefore(dir, all)
	if err := replaceFiles(all); err != nil {
		return func() {}, err
	}
	cleared := old.clear()
	names := append(besides, reportName)
	switch n := len(all) - 1; n {
	case 0:
	case 1:
		names = append(names, "1 picture")
	default:
		names = append(names, fmt.Sprintf("%d pictures", n))
	}
	return func() {
		tell(s.err, "nsbench: %s %s in %s\n", inWords(names), isOrAre(names), dir)
		if cleared != "" {
			tell(s.err, "%s\n", cleared)
		}
	}, nil
}

func inWords(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func isOrAre(names []string) string {
	if len(names) == 1 {
		return "is"
	}
	return "are"
}

// reportRecorded renders what a directory has recorded next to the record, and prints
// it: last, because a reader that has seen enough ends this process by SIGPIPE. What
// could not be written can be later: the record is there. To print nothing but what is
// new lost: a scorecard would say of the rest that it had not been measured.
func reportRecorded(ctx context.Context, s streams, dir *output, f format, quiet bool) error {
	record := dir.record()
	again := fmt.Sprintf("%s is in %s; what is made of it is to be had by nsbench report %s --out %s",
		recordName, dir.path, reports.ShellWord(record), reports.ShellWord(dir.path))
	defer endAtOnce(ctx, s.err, again)()
	told := s
	if quiet {
		told.err = io.Discard
	}
	rep, err := told.gatherOne(record)
	if err != nil {
		return err
	}
	say, err := render(told, rep, dir.path, recordName)
	if err != nil {
		say = func() { tell(s.err, "nsbench: %s\n", oneLine(again)) }
	}
	err = errors.Join(err, f.write(told, s.out, rep, origin{[]string{record}, err == nil}, nil))
	say()
	return err
}
