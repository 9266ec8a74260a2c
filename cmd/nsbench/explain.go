package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// explainFlags are the flags of explain as typed.
type explainFlags struct {
	strace     bool
	namespaces []string
}

func newExplain(s streams) *cobra.Command {
	f := explainFlags{}
	c := &cobra.Command{
		Use:   "explain PRIMITIVE",
		Short: "Print both sides of a primitive, call by call, and what it promises",
		Long: "Print what both sides of a primitive do, from the very programs that run, and what\n" +
			"it promises. With --strace, one child is held and released under strace, and the\n" +
			"calls that it saw stand below those that they were to be.",
		Args:              usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: completePrimitives,
		RunE:              func(c *cobra.Command, args []string) error { return explainNamed(c.Context(), s, args[0], f) },
	}
	c.Flags().BoolVar(&f.strace, "strace", false, "next to each operation, what strace saw of it")
	c.Flags().StringSliceVar(&f.namespaces, "namespaces", defaultNamespaces(), "with --strace, what to clone into, or all, or none")
	return c
}

func explainNamed(ctx context.Context, s streams, name string, f explainFlags) error {
	p, err := primitive(name)
	if err != nil {
		return err
	}
	if _, err := selectNamespaces(f.namespaces); err != nil {
		return err
	}
	var t *trace
	if f.strace {
		if t, err = underStrace(ctx, p, f.namespaces); err != nil {
			return err
		}
	}
	return explain(s.out, p, t)
}

// sides are the programs of a gate with what the harness adds to them.
type sides struct{ prologue, wait, hold, release program.Program }

func sidesOf(g gate.Gate) sides {
	s := sides{wait: append(g.Wait(), program.Resumed())}
	if h, ok := g.(gate.Holder); ok {
		s.hold = h.Hold(program.Child)
	}
	s.release = append(program.Program{program.Stamp(program.StampReleased)}, g.Release(program.Child)...)
	s.release = append(s.release, program.Stamp(program.StampSignalled))
	s.prologue = launch.Prologue(program.FD{Name: "parent's pidfd", N: 3}, nil, program.Part{Program: s.wait})
	return s
}

// explain prints the programs of a gate that it makes for the purpose: what it
// prints is what would run. Next to it stands what strace saw, if it was asked.
func explain(w io.Writer, p gate.Primitive, t *trace) (err error) {
	b, err := program.NewBoard(1<<17, program.Syscall)
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, b.Close()) }()
	if err := b.Reset(1); err != nil {
		return err
	}
	g, err := p.New(b)
	if err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	defer func() { err = firstError(err, g.Close()) }()

	s := sidesOf(g)
	var seen seenSides
	var unlike error
	if t != nil {
		seen, unlike = t.match(s)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s (%s): %s\n\n", p.Name, p.Family, p.Summary)
	section(&text, "the child, before anything else", s.prologue, nil)
	section(&text, "the child waits", s.wait, seen.wait)
	if s.hold != nil {
		section(&text, "the parent, once the child has armed", s.hold, seen.hold)
	}
	section(&text, "the parent releases", s.release, seen.release)
	for _, promise := range promises(p, g) {
		fmt.Fprintf(&text, "%-18s%s\n", promise[0], promise[1])
	}
	_, err = io.WriteString(w, text.String())
	return errors.Join(err, unlike)
}

// promises are what a primitive costs and what can be relied upon.
func promises(p gate.Primitive, g gate.Gate) [][2]string {
	early := "is kept until the child waits"
	if _, ok := g.(gate.Holder); ok {
		early = "cannot be made: the parent first sees to it that it holds the child"
	}
	cut := "no namespace"
	if len(p.CutBy) > 0 {
		cut = "a new namespace " + strings.Join(p.CutBy, ", or ")
	}
	all := [][2]string{
		{"costs", p.Cost},
		{"descriptors", fmt.Sprintf("%d in the parent", p.Descriptors)},
		{"set up by", string(p.SetUp)},
		{"a release frees", string(p.Frees)},
		{"an early release", early},
		{"the parent dies", "the child " + p.ParentDies},
		{"is cut by", cut},
	}
	if p.Once {
		all = append(all, [2]string{"stages", "a process can wait at one such gate in its life"})
	}
	return append(all, [2]string{"known from", p.Source})
}

// section prints a program, and below each operation the calls that it made.
func section(w *strings.Builder, title string, p program.Program, seen []string) {
	fmt.Fprintf(w, "%s:\n", title)
	for i, op := range p {
		fmt.Fprintf(w, "    %v\n", op)
		if i >= len(seen) {
			continue
		}
		for line := range strings.Lines(seen[i]) {
			fmt.Fprintf(w, "        strace: %s", line)
		}
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
