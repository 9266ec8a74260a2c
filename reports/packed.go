package reports

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/nsbench/nsbench/bench/stat"
)

// packed are whole numbers from 0 in the order in which they came, mostly of ns, in
// as many bytes as they need: two or three of a latency, where a float64 takes
// eight. They lie in pieces, because a slice that grows is there twice while it
// does, and a quarter too large afterwards; of ten million samples with ten times
// each, that is what would not fit.
type packed struct {
	pieces [][]byte // none parts a number
	n      int
	most   uint64
}

// The sizes of pieces in bytes, which double: many series have few times.
const (
	firstPiece = 64
	lastPiece  = 16 << 10
)

// add takes one more. One below 0 is taken for 0.
func (p *packed) add(ns int64) {
	last := len(p.pieces) - 1
	if last < 0 || cap(p.pieces[last])-len(p.pieces[last]) < binary.MaxVarintLen64 {
		size := firstPiece
		if last >= 0 {
			size = min(2*cap(p.pieces[last]), lastPiece)
		}
		p.pieces = append(p.pieces, make([]byte, 0, size))
		last++
	}
	v := uint64(max(ns, 0))
	p.pieces[last] = binary.AppendUvarint(p.pieces[last], v)
	p.n++
	p.most = max(p.most, v)
}

// addAll takes a column.
func (p *packed) addAll(column []int64) {
	for _, ns := range column {
		p.add(ns)
	}
}

// each calls do with each number in order.
func (p *packed) each(do func(v uint64)) {
	for _, piece := range p.pieces {
		for len(piece) > 0 {
			v, size := binary.Uvarint(piece)
			do(v)
			piece = piece[size:]
		}
	}
}

// take returns the numbers in order and leaves none.
func (p *packed) take() []float64 {
	all := make([]float64, 0, p.n)
	p.each(func(v uint64) { all = append(all, float64(v)) })
	*p = packed{}
	return all
}

// median returns the median, NaN of none, and leaves none.
func (p *packed) median() float64 {
	defer func() { *p = packed{} }()
	if p.n == 0 {
		return math.NaN()
	}
	lower := p.ranked((p.n - 1) / 2)
	upper, notAbove := uint64(math.MaxUint64), 0 // the next number, and how many come before it
	p.each(func(v uint64) {
		if v <= lower {
			notAbove++
		} else {
			upper = min(upper, v)
		}
	})
	if notAbove > p.n/2 {
		upper = lower
	}
	return (float64(lower) + float64(upper)) / 2
}

// countBits is how many bits of a number are counted by at a time: the counts fit
// into the nearest cache.
const countBits = 12

// ranked returns the number of which so many are not greater that stand before it,
// were they in order. It counts how many begin with the same bits, and then, of
// those with which the number begins, the next bits. That takes two or three passes;
// to sort them takes longer, and four times the memory meanwhile.
func (p *packed) ranked(rank int) uint64 {
	least, most := uint64(0), p.most
	for least < most {
		shift := max(bits.Len64(most-least)-countBits, 0)
		var counts [1 << countBits]int
		p.each(func(v uint64) {
			if v -= least; v <= most-least {
				counts[v>>shift]++
			}
		})
		at := 0
		for rank >= counts[at] {
			rank -= counts[at]
			at++
		}
		least += uint64(at) << shift
		most = min(most, least+1<<shift-1)
	}
	return least
}

// medianWithin returns the median and its interval, whose ends are NaN where there
// are too few for one, and leaves none.
func (p *packed) medianWithin() (float64, stat.Interval) {
	s := stat.NewSample(p.take(), nil)
	iv, _ := s.Interval(0.5, stat.Confidence)
	return s.Quantile(0.5), iv
}
