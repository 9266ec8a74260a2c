package trial

import "regexp"

// Plain is an operation in words without what is another with each trial: process
// IDs, names that were drawn at random, ports. So what two trials came to can be
// compared.
func Plain(op string) string {
	for _, d := range drawn {
		op = d.pattern.ReplaceAllString(op, d.by)
	}
	return op
}

var drawn = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`/proc/\d+/fd/\d+`), "/proc/PID/fd/N"},
	{regexp.MustCompile(`nsbench-\d+-([a-z]+-)?[0-9a-f]+`), "nsbench-PID-${1}N"},
	{regexp.MustCompile(`htons\(\d+\)`), "htons(PORT)"},
	{regexp.MustCompile(`sun_path=@"[^"]*"`), `sun_path=@"NAME"`},
	{regexp.MustCompile(`(semget|msgget)\(0x[0-9a-f]+`), "$1(KEY"},
	{regexp.MustCompile(`((?:semget|msgget)\(.*\)) = \d+`), "$1 = ID"},
}
