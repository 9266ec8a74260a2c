package result

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A Section is a header with all that belongs to it, as a part of a log: so many
// bytes, up to the next header or the end. A run is one, and so is a matrix.
type Section struct {
	Schema     int    // of its header
	Matrix     string // one of the Matrix constants; empty for a run
	Start, End int64  // in bytes from the start of the log
}

// Sections parts a log at its headers, for those who copy lines rather than read
// them. What stands before the first header is in none, and a log without a header
// has none. The error is that of reading, or wraps ErrTooLong.
//
// A header is found where a Reader finds it, also behind a line that was torn. Other
// lines are not looked at: sections may hold what a Reader refuses.
func Sections(log io.Reader) (all []Section, err error) {
	r := NewReader(log)
	for at := int64(0); ; {
		err := r.readLine()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("part record: line %d: %w", r.number+1, err)
		}
		if s, ok := sectionAt(r.line); ok {
			s.Start += at
			if n := len(all); n > 0 {
				all[n-1].End = s.Start
			}
			all = append(all, s)
		}
		at += int64(len(r.line))
		r.number++
		if err != nil {
			if n := len(all); n > 0 {
				all[n-1].End = at
			}
			return all, nil
		}
	}
}

// sectionAt returns the section that a line begins, with its start in the line.
func sectionAt(line []byte) (s Section, ok bool) {
	if !bytes.Contains(line, []byte(`"`+KindHeader+`"`)) { // as most lines, which are long
		return s, false
	}
	var header struct {
		Kind   string `json:"kind"`
		Schema int    `json:"schema"`
		Plan   struct {
			Faults []json.RawMessage `json:"faults"`
			Spaces []json.RawMessage `json:"spaces"`

			Profiles []json.RawMessage `json:"profiles"`
			Trials   json.RawMessage   `json:"trials"`
		} `json:"plan"`
	}
	err := json.Unmarshal(line, &header)
	if start := split(line, err); start > 0 {
		s.Start = int64(start)
		err = json.Unmarshal(line[start:], &header)
	}
	s.Schema = header.Schema
	switch {
	case len(header.Plan.Faults) > 0:
		s.Matrix = MatrixFaults
	case len(header.Plan.Spaces) > 0:
		s.Matrix = MatrixIsolation
	case len(header.Plan.Profiles) > 0 && (len(header.Plan.Trials) == 0 || string(header.Plan.Trials) == "0"):
		s.Matrix = MatrixHandshakes
	case len(header.Plan.Profiles) > 0:
		s.Matrix = MatrixBreaks
	}
	return s, err == nil && header.Kind == KindHeader
}
