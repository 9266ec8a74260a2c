package reports

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"github.com/nsbench/nsbench/reports/plot"
)

// A pageDownload is a file that a page carries in a link.
type pageDownload struct {
	Name, What string
	Bytes      string // how large it is, once unpacked where it is packed
	Link       template.URL
}

// downloads are the figures of a report as the program writes them, packed. The
// links work without a script, and ask nobody for anything.
func downloads(rep *Report) ([]pageDownload, error) {
	type offer struct {
		name, what string
		write      func(io.Writer, *Report) error
	}
	offers := []offer{
		{"nsbench.json", "all figures of this page, with more digits, as --format json prints them", JSON},
		{"nsbench.md", "tables to paste into an issue or a pull request", Markdown},
	}
	if n, ok := carried(rep); ok {
		offers = append(offers, offer{"samples.csv", "the latencies of all " + plot.Count(n) + " valid samples", figureSamples})
	}
	var all []pageDownload
	for _, d := range offers {
		file, err := download(d.name, d.what, func(w io.Writer) error { return d.write(w, rep) })
		if err != nil {
			return nil, err
		}
		if len(file.Link) <= mostLinked {
			all = append(all, file)
		}
	}
	return all, nil
}

func download(name, what string, write func(io.Writer) error) (pageDownload, error) {
	var plain bytes.Buffer
	if err := write(&plain); err != nil {
		return pageDownload{}, err
	}
	d := pageDownload{Name: name, What: what, Bytes: size(plain.Len())}
	kind, data := "text/plain", plain.Bytes()
	if plain.Len() > mostPlain {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(plain.Bytes()); err != nil {
			return pageDownload{}, err
		}
		if err := z.Close(); err != nil {
			return pageDownload{}, err
		}
		d.Name, kind, data = name+".gz", "application/gzip", packed.Bytes()
	}
	d.Link = template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data))
	return d, nil
}

const (
	// mostPlain is how large a file is put into a page as it is.
	mostPlain = 32 << 10

	// mostLinked is how long a link may be: a page is not to be large because
	// of what the program writes as well.
	mostLinked = 400 << 10
)

// size writes a number of bytes.
func size(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
