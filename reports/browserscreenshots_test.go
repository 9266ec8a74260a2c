package reports_test

import (
	"bytes"
	"flag"
	"image/png"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// Screenshots, and the page on paper, are for whoever changes the page to look
// at. They are kept where go test -artifacts is told to.
func testScreenshots(t *testing.T, b *browser) {
	if flag.Lookup("test.artifacts").Value.String() != "true" {
		t.Skip("none are kept: go test -artifacts")
	}
	dir := t.ArtifactDir()
	for _, name := range []string{"recorded", "many", "matrices"} {
		p := b.open(t, pages[name](t), view{})
		for look, v := range map[string]view{"light": {}, "dark-wide": {dark: true, width: 1600}, "narrow": {width: 360}} {
			p.look(v)
			shot := answer(p, chromedp.FullScreenshot(100))
			picture, err := png.DecodeConfig(bytes.NewReader(shot))
			if err != nil {
				t.Fatal(err)
			}
			if width := int(v.size().width); picture.Width != width {
				t.Errorf("%s, %s: %d pixels wide, want %d", name, look, picture.Width, width)
			}
			if height := eval[int](p, `document.documentElement.scrollHeight`); picture.Height != height {
				t.Errorf("%s, %s: %d pixels high, the page has %d", name, look, picture.Height, height)
			}
			save(t, filepath.Join(dir, name+"-"+look+".png"), shot)
		}
		save(t, filepath.Join(dir, name+".pdf"), answer(p, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4))))
	}
}
