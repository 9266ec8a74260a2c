package reports_test

import "testing"

// The page of a run of default settings can be mailed.
func TestPageOfDefaultRunIsSmall(t *testing.T) {
	if n := len(recordedPage(t)); n > 1_500_000 {
		t.Errorf("%d bytes", n)
	}
}
