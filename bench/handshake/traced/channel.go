package traced

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/sync/gate"
)

// A channel is something that one process can let another go over: a pipe, a fifo, a
// pair of sockets, an eventfd.
type channel struct {
	family gate.Family
	kept   bool // messages keep their bounds: a read takes one, or all of an eventfd

	// By the end that they are read from. A pipe is read from end 0.
	queued [2][]message
	left   [2]leaving // who was the last to let go of the end that is written to
}

// A message is what is on its way: who sent it, and by which event.
type message struct {
	sent  *Event
	bytes int
}

// A leaving is the moment at which a process lets go of its last descriptor of an end.
type leaving struct {
	by   *Process
	how  string // close, exec, exit
	line int
}

// An entry is a descriptor of a process.
type entry struct {
	channel *channel
	end     int // that this one is: of a pipe 0 reads and 1 writes
	onExec  bool
}

// reads says whether what the entry's process reads from it is of the channel's end.
func (e entry) reads() bool {
	return e.channel.family != gate.Pipe || e.end == 0
}

// writesTo is the end at which what is written to the entry comes out.
func (e entry) writesTo() int {
	if e.channel.family == gate.Socket {
		return 1 - e.end
	}
	return 0
}

// A table is the descriptors of a process, by number. Of files that no process can let
// another go over it has none.
type table map[int]entry

// A world is the channels of a trace by what -yy calls them, so that a descriptor is
// known that came from somewhere else than the calls seen here, such as by SCM_RIGHTS.
type world struct {
	byName map[string]entry // a pipe by "pipe:[1]", a socket by "1", a fifo by its last name
	fifos  map[string]bool  // the last names of those that were made
}

func newWorld() world { return world{byName: map[string]entry{}, fifos: map[string]bool{}} }

// unixPattern finds the inodes of a socket of AF_UNIX: its own, and its peer's where
// strace could find that out. A socket made in another network namespace than strace's
// has none.
var unixPattern = regexp.MustCompile(`^UNIX(?:-[A-Z]+)?:\[(\d+)(?:->(\d+))?`)

// named is the channel by what -yy printed, and which end of it a descriptor is.
func (w world) named(name string, writing bool) (entry, bool) {
	if strings.HasPrefix(name, "pipe:[") {
		return w.pipe(name, writing), true
	}
	if base := lastName(name); w.fifos[base] {
		return w.pipe(base, writing), true
	}
	if found := unixPattern.FindStringSubmatch(name); found != nil {
		return w.socket(found[1], found[2], strings.HasPrefix(name, "UNIX-STREAM"))
	}
	return entry{}, false
}

func (w world) pipe(key string, writing bool) entry {
	e, ok := w.byName[key]
	if !ok {
		e = entry{channel: &channel{family: gate.Pipe}}
		w.byName[key] = e
	}
	if writing {
		e.end = 1
	}
	return e
}

func (w world) socket(own, peer string, stream bool) (entry, bool) {
	if e, ok := w.byName[own]; ok {
		return e, true
	}
	if peer == "" {
		return entry{}, false
	}
	c := &channel{family: gate.Socket, kept: !stream}
	w.byName[own], w.byName[peer] = entry{channel: c}, entry{channel: c, end: 1}
	return w.byName[own], true
}

// lastName is that of a path. One that has been removed is still it, and a container
// that has another root sees the path shortened or whole.
func lastName(path string) string {
	return path[strings.LastIndexByte(path, '/')+1:]
}

// pair reads "[3<pipe:[1]>, 4<pipe:[1]>]", the descriptors of pipe2 and socketpair.
func pair(text string) (first, second descriptor, ok bool) {
	both := arguments(strings.Trim(text, "[]"))
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		both = arguments(text[1 : len(text)-1])
	}
	if len(both) != 2 {
		return first, second, false
	}
	first, ok = described(both[0])
	if !ok {
		return first, second, false
	}
	second, ok = described(both[1])
	return first, second, ok
}

// opened takes what a call has opened into the table. Calls: pipe, pipe2, socketpair,
// eventfd, eventfd2, open, openat, accept, accept4, dup, dup2, dup3, fcntl.
func (p *Process) opened(w world, c *call) {
	onExec := c.has("CLOEXEC")
	result, returned := described(c.result)
	switch c.name {
	case "pipe", "pipe2", "socketpair":
		if returned {
			p.openedPair(w, c, onExec)
		}
	case "eventfd", "eventfd2":
		if returned {
			p.table[result.number] = entry{channel: &channel{family: gate.EventFD, kept: true}, onExec: onExec}
		}
	case "open", "openat", "accept", "accept4":
		// One opened by O_PATH is a name, and holds no end open.
		if e, ok := w.named(result.name, c.has("O_WRONLY")); returned && ok && !c.has("O_PATH") {
			e.onExec = onExec
			p.table[result.number] = e
		}
	case "dup", "dup2", "dup3":
		from, ok := described(c.arg(0))
		if ok && returned {
			p.copied(from.number, result.number, onExec, c)
		}
	case "fcntl":
		p.controlled(c, result.number, returned)
	}
}

func (p *Process) openedPair(w world, c *call, onExec bool) {
	first, second, ok := pair(c.arg(map[bool]int{true: 3, false: 0}[c.name == "socketpair"]))
	if !ok {
		return
	}
	a, known := w.named(first.name, false)
	if !known { // a kind of socket that -yy has no name for
		a = entry{channel: &channel{family: gate.Socket, kept: !c.has("SOCK_STREAM")}}
	}
	a.channel.kept = a.channel.family == gate.Socket && !c.has("SOCK_STREAM")
	a.end = 0
	b := a
	b.end = 1
	a.onExec, b.onExec = onExec, onExec
	for i, d := range []descriptor{first, second} {
		p.table[d.number] = []entry{a, b}[i]
		if found := unixPattern.FindStringSubmatch(d.name); found != nil {
			w.byName[found[1]] = entry{channel: a.channel, end: i}
		}
	}
}

func (p *Process) copied(from, to int, onExec bool, c *call) {
	if from == to {
		return
	}
	if _, ok := p.table[to]; ok {
		p.drop(to, "close", c.to)
	}
	if e, ok := p.table[from]; ok {
		e.onExec = onExec
		p.table[to] = e
	}
}

func (p *Process) controlled(c *call, result int, returned bool) {
	d, ok := described(c.arg(0))
	if !ok || !returned {
		return
	}
	switch command := c.arg(1); command {
	case "F_DUPFD", "F_DUPFD_CLOEXEC":
		p.copied(d.number, result, command == "F_DUPFD_CLOEXEC", c)
	case "F_SETFD":
		if e, ok := p.table[d.number]; ok {
			e.onExec = strings.Contains(c.arg(2), "FD_CLOEXEC")
			p.table[d.number] = e
		}
	}
}

// closed takes what a call closes out of the table.
func (p *Process) closed(c *call) {
	switch c.name {
	case "close":
		if d, ok := described(c.arg(0)); ok {
			p.drop(d.number, "close", c.from)
		}
	case "close_range":
		p.closedRange(c)
	}
}

func (p *Process) closedRange(c *call) {
	first, err := strconv.ParseUint(c.arg(0), 0, 32)
	if err != nil {
		return
	}
	last, err := strconv.ParseUint(c.arg(1), 0, 64)
	if err != nil {
		last = 1 << 32
	}
	for number, e := range p.table {
		if uint64(number) < first || uint64(number) > last {
			continue
		}
		if c.has("CLOSE_RANGE_CLOEXEC") {
			e.onExec = true
			p.table[number] = e
			continue
		}
		p.drop(number, "close", c.from)
	}
}

func (p *Process) drop(number int, how string, line int) {
	e, ok := p.table[number]
	if !ok {
		return
	}
	delete(p.table, number)
	if e.channel.family == gate.EventFD || e.channel.family == gate.Pipe && e.end == 0 {
		return // no end of file comes of it
	}
	e.channel.left[e.writesTo()] = leaving{p, how, line}
}

// executed takes out what is closed on exec, and left takes out all.
func (p *Process) executed(line int) { p.dropAll("exec", line, func(e entry) bool { return e.onExec }) }
func (p *Process) left(line int)     { p.dropAll("exit", line, func(entry) bool { return true }) }

func (p *Process) dropAll(how string, line int, which func(entry) bool) {
	for number, e := range p.table {
		if which(e) {
			p.drop(number, how, line)
		}
	}
}

// holds says whether the process has a descriptor by which bytes could still come out
// at that end; leaving is whether it is in the middle of letting go of all of them.
func (p *Process) holds(c *channel, end int) bool {
	for _, e := range p.table {
		if e.channel == c && (c.family != gate.Pipe || e.end == 1) && e.writesTo() == end {
			return !p.going || p.executing && !e.onExec
		}
	}
	return false
}

// take takes bytes that were read at an end off the queue, and returns the last event
// that they were sent by; nil where that is not known.
func (c *channel) take(end, bytes int) *Event {
	queue := c.queued[end]
	if len(queue) == 0 {
		return nil
	}
	var last *Event
	switch {
	case c.family == gate.EventFD:
		last, queue = queue[len(queue)-1].sent, nil
	case c.kept:
		last, queue = queue[0].sent, queue[1:]
	default:
		for len(queue) > 0 && bytes > 0 {
			last = queue[0].sent
			taken := min(bytes, queue[0].bytes)
			bytes -= taken
			if queue[0].bytes -= taken; queue[0].bytes == 0 {
				queue = queue[1:]
			}
		}
	}
	c.queued[end] = queue
	return last
}
