package main

import (
	"context"
	"errors"
	"io"
	"slices"

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
	i, ok := interrupted(ctx)
	if _, told := errors.AsType[interruption](err); ok && err != nil && !told {
		return i
	}
	return err
}

func newCommand(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "nsbench",
		Short: "Measure how a parent holds a namespaced child, and lets it go",
		Long: "Nsbench clones children into new Linux namespaces, holds them, lets them go by\n" +
			"each of the primitives that can do so, and measures how long that takes. It breaks\n" +
			"them on purpose, too, and tells what becomes of them then.",
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
		newRun(s), newFaults(s), newIsolation(s), newHandshake(s), newReport(s), newCompare(s), newExport(s), newList(s), newExplain(s), newDemo(s), newDoctor(s),
		newVersion(s),
	)
	root.SetHelpCommand(newHelp())
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Args, c.RunE = cobra.ArbitraryArgs, unknownShell
		}
	}
	return root
}

// newHelp is cobra's own but for a command that there is not: that one prints
// the help of something else, and succeeds.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about any command",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(c.Root(), args)
			}
			return about.Help()
		},
	}
}

// unknownCommand is what runs when no subcommand is named.
func unknownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return root.Help()
	}
	return unknown("command", args[0], commandNames(root))
}

// unknownShell is what completion runs when it is given none of its shells.
func unknownShell(completion *cobra.Command, args []string) error {
	if len(args) == 0 {
		return completion.Help()
	}
	return unknown("shell", args[0], commandNames(completion))
}

func commandNames(parent *cobra.Command) []string {
	var names []string
	for _, c := range parent.Commands() {
		if c.IsAvailableCommand() || c.Name() == "help" {
			names = append(names, c.Name())
		}
	}
	return names
}

// flagError makes a usage error of a flag that cannot be parsed, and lists the
// flags that there are if it is one that there is not.
func flagError(c *cobra.Command, err error) error {
	missing, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return usageError{err}
	}
	typed := "--" + missing.GetSpecifiedName()
	if letters := missing.GetSpecifiedShortnames(); letters != "" {
		typed = "-" + letters
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		if f.Shorthand != "" {
			names = append(names, "-"+f.Shorthand)
		}
		names = append(names, "--"+f.Name)
	})
	slices.Sort(names)
	return unknown("flag", typed, names)
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
