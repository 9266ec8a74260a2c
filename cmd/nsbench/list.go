package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

func newList(s streams) *cobra.Command {
	format := "table"
	c := &cobra.Command{
		Use:   "list",
		Short: "List the primitives, and whether they can be used here",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(*cobra.Command, []string) error { return list(s, format) },
	}
	c.Flags().StringVar(&format, "format", format, "table or json")
	return c
}

// A listed is a primitive as list prints it.
type listed struct {
	Name      string            `json:"name"`
	Family    gate.Family       `json:"family"`
	Available gate.Availability `json:"available"`
	Reason    string            `json:"reason,omitempty"`
	Summary   string            `json:"summary"`
}

func list(s streams, format string) error {
	formats := []string{"table", "json"}
	if !slices.Contains(formats, format) {
		return unknown("format", format, formats)
	}
	all := catalogue()
	if format == "json" {
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	return printList(s, all)
}

// catalogue probes every primitive.
func catalogue() []listed {
	var all []listed
	for _, p := range gate.All() {
		l := listed{Name: p.Name, Family: p.Family, Summary: p.Summary}
		support := probe(p)
		if l.Available = support.Available; support.Reason != nil {
			l.Reason = support.Reason.Error()
		}
		all = append(all, l)
	}
	return all
}

// probe asks whether a primitive can be used here, on a board of its own.
func probe(p gate.Primitive) gate.Support {
	b, err := program.NewBoard(1<<16, program.Syscall)
	if err != nil {
		return gate.Support{Available: gate.NotKnown, Reason: err}
	}
	support := p.Probe(b)
	if err := b.Close(); err != nil && support.Reason == nil {
		support.Reason = err
	}
	return support
}

func printList(s streams, all []listed) error {
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	_, err := fmt.Fprintln(t, "primitive\tfamily\there\thow")
	for _, l := range all {
		if err == nil {
			_, err = fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", l.Name, l.Family, l.Available, l.Summary)
		}
	}
	if err = firstError(err, t.Flush()); err != nil {
		return err
	}
	for _, l := range all {
		if l.Reason == "" {
			continue
		}
		if _, err := fmt.Fprintf(s.out, "%s: %s: %s\n", l.Name, l.Available, l.Reason); err != nil {
			return err
		}
	}
	return nil
}
