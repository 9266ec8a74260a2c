package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/bench/host"
	"github.com/nsbench/nsbench/bench/result"
)

func newDoctor(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Tell what on this host would disturb a measurement, and how to fix it",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			h := host.This()
			return printChecks(s.out, append(h.Checks(), h.Leftovers(os.TempDir())))
		},
	}
}

// printChecks prints a line for what is well, and for what is not also what it
// does to a figure and how to mend it.
func printChecks(w io.Writer, checks []result.Disturbance) error {
	var text strings.Builder
	disturbed := 0
	for _, c := range checks {
		fmt.Fprintf(&text, "%-8s%-13s%s\n", c.Status, c.Check, c.Found)
		if c.Status == host.StatusOK {
			continue
		}
		disturbed++
		fmt.Fprintf(&text, "%21seffect: %s\n", "", c.Effect)
		if c.Fix != "" {
			fmt.Fprintf(&text, "%21sfix:    %s\n", "", c.Fix)
		}
	}
	fmt.Fprintf(&text, "\n%d checks, %d of them found something that disturbs or could not be looked at.\n", len(checks), disturbed)
	_, err := io.WriteString(w, text.String())
	return err
}
