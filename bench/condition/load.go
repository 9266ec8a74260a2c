package condition

import (
	"fmt"
	"strconv"
	"strings"
)

// A Load is work beside what is measured: busy threads, so many pinned to each
// usable CPU. The zero Load is none.
type Load struct {
	PerCPU int // busy threads per CPU, at most MaxPerCPU
	Nice   int // -20, which takes the most, to 19. setpriority(2)
}

// MaxPerCPU is how many busy threads a CPU may be given: beyond that what is
// measured is the patience of the one who measures.
const MaxPerCPU = 64

// The range of nice values. setpriority(2).
const (
	minNice = -20
	maxNice = 19
)

// ParseLoad parses "none", "N" or "N:NICE", such as "2:10": two threads per CPU
// with a nice value of 10.
func ParseLoad(s string) (Load, error) {
	if s == "none" {
		return Load{}, nil
	}
	per, nice, niced := strings.Cut(s, ":")
	l, err := Load{}, error(nil)
	if l.PerCPU, err = strconv.Atoi(per); err == nil && niced {
		l.Nice, err = strconv.Atoi(nice)
	}
	if err != nil {
		return Load{}, fmt.Errorf("load %q: want none, N or N:NICE, such as 1 or 2:10", s)
	}
	return l, l.Check()
}

// String is what ParseLoad parses.
func (l Load) String() string {
	switch {
	case l == Load{}:
		return "none"
	case l.Nice == 0:
		return strconv.Itoa(l.PerCPU)
	}
	return fmt.Sprintf("%d:%d", l.PerCPU, l.Nice)
}

// Check refuses what cannot be meant. Whether this process may have the nice
// value is found out by Begin.
func (l Load) Check() error {
	switch {
	case l.PerCPU < 0 || l.PerCPU > MaxPerCPU:
		return fmt.Errorf("load %s: %d threads per CPU; want 0 to %d", l, l.PerCPU, MaxPerCPU)
	case l.Nice < minNice || l.Nice > maxNice:
		return fmt.Errorf("load %s: a nice value of %d; want %d to %d", l, l.Nice, minNice, maxNice)
	case l.PerCPU == 0 && l.Nice != 0:
		return fmt.Errorf("load %s: a nice value of nobody", l)
	}
	return nil
}
