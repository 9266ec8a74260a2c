package traced

import (
	"cmp"
	"slices"

	"github.com/nsbench/nsbench/bench/handshake"
)

// A step of a profile and an event of a trace become one node, and a release becomes
// two: its sending, which has a place among what the sender does, and its arrival, which
// has one among what the receiver does. What is not ordered by a process or by a release
// has no order: two traces of one runtime differ in it.
type node struct {
	item    item
	arrival bool // of the release in item
	at      int  // the line of the trace, or the number of the step
	after   []int
	byExec  bool // of a release: by the execution of the payload
	from    string
}

// owner is the process among whose steps the node has its place.
func (n node) owner() string {
	if n.arrival {
		return n.item.to
	}
	return n.item.by
}

// base is what a node has to have in common with another to be the same step, though
// its namespaces or its channel may be others.
type base struct {
	kind    Kind
	by, to  string
	arrival bool
}

func (n node) base() base { return base{n.item.kind, n.item.by, n.item.to, n.arrival} }

// link finds what each node comes after.
func link(nodes []node) {
	birth := map[string]int{}
	last := map[string]int{}
	aside := map[string][]int{}
	for i := range nodes {
		n := &nodes[i]
		n.after = nil
		owner := n.owner()
		if before, ok := last[owner]; ok {
			n.after = append(n.after, before)
		} else if clone, ok := birth[owner]; ok {
			n.after = append(n.after, clone)
		}
		if s := sendingOf(nodes, i); s >= 0 {
			n.after = append(n.after, s)
		}
		if before, ok := last[n.item.to]; ok && n.item.kind == Reaped {
			n.after = append(n.after, before)
			n.after = append(n.after, aside[n.item.to]...)
		}
		if n.item.kind == Cloned {
			birth[n.item.to] = i
		}
		if n.item.kind.aside() {
			aside[owner] = append(aside[owner], i)
			continue
		}
		n.after = append(n.after, aside[owner]...)
		aside[owner] = nil
		last[owner] = i
	}
}

// sendingOf is the node before i that sent what arrives there: the oldest that has not
// arrived. It is -1 where there is none, and of what is no arrival.
func sendingOf(nodes []node, i int) int {
	if !nodes[i].arrival {
		return -1
	}
	arrived := 0
	for _, n := range nodes[:i] {
		if n.arrival && n.base() == nodes[i].base() {
			arrived++
		}
	}
	for j, n := range nodes[:i] {
		if n.item.kind == Released && !n.arrival && n.item.by == nodes[i].item.by && n.item.to == nodes[i].item.to {
			if arrived == 0 {
				return j
			}
			arrived--
		}
	}
	return -1
}

// cut drops what comes after the payload's execution in the order of causes, for that is
// no part of the handshake any more; except what the execution itself lets go.
func cut(nodes []node) []node {
	behind := make([]bool, len(nodes))
	for i, n := range nodes {
		for _, before := range n.after {
			if (behind[before] || nodes[before].item.kind == Executed) && before != i {
				behind[i] = true
			}
		}
		if n.byExec {
			behind[i] = n.arrival // what comes after the arrival is behind
		}
	}
	var kept []node
	for i, n := range nodes {
		if !behind[i] || n.byExec {
			kept = append(kept, n)
		}
	}
	link(kept)
	return kept
}

// merge makes one of releases that one process sends another with no step of either in
// between: whether what holds nobody in the middle is sent in one message or in three is
// a matter of framing. Work in between does not count as a step.
func merge(nodes []node) []node {
	follows := func(i int, arrival bool) bool { // whether the node before i, of its owner, is like it
		owner := nodes[i].owner()
		for j := i - 1; j >= 0; j-- {
			n := nodes[j]
			if n.owner() == owner && !n.item.kind.aside() {
				return n.item.kind == Released && n.arrival == arrival && n.item == nodes[i].item && n.byExec == nodes[i].byExec
			}
		}
		return false
	}
	drop := make([]bool, len(nodes))
	for i, n := range nodes {
		if !n.arrival {
			continue
		}
		s := sendingOf(nodes, i)
		if s >= 0 && nodes[s].item == n.item && follows(s, false) && follows(i, true) {
			// The sending of the first stays, and the arrival of the last.
			drop[s] = true
			for j := i - 1; j >= 0; j-- {
				if nodes[j].arrival && nodes[j].item == n.item && !drop[j] {
					drop[j] = true
					break
				}
			}
		}
	}
	var kept []node
	for i, n := range nodes {
		if !drop[i] {
			kept = append(kept, n)
		}
	}
	link(kept)
	return kept
}

// nodesOfTrace are those of a reduction whose processes have their roles.
func nodesOfTrace(r Reduction, exits map[string]bool) []node {
	var nodes []node
	for _, e := range r.Events {
		it := item{e.Kind, name(e.By), name(e.To), "", "", e.Sibling}
		if e.Kind == Cloned || e.Kind == Unshared || e.Kind == Entered {
			it.namespaces = e.Namespaces.String()
		}
		if e.Kind == Exited && !exits[it.by] {
			continue
		}
		n := node{item: it, at: e.From, byExec: e.How == "exec"}
		if e.Kind == Released {
			n.item.over = string(e.Over)
			nodes = append(nodes, n)
			n.arrival, n.at = true, e.Till
		}
		nodes = append(nodes, n)
	}
	slices.SortStableFunc(nodes, func(a, b node) int { return cmp.Compare(a.at, b.at) })
	link(nodes)
	return nodes
}

// kinds are the works of profiles that a trace shows. The others, a link that is moved
// by netlink and an init job that only takes time, it does not.
var kinds = map[string]Kind{
	"unshare": Unshared, "maps": Mapped, "ids": Identified, "cgroup": Grouped, "hostname": Hostnamed,
	"proc": Mounted, "root": Rooted, "tie": Tied, "link": "", "job": "",
}

// nodesOfProfile are those of a profile, without the clones of processes that the trace
// has started from outside.
func nodesOfProfile(p handshake.Profile, outside map[string]bool) []node {
	var nodes []node
	executed := map[string]bool{}
	add := func(i int, n node) {
		n.at = i
		nodes = append(nodes, n)
	}
	for i, s := range p.Steps {
		it := item{by: s.By, to: s.To}
		switch s.Kind {
		case handshake.Clones:
			it.kind, it.namespaces, it.sibling = Cloned, s.Namespaces.String(), s.Sibling
			if outside[s.To] {
				continue
			}
		case handshake.Does:
			it.kind = kinds[s.Work.Name]
			if it.kind == "" {
				continue
			}
			if it.kind == Unshared {
				it.namespaces = s.Work.Namespaces.String()
			}
		case handshake.Releases:
			it.kind, it.over = Released, string(s.Primitive.Family)
			if s.ByExec && !executed[s.By] {
				executed[s.By] = true
				add(i, node{item: item{kind: Executed, by: s.By}})
			}
			add(i, node{item: it, byExec: s.ByExec, from: s.Name})
			add(i, node{item: it, byExec: s.ByExec, from: s.Name, arrival: true})
			continue
		case handshake.Reaps:
			it.kind = Reaped
		case handshake.Exits:
			it.kind = Exited
		case handshake.Executes:
			if executed[s.By] {
				continue
			}
			executed[s.By] = true
			it.kind = Executed
		}
		add(i, node{item: it})
	}
	link(nodes)
	return nodes
}

// along puts the nodes of a trace into an order that its causes allow, and of those into
// one that is near to the profile's. Which node is which step is guessed in two ways, by
// how many of the kind came before and by the order of the lines, and then once more by
// what that aligned; the guess by which most is aligned is the one that counts.
func along(trace, profile []node) []node {
	var best []node
	most := -1
	for _, guess := range [][]int{byCount(trace, profile), byAlignment(trace, profile, lines(trace))} {
		order := sorted(trace, guess)
		order = sorted(trace, byAlignment(trace, profile, order))
		found := pick(trace, order)
		if n := common(profile, found); n > most {
			best, most = found, n
		}
	}
	return best
}

func lines(nodes []node) []int {
	order := make([]int, len(nodes))
	for i := range order {
		order[i] = i
	}
	return order
}

// byCount takes the first node of a kind for the first such step, and so on.
func byCount(trace, profile []node) []int {
	wanted := map[base][]int{}
	for i, n := range profile {
		wanted[n.base()] = append(wanted[n.base()], i)
	}
	guess := make([]int, len(trace))
	for i, n := range trace {
		guess[i] = -1
		if places := wanted[n.base()]; len(places) > 0 {
			guess[i], wanted[n.base()] = places[0], places[1:]
		}
	}
	return guess
}

// byAlignment takes nodes for the steps that they are aligned with in that order.
func byAlignment(trace, profile []node, order []int) []int {
	guess := make([]int, len(trace))
	for i := range guess {
		guess[i] = -1
	}
	for _, a := range align(profile, pick(trace, order)) {
		if a.want >= 0 && a.got >= 0 {
			guess[order[a.got]] = a.want
		}
	}
	return guess
}

func common(want, got []node) (n int) {
	for _, a := range align(want, got) {
		if a.want >= 0 && a.got >= 0 {
			n++
		}
	}
	return n
}

func pick(nodes []node, order []int) []node {
	picked := make([]node, len(order))
	for i, n := range order {
		picked[i] = nodes[n]
	}
	return picked
}

// sorted orders nodes topologically, and among those that may come next, by their place
// in the profile. One that has none there comes right behind what it comes after.
func sorted(nodes []node, place []int) []int {
	key := slices.Clone(place)
	for i, n := range nodes {
		for _, before := range n.after {
			if place[i] < 0 {
				key[i] = max(key[i], key[before])
			}
		}
	}
	done := make([]bool, len(nodes))
	var order []int
	for range nodes {
		next := -1
		for i, n := range nodes {
			ready := !done[i] && !slices.ContainsFunc(n.after, func(before int) bool { return !done[before] })
			if ready && (next < 0 || key[i] < key[next]) {
				next = i
			}
		}
		if next < 0 { // not with links as link makes them
			break
		}
		done[next] = true
		order = append(order, next)
	}
	return order
}
