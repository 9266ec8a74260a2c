package result

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxLine is the length in bytes above which a Reader refuses a line. A block
// of a million samples fits; a disk image given by mistake does not.
const MaxLine = 64 << 20

var (
	// ErrTorn is the error of a line that was cut short: the start of a
	// record, as a killed run leaves it at the end of its log, and a disk
	// that was full for a while in the middle.
	ErrTorn = errors.New("torn: the line was cut short")

	// ErrTooLong is the error of a line of more than MaxLine bytes.
	ErrTooLong = errors.New("line is too long")
)

// A LineError says what is wrong with one line of a log.
type LineError struct {
	Line int // from 1
	Err  error
}

// Error returns the message, such as "line 7: torn: the line was cut short".
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the error without its line.
func (e *LineError) Unwrap() error { return e.Err }

// A Reader reads a log line by line and holds one line in memory.
//
// It believes nothing: the records that it returns are consistent, so that
// columns may be indexed together and blocks may be looked up in the plan of
// the header before them. Members that it does not know are passed over, as is one
// whose name differs in the case of a letter, and lines of an unknown kind are
// returned as an Unknown. A line is refused that lacks a member which a Writer
// always writes, that has one twice, or that has a null: what is missing would
// otherwise be taken for a 0 that was measured. Blank lines do not count as
// records.
type Reader struct {
	// ReuseBlocks has the columns of each block lie where those of the block
	// before did, which are then lost: for those who keep none.
	ReuseBlocks bool

	in     *bufio.Reader
	limit  int
	number int    // of the line in hand, from 1
	line   []byte // the line in hand
	rest   []byte // what follows in it after a torn record, see split
	run    run
	blocks blockDecoder
	ended  bool
}

// NewReader returns a Reader of r, which it buffers itself.
func NewReader(r io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, 64<<10), limit: MaxLine}
}

// Next returns the next record: a *Header, *Block, *Behaviour, *Handshake, *Break,
// *End or *Unknown. At the end of the log the error is io.EOF; every other error is a *LineError.
//
// A line that is refused is passed over, so the caller decides how much to
// put up with: Next goes on with the line after. When reading itself fails, and
// after a line that is too long, the error is told once, and io.EOF follows.
func (r *Reader) Next() (Record, error) {
	for {
		line, err := r.next()
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		rec, err := r.record(bytes.TrimSuffix(line, []byte("\n")))
		if err != nil {
			return nil, &LineError{r.number, err}
		}
		return rec, nil
	}
}

// next returns what is left of the line in hand, or else the next line.
func (r *Reader) next() ([]byte, error) {
	if rest := r.rest; rest != nil {
		r.rest = nil
		return rest, nil
	}
	if r.ended {
		return nil, io.EOF
	}
	r.number++
	err := r.readLine()
	switch {
	case err == nil:
		return r.line, nil
	case errors.Is(err, ErrTooLong):
		return nil, &LineError{r.number, err}
	}
	r.ended = true
	if !errors.Is(err, io.EOF) {
		return nil, &LineError{r.number, fmt.Errorf("read record: %w", err)}
	}
	return r.line, nil // empty, or a last line without a newline
}

// readLine reads one line into r.line. One that exceeds the limit is the last: its
// end may never come.
func (r *Reader) readLine() error {
	r.line = r.line[:0]
	for {
		part, err := r.in.ReadSlice('\n')
		if len(r.line)+len(part) > r.limit {
			r.line, r.ended = nil, true
			return fmt.Errorf("%w: over %d bytes", ErrTooLong, r.limit)
		}
		r.line = append(r.line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// record reads the record on a line and judges it by the lines before.
func (r *Reader) record(line []byte) (Record, error) {
	r.blocks.reuse = r.ReuseBlocks
	rec, kind, err := r.blocks.record(line)
	if start := split(line, err); start > 0 {
		line, r.rest = line[:start], line[start:]
		rec, kind, err = r.blocks.record(line)
	}
	if err == nil {
		r.run, err = r.run.after(rec)
	} else if kind == KindHeader {
		r.run = run{}
	}
	if err != nil {
		return nil, explain(line, kind, err)
	}
	return rec, nil
}

// headerStart is how a Writer begins the line of a header. No JSON string can
// hold these bytes, because its quotes would be escaped.
var headerStart = []byte(`{"kind":"` + KindHeader + `"`)

// split returns where, in a line that is not JSON, a header begins after
// something else, or 0. Such a line comes from putting a file behind one whose
// last line has no newline: without the split, the second host's samples would
// be read by the first host's plan.
//
// It is the last such place: if there are several, the headers before it have
// no line to themselves and nothing follows them. One split a line also keeps
// the work linear.
func split(line []byte, err error) int {
	if err == nil || json.Valid(line) {
		return 0
	}
	return max(0, bytes.LastIndex(line, headerStart))
}
