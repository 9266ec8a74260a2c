package reports

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the template, its style and its scripts
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/nsbench/nsbench/reports/plot"
)

var (
	//go:embed page/page.html
	pageText string

	//go:embed page/page.css
	pageStyle string

	//go:embed page/page.js
	pageScript string

	pageTemplate = template.Must(template.New("page").Parse(pageText))
)

// HTML writes a report as one file that needs nothing else, so that it can be
// mailed, archived and opened from anywhere, whoever made the record. The page's
// own security policy forbids every request, and every style and script but those
// whose hashes it names.
//
// Without scripts it is whole: answer, tables, drawings, downloads. Scripts sort
// tables, compare with another baseline, and turn the curves of percentiles and
// of distribution into charts that can be asked.
//
// A picture that cannot be drawn is replaced by the reason.
func HTML(w io.Writer, rep *Report) error {
	p, err := pageOf(rep)
	if err != nil {
		return fmt.Errorf("write html: %w", err)
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, p); err != nil {
		return fmt.Errorf("write html: %w", err)
	}
	return emit(w, "html", out.Bytes())
}

func pageOf(rep *Report) (page, error) {
	p := page{Several: len(rep.Runs) > 1}
	m := &maker{easel: easel{styles: stylesOf(rep), inks: new(plot.Inks)}}
	if h := hostsOf(rep); h != nil {
		p.HostVerdict = h.verdict()
		for i, s := range h.sheets() {
			p.Hosts = append(p.Hosts, m.sheet(fmt.Sprintf("hosts%d", i+1), rep.Runs[0], s))
		}
	}
	p.Series = len(rep.Runs) == 0 || slices.ContainsFunc(rep.Runs, Run.HasSeries)
	p.Matrices = slices.ContainsFunc(rep.Runs, func(run Run) bool { return run.matrices() != nil })
	p.Shakes = slices.ContainsFunc(rep.Runs, func(run Run) bool { return run.Handshakes != nil || run.Breaks != nil })
	for i, run := range rep.Runs {
		p.Runs = append(p.Runs, m.run(fmt.Sprintf("run%d", i+1), run))
	}
	data, err := json.Marshal(m.data) // which escapes what would end the block
	if err != nil {
		return page{}, err
	}
	if p.Downloads, err = downloads(rep); err != nil {
		return page{}, err
	}
	style := chartStyle + pageStyle + m.inks.CSS()
	p.Style, p.Charts, p.Script, p.Data = template.CSS(style), template.JS(chartScript), template.JS(pageScript), template.JS(data)
	p.Policy = policy(style, chartScript, pageScript)
	return p, nil
}

// policy forbids all that the page does not use.
func policy(style string, scripts ...string) template.HTMLAttr {
	var allowed []string
	for _, s := range scripts {
		allowed = append(allowed, hashed(s))
	}
	return template.HTMLAttr(fmt.Sprintf(`content="default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'"`, hashed(style), strings.Join(allowed, " ")))
}

func hashed(text string) string {
	hash := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"
}
