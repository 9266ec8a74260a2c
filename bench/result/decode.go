package result

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxObjects is the number of braces above which a line is not decoded. An
// empty object takes three bytes on the line and a hundred in memory, and no
// block has as many marks, nor a header as many series.
const maxObjects = 1 << 20

var (
	errNotObject = errors.New("not a JSON object")
	errNoKind    = errors.New(`no "kind"`)
)

// record reads a line as far as the line itself says what it means. The kind
// is returned with an error too, if it was found.
func (d *blockDecoder) record(line []byte) (rec Record, kind string, err error) {
	block := bytes.HasPrefix(line, blockStart)
	if block {
		kind = KindBlock
	} else if kind, err = kindOf(line); err != nil {
		return nil, "", err
	}
	if n := bytes.Count(line, []byte("{")); n > maxObjects {
		return nil, kind, fmt.Errorf("%d objects on the line, at most %d are possible", n, maxObjects)
	}
	if block {
		rec, err = d.decode(line)
		return rec, kind, err
	}
	switch kind {
	case KindHeader:
		rec, err = header(line)
	case KindEnd:
		rec = &End{}
		err = decodeRecord(line, rec, 0)
	case KindBehaviour:
		rec = &Behaviour{}
		err = decodeRecord(line, rec, 0)
	case KindHandshake:
		rec = &Handshake{}
		err = decodeRecord(line, rec, 0)
	case KindBreak:
		rec = &Break{}
		err = decodeRecord(line, rec, 0)
	case KindBlock:
		rec = &Block{}
		err = decodeRecord(line, rec, 0)
	default:
		rec, err = &Unknown{Kind: kind}, json.Unmarshal(line, &struct{}{})
	}
	return rec, kind, err
}

// header decodes one. Of another schema it may be anything, which is to be said of it
// and not in what it is not as here.
func header(line []byte) (*Header, error) {
	h := &Header{}
	err := decodeRecord(line, h, 0)
	if h.Schema != 0 && h.Schema != Schema {
		err = checkSchema(h.Schema)
	}
	return h, err
}

// kindOf returns the member "kind" of the object on the line. It reads no
// further than that, which a Writer puts first: to look for it by decoding the
// line would double the cost of reading a log.
func kindOf(line []byte) (string, error) {
	if !startsObject(line) {
		return "", errNotObject
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	if _, err := dec.Token(); err != nil {
		return "", err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return "", err
		}
		if name == "kind" {
			return stringOf(dec)
		}
		var passed json.RawMessage
		if err := dec.Decode(&passed); err != nil {
			return "", err
		}
	}
	return "", errNoKind
}

func stringOf(dec *json.Decoder) (string, error) {
	var kind *string
	if err := dec.Decode(&kind); err != nil {
		return "", fmt.Errorf("kind: %w", err)
	}
	if kind == nil || *kind == "" {
		return "", errNoKind
	}
	return *kind, nil
}

func startsObject(line []byte) bool {
	trimmed := bytes.TrimLeft(line, " \t\r\n")
	return len(trimmed) > 0 && trimmed[0] == '{'
}

// explain turns the reason for which a line was refused into one that is
// right for a reader: a line cut short is torn, whatever its decoder stumbled
// over, and never io.EOF, which would end the log before its end.
func explain(line []byte, kind string, err error) error {
	if startsObject(line) && cutShort(line) {
		return ErrTorn
	}
	switch kind {
	case "":
		return brief(err)
	case KindHeader, KindBlock, KindBehaviour, KindHandshake, KindBreak, KindEnd:
		return fmt.Errorf("%s: %w", kind, brief(err))
	}
	return fmt.Errorf("unknown kind: %w", brief(err))
}

// cutShort reports whether the line is the start of a JSON value. A Decoder
// tells that from a syntax error, json.Unmarshal does not always.
func cutShort(line []byte) bool {
	var value json.RawMessage
	return errors.Is(json.NewDecoder(bytes.NewReader(line)).Decode(&value), io.ErrUnexpectedEOF)
}

// maxMessage is the length in bytes above which a message is shortened.
const maxMessage = 200

// brief shortens an error that repeats what it could not read: a number may
// have as many digits as the line has room for.
func brief(err error) error {
	if text := err.Error(); len(text) > maxMessage {
		return errors.New(strings.ToValidUTF8(text[:maxMessage], "") + "...")
	}
	return err
}
