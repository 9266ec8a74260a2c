package reports_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"github.com/nsbench/nsbench/reports"
)

// A download is a link to a file, as a page has it.
type download struct{ Name, Data string }

const downloads = `Array.from(document.querySelectorAll("a[download]"), a => ({Name: a.download, Data: a.getAttribute("href").replace(/^data:[a-z\/]+;base64,/, "")}))`

// unpacked is a file without the packing that its name tells of.
func unpacked(t *testing.T, name string, data []byte) []byte {
	t.Helper()
	if !strings.HasSuffix(name, ".gz") {
		return data
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return plain
}

// Every file that a page carries can be unpacked, and is what the program writes.
func testDownloads(t *testing.T, b *browser) {
	record, err := os.ReadFile("../docs/results/default.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	rep := gather(t, record)
	written := map[string]func(io.Writer, *reports.Report) error{"nsbench.json": reports.JSON, "nsbench.md": reports.Markdown}
	p := b.open(t, recordedPage(t), view{})
	all := eval[[]download](p, downloads)
	for i, d := range all {
		data, err := base64.StdEncoding.DecodeString(d.Data)
		if err != nil {
			t.Fatalf("%s: %v", d.Name, err)
		}
		plain := unpacked(t, d.Name, data)
		if len(plain) == 0 {
			t.Errorf("%s is empty", d.Name)
		}
		name := strings.TrimSuffix(d.Name, ".gz")
		if write, is := written[name]; is {
			delete(written, name)
			var want bytes.Buffer
			if err := write(&want, rep); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(plain, want.Bytes()) {
				t.Errorf("%s of %d bytes is not what the program writes, %d bytes", d.Name, len(plain), want.Len())
			}
		}
		if saved := p.saved(i); !bytes.Equal(saved, data) {
			t.Errorf("a click on %s saves %d bytes, want %d", d.Name, len(saved), len(data))
		}
	}
	for name := range written {
		t.Errorf("no %s to download", name)
	}
}

// What the package of this domain calls these; its name is that of a type here.
type (
	saving struct {
		Behavior      string `json:"behavior"`
		DownloadPath  string `json:"downloadPath"`
		EventsEnabled bool   `json:"eventsEnabled"`
	}

	progress struct {
		GUID  string `json:"guid"`
		State string `json:"state"`
	}
)

var (
	saveInto = cdp.Command[saving, cdp.Empty]{Method: "Browser.setDownloadBehavior"}
	saves    = cdp.Event[progress]{Method: "Browser.downloadProgress"}
)

// saved clicks the download at i, and returns the file that the browser writes.
func (p *tab) saved(i int) []byte {
	p.t.Helper()
	dir := p.t.TempDir()
	request(p, saveInto, saving{"allowAndName", dir, true})
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	events := chromedp.Events(ctx, saves)
	p.click(fmt.Sprintf(".downloads li:nth-child(%d) a", i+1))
	for e, err := range events {
		if err != nil {
			p.t.Fatal(err)
		}
		if !slices.Contains([]string{"completed", "canceled"}, e.State) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.GUID))
		if err != nil {
			p.t.Fatalf("%s: %v", e.State, err)
		}
		return data
	}
	p.t.Fatal("the browser is gone")
	return nil
}
