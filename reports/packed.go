package reports

import (
	"encoding/binary"

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
	p.pieces[last] = binary.AppendUvarint(p.pieces[last], uint64(max(ns, 0)))
	p.n++
}

// addAll takes a column.
func (p *packed) addAll(column []int64) {
	for _, ns := range column {
		p.add(ns)
	}
}

// take returns the times in order and leaves none.
func (p *packed) take() []float64 {
	all := make([]float64, 0, p.n)
	for i, piece := range p.pieces {
		for len(piece) > 0 {
			ns, size := binary.Uvarint(piece)
			all, piece = append(all, float64(ns)), piece[size:]
		}
		p.pieces[i] = nil
	}
	*p = packed{}
	return all
}

// median returns the median, NaN of none, and leaves no times.
func (p *packed) median() float64 { return stat.NewSample(p.take(), nil).Quantile(0.5) }

// medianWithin returns the interval of the median, too, whose ends are NaN where
// there are too few for one, and leaves no times.
func (p *packed) medianWithin() (float64, stat.Interval) {
	s := stat.NewSample(p.take(), nil)
	iv, _ := s.Interval(0.5, stat.Confidence)
	return s.Quantile(0.5), iv
}
