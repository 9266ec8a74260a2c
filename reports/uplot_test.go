package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

// What is another's is not edited here: what a page needs otherwise is in page.js and
// page.css. scripts/uplot prints these sums.
func TestLibraryIsAsPublished(t *testing.T) {
	for _, file := range []struct{ name, text, sum string }{
		{"uPlot.iife.min.js", chartLibrary, "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f"},
		{"uPlot.min.css", chartStyle, "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04"},
		{"LICENSE", chartLicense, "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd"},
	} {
		if sum := sha256.Sum256([]byte(file.text)); hex.EncodeToString(sum[:]) != file.sum {
			t.Errorf("page/uplot/%s is not that of uPlot 1.6.32: scripts/uplot", file.name)
		}
	}
}

// The licence goes along with the library, and does not end the comment that it is in.
func TestPageHasTheLicenceOfItsLibrary(t *testing.T) {
	if strings.Contains(chartLicense, "*/") {
		t.Error("the licence ends a comment")
	}
	var page strings.Builder
	if err := HTML(&page, &Report{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), chartLicense) {
		t.Error("the page has the library without its licence")
	}
}
