package traced

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

// A Reduction is the synchronisation of a trace.
type Reduction struct {
	Processes []*Process // in the order of their births
	Events    []*Event   // in the order of the lines at which they were begun
	Notes     []string   // what was left out, and what could not be told
}

// Reduce reads a trace and reduces it. What it takes for a release:
//
//   - A process wrote to a channel, and another read it. Threads of one process are that
//     process, so a Go runtime that wakes itself through a pipe releases nobody.
//   - A process opened a fifo for reading, and another's open for writing returned for that.
//   - A process closed, or lost by its end or by executing, the last descriptor that the
//     other end of a channel could be written by, and another read the end of file. One
//     that holds such a descriptor itself has closed its own; and one who reaps the
//     process as well has waited for its end, which is not told twice.
//   - The end of file by executing counts only of the payload and over sockets. Every other
//     execve is the second half of a clone; and what os/exec and its like wait at for it is
//     a pipe, whatever they start. The runtimes that release by executing use sockets.
//   - What is written to descriptors 1 and 2 is output, whoever reads it.
//
// What is no system call is not seen: memory that is polled, and a signal to one that
// waits for it, for which none of the runtimes that were traced waits.
//
// It returns the errors of the reader, and one where there is no trace.
func Reduce(r io.Reader) (Reduction, error) {
	trace, err := read(r)
	if err != nil {
		return Reduction{}, err
	}
	s := &reducer{world: newWorld(), threads: map[int]*Process{}}
	for _, p := range trace.points {
		s.point(p)
	}
	s.births(trace)
	s.payload()
	s.roles()
	if trace.strange > 0 {
		s.note("%d lines that are not understood", trace.strange)
	}
	return Reduction{s.processes, s.events, s.notes}, nil
}

type reducer struct {
	world     world
	threads   map[int]*Process // by the number of each thread that lives
	processes []*Process
	events    []*Event
	notes     []string

	openings []opening // of fifos for reading, that let nobody go yet
}

func (s *reducer) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(s.notes, text) {
		s.notes = append(s.notes, text)
	}
}

func (s *reducer) add(e Event) *Event {
	s.events = append(s.events, &e)
	return &e
}

// process is that of a thread. One that nobody was seen to clone is a first one: what
// it was started by is not in the trace.
func (s *reducer) process(tid int) *Process {
	p := s.threads[tid]
	if p == nil {
		p = newProcess(tid, nil)
		s.threads[tid] = p
		s.processes = append(s.processes, p)
	}
	return p
}

func (s *reducer) point(at point) {
	p := s.process(at.call.tid)
	if at.start {
		s.begin(p, at.call)
	}
	if at.end {
		s.finish(p, at.call)
	}
}

// begin does what a call does before it returns: others may see it earlier than that.
func (s *reducer) begin(p *Process, c *call) {
	switch c.name {
	case "clone", "clone3", "fork", "vfork":
		s.cloned(p, c)
	case "write", "writev", "send", "sendto", "sendmsg":
		s.wrote(p, c)
	case "close", "close_range":
		p.closed(c)
	case "execve", "execveat":
		p.executing, p.going = true, true
	case "exit_group":
		p.going = true
	case "open", "openat":
		s.opens(p, c)
	case "exited":
		s.exited(p, c)
	}
}

// finish does what is known to have been done when a call returns.
func (s *reducer) finish(p *Process, c *call) {
	_, ok := c.returned()
	switch c.name {
	case "execve", "execveat":
		p.executing, p.going = false, false
		if ok {
			s.executed(p, c)
		}
		return
	case "read", "readv", "recv", "recvfrom", "recvmsg":
		s.readIt(p, c)
		return
	case "fcntl", "dup", "dup2", "dup3", "pipe", "pipe2", "socketpair", "eventfd", "eventfd2", "accept", "accept4":
		p.opened(s.world, c)
		return
	}
	if ok {
		s.succeeded(p, c)
	}
}

// succeeded is finish of calls that do nothing unless they succeed.
func (s *reducer) succeeded(p *Process, c *call) {
	switch c.name {
	case "open", "openat":
		s.isOpen(p, c)
	case "mknod", "mknodat":
		if c.has("S_IFIFO") {
			s.world.fifos[lastName(unquoted(c.arg(map[string]int{"mknod": 0, "mknodat": 1}[c.name])))] = true
		}
	case "unshare":
		ns := namespaces(c)
		p.namespaces |= ns
		if ns != 0 {
			s.add(Event{Kind: Unshared, By: p, Namespaces: ns, From: c.to})
		}
	case "setns":
		s.add(Event{Kind: Entered, By: p, Namespaces: namespaces(c), From: c.to})
	case "sethostname":
		s.add(Event{Kind: Hostnamed, By: p, From: c.to})
	case "mount":
		if unquoted(c.arg(2)) == "proc" {
			s.once(Event{Kind: Mounted, By: p, From: c.to})
		}
	case "pivot_root", "chroot":
		s.last(Event{Kind: Rooted, By: p, From: c.to})
	case "setresuid", "setresgid", "setreuid", "setregid", "setuid", "setgid":
		s.again(Event{Kind: Identified, By: p, From: c.to})
	case "prctl":
		if c.arg(0) == "PR_SET_PDEATHSIG" && c.arg(1) != "0" {
			s.add(Event{Kind: Tied, By: p, From: c.to})
		}
	case "wait4", "waitid":
		s.reaped(p, c)
	}
}

// once and last are of work that a process may do several times: told is the first
// place, or the last, of one stretch between two steps of synchronisation.
func (s *reducer) once(e Event) {
	if !slices.ContainsFunc(s.events, func(o *Event) bool { return o.Kind == e.Kind && o.By == e.By }) {
		s.add(e)
	}
}

// again is of work that takes several calls: told is the first of a stretch.
func (s *reducer) again(e Event) {
	for _, o := range slices.Backward(s.events) {
		if o.By == e.By && o.Kind.aside() || o.To == e.By && o.Kind == Released {
			if o.Kind == e.Kind {
				return
			}
			break
		}
	}
	s.add(e)
}

func (s *reducer) last(e Event) {
	s.events = slices.DeleteFunc(s.events, func(o *Event) bool { return o.Kind == e.Kind && o.By == e.By })
	s.add(e)
}

func unquoted(text string) string {
	text, _ = strings.CutPrefix(text, `"`)
	text, _, _ = strings.Cut(text, `"`)
	return text
}

var flagPattern = regexp.MustCompile(`CLONE_NEW[A-Z]+`)

// sibling finds CLONE_PARENT, and not CLONE_PARENT_SETTID.
var sibling = regexp.MustCompile(`\bCLONE_PARENT\b`)

var flags = map[string]launch.Namespaces{
	"CLONE_NEWTIME": launch.Time, "CLONE_NEWNS": launch.Mnt, "CLONE_NEWCGROUP": launch.Cgroup, "CLONE_NEWUTS": launch.UTS,
	"CLONE_NEWIPC": launch.IPC, "CLONE_NEWUSER": launch.User, "CLONE_NEWPID": launch.PID, "CLONE_NEWNET": launch.Net,
}

func namespaces(c *call) (ns launch.Namespaces) {
	for _, a := range c.args {
		for _, flag := range flagPattern.FindAllString(a, -1) {
			ns |= flags[flag]
		}
	}
	return ns
}

// cloned makes a process of what a clone returned, or a thread. It is known as soon as
// the clone begins, because the child may run before its parent hears of it.
func (s *reducer) cloned(p *Process, c *call) {
	tid, ok := translated(c.result)
	if !ok {
		return
	}
	if c.has("CLONE_THREAD") {
		s.threads[tid] = p
		return
	}
	child := newProcess(tid, p)
	if c.has("CLONE_FILES") {
		child.table = p.table
	}
	child.namespaces |= namespaces(c)
	if n, ok := c.returned(); ok && n != tid {
		child.nested = n
	}
	s.threads[tid] = child
	s.processes = append(s.processes, child)
	s.add(Event{Kind: Cloned, By: p, To: child, Namespaces: namespaces(c), Sibling: sibling.MatchString(strings.Join(c.args, ",")), From: c.from})
	if c.has("CLONE_INTO_CGROUP") {
		s.doneTo(Grouped, p, child, c.from)
	}
}

func (s *reducer) executed(p *Process, c *call) {
	p.executed(c.to)
	name := c.arg(0)
	if c.name == "execveat" {
		name = c.arg(1)
	}
	if base := path.Base(unquoted(name)); base != "." {
		p.Commands = append(p.Commands, base)
	}
	s.add(Event{Kind: Executed, By: p, From: c.from, Till: c.to})
}

// exited ends a thread, and its process if it is the first of it: that is the last one
// that strace tells of, unless another of them executed.
func (s *reducer) exited(p *Process, c *call) {
	delete(s.threads, c.tid)
	if p.ID != c.tid {
		return
	}
	p.left(c.from)
	p.going, p.end = true, c.from
	s.add(Event{Kind: Exited, By: p, From: c.from})
}

func (s *reducer) reaped(p *Process, c *call) {
	// Of waitid only the pid that was asked for is known; what it leaves is reaped later.
	if c.name == "waitid" && c.has("WNOWAIT") {
		return
	}
	text := c.result
	if c.name == "waitid" {
		text = c.arg(1)
	}
	if child := s.find(p, text); child != nil {
		s.add(Event{Kind: Reaped, By: p, To: child, From: c.to})
	}
}

// find is the process that a number means to p: as strace numbers it, or as it is
// numbered in p's PID namespace where strace was not told to translate.
func (s *reducer) find(p *Process, text string) *Process {
	n, ok := translated(text)
	if !ok {
		return nil
	}
	for _, q := range slices.Backward(s.processes) {
		if q.ID == n {
			return q
		}
	}
	for _, q := range slices.Backward(s.processes) {
		if q.nested == n && (q.Parent == p || q.Parent == p.Parent) {
			return q
		}
	}
	return nil
}

var ofProcess = regexp.MustCompile(`/(\d+|self|thread-self)(?:/task/\d+)?/(uid_map|gid_map|setgroups)$`)

// wrote sends a message, or writes maps or moves into a control group. It is told at
// the start of the call, for the other side may have it before the call returns.
func (s *reducer) wrote(p *Process, c *call) {
	n, ok := c.returned()
	d, named := described(c.arg(0))
	if !ok || !named || n == 0 && !c.has("SCM_") {
		return
	}
	if found := ofProcess.FindStringSubmatch(d.name); found != nil {
		s.mapped(p, found[1], c.from)
		return
	}
	if base := lastName(d.name); base == "cgroup.procs" || base == "tasks" {
		s.grouped(p, unquoted(c.arg(1)), c.from)
		return
	}
	e, ok := s.entry(p, d, true)
	if !ok || d.number == 1 || d.number == 2 {
		return
	}
	sent := &Event{Kind: Released, By: p, Over: e.channel.family, How: "data", From: c.from}
	end := e.writesTo()
	e.channel.queued[end] = append(e.channel.queued[end], message{sent, n})
}

func (s *reducer) mapped(p *Process, number string, line int) {
	of := p
	if number != "self" && number != "thread-self" {
		if of = s.find(p, number); of == nil {
			return
		}
	}
	s.doneTo(Mapped, p, of, line)
}

func (s *reducer) grouped(p *Process, number string, line int) {
	of := p
	if number = strings.TrimSpace(strings.ReplaceAll(number, `\n`, "")); number != "0" {
		if of = s.find(p, number); of == nil {
			return
		}
	}
	s.doneTo(Grouped, p, of, line)
}

// doneTo adds an event, unless the last that p did to that process is the same: three
// files make one step of maps, and as many hierarchies one of control groups.
func (s *reducer) doneTo(kind Kind, p, of *Process, line int) {
	for _, e := range slices.Backward(s.events) {
		if e.By == p {
			if e.Kind == kind && e.To == of {
				return
			}
			break
		}
	}
	s.add(Event{Kind: kind, By: p, To: of, From: line})
}

// entry is a descriptor's channel: by the name that strace printed, because that is what
// it was at that moment, and where that is none, by the table.
func (s *reducer) entry(p *Process, d descriptor, writing bool) (entry, bool) {
	if e, ok := s.world.named(d.name, writing); ok {
		return e, true
	}
	e, ok := p.table[d.number]
	if ok && e.channel.family == gate.EventFD && !strings.Contains(d.name, "eventfd") {
		return entry{}, false
	}
	return e, ok
}

func (s *reducer) readIt(p *Process, c *call) {
	n, ok := c.returned()
	d, named := described(c.arg(0))
	if !ok || !named || c.has("MSG_PEEK") {
		return
	}
	e, ok := s.entry(p, d, false)
	if !ok || !e.reads() {
		return
	}
	descriptor := e.channel.kept && c.has("SCM_") // which comes without a byte, too
	if n == 0 && !descriptor {
		s.readEnd(p, c, e)
		return
	}
	// A message that somebody else than the reader has sent is a release, at the moment
	// at which it was sent.
	// It is had when the last byte has been read.
	sent := e.channel.take(e.end, n)
	switch {
	case sent == nil || sent.By == p:
	case sent.Till == 0:
		sent.To, sent.Till = p, c.to
		s.events = append(s.events, sent)
	case sent.To == p:
		sent.Till = c.to
	}
}

// readEnd looks for who has closed the last descriptor of the other end.
func (s *reducer) readEnd(p *Process, c *call, e entry) {
	if e.channel.family == gate.EventFD {
		return
	}
	left := e.channel.left[e.end]
	for _, q := range s.processes {
		if q.end != 0 || !q.holds(e.channel, e.end) {
			if q.end == 0 && q != p && q.going && q.has(e.channel, e.end) {
				left = leaving{q, map[bool]string{true: "exec", false: "exit"}[q.executing], c.to}
			}
			continue
		}
		if q != p {
			s.note("line %d: an end of file, though %s has the other end open: no release is made of it", c.to, q)
		}
		return
	}
	if left.by == nil || left.by == p {
		return
	}
	s.add(Event{Kind: Released, By: left.by, To: p, Over: e.channel.family, How: left.how, From: min(left.line, c.to), Till: c.to})
	e.channel.left[e.end] = leaving{} // the end of file is read as often as one likes
}

func (p *Process) has(c *channel, end int) bool {
	for _, e := range p.table {
		if e.channel == c && (c.family != gate.Pipe || e.end == 1) && e.writesTo() == end {
			return true
		}
	}
	return false
}

// An opening is an open of a fifo.
type opening struct {
	by   *Process
	call *call
}

// opens notes an open of a fifo for reading that has begun, and waits for a writer.
func (s *reducer) opens(p *Process, c *call) {
	if s.fifo(c) && !c.has("O_WRONLY") && !c.has("O_RDWR") && !c.has("O_NONBLOCK") {
		s.openings = append(s.openings, opening{p, c})
	}
}

func (s *reducer) fifo(c *call) bool {
	d, ok := described(c.result)
	return ok && s.world.fifos[lastName(d.name)] && !c.has("O_PATH")
}

// isOpen lets a process go that has opened a fifo for writing: it was held until another
// opened it for reading, which may have been before. That the two meet holds the reader as
// well, who is then held until something is written: that is told of him.
func (s *reducer) isOpen(p *Process, c *call) {
	p.opened(s.world, c)
	if !s.fifo(c) || !c.has("O_WRONLY") {
		return
	}
	own, _ := described(c.result)
	for i, o := range slices.Backward(s.openings) {
		if other, _ := described(o.call.result); lastName(other.name) == lastName(own.name) && o.by != p {
			s.add(Event{Kind: Released, By: o.by, To: p, Over: gate.Pipe, How: "open", From: o.call.from, Till: c.to})
			s.openings = slices.Delete(s.openings, i, i+1)
			return
		}
	}
}

// births puts events and processes into order, and notes what was never let go.
func (s *reducer) births(trace reading) {
	slices.SortStableFunc(s.events, func(a, b *Event) int { return cmp.Compare(a.From, b.From) })
	for _, p := range s.processes {
		if p.Parent == nil && len(s.processes) > 1 && p != s.processes[0] {
			s.note("process %s: who cloned it is not in the trace", p)
		}
	}
	tids := make([]int, 0, len(trace.pending))
	for tid, c := range trace.pending {
		if c.name == "execve" || c.name == "exit_group" {
			continue
		}
		tids = append(tids, tid)
	}
	slices.Sort(tids)
	for _, tid := range tids {
		s.note("the trace ends while %s is in %s", strconv.Itoa(tid), trace.pending[tid].name)
	}
}
