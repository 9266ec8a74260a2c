package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/bench"
	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// listFlags are the flags of list as typed.
type listFlags struct {
	namespaces []string
	format     string
	strict     bool
}

func newList(s streams) *cobra.Command {
	f := listFlags{}
	c := &cobra.Command{
		Use:   "list",
		Short: "List the primitives, and whether they can be used here",
		Long: "List the primitives, and whether they can be used here: each has to hold a child\n" +
			"that is cloned into the namespaces, and to let it go.",
		Args: usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return list(c.Context(), s, f) },
	}
	c.Flags().StringSliceVar(&f.namespaces, "namespaces", defaultNamespaces(), "what to clone into, or all, or none")
	c.Flags().StringVar(&f.format, "format", "table", "table or json")
	c.Flags().BoolVar(&f.strict, "strict", false, "exit 4 if a primitive cannot be used here")
	return c
}

// A listed is a primitive as list prints it.
type listed struct {
	Name        string            `json:"name"`
	Family      gate.Family       `json:"family"`
	Available   gate.Availability `json:"available"`
	Reason      string            `json:"reason,omitempty"`
	Summary     string            `json:"summary"`
	Blocking    bool              `json:"blocking"`
	Once        bool              `json:"once"`
	Descriptors int               `json:"descriptors"`
	Frees       gate.Waiters      `json:"frees"`
	SetUp       gate.Side         `json:"set_up"`
	CutBy       []string          `json:"cut_by"`
	Namespaces  []string          `json:"namespaces"` // in which it was tried
	Cost        string            `json:"cost"`
	Orphan      gate.Orphan       `json:"orphan"`
	ParentDies  string            `json:"parent_dies"`
	Source      string            `json:"source"`
}

func list(ctx context.Context, s streams, f listFlags) error {
	formats := []string{"table", "json"}
	if !slices.Contains(formats, f.format) {
		return unknown("format", f.format, formats)
	}
	namespaces, err := selectNamespaces(f.namespaces)
	if err != nil {
		return err
	}
	found, hint := answered(probe(ctx, gate.All(), namespaces, 1))
	all := catalogue(found, namespaces)
	if f.format == "json" {
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		err = e.Encode(all)
	} else {
		err = printList(s, all)
	}
	if hint != "" {
		tell(s.err, hintPrefix+"%s\n", oneLine(hint))
	}
	if f.strict {
		err = errors.Join(err, strict(all))
	}
	return err
}

// answered makes an answer of a clone that the kernel refuses for want of
// privilege, and returns what can be done about it.
func answered(found []gate.Support) (_ []gate.Support, hint string) {
	for i, s := range found {
		if _, ok := errors.AsType[*launch.CloneError](s.Reason); !ok {
			continue
		}
		if errors.Is(s.Reason, fs.ErrPermission) {
			found[i].Available = gate.NotAvailable
		}
		if h, ok := errors.AsType[hinted](explainRun(s.Reason)); ok {
			hint = h.hint
		}
	}
	return found, hint
}

// strict is an error if there is a primitive that cannot be used.
func strict(all []listed) error {
	var names []string
	for _, l := range all {
		if l.Available != gate.Available {
			names = append(names, l.Name)
		}
	}
	if names == nil {
		return nil
	}
	return skippedError{names}
}

// catalogue is what list tells of the primitives.
func catalogue(support []gate.Support, tried launch.Namespaces) []listed {
	var all []listed
	for i, p := range gate.All() {
		l := listed{
			Name: p.Name, Family: p.Family, Summary: p.Summary, Available: support[i].Available,
			Blocking: p.Blocking, Once: p.Once, Descriptors: p.Descriptors, Frees: p.Frees, SetUp: p.SetUp,
			CutBy: append([]string{}, p.CutBy...), Namespaces: tried.Names(), Cost: p.Cost,
			Orphan: p.Orphan, ParentDies: p.ParentDies, Source: p.Source,
		}
		if support[i].Reason != nil {
			l.Reason = strings.TrimPrefix(support[i].Reason.Error(), p.Name+": ")
		}
		all = append(all, l)
	}
	return all
}

// probe finds out whether primitives can be used here. Where no child can be
// cloned, that is the reason for each of them.
func probe(ctx context.Context, primitives []gate.Primitive, ns launch.Namespaces, stages int) []gate.Support {
	support, err := bench.Probe(ctx, seriesOf(primitives, ns), stages)
	if err == nil {
		return support
	}
	answer := gate.NotKnown
	if errors.Is(err, launch.ErrUnsupported) {
		answer = gate.NotAvailable
	}
	return slices.Repeat([]gate.Support{{Available: answer, Reason: err}}, len(primitives))
}

// printList prints the table, and below it why some cannot be used: those that
// have the same reason are named together.
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
	for _, line := range whyNot(all) {
		if _, err := fmt.Fprintln(s.out, line); err != nil {
			return err
		}
	}
	return nil
}

func whyNot(all []listed) (lines []string) {
	shared := map[string][]string{}
	var order []string
	for _, l := range all {
		if l.Reason == "" {
			continue
		}
		why := fmt.Sprintf("%s: %s", l.Available, l.Reason)
		if shared[why] == nil {
			order = append(order, why)
		}
		shared[why] = append(shared[why], l.Name)
	}
	for _, why := range order {
		lines = append(lines, strings.Join(shared[why], ", ")+": "+why)
	}
	return lines
}
