package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/bench/handshake"
	"github.com/nsbench/nsbench/bench/handshake/traced"
)

// errDiffers is of a trace that differs from a profile in what nobody has looked into.
var errDiffers = errors.New("the trace does not match the profile")

// compareTrace holds a trace of strace to a profile and prints the two side by side. It
// fails where they differ in what is not known, and where the file is no trace.
func compareTrace(w io.Writer, profile, file string) error {
	p, ok := handshake.Named(profile)
	if !ok {
		return fmt.Errorf("no profile is called %q: nsbench handshake --list names them", profile)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	c, err := traced.Compare(p, f)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if _, err := fmt.Fprintf(w, "%s%s\n", c, c.Verdict()); err != nil {
		return err
	}
	if !c.Matches() {
		return fmt.Errorf("%s: %w %s", file, errDiffers, profile)
	}
	return nil
}

func newHandshakeAgainst(s streams) *cobra.Command {
	return &cobra.Command{
		Use:    "handshake-against TRACE PROFILE",
		Short:  "Hold what strace saw of a runtime to a profile",
		Hidden: true, // scripts/handshake-check runs it
		Args:   usageArgs(cobra.ExactArgs(2)),
		RunE:   func(_ *cobra.Command, args []string) error { return compareTrace(s.out, args[1], args[0]) },
	}
}
