package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/bench/handshake"
	"github.com/nsbench/nsbench/reports"
)

// explainProfile prints the program of each process of a handshake, from what would run.
func explainProfile(w io.Writer, p handshake.Profile, f explainFlags) error {
	switch {
	case f.strace:
		return usagef("strace: %s is a handshake; hold a trace of the runtime to it by nsbench handshake %[1]s --against TRACE", p.Name)
	case f.diagram:
		return reports.HandshakeDiagram(w, handshake.Recorded(p))
	}
	sides, err := handshake.Explain(p, handshake.Change{})
	if err != nil {
		return withHint(fmt.Errorf("%s: without its gates there are no programs to be shown: %w", p.Name, err), makeAdvice(err))
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s\nread from %s\n", p.Name, p.About, p.Source)
	for _, side := range sides {
		fmt.Fprintf(&text, "\n%s, %s:\n", side.Name, side.About)
		for _, part := range side.Parts {
			fmt.Fprintf(&text, "    %s:\n", part.Step)
			for _, op := range part.Program {
				fmt.Fprintf(&text, "        %s\n", op.Brief())
			}
		}
	}
	_, err = io.WriteString(w, text.String())
	return err
}

// completeExplained completes primitives and profiles.
func completeExplained(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	names, directive := completePrimitives(c, args, begun)
	return append(names, profileNames()...), directive
}
