// Package traced holds profiles of handshakes against what strace saw of the runtimes
// that they describe.
//
// A trace is reduced to synchronisation, by [Reduce]: which process cloned which, into
// which namespaces, who wrote whose maps, who let whom go over what. [Compare] holds the
// order of it to that of a [handshake.Profile], and knows which differences have been
// looked into ([Known]).
//
// A trace is what this prints, of everything that is started by one command:
//
//	strace -f -ttt -yy -s 200 --pidns-translation -e trace=... -o FILE COMMAND
//
// Nothing here runs anything: a trace is read on every system.
package traced
