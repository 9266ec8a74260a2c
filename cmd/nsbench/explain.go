package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

func newExplain(s streams) *cobra.Command {
	return &cobra.Command{
		Use:               "explain PRIMITIVE",
		Short:             "Print both sides of a primitive, call by call, and what it promises",
		Args:              usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: completePrimitives,
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := primitive(args[0])
			if err != nil {
				return err
			}
			return explain(s.out, p)
		},
	}
}

// explain prints the programs of a gate that it makes for the purpose: what it
// prints is what would run.
func explain(w io.Writer, p gate.Primitive) (err error) {
	b, err := program.NewBoard(1<<16, program.Syscall)
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, b.Close()) }()
	g, err := p.New(b)
	if err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	defer func() { err = firstError(err, g.Close()) }()

	wait := append(g.Wait(), program.Resumed())
	release := append(program.Program{program.Stamp(program.StampReleased)}, g.Release(program.Child)...)
	release = append(release, program.Stamp(program.StampSignalled))
	var text strings.Builder
	fmt.Fprintf(&text, "%s (%s): %s\n\n", p.Name, p.Family, p.Summary)
	section(&text, "the child, before anything else", launch.Prologue(program.FD{Name: "parent's pidfd", N: 3}, nil, program.Part{Program: wait}))
	section(&text, "the child waits", wait)
	section(&text, "the parent releases", release)
	fmt.Fprintf(&text, "costs            %s\n", p.Cost)
	fmt.Fprintf(&text, "descriptors      %d in the parent\n", p.Descriptors)
	fmt.Fprintf(&text, "the parent dies  the child %s\n", p.ParentDies)
	fmt.Fprintf(&text, "known from       %s\n", p.Source)
	_, err = io.WriteString(w, text.String())
	return err
}

func section(w *strings.Builder, title string, p program.Program) {
	fmt.Fprintf(w, "%s:\n", title)
	for line := range strings.Lines(p.String()) {
		fmt.Fprintf(w, "    %s", line)
	}
	fmt.Fprintln(w)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
