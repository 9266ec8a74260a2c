package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/bench/handshake"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

// explainFlags are the flags of explain as typed.
type explainFlags struct {
	strace     bool
	diagram    bool
	traced     string // set by explain --strace itself; see explainTraced
	namespaces []string
}

func newExplain(s streams) *cobra.Command {
	f := explainFlags{}
	c := &cobra.Command{
		Use:   "explain PRIMITIVE|PROFILE",
		Short: "Print both sides of a primitive or all of a handshake, call by call",
		Long: "Print what both sides of a primitive do, from the very programs that run, and what\n" +
			"it promises. With --strace, one child is held and released under strace, and the\n" +
			"calls that it saw stand below those that they were to be.\n\n" +
			"Of a handshake, see nsbench handshake --list, the program of each process is printed,\n" +
			"and with --diagram a sequence diagram for Mermaid.",
		Args:              usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: completeExplained,
		RunE:              func(c *cobra.Command, args []string) error { return explainNamed(c.Context(), s, args[0], f) },
	}
	c.Flags().BoolVar(&f.strace, "strace", false, "next to each operation, what strace saw of it")
	c.Flags().BoolVar(&f.diagram, "diagram", false, "of a handshake, its sequence diagram")
	c.Flags().StringSliceVar(&f.namespaces, "namespaces", defaultNamespaces(), "with --strace, what to clone into, or all, or none")
	c.Flags().StringVar(&f.traced, "traced", "", "the directory that strace, under which this runs, writes to")
	c.Flags().Lookup("traced").Hidden = true
	return c
}

func explainNamed(ctx context.Context, s streams, name string, f explainFlags) error {
	if profile, known := handshake.Named(name); known {
		return explainProfile(s.out, profile, f)
	}
	p, err := primitive(name)
	if err != nil {
		return unknown("primitive or profile", name, append(namesOf(gate.All()), profileNames()...))
	}
	if f.diagram {
		return usagef("diagram: %s is a primitive, and has but one stage; see nsbench handshake --list", name)
	}
	namespaces, err := selectNamespaces(f.namespaces)
	switch {
	case err != nil:
		return err
	case f.traced != "":
		return explainTraced(ctx, s.out, p, namespaces, f.traced)
	case f.strace:
		return explainUnderStrace(ctx, s.out, p, f.namespaces)
	}
	return explain(s.out, p)
}

// explain prints the programs of a gate that it makes for the purpose: what it
// prints is what would run. Where no gate can be made, the promises stand all
// the same.
func explain(w io.Writer, p gate.Primitive) error {
	x, err := newSubject(p)
	if err != nil {
		return errors.Join(printExplained(w, p, sides{}, seenSides{}), err)
	}
	return errors.Join(printExplained(w, p, x.sides, seenSides{}), x.close())
}

// A subject is a gate that is made to be explained.
type subject struct {
	primitive gate.Primitive
	board     *program.Board
	gate      gate.Gate
	sides     sides
	ran       []program.Program // in this process
}

func newSubject(p gate.Primitive) (x *subject, err error) {
	x = &subject{primitive: p}
	if x.board, err = program.NewBoard(1<<17, program.Syscall); err != nil {
		return nil, err
	}
	if err = x.board.Reset(1); err == nil {
		x.gate, err = p.New(x.board)
	}
	if err != nil {
		err = fmt.Errorf("%s: without a gate there are no programs to be shown: %w", p.Name, err)
		return nil, withHint(errors.Join(err, x.board.Close()), makeAdvice(err))
	}
	x.sides = sidesOf(x.gate)
	return x, nil
}

func (x *subject) close() error { return errors.Join(x.gate.Close(x.ran...), x.board.Close()) }

// makeAdvice says what can be done about a gate that cannot be made.
func makeAdvice(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "run as root, or see nsbench list"
	case errors.Is(err, fs.ErrNotExist):
		return "is TMPDIR a directory, and /proc mounted?"
	}
	return "see nsbench list"
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
	// The number is the launcher's: it is not known here, and does not matter.
	s.prologue = launch.Prologue(program.FD{Name: "parent's pidfd", N: -1}, nil, program.Part{Program: s.wait})
	return s
}

// seenSides are the calls of each operation of the sides.
type seenSides struct{ prologue, wait, hold, release []string }

// printExplained prints what there is of the programs, what strace has seen of
// them if it was asked, and the promises.
func printExplained(w io.Writer, p gate.Primitive, s sides, seen seenSides) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s (%s): %s\n\n", p.Name, p.Family, p.Summary)
	section(&text, "the child, before anything else", s.prologue, seen.prologue)
	section(&text, "the child waits", s.wait, seen.wait)
	section(&text, "the parent, once the child has armed", s.hold, seen.hold)
	section(&text, "the parent releases", s.release, seen.release)
	for _, promise := range promises(p) {
		fmt.Fprintf(&text, "%-18s%s\n", promise[0], promise[1])
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// promises are what a primitive costs and what can be relied upon.
func promises(p gate.Primitive) [][2]string {
	early := "is kept until the child waits"
	if p.Holds {
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

// section prints a program, if there is one, and below each operation the calls
// that it made.
func section(w *strings.Builder, title string, p program.Program, seen []string) {
	if len(p) == 0 {
		return
	}
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
