package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"sync"
	"time"
)

// A layout is the members of an object of the record, as the tags of its type name
// them. A member that a Writer may leave out is one with omitempty, every other is
// required: docs/record.schema.json says the same, which a test holds it to.
type layout struct {
	fields   map[string]int // by the member's name
	names    []string       // by the field
	required uint64         // a bit for each field
}

// kindField is the place of the member "kind" in a layout, which is no field.
const kindField = 63

var layouts sync.Map // from reflect.Type to *layout

func layoutOf(t reflect.Type) *layout {
	if known, ok := layouts.Load(t); ok {
		return known.(*layout)
	}
	l := &layout{fields: make(map[string]int)}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		l.names, l.fields[name] = append(l.names, name), i
		if !strings.Contains(options, "omitempty") {
			l.required |= 1 << i
		}
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[Record]()) {
		l.fields["kind"] = kindField
	}
	layouts.Store(t, l)
	return l
}

// A memberError says what is wrong with a member, which has a path from the line's
// object: "plan.series[3].launcher".
type memberError struct{ before, path, after string }

func (e *memberError) Error() string { return e.before + e.path + e.after }

// under says that what is wrong is inside of a member or an element.
func under(outer string, err *memberError) *memberError {
	if err == nil {
		return nil
	}
	dot := "."
	if err.path == "" || err.path[0] == '[' {
		dot = ""
	}
	return &memberError{err.before, outer + dot + err.path, err.after}
}

// decodeRecord decodes an object into a record. It differs from encoding/json, which
// decodes the values, in what it lets through: a member is known by its name to the
// letter and passed over under any other, and one that is required and missing, that
// stands there twice or that is null, for which encoding/json would make up a 0 or
// take what came last, is refused.
//
// The fields whose bits are set have been decoded before, from the same line.
func decodeRecord(text []byte, rec Record, seen uint64) error {
	if err := json.Unmarshal(text, &struct{}{}); err != nil {
		return err // what follows is for what is JSON
	}
	if err := decodeObject(text, reflect.ValueOf(rec).Elem(), seen); err != nil {
		return err
	}
	return nil
}

// decodeObject returns the first error, and decodes what it can all the same: that
// a record is of another schema matters more than what is wrong with it.
func decodeObject(text []byte, to reflect.Value, seen uint64) (first *memberError) {
	keep := func(err *memberError) {
		if first == nil {
			first = err
		}
	}
	l := layoutOf(to.Type())
	for name, value := range members(text) {
		at, known := l.fields[name]
		if !known {
			continue
		}
		if seen&(1<<at) != 0 {
			keep(&memberError{"member ", name, " stands there twice"})
		}
		if seen |= 1 << at; at != kindField {
			keep(under(name, decodeValue(value, to.Field(at))))
		}
	}
	for at, name := range l.names {
		if l.required&^seen&(1<<at) != 0 {
			keep(&memberError{"no member ", name, ""})
		}
	}
	return first
}

var (
	null        = []byte("null")
	errorIsNull = &memberError{"", "", " is null"}
)

func decodeValue(value []byte, to reflect.Value) *memberError {
	switch object := to.Kind() == reflect.Struct && to.Type() != reflect.TypeFor[time.Time](); {
	case bytes.Equal(value, null):
		return errorIsNull
	case object && value[0] == '{':
		return decodeObject(value, to, 0)
	case to.Kind() == reflect.Slice && to.Type().Elem().Kind() == reflect.Struct && value[0] == '[':
		return decodeObjects(value, to)
	}
	if err := json.Unmarshal(value, to.Addr().Interface()); err != nil {
		return &memberError{"", "", ": " + err.Error()}
	}
	if to.Kind() == reflect.Slice && bytes.Contains(value, null) {
		for i, element := range elements(value) {
			if bytes.Equal(element, null) {
				return under(fmt.Sprintf("[%d]", i), errorIsNull)
			}
		}
	}
	return nil
}

func decodeObjects(list []byte, to reflect.Value) *memberError {
	to.Set(reflect.MakeSlice(to.Type(), 0, 0))
	for i, element := range elements(list) {
		to.Set(reflect.Append(to, reflect.Zero(to.Type().Elem())))
		if err := decodeValue(element, to.Index(i)); err != nil {
			return under(fmt.Sprintf("[%d]", i), err)
		}
	}
	return nil
}

// members goes through those of an object that is JSON. To have a json.Decoder go
// through it takes a buffer for each of a million marks.
func members(object []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for at := space(object, 1); object[at] == '"'; {
			end := valueEnd(object, at)
			name := string(object[at+1 : end-1])
			if strings.Contains(name, `\`) {
				_ = json.Unmarshal(object[at:end], &name) // is JSON
			}
			start := space(object, space(object, end)+1) // behind the colon
			end = valueEnd(object, start)
			if !yield(name, object[start:end]) {
				return
			}
			at = space(object, end)
			if object[at] == ',' {
				at = space(object, at+1)
			}
		}
	}
}

// elements goes through those of a list that is JSON.
func elements(list []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		i := 0
		for at := space(list, 1); list[at] != ']'; i++ {
			end := valueEnd(list, at)
			if !yield(i, list[at:end]) {
				return
			}
			at = space(list, end)
			if list[at] == ',' {
				at = space(list, at+1)
			}
		}
	}
}

// space is where the next thing is that is no space.
func space(text []byte, at int) int {
	for at < len(text) && strings.IndexByte(" \t\r\n", text[at]) >= 0 {
		at++
	}
	return at
}

// valueEnd is where the value ends that begins at a place.
func valueEnd(text []byte, at int) int {
	for depth := 0; at < len(text); {
		switch text[at] {
		case '"':
			for at++; text[at] != '"'; at++ {
				if text[at] == '\\' {
					at++
				}
			}
			at++
		case '{', '[':
			depth++
			at++
			continue
		case '}', ']':
			depth--
			at++
		case ',', ':', ' ', '\t', '\r', '\n':
			at++
			continue // inside of an object or a list
		default:
			for at < len(text) && strings.IndexByte(",:]} \t\r\n", text[at]) < 0 {
				at++
			}
		}
		if depth == 0 {
			break
		}
	}
	return at
}
