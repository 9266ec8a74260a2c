package trial

import (
	"regexp"
	"sync"
)

// plain takes out of what a report tells what is another with each trial: process IDs,
// names that were drawn at random, ports. So what two trials came to can be compared.
func (rep *Report) plain() {
	for _, text := range []*string{&rep.At, &rep.Note, &rep.Unavailable} {
		if *text == "" {
			continue
		}
		for _, d := range drawn() {
			*text = d.pattern.ReplaceAllString(*text, d.by)
		}
	}
}

type draw struct {
	pattern *regexp.Regexp
	by      string
}

// drawn is made by who asks for it: that is an observer, and every parent of a trial
// starts as the same program.
var drawn = sync.OnceValue(func() []draw {
	return []draw{
		{regexp.MustCompile(`/proc/\d+/fd/\d+`), "/proc/PID/fd/N"},
		{regexp.MustCompile(`nsbench-\d+-trials-[0-9a-f]+/\d+`), "nsbench-PID-trials-N/N"},
		{regexp.MustCompile(`nsbench-\d+-([a-z]+-)?[0-9a-f]+`), "nsbench-PID-${1}N"},
		{regexp.MustCompile(`htons\(\d+\)`), "htons(PORT)"},
		{regexp.MustCompile(`sun_path=@"[^"]*"`), `sun_path=@"NAME"`},
		{regexp.MustCompile(`(semget|msgget)\(0x[0-9a-f]+`), "$1(KEY"},
		{regexp.MustCompile(`(si_\w+=)(?:\d+|0x[0-9a-f]+)\b`), "${1}N"},
	}
})
