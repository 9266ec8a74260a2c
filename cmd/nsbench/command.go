package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// run carries a command line out. Its error is for explainError and exitStatus.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	root := newCommand(streams{stdin, stdout, stderr})
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if i, ok := interrupted(ctx); ok && err != nil {
		return i
	}
	return err
}

func newCommand(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "nsbench",
		Short: "Measure how a parent holds a namespaced child, and lets it go",
		Long: "Nsbench clones children into new Linux namespaces, holds them, lets them go by\n" +
			"each of the primitives that can do so, and measures how long that takes.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE:          unknownCommand,
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		newRun(s), newReport(s), newList(s), newExplain(s), newDemo(s), newDoctor(s), newVersion(s),
	)
	root.InitDefaultCompletionCmd()
	return root
}

// unknownCommand is what runs when no subcommand is named.
func unknownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return root.Help()
	}
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return unknown("command", args[0], names)
}

// flagError makes a usage error of a flag that cannot be parsed, and lists the
// flags that there are if it is one that there is not.
func flagError(c *cobra.Command, err error) error {
	name, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		return usageError{err}
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	slices.Sort(names)
	return unknown("flag", "--"+name, names)
}

// usageArgs makes usage errors of a command's errors about its arguments.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return withHint(usageError{err}, "nsbench "+c.Name()+" --help")
		}
		return nil
	}
}
