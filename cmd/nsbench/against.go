package main

import (
	"errors"
	"fmt"
	"io"
	"os"

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

// against holds the trace of a file to the profile that is named.
func against(w io.Writer, profiles []string, file string) error {
	if len(profiles) != 1 {
		return usagef("against: name the one profile that %s is a trace of", file)
	}
	return compareTrace(w, profiles[0], file)
}
