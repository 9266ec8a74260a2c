package main

import (
	"testing"

	"github.com/nsbench/nsbench/reports"
)

// Whatever tells series from each other, they can be selected by it.
func TestEveryFacetHasAFlag(t *testing.T) {
	facets := reports.Facets(&reports.Report{})
	if len(facets) != len(selectors) {
		t.Fatalf("%d facets, %d flags", len(facets), len(selectors))
	}
	for i, facet := range facets {
		if selectors[i].facet != facet.Name {
			t.Errorf("flag %d is for %s, the facet is %s", i, selectors[i].facet, facet.Name)
		}
	}
}
