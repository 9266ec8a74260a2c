//go:build amd64 || arm64

package handshake

import (
	"github.com/nsbench/nsbench/bench/clock"
	"github.com/nsbench/nsbench/bench/result"
)

// stamps appends those of one handshake to the columns of a block.
func (c *compiled) stamps(h *result.Handshake, k *clock.Clock) {
	board := c.setting.board
	start, last := c.span()
	at := func(stamp uint64) int64 {
		if stamp == 0 {
			return 0
		}
		return max(k.NS(start, stamp), 1) // 0 is a stamp that is not there
	}
	h.TotalNS = append(h.TotalNS, k.NS(start, last))
	if h.Steps == nil {
		h.Steps = make([]result.Stamps, len(c.profile.Steps))
	}
	for i, step := range c.profile.Steps {
		s, to := board.Stage(stageOf(i)), &h.Steps[i]
		to.BeginNS = append(to.BeginNS, at(s.Released))
		switch step.Kind {
		case Clones:
			to.EndNS = append(to.EndNS, at(s.Signalled))
			to.ResumedNS = append(to.ResumedNS, at(s.Resumed))
		case Does, Reaps:
			to.EndNS = append(to.EndNS, at(s.Signalled))
		case Releases:
			to.EndNS = append(to.EndNS, at(s.Signalled))
			to.ArmedNS = append(to.ArmedNS, at(s.Armed))
			to.ResumedNS = append(to.ResumedNS, at(s.Resumed))
			to.Slept = append(to.Slept, max(s.After.Voluntary-s.Before.Voluntary, 0))
		}
	}
}

// span are the first and the last stamp of all.
func (c *compiled) span() (first, last uint64) {
	for i := range c.profile.Steps {
		s := c.setting.board.Stage(stageOf(i))
		for _, stamp := range []uint64{s.Released, s.Signalled, s.Armed, s.Resumed} {
			if stamp == 0 {
				continue
			}
			if first == 0 || stamp < first {
				first = stamp
			}
			last = max(last, stamp)
		}
	}
	return first, last
}
