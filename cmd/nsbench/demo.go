package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/spf13/cobra"
)

func newDemo(s streams) *cobra.Command {
	hold := 4 * time.Second
	c := &cobra.Command{
		Use:   "demo [-- COMMAND ARG...]",
		Short: "Hold a shell in new namespaces for a while, and let it go by pipe-EOF",
		Long: "The program that this project began with: it says Hello, clones a child into new\n" +
			"UTS and IPC namespaces, does some damn long init job, and lets the child go by\n" +
			"closing the write end of a pipe. The child says World, names its host\n" +
			"\"In Namespace\", and executes the command, by default an interactive shell.",
		RunE: func(c *cobra.Command, args []string) error {
			if hold < 0 {
				return usagef("hold: %v is less than nothing", hold)
			}
			path, args, err := command(args)
			if err != nil {
				return err
			}
			return demo(c.Context(), s, hold, path, args)
		},
	}
	c.Flags().DurationVar(&hold, "hold", hold, "how long the init job takes")
	return c
}

// command finds what the child is to execute.
func command(args []string) (path string, argv []string, err error) {
	if len(args) == 0 {
		args = []string{"/bin/sh"}
		if shell := os.Getenv("SHELL"); shell != "" {
			args = []string{shell}
		}
	}
	path, err = exec.LookPath(args[0])
	if err != nil {
		return "", nil, fmt.Errorf("demo: %w", err)
	}
	return path, args, nil
}
