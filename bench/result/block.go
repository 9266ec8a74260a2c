package result

import (
	"bytes"
	"reflect"
)

// A blockDecoder decodes the lines of blocks, which are nearly all of a log, as a
// Writer writes them: without spaces, and with numbers that are whole. Whatever
// else JSON may be is left to decodeRecord, so that no line means anything else
// than it does there. To leave all to it lost: encoding/json looks at each byte twice
// and at each number by reflection, which took ten times as long and more than
// everything that reports do with the samples.
//
// The columns of a block lie in one piece of memory. One that is zero is ready.
type blockDecoder struct {
	reuse  bool
	memory []int64 // of the block before
	seen   uint64  // the fields of the block in hand that have been decoded
}

var (
	blockStart = []byte(`{"kind":"` + KindBlock + `"`)
	nextName   = []byte(`,"`) // not before the end of an object: nothing is left then that would be one of its own

	blockLayout = layoutOf(reflect.TypeFor[Block]())
)

// decode decodes a line that begins with blockStart. From the first member on that is
// not as a Writer writes it, the line is decodeRecord's; and all of it where it is
// no object from there on.
func (d *blockDecoder) decode(line []byte) (*Block, error) {
	size := len(d.memory)
	if d.memory = d.memory[:0]; !d.reuse || d.memory == nil {
		d.memory = make([]int64, 0, size)
	}
	b := &Block{}
	d.seen = 1 << kindField
	at := len(blockStart)
	for bytes.HasPrefix(line[at:], nextName) {
		next := d.member(b, line, at+1)
		if next < 0 {
			return b, d.rest(line, at, b)
		}
		at = next
	}
	switch {
	case string(line[at:]) != "}":
		b = &Block{}
		return b, decodeRecord(line, b, 0)
	case blockLayout.required&^d.seen != 0:
		return b, decodeRecord([]byte("{}"), b, d.seen) // says which is missing
	}
	return b, nil
}

// rest decodes what is left of an object from a comma on, as an object of its own.
// It leaves the line as it was.
func (d *blockDecoder) rest(line []byte, comma int, into *Block) error {
	line[comma] = '{'
	err := decodeRecord(line[comma:], into, d.seen)
	line[comma] = ','
	return err
}

// member decodes the member whose name's quote is at a place, and returns where it ends. That
// is -1 where it is not one to be decoded here, and nothing has been then.
func (d *blockDecoder) member(b *Block, line []byte, at int) int {
	length := bytes.IndexByte(line[at+1:], '"')
	if length < 0 || at+length+3 >= len(line) || line[at+length+2] != ':' {
		return -1
	}
	name, value := line[at+1:at+1+length], at+length+3
	field, known := blockLayout.fields[string(name)]
	if !known || d.seen&(1<<field) != 0 {
		return -1
	}
	end := d.value(b, name, line, value)
	if end >= 0 {
		d.seen |= 1 << field
	}
	return end
}

// value decodes the value of a member that begins at a place, likewise.
func (d *blockDecoder) value(b *Block, name, line []byte, at int) int {
	if line[at] == '[' {
		if to := b.columnNamed(name); to != nil {
			return d.column(to, line, at)
		}
		return -1
	}
	if string(name) == "warmup" {
		return boolean(&b.Warmup, line, at)
	}
	n, end := whole(line, at)
	if end < 0 || end >= len(line) || line[end] != ',' && line[end] != '}' || !b.number(name, n) {
		return -1
	}
	return end
}

// number takes a number by its name, if there is one of that name.
func (b *Block) number(name []byte, n int64) bool {
	switch string(name) {
	case "round":
		b.Round = int(n)
	case "place":
		b.Place = int(n)
	case "series":
		b.Series = int(n)
	case "run_delay_ns":
		b.RunDelayNS = &n
	case "throttled_ns":
		b.ThrottledNS = &n
	case "drain_ns":
		b.DrainNS = &n
	default:
		return false
	}
	return true
}

// columnNamed is the column of that name, nil if there is none.
func (b *Block) columnNamed(name []byte) *[]int64 {
	switch string(name) {
	case "stage":
		return &b.Stage
	case "hold_ns":
		return &b.HoldNS
	case "release_ns":
		return &b.ReleaseNS
	case "signal_ns":
		return &b.SignalNS
	case "wait_cpu_ns":
		return &b.WaitCPUNS
	case "voluntary":
		return &b.Voluntary
	case "involuntary":
		return &b.Involuntary
	case "cpu_parent":
		return &b.ParentCPU
	case "cpu_child":
		return &b.ChildCPU
	case "delay_ns":
		return &b.DelayNS
	case "prepare_ns":
		return &b.PrepareNS
	case "clone_ns":
		return &b.CloneNS
	case "startup_ns":
		return &b.StartupNS
	case "exec_ns":
		return &b.ExecNS
	case "exit_ns":
		return &b.ExitNS
	case "reap_ns":
		return &b.ReapNS
	case "cycle_ns":
		return &b.CycleNS
	}
	return nil
}

// column decodes a list of whole numbers, whose bracket is at a place.
func (d *blockDecoder) column(to *[]int64, line []byte, at int) int {
	start, memory := len(d.memory), d.memory
	if at++; at < len(line) && line[at] == ']' {
		*to = memory[start:start:start]
		return at + 1
	}
	for at < len(line) {
		n, end := whole(line, at)
		if end < 0 || end >= len(line) {
			return -1
		}
		memory = append(memory, n)
		switch line[end] {
		case ',':
			at = end + 1
		case ']':
			d.memory, *to = memory, memory[start:len(memory):len(memory)]
			return end + 1
		default:
			return -1
		}
	}
	return -1
}

// mostDigits is how many digits a number may have that is decoded here: as many
// nines are less than the greatest of 64 bits.
const mostDigits = 18

// whole reads a whole number that JSON writes without a fraction and an exponent,
// and returns where it ends, or -1.
func whole(line []byte, at int) (n int64, end int) {
	negative := line[at] == '-'
	if negative {
		at++
	}
	start := at
	for at < len(line) {
		digit := line[at] - '0'
		if digit > 9 {
			break
		}
		n = n*10 + int64(digit)
		at++
	}
	if digits := at - start; digits == 0 || digits > mostDigits || digits > 1 && line[start] == '0' {
		return 0, -1
	}
	if negative {
		n = -n
	}
	return n, at
}

// boolean reads one, and returns where it ends, or -1.
func boolean(to *bool, line []byte, at int) int {
	switch value := line[at:]; {
	case bytes.HasPrefix(value, []byte("true")):
		*to = true
		return at + len("true")
	case bytes.HasPrefix(value, []byte("false")):
		*to = false
		return at + len("false")
	}
	return -1
}
