package reports_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports"
)

// repeated has n texts that differ.
func repeated(n int, format string) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(format, i)
	}
	return all
}

// A record with far more of something than there can be is reported in no more time
// than it takes to read, and in no more lines than anybody does.
func TestTooManyOfAThing(t *testing.T) {
	for name, with := range map[string]func(head *result.Header){
		"namespaces": func(head *result.Header) { head.Plan.Series[0].Namespaces = repeated(100_000, "ns%d") },
		"checks": func(head *result.Header) {
			for _, check := range repeated(20_000, "check%d") {
				head.Environment.Disturbances = append(head.Environment.Disturbances, result.Disturbance{Check: check, Status: "warn", Found: "something"})
			}
		},
		"a command":             func(head *result.Header) { head.Command = repeated(100_000, "word%d") },
		"a payload":             func(head *result.Header) { head.Plan.Payload = repeated(100_000, "word%d") },
		"a kernel command line": func(head *result.Header) { head.Environment.Cmdline = strings.Join(repeated(50_000, "word%d"), " ") },
	} {
		t.Run(name, func(t *testing.T) {
			head := planned(1, "pipe-eof", "futex", "eventfd")
			with(head)
			records := []result.Record{head}
			for i := range 60 {
				b := one(i%3, int64(1000+i))
				b.Round = i / 3
				records = append(records, b)
			}
			record := encode(t, append(records, end(60, 60))...)
			head.Environment.Host, head.Environment.Cmdline = "other", head.Environment.Cmdline+" more"
			both := append(bytes.Clone(record), encode(t, append(records, end(60, 60))...)...)
			for of, record := range map[string][]byte{"one": record, "two": both} {
				for _, kind := range []string{"table-80.txt", "md", "html", "csv"} {
					write := outputs[kind]
					var out bytes.Buffer
					began := time.Now()
					if err := write(&out, record); err != nil {
						t.Fatal(err)
					}
					if took := time.Since(began); took > 10*time.Second {
						t.Errorf("%s of %s took %v", kind, of, took)
					}
					if n := bytes.Count(out.Bytes(), []byte("\n")); kind != "html" && n > 1000 {
						t.Errorf("%s of %s has %d lines", kind, of, n)
					}
				}
				rep := gather(t, record)
				for range rep.Runs[1:] {
					reports.Differs(rep.Runs[0], rep.Runs[1])
				}
			}
		})
	}
}
