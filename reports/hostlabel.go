package reports

import (
	"fmt"
	"strings"

	"github.com/nsbench/nsbench/reports/plot"
)

// How much of a name heads a column: every figure of a host has one.
const (
	hostLimit   = 16
	suffixLimit = 16
)

// hostLabels names runs, each in another way: by the host, and where several have
// one name by their kernels, or by when they started, whichever tells all of them
// apart, or else by their place among the runs.
func hostLabels(runs []Run) []string {
	labels := make([]string, len(runs))
	named := make(map[string][]int)
	for i, run := range runs {
		name := orElse(plot.Clean(run.Header.Environment.Host, hostLimit), "unknown")
		labels[i] = name
		named[name] = append(named[name], i)
	}
	for name, places := range named {
		if len(places) > 1 {
			differing(labels, name, runs, places)
		}
	}
	if !unique(labels) { // a host's name is like that of another and its kernel
		for i := range labels {
			labels[i] = place(i)
		}
	}
	return labels
}

// place is what tells a run from all others of a report.
func place(i int) string { return fmt.Sprintf("run %d", i+1) }

// differing tells runs of one name from each other.
func differing(labels []string, name string, runs []Run, places []int) {
	for _, of := range []func(i int) string{
		func(i int) string {
			release, _, _ := strings.Cut(runs[i].Header.Environment.Kernel, " ")
			return release
		},
		func(i int) string { return runs[i].Header.Started.UTC().Format("01-02 15:04") },
		place,
	} {
		suffixes := make([]string, len(places))
		for k, i := range places {
			suffixes[k] = orElse(plot.Clean(of(i), suffixLimit), "unknown")
		}
		if unique(suffixes) {
			for k, i := range places {
				labels[i] = name + " " + suffixes[k]
			}
			return
		}
	}
}

func unique(texts []string) bool {
	seen := make(map[string]bool)
	for _, text := range texts {
		if seen[text] {
			return false
		}
		seen[text] = true
	}
	return true
}
