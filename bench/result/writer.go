package result

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A Writer appends records to a log, one line each.
//
// Each line goes out in a single call of Write and nothing is kept back, so
// that a process which is killed tears at most the last line. A Writer is not
// safe for use by several goroutines.
type Writer struct {
	out  io.Writer
	run  run
	line bytes.Buffer
	torn bool // the last write stopped inside its line
}

// NewWriter returns a Writer that appends to w. Whatever w holds already must
// end with a newline.
func NewWriter(w io.Writer) *Writer { return &Writer{out: w} }

// Write appends one line. Columns and lists that are nil are written as empty
// ones, and bytes in strings that are not UTF-8 as U+FFFD.
//
// The error names the kind of line: "write record: block: ...". Either the
// record is one that a Reader would refuse (a block whose columns differ in
// length, a block outside a run), in which case nothing was written; or the
// write failed and the log may end inside a line. Write may be called again
// after both: a line cut short is closed first and costs its own samples only,
// so that a full disk does not keep the end of the run from being told.
func (w *Writer) Write(rec Record) error {
	line, err := lineOf(rec)
	if err != nil {
		return fmt.Errorf("write record: %w", err)
	}
	run, err := w.run.after(rec)
	if err == nil {
		err = w.write(line)
	}
	if err != nil {
		return fmt.Errorf("write record: %s: %w", rec.kind(), err)
	}
	w.run = run
	return nil
}

func (w *Writer) write(line any) error {
	w.line.Reset()
	if w.torn {
		w.line.WriteByte('\n')
	}
	enc := json.NewEncoder(&w.line)
	enc.SetEscapeHTML(false) // a command line with > in it is to be read by people
	if err := enc.Encode(line); err != nil {
		return err
	}
	n, err := w.out.Write(w.line.Bytes())
	if err == nil && n < w.line.Len() {
		err = io.ErrShortWrite
	}
	w.torn = w.torn && n == 0 || n > 0 && n < w.line.Len()
	return err
}

// The lines as they are written. The kind comes first, so that a line can be
// told from another, by eye or by Reader, without reading it to its end.
type (
	headerLine struct {
		Kind string `json:"kind"`
		Header
	}
	blockLine struct {
		Kind string `json:"kind"`
		Block
	}
	behaviourLine struct {
		Kind string `json:"kind"`
		Behaviour
	}
	handshakeLine struct {
		Kind string `json:"kind"`
		Handshake
	}
	breakLine struct {
		Kind string `json:"kind"`
		Break
	}
	endLine struct {
		Kind string `json:"kind"`
		End
	}
)

var errNil = errors.New("no record")

// lineOf returns what to encode for a record.
func lineOf(rec Record) (any, error) {
	switch rec := rec.(type) {
	case *Header:
		if rec != nil {
			return headerLine{KindHeader, filledHeader(*rec)}, nil
		}
	case *Block:
		if rec != nil {
			return blockLine{KindBlock, filledBlock(*rec)}, nil
		}
	case *Behaviour:
		if rec != nil {
			return behaviourLine{KindBehaviour, *rec}, nil
		}
	case *Handshake:
		if rec != nil {
			return handshakeLine{KindHandshake, filledHandshake(*rec)}, nil
		}
	case *Break:
		if rec != nil {
			return breakLine{KindBreak, *rec}, nil
		}
	case *End:
		if rec != nil {
			return endLine{KindEnd, *rec}, nil
		}
	case *Unknown:
		return nil, errors.New("unknown: its content was not kept")
	}
	return nil, errNil
}

// filledHeader returns a header without nil lists: a reader in another
// language should meet [], never null. The caller's lists are left alone.
func filledHeader(h Header) Header {
	h.Command = filled(h.Command)
	h.Environment.Disturbances = filled(h.Environment.Disturbances)
	series := make([]Series, len(h.Plan.Series))
	for i, s := range h.Plan.Series {
		s.Namespaces = filled(s.Namespaces)
		series[i] = s
	}
	h.Plan.Series = series
	h.Plan.Profiles = slices.Clone(h.Plan.Profiles)
	for i := range h.Plan.Profiles {
		p := &h.Plan.Profiles[i]
		p.Processes, p.Steps = filled(p.Processes), filled(p.Steps)
	}
	h.Plan.Faults, h.Plan.Spaces = slices.Clone(h.Plan.Faults), slices.Clone(h.Plan.Spaces)
	for i := range h.Plan.Faults {
		f := &h.Plan.Faults[i]
		f.Sound, f.Unsafe = filled(f.Sound), filled(f.Unsafe)
	}
	for i := range h.Plan.Spaces {
		h.Plan.Spaces[i].Namespaces = filled(h.Plan.Spaces[i].Namespaces)
	}
	return h
}

// filledBlock does for a block what filledHeader does for a header.
func filledBlock(b Block) Block {
	for _, c := range append(b.sampleColumns(), b.childColumns()...) {
		*c.values = filled(*c.values)
	}
	return b
}

// filledHandshake does it for a handshake.
func filledHandshake(h Handshake) Handshake {
	h.TotalNS, h.Outcome, h.Wrong = filled(h.TotalNS), filled(h.Outcome), filled(h.Wrong)
	h.Steps = slices.Clone(filled(h.Steps))
	for i := range h.Steps {
		h.Steps[i].BeginNS = filled(h.Steps[i].BeginNS)
	}
	return h
}

func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
