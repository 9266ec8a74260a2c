// Package handshake has the multi-stage handshakes of container runtimes, as data, and
// runs them.
//
// A [Profile] is a list of steps, one file for each runtime. It is compiled into one
// program for each of its processes, which consist of the gates' programs and of work:
// so a handshake can be run over other primitives than the runtime's, without its work,
// without one of its stages, or with a process that dies in the middle of it.
package handshake
